"""Steps: every node is where its step says; and what `steps` shows of programs and models."""

import html
import random
from collections import Counter

import numpy as np
import pytest
from idioms import IDIOMS
from idioms.definition import drawn

from autograd_scratch import MLP, Value, cross_entropy, graph, mse, steps, values
from autograd_scratch.arrays.containers import entries
from autograd_scratch.errors import CallError, DataError, RuleError, ShapeError
from autograd_scratch.primitives.arithmetic import add, sub
from autograd_scratch.primitives.reductions import sum_p
from autograd_scratch.replicas import Stage
from autograd_scratch.stepping.examples import arrays_in, as_values
from autograd_scratch.stepping.items import Total, rule_of
from autograd_scratch.stepping.recorder import Recorder
from autograd_scratch.stepping.rolling import Steps

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5], [0.0, 1.0, 1.0], [-2.0, 0.75, 0.3]])
y = np.array([1.0, 0.0, 0.0, 1.0])
sequence = np.arange(16.0).reshape(8, 2) / 10


def steps_of(function, at):
    """Return the steps of a function, and the Values that it gives."""
    arguments = as_values(at)
    recorder = Recorder()
    result = recorder.run(Stage().staged(function), arguments)
    roots = [x for _, x in entries(result) if isinstance(x, Value)]
    return Steps(roots, arrays_in(arguments), recorder), roots


def parents_told(step, i):
    """Return what a step says that node `i` of it takes."""
    told = []
    for operand in step.operands:
        count = operand.terms or 1
        if operand.source is None:
            told += [operand.number] * count
        else:
            places = operand.map.positions()
            assert len(places) == len(step.result.entries) * count
            told += [operand.source.entries[place] for place in places[i * count : (i + 1) * count]]
    return told


def parents_of(node, step, in_steps):
    """Return what a node takes: of a chain of adds the terms, of a family its parameter first."""
    if isinstance(node, Total):
        return [*node.parents], [node]
    totals = [entry for operand in step.operands if operand.source for entry in operand.source.entries]
    total = next((entry for entry in totals if isinstance(entry, Total) and is_of(entry, node)), None)
    if total is not None:  # less what is subtracted one after the other
        links = [node]
        while len(links) < len(total.parents):
            links.append(links[-1].parents[0])
        assert [link.parents[1] for link in reversed(links)] == [*total.parents]
        return [links[-1].parents[0], total], links
    if step.primitive is sum_p and node.primitive is add:
        terms = []
        links = [node]
        while True:
            first, term = links[-1].parents
            terms.append(term)
            if not isinstance(first, Value) or first in in_steps or first.primitive is not add:
                break
            links.append(first)
        is_zero = first.__class__ is float and first == 0.0
        return [*([] if is_zero else [first]), *reversed(terms)], links
    assert rule_of(node.primitive) is step.primitive
    own = [] if step.primitive is node.primitive else [float(node.primitive.family[1][0])]
    return [*own, *node.parents], [node]


def is_of(total, node):
    """Say whether a node subtracts the last term of a sum that its step made of many."""
    return node.primitive is sub and node.parents[1] is total.parents[-1]


def same(told, parent):
    """Say whether two parents are one Value, or equal numbers."""
    if isinstance(parent, (Value, Total)):
        return told is parent
    return told.__class__ is float and repr(told) == repr(parent)


def is_node(entry):
    return isinstance(entry, (Value, Total))


def verify(found, roots):
    """Hold all nodes of all steps against the graph."""
    in_steps = Counter(node for step in found.all for node in step.result.entries if is_node(node))
    carried = {
        entry
        for step in found.all
        for operand in step.operands
        if operand.source is not None and operand.source.kind == "carried"
        for entry in operand.source.entries
    }
    links = set()
    done = set()
    for step in found.all:
        assert len(step.result.entries) == int(np.prod(step.result.shape))
        for i, node in enumerate(step.result.entries):
            if not is_node(node):  # of a round of which a part was missing
                continue
            parents, chain = parents_of(node, step, in_steps)
            told = parents_told(step, i)
            assert len(told) == len(parents)
            assert all(map(same, told, parents))
            links.update(chain[1:])
            for parent in parents:
                is_there = parent in done or parent in carried
                assert not isinstance(parent, Value) or not parent.parents or is_there
        done.update(step.result.entries)
    assert set(in_steps.values()) == {1}
    assert links.isdisjoint(in_steps)
    assert {*graph.toposort(*roots)} <= {*in_steps} | links
    used = {parent for node in {*in_steps} | links for parent in node.parents} | {*roots}
    used |= {node for node in in_steps if isinstance(node, Total)}
    assert not any(used.isdisjoint(step.result.entries) for step in found.all)


@pytest.mark.parametrize("family", sorted({idiom.family for idiom in IDIOMS.values()}))
def test_each_node_takes_what_its_step_says(family):
    for idiom in IDIOMS.values():
        if idiom.family == family:
            at = drawn(idiom.shapes, idiom.between, np.random.default_rng(0))
            verify(*steps_of(idiom.loss, at))


def of_a_model(sizes, rows, activation="relu"):
    model = MLP(sizes[0], sizes[1:], activation=activation, seed=0)
    rng = random.Random(0)
    return model, [[rng.uniform(-1, 1) for _ in range(sizes[0])] for _ in range(rows)]


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("sizes", [(3, 4, 3), (2, 2, 2, 2), (1, 1, 3), (2, 5, 1)])
def test_layers_of_a_model_are_steps(sizes, rows):
    model, data = of_a_model(sizes, rows)
    outputs = [np.ravel(model(x)).tolist() for x in data]
    loss = mse([x for row in outputs for x in row], [0.1 * i for i in range(rows * sizes[-1])])
    found = Steps([loss], {}, Recorder())
    verify(found, [loss])
    assert len(found.all) == 2 * (len(sizes) - 1) - 1 + 3
    table = steps(loss)
    for layer, size in enumerate(sizes[1:]):
        row = table[f"z_{layer}"]
        assert int(np.prod(row.shape)) == rows * size
        assert row.module == f"layers.{layer}"
    assert not any(row.line for row in table)


def test_parameters_of_a_layer_are_one_array_under_their_path():
    model, data = of_a_model((3, 4, 3), 5)
    table = steps(sum(cross_entropy(model(x), k) for x, k in zip(data, [0, 2, 1, 1, 0])))
    assert [(taken.name, taken.shape) for taken in table["z_1"].operands] == [
        ("layers.1.w", (3, 4)),
        ("a_0", (5, 4)),
        ("layers.1.b", (3,)),
    ]
    assert [row.shape for row in table] == [(5, 4), (5, 4), (5, 3), (5,), ()]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def network(W1, b1, W2):
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    out = a1 @ W2
    return np.mean((out - y) ** 2)


AT = {"W1": np.full((3, 2), 0.1), "b1": np.zeros(2), "W2": np.array([0.5, -0.5])}


def test_rows_say_name_shape_operands_and_line():
    table = steps(network, AT)
    first = network.__code__.co_firstlineno
    rows = {row.name: (row.shape, row.computed, row.line.number - first) for row in table}
    assert rows["X @ W1"] == ((4, 2), "dot(X, W1) over 3 terms", 1)
    assert rows["z1"] == ((4, 2), "(X @ W1) + b1", 1)
    assert rows["-z"][:2] == ((4, 2), "-z1")
    assert rows["a1"][:2] == ((4, 2), "1 / (1.0 + np.exp(-z))")
    assert rows["out"] == ((4,), "dot(a1, W2) over 2 terms", 3)
    assert rows["out - y"] == ((4,), "out - y", 4)
    assert table["z1"].operands[1].map.strides == (0, 1)
    assert table["out"].primitive == "dot"
    assert table[0].name == "X @ W1"
    assert table.rows[-1].shape == ()
    assert len(table) == len(list(table)) == 11


def test_it_prints_as_a_table():
    text = str(steps(network, [*AT.values()]))
    lines = text.splitlines()
    assert lines[0].startswith("network(W1 (3, 2), b1 (2,), W2 (2,)): 11 steps, ")
    assert lines[2].split() == ["name", "shape", "computed", "from", "line"]
    assert any(line.startswith("z1 ") and "test_steps.py:" in line for line in lines)
    assert repr(steps(network, AT)).startswith("<network(")


def in_a_loop(Wx, Wh):
    h = np.zeros(3)
    for t in range(5):
        h = np.tanh(Wx @ sequence[t] + Wh @ h)
    return h.sum()


def layers_alike(W):
    x = X
    for _ in range(2):
        x = np.maximum(0, x @ W)
    return x.sum()


def pieces(w):
    out = np.zeros((3, 4))
    for i in range(3):
        for j in range(1, 3):
            out[i, j] = w[i] * j
    return (out**2).sum()


def whole(w):
    out = np.zeros((3, 2))
    for i in range(3):
        for j in range(2):
            out[i, j] = w[i] * (j + 1.0)
    return (out**2).sum()


class Held:
    def __init__(self):
        self.W = np.ones((3, 2))
        self.calls = 0

    def forward(self, X):
        self.calls += 1
        self.z = X @ self.W
        self.cache = {"a": np.tanh(self.z)}
        return self.cache["a"]

    def loss(self, X):
        return np.sum(self.forward(X) ** 2)


def per_sample(w):
    total = 0.0
    for row, target in zip(X, y):
        guess = 0.0
        for j in range(3):
            guess += w[j] * row[j]
        total += (guess - target) ** 2
    return total / len(X)


def named_alike(a):
    x = a * 2.0
    x = x * 3.0
    x_2 = x * 4.0
    return x_2.sum()


def written_at_once(w):
    h = [np.tanh(w * x) for x in X[:, 0]]
    return sum(a * a for a in h)


def branching(a):
    b = a * 2.0 if a[0] > 0 else a * 3.0
    return b.sum()


W3 = {"W": np.full((3, 3), 0.1)}
NAMES = [
    (layers_alike, W3, {"x": (4, 3), "x_2": (4, 3)}),
    (pieces, {"w": np.ones(3)}, {"out[i, j]": (3, 2)}),
    (whole, {"w": np.ones(3)}, {"out": (3, 2)}),
    (Held(), [X], {"self.z": (4, 2), "self.cache['a']": (4, 2)}),
    (Held().loss, {"X": X}, {"self.z": (4, 2)}),
    (named_alike, {"a": np.ones(2)}, {"x": (2,), "x_2": (2,), "x_3": (2,)}),
    (written_at_once, {"w": 0.5}, {"h": (4,)}),
    (per_sample, {"w": np.ones(3)}, {"guess": (4,), "total": ()}),
    (branching, [np.array([1.0, 2.0])], {"b": (2,)}),
    (branching, [np.array([-1.0, 2.0])], {"b": (2,)}),
]


@pytest.mark.parametrize(("function", "at", "expected"), NAMES)
def test_arrays_are_called_as_in_the_program(function, at, expected):
    shapes = {row.name: row.shape for row in steps(function, at)}
    assert expected.items() <= shapes.items()


def test_the_rounds_of_a_loop_over_time_are_shown_once():
    table = steps(in_a_loop, {"Wx": np.ones((3, 2)) * 0.1, "Wh": np.eye(3)})
    text = str(table)
    assert [row.name for row in table if row.name.startswith("h")][:3] == ["h", "h_2", "h_3"]
    assert len([line for line in text.splitlines() if " x 5 " in line]) == 3
    assert "dot(Wh, h before) over 3 terms" in text
    assert "(Wx @ sequence[t])[round]" in text
    assert len(text.splitlines()) < 12
    assert text.splitlines()[-1].startswith("x 8, say, is a round of a loop")


def test_what_is_taken_from_rounds_before_is_said():
    idiom = IDIOMS["accumulators.recurrence_along_a_vector"]
    text = str(steps(idiom.loss, drawn(idiom.shapes, idiom.between, np.random.default_rng(0))))
    assert "w[1] * (series[t] before)" in text
    assert "w[2] * (series[t] 2 before)" in text


def test_labels_stay_whole_numbers():
    def chosen(W, labels, rows):
        scores = X[:rows] @ W
        return scores[np.arange(len(labels)), labels].sum()

    at = {"W": np.ones((3, 2)), "labels": np.array([1, 0, 1]), "rows": 3}
    assert [row.shape for row in steps(chosen, at)] == [(3, 2), ()]
    assert [row.shape for row in steps(chosen, [*at.values()])] == [(3, 2), ()]


def test_a_branch_is_taken_as_it_comes():
    up, down = (steps(branching, [np.array([a, 2.0])])["b"] for a in (1.0, -1.0))
    assert (up.computed, down.computed) == ("a * 2", "a * 3")


def test_nothing_of_a_person_is_changed():
    net = Held()
    steps(net, [X])
    assert net.calls == 0
    assert not hasattr(net, "z")


def test_all_results_are_shown():
    def both(a):
        return {"sum": a.sum(), "double": [a * 2.0]}, "text"

    assert [row.computed for row in steps(both, [np.ones(3)])] == ["sum(a) over 3 terms", "a * 2"]


def test_what_is_not_known_of_a_loss_that_was_computed_is_said():
    W = values(np.ones((3, 2)), "W")
    table = steps((X @ W).sum())
    assert str(table).splitlines()[-1].startswith("Not known here: lines")
    assert "steps(function, at)" in table._repr_html_()
    assert table[0].operands[1].name == "W"
    assert table[0].operands[1].shape == (3, 2)


def test_html_is_escaped():
    def less(a):
        return np.where(a < 3.0, a * a, 2.0).sum() + len("<b>&")

    page = steps(less, [np.ones(2)])._repr_html_()
    assert "<b>" not in page
    assert html.escape("<b>&") in page
    assert "<table" in page


BAD = [
    (lambda: steps(3.0), DataError, "takes a function"),
    (lambda: steps("loss", [X]), DataError, "takes a function"),
    (lambda: steps(network, [X]), ShapeError, "missing a required argument: 'b1'"),
    (lambda: steps(network, {3: X}), DataError, "by the names of arguments"),
    (lambda: steps(network, {**AT, "W2": "text"}), DataError, "W2"),
    (lambda: steps(lambda k: X[k], [1.0]), RuleError, "leave it to the closure"),
    (lambda: steps(lambda a: 3.0, [X]), DataError, "no steps"),
    (lambda: steps(Value(1.0) * 2.0, [X]), DataError, "has no arguments"),
    (lambda: steps(network, at=AT, x=3), CallError, "steps has no argument 'x'"),
    (lambda: steps(network, AT)["nothing"], DataError, "there is no step 'nothing'"),
]


@pytest.mark.parametrize(("call", "kind", "told"), BAD)
def test_what_does_not_work_is_said(call, kind, told):
    with pytest.raises(kind, match=told):
        call()
