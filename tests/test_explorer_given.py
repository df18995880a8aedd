"""What `draw` is given for a page: data in all forms, rows that are named, and what is refused by name."""

import json
import re
import sys

import numpy as np
import pytest

from autograd_scratch import MLP, SGD, Adam, Module, Value, cross_entropy, draw, fit, gamma, mse, nn, optim
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import AutogradError, DataError, ProgramError, RangeError, ShapeError
from autograd_scratch.optim.lr_scheduler import StepLR
from tests.explored import DRAWINGS, Known, close, graph_in

pytest.importorskip("wasmtime")

ROWS = [([0.0, 1.0], 1.0), ([1.0, 1.0], 0.0)]


def model():
    return MLP(2, [3, 1], "tanh", seed=0)


def data_in(drawn):
    page = drawn.explore().html
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1])


def loss_in(drawn):
    return Known(drawn).root.data


FORMS = {
    "arrays": lambda: [(np.array(x), np.float64(y)) for x, y in ROWS],
    "small floats": lambda: [(np.array(x, dtype=np.float32), np.float32(y)) for x, y in ROWS],
    "integers": lambda: [([int(number) for number in x], int(y)) for x, y in ROWS],
    "zip": lambda: zip([x for x, _ in ROWS], [y for _, y in ROWS]),
    "generator": lambda: (row for row in ROWS),
    "Values": lambda: [([Value(number) for number in x], Value(y)) for x, y in ROWS],
}


@pytest.mark.parametrize("form", FORMS)
def test_data_in_all_forms_are_the_same_rows(form):
    found = data_in(draw(model(), data=FORMS[form](), optimizer=SGD(0.1)))
    assert found["rows"]["numbers"] == [[*x, y] for x, y in ROWS]
    assert len(found["graphs"][0]["row"]) == 3
    assert (
        found["training"]["memory"]
        == data_in(draw(model(), data=ROWS, optimizer=SGD(0.1)))["training"]["memory"]
    )


@pytest.mark.parametrize(
    "x", [[1.0, 1.0], (1, 1), np.array([1.0, 1.0]), [Value(1.0), Value(1.0)]], ids=repr
)
def test_a_row_is_named_by_its_input(x):
    own = model()
    drawn = draw(own, x, data=ROWS, optimizer=SGD(0.1))
    assert data_in(drawn)["rows"]["first"] == 1
    assert close(loss_in(drawn), mse([own(ROWS[1][0])], [0.0]).data)


def test_of_an_input_that_no_row_has_the_answer_is_drawn():
    own = model()
    drawn = draw(own, [0.5, 0.25], data=ROWS, optimizer=SGD(0.1))
    assert close(loss_in(drawn), own([0.5, 0.25]).data)


@pytest.mark.parametrize("x", ["ab", None, {"a": 0.0}, [], ([0.0, 1.0], 1.0), [0.0, 1.0, 1.0]], ids=repr)
def test_what_is_no_input_is_refused_and_taken_for_no_row(x):
    with pytest.raises(ShapeError, match="2 inputs"):
        draw(model(), x, data=ROWS, optimizer=SGD(0.1))


class Words(Module):
    """A model of whole numbers, which index rows of an Embedding."""

    def __init__(self):
        self.embedding, self.head = nn.Embedding(5, 3, seed=0), nn.Linear(3, 5, seed=1)

    def forward(self, word):
        return self.head(self.embedding(word))


def test_indices_stay_what_they_are():
    own = Words()
    assert Known(draw(own, 2)).roots[0].data == own(2)[0].data
    drawn = draw(own, 2, data=[(1, 2), (2, 3)], loss="cross_entropy", optimizer=Adam(0.1))
    assert close(loss_in(drawn), cross_entropy([own(2)], [3]).data)


def normalized():
    layers = [nn.Linear(2, 3, seed=0), nn.BatchNorm1d(3), nn.Linear(3, 1, seed=1)]
    return nn.Sequential(*layers)


def test_a_row_of_a_model_whose_rows_mix_is_that_of_evaluation():
    own, rows = normalized(), [(x, [y]) for x, y in XOR]
    fit(own, rows, optimizer=SGD(0.1), epochs=2)
    before = repr(own.state_dict())
    drawn = draw(own, data=rows, optimizer=SGD(0.1))
    assert (own.training, repr(own.state_dict())) == (True, before)
    assert close(loss_in(drawn), mse([own.eval()([rows[0][0]])[0]], [rows[0][1]]).data)


REFUSED = {
    "a dict": ({"data": {"a": 1}}, DataError, "draw(model, data=[(x, target), ...], optimizer=SGD(0.1))"),
    "no pairs": ({"data": [1.0, 2.0]}, ShapeError, "say data=zip(X, y)"),
    "no row": ({"data": []}, ShapeError, "the data are empty"),
    "no optimizer": ({"data": ROWS, "optimizer": None}, DataError, "optimizer=SGD(0.1)"),
    "a class": ({"data": ROWS, "optimizer": SGD}, DataError, "write SGD(lr=0.1)"),
    "a class alone": ({"optimizer": Adam}, DataError, "write Adam(lr=0.1)"),
    "a name alone": ({"optimizer": "adam"}, DataError, "such as SGD(0.1), not 'adam'"),
    "digits without end": ({"data": ROWS, "epochs": 10**5_000}, RangeError, "at most 1,000,000 epochs"),
    "a loss alone": ({"loss": "mae"}, DataError, "loss is for training in the page"),
    "epochs alone": ({"epochs": 5}, DataError, "epochs is for training in the page"),
    "two alone": (
        {"batch_size": 2, "schedule": StepLR(step_size=3)},
        DataError,
        "batch_size and schedule are for training in the page, which needs data: write draw(",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_told_with_what_to_write(case):
    asked, error, told = REFUSED[case]
    things = [model()] if "data" in asked else [model(), [0.0, 1.0]]
    with pytest.raises(error) as caught:
        draw(*things, **{"optimizer": SGD(0.1), **asked})
    assert isinstance(caught.value, AutogradError)
    assert told in str(caught.value)


class Strange(optim.Optimizer):
    """An optimizer whose step has no form in WebAssembly."""

    def __init__(self):
        super().__init__()

    def init(self, p):
        return ()

    def update(self, p, g, state, step):
        return p - gamma(g), ()


def test_a_graph_moves_even_if_its_optimizer_has_no_form():
    found = data_in(draw(model(), [0.0, 1.0], optimizer=Strange()))
    (graph,) = found["graphs"]
    assert found["notes"] == ["There are no steps of Strange: gamma is not there in WebAssembly."]
    assert graph["lacks"] == ""
    assert graph["module"]
    assert "steps" not in graph["places"]


class Factorial(Module):
    """A model that a page cannot train."""

    def __init__(self):
        self.w = Value(0.5)

    def forward(self, x):
        return gamma(self.w * x[0] + 1.5)


def test_what_a_page_cannot_train_is_told_in_its_own_words():
    with pytest.raises(ProgramError, match=r"^gamma is not there in WebAssembly, .*; draw without data$"):
        draw(Factorial(), data=[([1.0], 2.0)], optimizer=SGD(0.1))


def test_a_frame_without_graphviz(monkeypatch):
    monkeypatch.setitem(sys.modules, "graphviz", None)
    shown = draw(Value(2.0, "x") * 3.0, title="\ud800").explore()._repr_html_()
    assert shown.startswith("<iframe")
    assert shown.encode()
    assert "<details>" not in shown


def test_a_page_does_not_tell_what_to_write_in_python():
    graph = graph_in(draw(gamma(Value(2.5, "x"))).explore().html)
    assert graph["lacks"] == "gamma is not there in WebAssembly"


def test_half_a_character_in_a_title_is_written(tmp_path):
    path = draw(Value(2.0, "\ud800") * 2.0, title="a\ud800b").save(tmp_path / "graph.html")
    assert "<title>a?b</title>" in path.read_text(encoding="utf-8")


def of_then():
    a = Value(2.0, "a")
    loss = a * a + a
    a.data = 7.0
    return draw(loss)


def of_a_node():
    a = Value(2.0, "a")
    square = (a * a).named("square")
    loss = square * 3.0
    square.data = 9.0
    return draw(loss)


@pytest.mark.parametrize(("make", "name"), [(of_then, r"a \* a"), (of_a_node, "square")])
def test_numbers_that_are_no_longer_those_of_the_graph_are_told(make, name):
    (note,) = data_in(make())["notes"]
    assert re.match(f"{name} was computed before a number below it was changed", note)


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_graph_is_taken_for_changed(name):
    assert data_in(DRAWINGS[name]())["notes"] == []


def test_the_optimizer_is_that_of_the_moment_of_drawing():
    own, optimizer = model(), SGD(0.1, momentum=0.9)
    loss = own([0.0, 1.0])
    drawn, other = (draw(loss, optimizer=optimizer) for _ in range(2))
    before = drawn.explore().html
    loss.backward()
    optimizer.step(own)
    optimizer.lr = 5.0
    graph, former = graph_in(other.explore().html), graph_in(before)
    assert graph["optimizer"] == "SGD(lr=0.1, momentum=0.9)"
    assert (graph["module"], graph["moving"]) == (former["module"], former["moving"])


def test_that_a_row_is_drawn_in_evaluation_is_told():
    rows = [(x, [y]) for x, y in XOR]
    (note,) = data_in(draw(normalized(), data=rows, optimizer=SGD(0.1)))["notes"]
    assert "one row in evaluation" in note
