"""What `draw` is given, and that nothing of it is changed: losses, models of any class, functions."""

import functools
import random

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, Layer, Module, Value, draw, mse, no_grad, values
from autograd_scratch.errors import AutogradError, DataError


def titles(drawn):
    return [box.cells[0].text for box in drawn.contents.boxes]


def gradients(drawn):
    """Return the gradients that are shown, by names."""
    return {
        box.cells[0].text: float(cell.text)
        for box in drawn.contents.boxes
        for cell in box.cells
        if cell.role == "grad"
    }


W = Value(2.0, "w")


def global_use(x):
    return x * W


class Holder:
    """An object whose method uses what it holds."""

    def __init__(self):
        self.w = Value(2.0, "w")

    def loss(self, x):
        return x * self.w


def calls_backward(x):
    loss = x * W
    loss.backward()
    return loss


@pytest.mark.parametrize(
    "function", [global_use, Holder().loss, functools.partial(global_use), lambda x: global_use(x)]
)
def test_a_function_is_drawn_with_gradients_and_leaves_those_of_others_alone(function):
    W.grad = 0.0
    for _ in range(2):
        assert gradients(draw(function, {"x": 3.0})) == {"*": 1.0, "x": 2.0, "w": 3.0}
    assert W.grad == 0.0


def test_a_function_that_calls_backward_shows_no_gradient_twice():
    shown = gradients(draw(calls_backward, {"x": 3.0}))
    assert shown["w"] == 3.0


def test_a_models_answer_is_drawn_with_its_gradients_and_leaves_the_model_alone():
    model = MLP(2, [2, 1], "tanh", seed=1)
    drawn = draw(model, [1.0, 2.0], depth="scalars")
    answer = model([Value(1.0, "x1"), Value(2.0, "x2")])
    answer.backward()
    expected = [p.grad for p in model.parameters()]
    model.zero_grad()
    shown = [float(box.cells[-1].text) for box in drawn.contents.boxes if box.kind == "parameter"]
    assert sorted(shown) == pytest.approx(sorted(expected), rel=1e-3)
    assert all(p.grad == 0.0 for p in model.parameters())


def test_of_several_results_there_are_no_gradients_and_the_note_says_why():
    drawn = draw(lambda x: (x * 2.0, x * 3.0), {"x": 1.0})
    assert drawn.contents.notes[-1] == (
        "No gradients: there are several results; let it give one number, a loss."
    )


class Neuron:
    """As people write it who have no Module."""

    def __init__(self, size):
        self.w = [Value(0.5 * i + 0.1) for i in range(size)]
        self.b = Value(0.25)

    def __call__(self, x):
        return sum((w * v for w, v in zip(self.w, x)), self.b).tanh()


class Dense:
    def __init__(self, size, units):
        self.neurons = [Neuron(size) for _ in range(units)]

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]


class Network:
    def __init__(self):
        self.layers = [Dense(2, 3), Dense(3, 1)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x[0]


class Tells(Network):
    """One that tells its parameters, as micrograd's do, and those in it do not."""

    def parameters(self):
        return [p for layer in self.layers for n in layer.neurons for p in (*n.w, n.b)]


@pytest.mark.parametrize("kind", [Network, Tells])
def test_layers_of_peoples_own_classes_are_found(kind):
    model = kind()
    drawn = draw(model, [1.0, 2.0], depth="layers")
    assert titles(drawn) == ["x", "layers.0", "layers.1"]
    lines = [edge for edge in drawn.contents.edges if edge.weight is not None]
    assert len(lines) == 2 * 3 + 3
    assert lines[0].about.startswith("layers.0.neurons.0.w.0 = 0.1")
    loss = (model([1.0, 2.0]) - 1.0) ** 2
    loss.backward()
    assert {"layers.0", "layers.1"} <= set(titles(draw(loss, names={"net": model}, depth="layers")))
    assert {p.name for layer in model.layers for n in layer.neurons for p in n.w} == {None}


class OfRows(Module):
    """A layer whose weights are rows of its own, without neurons."""

    def __init__(self, rows):
        self.W = [[Value(w) for w in row] for row in rows]

    def __call__(self, x):
        return [ag.tanh(ag.dot(row, x)) for row in self.W]


class Chain(Module):
    def __init__(self):
        self.layers = [OfRows([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), OfRows([[1.0, -1.0, 0.5]])]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x[0]


class Around(Module):
    def __init__(self):
        self.net = Chain()

    def __call__(self, x):
        return self.net(x)


def test_layers_in_a_list_are_no_neurons_of_one():
    drawn = draw(Around(), [1.0, 2.0], depth="layers")
    assert titles(drawn) == ["x1, x2 (2,)", "net.layers.0", "net.layers.1"]
    assert [len(box.table) for box in drawn.contents.boxes if "net" in box.texts[0]] == [1, 0]


def test_outputs_of_which_not_all_are_used_have_numbers_of_their_own():
    model = MLP(1, [2], "tanh", output="tanh", seed=1)
    outputs = [model([x]) for x in (0.0, 1.0, 2.0)]
    loss = mse([out[i] for out, i in zip(outputs, (0, 0, 1))], [1.0] * 3)
    box = next(box for box in draw(loss, depth="layers").contents.boxes if box.kind == "layer")
    assert box.rows[2][0].text == "x 1 to 2"
    used = ([outputs[0][0].data, outputs[1][0].data], [outputs[2][1].data])
    shown = [[cell.text for cell in row[1:4]] for row in box.table[1:]]
    assert shown == [[f"{x:.4g}" for x in (sum(own) / len(own), min(own), max(own))] for own in used]


def test_named_outputs_of_linear_neurons_are_as_many_as_samples():
    model = Network()
    scores = [model([Value(v) for v in x]) for x in ([1.0, 2.0], [2.0, 1.0], [0.0, 1.0])]
    loss = sum(s**2 for s in scores)
    drawn = draw(loss, names={"model": model, "scores": scores}, depth="layers")
    boxes = [box for box in drawn.contents.boxes if box.kind == "layer"]
    assert [box.rows[2][0].text for box in boxes] == ["x 3", "x 3"]


def test_weights_are_drawn_once_where_a_penalty_takes_them_too():
    model = MLP(2, [2, 1], "tanh", seed=0)
    loss = model([1.0, 2.0]) ** 2 + sum(p * p for p in model.parameters())
    drawn = draw(loss, depth="layers")
    layers = {box.id for box in drawn.contents.boxes if box.kind == "layer"}
    given = {box.id for box in drawn.contents.boxes if box.kind == "parameter"}
    assert given
    assert not any(edge.tail in given and edge.head in layers for edge in drawn.contents.edges)


@pytest.mark.parametrize("count", [61, 200])
def test_many_arguments_are_all_told(count):
    at = {f"w{i}": np.full(2, float(i)) for i in range(count)}
    drawn = draw(lambda **all_: sum((w**2).sum() for w in all_.values()), at)
    assert len(drawn.contents.boxes) <= 60
    told = drawn.text
    assert "w0 (2,)" in told
    assert f"w{count - 1} (2,)" in told


def test_no_weight_vanishes_where_lines_are_put_together():
    def blocks(X, **p):
        for i in range(6):
            X = X + np.tanh(X @ p[f"w{i}"] + p[f"b{i}"]) * p[f"g{i}"] + p[f"c{i}"]
        return (X**2).sum()

    at = {f"{k}{i}": np.ones((3, 3) if k == "w" else 3) for i in range(6) for k in "wbgc"}
    text = draw(blocks, {"X": np.ones((2, 3))} | at).text
    assert all(f"{name} (" in text for name in ("X", *at))


def test_an_array_filled_by_a_while_loop_has_its_shape():
    def table(x):
        out = np.zeros((2, 3))
        i = 0
        while i < 2:
            j = 0
            while j < 3:
                out[i, j] = x[j] * x[j] * (i + 1.0)
                j += 1
            i += 1
        return (out**2).sum()

    assert "out (2, 3)" in titles(draw(table, {"x": np.arange(3.0)}, depth="arrays"))


def test_what_is_put_into_a_mask_does_not_read_as_taken_from_it():
    def rectified(x):
        out = x * 2.0
        out[out <= 0] = 0.0
        return (out * out).sum()

    drawn = draw(rectified, {"x": np.array([1.0, -2.0, 3.0])}, depth="arrays")
    told = [text for box in drawn.contents.boxes for text in box.texts]
    assert "out[out <= 0] = 0.0" in told
    assert "out[out <= 0]" not in told


def test_a_dict_is_the_one_argument_of_a_function():
    def loss(model):
        return (model["W"] ** 2).sum()

    assert "model['W'] (2, 2)" in titles(draw(loss, {"W": np.ones((2, 2))}, depth="arrays"))


def test_objects_that_raise_when_asked_are_passed_over():
    class Odd:
        def parameters(self, kind):
            raise ZeroDivisionError

    x = Value(1.0)
    assert titles(draw(x * 2.0, names={"odd": Odd(), "x": x})) == ["x", "2", "*"]


def test_several_models_are_called_by_their_variables():
    actor, critic = MLP(2, [1], seed=0), MLP(2, [1], seed=1)
    loss = actor([1.0, 2.0]) - critic([1.0, 2.0])
    drawn = draw(loss, names={"actor": actor, "critic": critic}, depth="model")
    assert {"actor", "critic"} <= set(titles(drawn))


def test_operations_of_a_loss_do_not_belong_to_the_model():
    model = MLP(2, [3], seed=0)
    e = [v.exp() for v in model([1.0, 2.0])]
    drawn = draw(-(e[1] / sum(e)).log(), names={"e": e}, depth="layers")
    assert "2 to 3" in next(box for box in drawn.contents.boxes if box.kind == "layer").rows[1][0].text


@pytest.mark.parametrize("make", [lambda model, x: ag.mse([model(x)], [0.5])])
def test_a_model_of_one_linear_layer_is_a_box_too(make):
    loss = make(MLP(2, [1], seed=0), [1.0, 2.0])
    (box,) = (box for box in draw(loss, depth="model").contents.boxes if box.texts[0] == "model")
    assert "3 parameters" in box.texts


def test_lists_keep_the_order_that_they_have_in_the_program():
    z = [Value(1.0), Value(2.0), Value(0.5)]
    e = [v.exp() for v in z]
    loss = -(e[1] / (e[0] + e[1] + e[2])).log()
    drawn = draw(loss, names={"z": z, "e": e, "loss": loss}, depth="arrays")
    rows = {
        box.rows[0][0].text: [cell.text for cell in box.table[0]]
        for box in drawn.contents.boxes
        if box.table
    }
    assert rows == {"z (3,)": ["1", "2", "0.5"], "e (3,)": ["2.718", "7.389", "1.649"]}


def test_without_names_no_order_of_entries_is_made_up():
    z = [Value(1.0), Value(2.0), Value(0.5), Value(3.0)]
    e = [v.exp() for v in z]
    drawn = draw(e[1] / (e[0] + e[1] + e[2] + e[3]), depth="arrays")
    assert not any(box.table for box in drawn.contents.boxes)
    assert "exp (4,)" in titles(drawn)


def test_what_has_a_name_of_its_own_stays_by_itself():
    a, b, c, e = (Value(float(i + 2), name) for i, name in enumerate("abce"))
    ab, ce = a * b, c * e
    drawn = draw(ab + ce, names={"ab": ab, "ce": ce}, depth="arrays")
    assert {"a", "b", "c", "e", "ab", "ce"} <= set(titles(drawn))


def test_plain_numbers_of_an_operation_are_written_with_it():
    x = Value(2.0, "x")
    assert "_ + 3" in titles(draw(x * x + 3.0, depth="arrays"))
    assert "1 - _" in titles(draw(1.0 - x * x, depth="arrays"))


def test_an_argument_keeps_its_name_and_its_entries():
    def loss(W, h):
        picked, others = W[[0, 1]], W[[2, 3]]
        held = {"params": [W, h]}
        return np.sum(picked * h) + np.sum(others * held["params"][1])

    drawn = draw(loss, {"W": np.ones((4, 3)), "h": np.ones((2, 3))}, depth="arrays")
    assert [title for title in titles(drawn) if "(4, 3)" in title or "h (2, 3)" in title] == [
        "W (4, 3)",
        "h (2, 3)",
    ]
    assert not any(title.startswith(("picked", "others", "held")) for title in titles(drawn))


def test_layers_from_top_to_bottom_have_no_lines_that_would_lie_on_each_other():
    drawn = draw(MLP(4, [5, 3], "tanh", seed=0), [1.0] * 4, depth="layers", direction="TB")
    assert not any(edge.weight is not None for edge in drawn.contents.edges)
    assert {"20 weights", "15 weights"} <= set(titles(drawn))


class Twice(Module):
    def __init__(self):
        self.a, self.b = Layer(2, 2, "tanh", seed=1), Layer(2, 1, "tanh", seed=2)

    def __call__(self, x):
        h = self.a(x)
        return self.b([h[0], h[1]]) + self.b([h[1], h[0]])


def test_a_layer_that_is_applied_twice_shows_both_wirings():
    drawn = draw(Twice(), [1.0, 2.0], depth="layers")
    ids = {box.id: box.rows[0][0].text for box in drawn.contents.boxes}
    into = [(e.tail_port, e.about.split(" ")[0]) for e in drawn.contents.edges if ids[e.head] == "b"]
    assert sorted(into) == [(f"o{i}", f"b.neurons.0.w.{j}") for i in (0, 1) for j in (0, 1)]


def test_tied_weights_have_a_line_for_each_product():
    layer = Layer(2, 2, "tanh", seed=1)
    layer.neurons[0].w[1] = layer.neurons[0].w[0]
    drawn = draw(MLP(2, [2], seed=0), [1.0, 2.0], depth="layers")
    assert sum(edge.weight is not None for edge in drawn.contents.edges) == 4


def test_a_weight_that_is_no_number_takes_the_sign_from_no_other():
    model = MLP(2, [2, 1], "tanh", seed=1)
    model.layers[0].neurons[0].w[0].data = float("nan")
    model.layers[0].neurons[0].w[1].data = float("inf")
    drawn = draw(model, [1.0, 2.0], depth="layers")
    shares = [edge.weight for edge in drawn.contents.edges if edge.weight is not None]
    assert np.isnan(shares[0])
    assert shares[1] == 1.0
    others = [w.data for w in (*model.layers[0].neurons[1].w, *model.layers[1].neurons[0].w)]
    assert [share < 0 for share in shares[2:]] == [data < 0 for data in others]
    assert drawn.svg


def test_of_a_batch_with_nan_the_ends_are_those_of_the_others():
    model = MLP(1, [1], weights=[[[1.0]]])
    for rows in ([float("nan"), 1.0, 2.0], [1.0, float("nan"), 2.0]):
        loss = mse([model([x]) for x in rows], [0.0] * 3)
        box = next(box for box in draw(loss, depth="layers").contents.boxes if box.kind == "layer")
        assert [cell.text for cell in box.table[1][1:4]] == ["nan", "1", "2"]


@pytest.mark.parametrize("depth", ["arrays", "scalars"])
def test_a_leaf_that_is_asked_for_is_an_output(depth):
    x, z = Value(2.0, "x"), Value(7.0, "z")
    drawn = draw((x * x).tanh(), z, depth=depth)
    assert {box.cells[0].text: box.kind for box in drawn.contents.boxes}["z"] == "output"
    assert draw([Value(float(i), f"v{i}") for i in range(100)], depth=depth).contents.boxes


def test_a_model_is_drawn_inside_of_no_grad():
    model = MLP(2, [2, 1], "tanh", seed=1)
    with no_grad():
        drawn = draw(model, [1.0, 2.0], depth="layers")
    assert titles(drawn) == ["x", "layers.0", "layers.1"]


def test_a_list_is_the_one_argument_of_a_function():
    assert gradients(draw(lambda x: x[0] * x[1], [0.5, 2.0])) == {"*": 1.0, "x[0]": 2.0, "x[1]": 0.5}


def test_nothing_of_the_persons_changes():
    x = values([1.0, 2.0], "x")
    loss = (x * x).sum()
    loss.backward()
    before = [(v.data, v.grad, v.name) for v in x], random.getstate()
    for depth in ("arrays", "scalars", None):
        _ = draw(loss, depth=depth).svg, draw(loss, depth=depth).text
    assert ([(v.data, v.grad, v.name) for v in x], random.getstate()) == before


HOLDS_ITSELF = []
HOLDS_ITSELF.append(HOLDS_ITSELF)


@pytest.mark.parametrize(
    ("things", "options", "message"),
    [
        ((np.array(1.0),), {}, "draw takes Values, .* not 1.0"),
        ((HOLDS_ITSELF,), {}, "a container that holds itself, or is nested too deep"),
        ((Value(1.0),), {"font_size": 10**400}, "font_size is points, from 4 to 72"),
        ((Value(1.0),), {"legend": "no"}, "legend is True or False, not 'no'"),
        ((Value(1.0),), {"gradients": "no"}, "gradients is True or False, not 'no'"),
        ((Value(1.0),), {"unrolled": 2}, "unrolled is True or False, not 2"),
        ((Value(1.0),), {"title": None}, "title is a text, not None"),
        ((MLP,), {}, "not the class MLP"),
    ],
)
def test_bad_input(things, options, message):
    with pytest.raises(DataError, match=message):
        draw(*things, **options)


def test_names_that_are_no_texts_name_nothing():
    assert titles(draw(Value(1.0) * 2.0, names={1: 2, None: 3, (1,): Value(1.0)})) == ["1", "2", "*"]
    with pytest.raises(AutogradError, match="names are a mapping such as locals"):
        draw(Value(1.0), names=3)
