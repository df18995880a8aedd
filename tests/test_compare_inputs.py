"""What people have is taken as they have it: arrays, lists, numbers, Values, models, backward functions."""

import json
import math
import subprocess
import sys
from collections import namedtuple
from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from tanh_layer import B, W, X, Y

from autograd_scratch import MLP, Module, Neuron, Value, compare, data, exp, mark, mse, values
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import UnknownNameError

ERROR = 2.0 * (X @ W + B - Y) / Y.size  # the gradient of the mean of squares by X @ W + b
DW, DB = X.T @ ERROR, ERROR.sum(axis=0)
SAMPLES = [([0.5, -1.0], 1.0), ([1.5, 2.0], 0.0), ([-0.3, 0.7], 1.0)]


def loss(W, b):
    return ((X @ W + b - Y) ** 2).mean()


def marked(W, b):
    z = mark(X @ W, "z")
    e = mark(z + b - Y, "e")
    return (e**2).mean()


def of_data(W, b, X, Y):
    return ((X @ W + b - Y) ** 2).mean()


def verdicts(report):
    return {name: block.verdict for name, block in report.blocks.items()}


ARRAYS = {"W": W, "b": B}
FORMS = {
    "arrays": (ARRAYS, {"W": DW, "b": DB}),
    "nested lists": (
        {"W": W.tolist(), "b": B.tolist()},
        {"W": DW.tolist(), "b": DB.tolist()},
    ),
    "tuples by hand": (ARRAYS, {"W": tuple(map(tuple, DW)), "b": tuple(DB)}),
    "Values": ({"W": values(W, "W"), "b": values(B)}, {"W": DW, "b": DB}),
    "Values by hand": (ARRAYS, {"W": values(DW), "b": [Value(x) for x in DB]}),
    "arrays of objects": ({"W": W.astype(object), "b": B}, {"W": DW.astype(object), "b": DB}),
    "another layout in memory": (
        {"W": np.asfortranarray(W), "b": B},
        {"W": np.asfortranarray(DW), "b": DB},
    ),
    "views": ({"W": W.T.copy().T, "b": B[::-1][::-1]}, {"W": DW.T.copy().T, "b": DB}),
    "dW, db": (ARRAYS, {"dW": DW, "db": DB}),
    "d_W, grad_b": (ARRAYS, {"d_W": DW, "grad_b": DB}),
    "W_grad, gb": (ARRAYS, {"W_grad": DW, "gb": DB}),
    "a function that gives a dict": (ARRAYS, lambda W, b: {"W": DW, "b": DB}),
    "a function that gives dW and db": (ARRAYS, lambda W, b: {"dW": DW, "db": DB}),
    "a function that gives a tuple": (ARRAYS, lambda W, b: (DW, DB)),
    "a function that gives a list": (ARRAYS, lambda W, b: [DW, DB]),
    "a function of keywords": (ARRAYS, lambda **at: {name: {"W": DW, "b": DB}[name] for name in at}),
}


@pytest.mark.parametrize(("at", "hand"), FORMS.values(), ids=FORMS)
def test_every_form_of_the_same_gradient_is_right(at, hand):
    report = compare(loss if isinstance(at["W"], np.ndarray) else on_arrays, at, hand)
    assert verdicts(report) == {"W": "right", "b": "right"}
    assert report.ok


@pytest.mark.parametrize(("at", "hand"), FORMS.values(), ids=FORMS)
def test_every_form_of_a_wrong_gradient_is_wrong(at, hand):
    found = hand if not callable(hand) else hand(**at)
    found = dict(zip(at, found)) if not isinstance(found, dict) else found
    doubled = {name: 2.0 * np.array(data(gradient)) for name, gradient in found.items()}
    report = compare(loss if isinstance(at["W"], np.ndarray) else on_arrays, at, doubled)
    assert verdicts(report) == {"W": "wrong", "b": "wrong"}


def on_arrays(W, b):
    """The same loss for nested lists."""
    return loss(np.array(W), np.array(b))


@pytest.mark.parametrize("name", ["W", "b"])
def test_any_subset_of_blocks_is_compared(name):
    right = {"W": DW, "b": DB}[name]
    assert verdicts(compare(loss, ARRAYS, {name: right})) == {name: "right"}
    assert verdicts(compare(loss, ARRAYS, {name: 1.001 * right})) == {name: "wrong"}


def test_numbers_are_blocks_too():
    def power(x, y):
        return x**y

    hand = {"x": 3.0 * 2.0**2, "y": 2.0**3 * math.log(2.0)}  # of x to the y at (2, 3)
    for kind in (float, np.float64, Value, Fraction, np.array):
        report = compare(power, {"x": kind(2), "y": kind(3)}, hand)
        assert verdicts(report) == {"x": "right", "y": "right"}
        assert report.blocks["x"].shape == ()
    assert not compare(power, {"x": 2, "y": 3}, hand | {"y": 8.0})


def test_one_number_may_be_an_array_of_one():
    assert compare(lambda w: (w * w).sum(), {"w": np.array([3.0])}, {"w": 6.0}).ok
    assert compare(lambda w: w * w, {"w": 3.0}, {"w": np.array([6.0])}).ok


def test_a_function_of_one_block_may_return_its_gradient():
    assert compare(lambda w: w * w, {"w": 3.0}, lambda w: 2.0 * w).ok
    assert compare(lambda w: (w**3).sum(), {"w": B}, lambda w: 3.0 * w**2).ok
    assert compare(lambda w: w[0] * w[1], {"w": [2.0, 3.0]}, lambda w: [w[1], w[0]]).ok
    assert not compare(lambda w: w * w, {"w": 3.0}, lambda w: w).ok


def test_whole_integers_are_numbers():
    assert (
        compare(lambda w: (w * w).sum(), {"w": np.array([2, 3])}, {"w": np.array([4, 6])}).verdict
        == "right"
    )


def test_trees_of_arrays_are_one_block():
    def of_tree(net):
        return loss(net["W"], net["b"])

    at = {"net": {"W": W, "b": B}}
    assert compare(of_tree, at, {"net": {"W": DW, "b": DB}}).ok
    assert not compare(of_tree, at, {"net": {"W": DW, "b": -DB}}).ok
    assert compare(lambda net: loss(*net), {"net": [W, B]}, {"net": [DW, DB]}).ok
    Pair = namedtuple("Pair", "W b")
    assert compare(lambda net: loss(net.W, net.b), {"net": Pair(W, B)}, {"net": Pair(DW, DB)}).ok


def test_gradients_in_dicts_are_matched_by_key_and_not_by_order():
    report = compare(
        lambda net: loss(net["W"], net["b"]), {"net": {"W": W, "b": B}}, {"net": {"b": DB, "W": DW}}
    )
    assert report.verdict == "right"


def test_arguments_without_a_gradient_are_handed_on():
    at = {"W": W, "b": B, "X": X, "Y": Y}
    assert verdicts(compare(of_data, at, {"W": DW})) == {"W": "right"}
    assert compare(of_data, at, lambda W, b, X, Y: {"dW": DW, "db": DB}).ok
    options = {
        "W": W,
        "options": {"power": 2, "name": "squares"},
        "neuron": Neuron(1, seed=0),
        "none": None,
    }
    report = compare(
        lambda W, options, neuron, none: (W ** options["power"]).sum(), options, {"W": 2.0 * W}
    )
    assert report.ok


def test_labels_that_index_are_handed_on_as_integers():
    labels = np.array([0, 1, 1, 0])

    def cross_entropy(W, labels):
        e = np.exp(X @ W)
        p = e / e.sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(4), labels]).mean()

    p = np.exp(X @ W) / np.exp(X @ W).sum(axis=1, keepdims=True)
    hand = X.T @ (p - np.eye(2)[labels]) / 4
    assert compare(cross_entropy, {"W": W, "labels": labels}, {"W": hand}).verdict == "right"


def test_marked_results_are_blocks_by_either_name():
    for hand in ({"z": ERROR, "e": ERROR, "W": DW}, {"dz": ERROR, "de": ERROR, "dW": DW}):
        report = compare(marked, ARRAYS, hand)
        assert verdicts(report) == {"e": "right", "z": "right", "W": "right"}
        assert list(report.blocks) == ["e", "z", "W"]  # from the loss inwards
    wrong = compare(marked, ARRAYS, {"e": ERROR, "z": -ERROR, "W": -DW})
    assert (wrong.first_wrong, wrong.last_right) == ("z", "e")


def test_a_backward_function_may_return_marked_results():
    assert compare(marked, ARRAYS, lambda W, b: {"dz": ERROR, "de": ERROR, "dW": DW, "db": DB}).ok


def test_an_activation_that_leaves_zeros_is_marked_as_a_whole():
    relus = [
        lambda z: np.maximum(0, z),
        lambda z: np.where(z > 0, z, 0.0),
        lambda z: np.where(z > 0, z, 0),
        lambda z: z * (z > 0),
    ]
    V = np.array([[0.7], [-1.1]])
    z = X @ W
    a = np.maximum(0.0, z)
    do = 2.0 * (a @ V - Y[:, :1]) / 4
    hand = {"a": do @ V.T, "z": do @ V.T * (z > 0), "V": a.T @ do, "W": X.T @ (do @ V.T * (z > 0))}
    assert (hand["a"][a == 0.0] != 0.0).all()
    for relu in relus:

        def network(W, V, relu=relu):
            a = mark(relu(mark(X @ W, "z")), "a")
            return ((a @ V - Y[:, :1]) ** 2).mean()

        assert set(verdicts(compare(network, {"W": W, "V": V}, hand)).values()) == {"right"}


def test_marks_alone_can_be_compared():
    assert compare(marked, ARRAYS, {"dz": ERROR}).ok
    assert not compare(marked, ARRAYS, {"dz": 2.0 * ERROR}).ok


def test_a_mark_below_a_block_that_is_not_compared_can_be_compared():
    report = compare(marked, ARRAYS, {"b": DB, "z": ERROR})
    assert verdicts(report) == {"b": "right", "z": "right"}


def test_a_column_of_ones_in_a_marked_array_has_its_gradient():
    V = np.array([[0.7], [-1.1], [0.4]])

    def network(W):
        a = mark(np.concatenate([np.tanh(X @ W), np.ones((4, 1))], axis=1), "a")
        return ((a @ V - Y[:, :1]) ** 2).mean()

    a = np.concatenate([np.tanh(X @ W), np.ones((4, 1))], axis=1)
    da = 2.0 * (a @ V - Y[:, :1]) / 4 @ V.T
    hand = {"a": da, "W": X.T @ (da[:, :2] * (1.0 - a[:, :2] ** 2))}
    assert verdicts(compare(network, {"W": W}, hand)) == {"a": "right", "W": "right"}


def test_marks_in_a_loop_have_a_name_each():
    def loop(w):
        return sum((mark(x * w, f"z{x:g}") - y) ** 2 for x, y in [(1.0, 2.0), (2.0, 3.0)])

    dz1, dz2 = 2 * (0.5 - 2.0), 2 * (1.0 - 3.0)
    assert compare(loop, {"w": 0.5}, {"w": dz1 + 2 * dz2, "z1": dz1, "dz2": dz2}).verdict == "right"
    assert compare(loop, {"w": 0.5}, {"w": dz1 + 2 * dz2, "z1": dz2, "dz2": dz2}).first_wrong == "z1"


def test_mark_outside_of_compare_returns_what_it_gets():
    array = np.ones(3)
    assert mark(array, "anything") is array


def gradients_of_lists(w, b):
    dw, db = [0.0, 0.0], 0.0
    for x, y in SAMPLES:
        p = 1.0 / (1.0 + math.exp(-sum(map(float.__mul__, w, x)) - b))
        delta = 2.0 * (p - y) * p * (1.0 - p) / len(SAMPLES)
        dw = [d + delta * xi for d, xi in zip(dw, x)]
        db += delta
    return {"w": dw, "b": db}


def loop_over_samples(w, b):
    total = 0.0
    for x, y in SAMPLES:
        z = b
        for wi, xi in zip(w, x):
            z = z + wi * xi
        total += (1.0 / (1.0 + exp(-z)) - y) ** 2
    return total / len(SAMPLES)


def test_plain_python_with_lists_and_loops_over_samples():
    at = {"w": [0.1, -0.2], "b": 0.3}
    assert compare(loop_over_samples, at, gradients_of_lists).verdict == "right"
    wrong = gradients_of_lists(**at) | {"b": 3.0 * gradients_of_lists(**at)["b"]}
    assert verdicts(compare(loop_over_samples, at, wrong)) == {"b": "wrong", "w": "right"}


def test_numpy_is_not_needed():
    program = (
        "import sys; from autograd_scratch import compare, tanh\n"
        "r = compare(lambda w, b: tanh(w[0] * w[1] + b) * 2.0, {'w': [0.5, 0.0], 'b': 0.0}, "
        "{'w': [0.0, 1.0], 'b': 2.0})\n"
        "print(r.verdict, 'numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout.split() == ["right", "False"], run.stderr


MODEL = MLP(2, [3, 1], activation="tanh", seed=1)


def of_model(model):
    return mse([model(x) for x, _ in XOR], [y for _, y in XOR])


def gradients_of_model():
    """The backward pass of a 2-3-1 network with one tanh layer, for the mean of squares, by hand."""
    x, y = np.array([x for x, _ in XOR], float), np.array([y for _, y in XOR], float)
    hidden, (last,) = MODEL.layers[0].neurons, MODEL.layers[1].neurons
    w1, b1 = np.array([[p.data for p in n.w] for n in hidden]), np.array([n.b.data for n in hidden])
    w2, b2 = np.array([p.data for p in last.w]), last.b.data
    a = np.tanh(x @ w1.T + b1)
    do = 2.0 * (a @ w2 + b2 - y) / 4
    dz = np.outer(do, w2) * (1.0 - a**2)
    return {
        "layers.0.w": dz.T @ x,
        "layers.0.b": dz.sum(axis=0),
        "layers.1.w": (do @ a)[None],
        "layers.1.b": do.sum()[None],
    }


def by_path(blocks):
    return {
        path: float(
            blocks["layers.0.w" if ".0.neurons" in path else "layers.1.w"][neuron(path)][entry(path)]
        )
        if ".w." in path
        else float(blocks["layers.0.b" if ".0.neurons" in path else "layers.1.b"][neuron(path)])
        for path, _ in MODEL.named_parameters()
    }


def neuron(path):
    return int(path.split(".")[3])


def entry(path):
    return int(path.split(".")[5])


@pytest.mark.parametrize("change", [lambda blocks: blocks, by_path], ids=["by block", "by path"])
@pytest.mark.parametrize(
    "give", [lambda hand: hand, lambda hand: lambda model: hand], ids=["dict", "function"]
)
def test_a_model_is_compared_by_block_or_by_path_of_its_parameters(change, give):
    report = compare(of_model, MODEL, give(change(gradients_of_model())))
    assert verdicts(report) == dict.fromkeys(report.blocks, "right")
    assert set(report.blocks) == set(gradients_of_model())
    assert report.blocks["layers.0.w"].shape == (3, 2)
    wrong = gradients_of_model()
    wrong["layers.0.b"] = wrong["layers.0.b"] * 1.001
    assert compare(of_model, MODEL, give(change(wrong))).first_wrong == "layers.0.b"


def test_some_blocks_of_a_model_are_compared():
    hand = {name: gradients_of_model()[name] for name in ("layers.0.b", "layers.1.w")}
    assert verdicts(compare(of_model, MODEL, hand)) == {"layers.1.w": "right", "layers.0.b": "right"}


def test_a_model_stays_as_it_is():
    of_model(MODEL).backward()
    before = [(p.data, p.grad) for p in MODEL.parameters()]

    def backward(model):
        for parameter in model.parameters():
            parameter.grad = 7.0
            parameter.data += 1.0
        return gradients_of_model()

    compare(of_model, MODEL, backward)
    assert [(p.data, p.grad) for p in MODEL.parameters()] == before


def test_a_module_of_ones_own_is_compared_by_its_names():
    class Line(Module):
        def __init__(self):
            super().__init__()
            self.slope = Value(0.5)
            self.shift = Value(-1.0)

        def __call__(self, x):
            return self.slope * x + self.shift

    report = compare(lambda line: (line(3.0) - 2.0) ** 2, Line(), {"slope": -9.0, "shift": -3.0})
    assert verdicts(report) == {"slope": "right", "shift": "right"}  # 2 (1.5 - 1 - 2) times 3 and 1


def single(W, b):
    return ((X.astype(np.float32) @ W + b - Y.astype(np.float32)) ** 2).mean()


def single_gradients():
    x, w, b, y = (array.astype(np.float32) for array in (X, W, B, Y))
    delta = 2.0 * (x @ w + b - y) / np.float32(y.size)
    return {"W": x.T @ delta, "b": delta.sum(axis=0)}


@pytest.mark.parametrize(
    "change",
    [lambda g: g, lambda g: g.tolist(), lambda g: g.astype(float), lambda g: 3.0 * (g.astype(float) / 3.0)],
    ids=["float32", "lists", "float64", "computed on in float64"],
)
def test_float32_is_recognised(change):
    at = {"W": W.astype(np.float32), "b": B.astype(np.float32)}
    hand = {name: change(gradient) for name, gradient in single_gradients().items()}
    report = compare(single, at, hand)
    assert report.verdict == "right up to rounding"
    assert "float32" in " ".join(report.notes)
    for factor in (1.001, 0.999, -1.0):
        wrong = {
            name: change(np.float32(factor) * gradient) for name, gradient in single_gradients().items()
        }
        assert compare(single, at, wrong).verdict == "wrong"


class Loss:
    def __call__(self, W, b):
        return loss(W, b)

    def method(self, W, b):
        return loss(W, b)

    @staticmethod
    def static(W, b):
        return loss(W, b)

    @classmethod
    def of_class(cls, W, b):
        return loss(W, b)


def with_defaults(W, b, scale=1.0, *, power=2):
    return scale * ((X @ W + b - Y) ** power).mean()


CALLABLES = {
    "lambda": lambda W, b: loss(W, b),
    "keywords alone": lambda *, W, b: loss(W, b),
    "any keywords": lambda **at: loss(**at),
    "object": Loss(),
    "method": Loss().method,
    "static method": Loss.static,
    "class method": Loss.of_class,
    "partial": partial(with_defaults, scale=1.0),
    "partial of an argument": partial(lambda X, W, b: loss(W, b), X),
    "defaults": with_defaults,
}


@pytest.mark.parametrize("function", CALLABLES.values(), ids=CALLABLES)
def test_anything_that_takes_the_names_is_a_loss_and_a_backward_function(function):
    def backward(W, b):
        function(W=W, b=b)
        return {"W": DW, "b": DB}

    assert compare(function, ARRAYS, backward).verdict == "right"


def test_one_array_may_stand_under_two_names():
    assert compare(lambda a, b: (a * b).sum(), {"a": W, "b": W}, {"a": W, "b": W}).verdict == "right"


def test_arrays_that_cannot_be_written_to_are_compared():
    ones = np.broadcast_to(1.5, (3, 2))
    assert compare(lambda w: (w * w).sum(), {"w": ones}, {"w": np.full((3, 2), 3.0)}).verdict == "right"


@pytest.mark.parametrize(
    "name", ["\ud800", "a\udfffb", "w\n", "\x1b[2J", "\r", "\0", "\x85", "\u2028", "<b>|*`", ""]
)
def test_names_of_any_text(name):
    def function(**at):
        return (mark(3.0 * at[name], f"z{name}") ** 2).sum() + at["b"]

    w = np.array([1.0, 2.0])
    for factor, verdict in ((1.0, "right"), (-1.0, "wrong")):
        hand = {name: 18.0 * factor * w, f"z{name}": 6.0 * w, "b": 1.0}
        report = compare(function, {name: w, "b": 0.5}, hand)
        assert report.verdict == verdict
        for text in (str(report), report.to_html(), report.to_markdown(), repr(report)):
            assert text.replace("\n", "").isprintable()
        assert name in json.loads(report.to_json())["blocks"]
        with pytest.raises(UnknownNameError):
            compare(function, {name: w, "b": 0.5}, {f"no{name}": w})
