"""What a report calls the arrays of a forward pass, and where it says that gradients part ways."""

from pathlib import Path

import numpy as np
import pytest

from autograd_scratch import compare, mark, values
from autograd_scratch.checking.passes.forward import Forward, observed

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
W1, W2, b1 = rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), rng.normal(size=4)
WEIGHTS = {"W1": W1, "W2": W2, "b1": b1}


def squared(out):
    return ((out - Y) ** 2).mean()


def relu(x):
    return np.maximum(x, 0.0)


def sigmoid(x):
    e = np.exp(-x)
    return 1.0 / (1.0 + e)


def linear(x, W, b=0.0):
    out = x @ W + b
    out += 0.0 * b
    return out


class Net:
    def loss(self, W1, W2, b1):
        self.z1 = X @ W1 + b1
        a1 = self.a1 = relu(self.z1)
        return squared(a1 @ W2)


def rebound(W1, W2, b1):
    h = X @ W1 + b1
    z1 = h
    h = relu(h)
    a1 = h
    h = a1 @ W2 + 0.0 * z1.sum()
    return squared(h)


def viewed(W1, W2, b1):
    z1 = X @ W1 + b1
    flat = z1.reshape(-1)
    turned = flat.reshape(5, 4).T
    a1 = relu(turned.T)
    return squared(a1 @ W2)


def in_helpers(W1, W2, b1):
    z1 = linear(X, W1, b1)
    a1 = sigmoid(z1)
    return squared(linear(a1, W2))


def in_one_line(W1, W2, b1):
    return squared(sigmoid(X @ W1 + b1) @ W2)


def several(W1, W2, b1):
    def layers():
        return (a := relu(X @ W1 + b1)), a @ W2

    a1, out = layers()
    return squared(out) + 0.0 * a1.sum()


def kept(W1, W2, b1):
    cache = {}
    cache["z1"] = X @ W1 + b1
    z2 = np.stack([relu(row) @ W2 for row in cache["z1"]])
    return squared(z2)


def unpacked(W1, W2, b1):
    z1, two = X @ W1 + b1, 2.0
    z1 += 1.0
    a1 = (lambda x: np.tanh(two * x))(z1)
    return squared(a1 @ W2)


def in_a_loop(W1, W2, b1):
    h = np.zeros((5, 4))
    for _ in range(3):
        h = np.tanh(X @ W1 + b1 + h)
    return squared(h @ W2)


def names_of(loss):
    arguments = {name: values(array) for name, array in WEIGHTS.items()}
    result, observer = observed(loss, arguments, {})
    steps = Forward(result, arguments, observer).steps
    return {steps.called(step) for step in steps.all}


@pytest.mark.parametrize(
    ("loss", "theirs", "not_theirs"),
    [
        (Net().loss, {"self.z1", "a1", "a1 @ W2"}, {"x", "out"}),
        (rebound, {"h", "a1 @ W2"}, {"z1", "a1", "x"}),
        (viewed, {"z1", "a1"}, {"flat", "turned", "x", "turned.T"}),
        (in_helpers, {"z1", "a1", "e", "out"}, {"x"}),
        (in_one_line, {"X @ W1 + b1", "sigmoid(X @ W1 + b1)", "e"}, {"x"}),
        (several, {"a1", "out", "X @ W1 + b1"}, {"x"}),
        (kept, {"cache['z1']", "relu(row)"}, {"x", "row", ".0", "z1"}),
        (unpacked, {"z1", "a1"}, {"x", "two"}),
        (in_a_loop, {"h", "X @ W1", "X @ W1 + b1"}, {"_"}),
    ],
    ids=lambda case: getattr(case, "__name__", ""),
)
def test_an_array_has_the_name_that_its_own_line_gives_it(loss, theirs, not_theirs):
    names = names_of(loss)
    assert theirs <= names
    assert not names & not_theirs


def test_where_there_is_no_source_a_variable_of_the_function_that_made_it_is_its_name():
    text = "def loss(W1, W2, b1):\n    z1 = X @ W1 + b1\n    a1 = relu(z1)\n    return squared(a1 @ W2)"
    defined = {"X": X, "relu": relu, "squared": squared}
    exec(compile(text, "<no file>", "exec"), defined)
    assert {"z1", "a1"} <= names_of(defined["loss"])
    assert "x" not in names_of(defined["loss"])


def hand(loss_slope=1.0, derivative=None, transposed=False, used=relu, slope=lambda z, a: z > 0.0):
    """Return a gradient of `squared(used(X @ W1 + b1) @ W2)`, with mistakes."""
    z1 = X @ W1 + b1
    a1 = used(z1)
    dout = loss_slope * 2.0 * (a1 @ W2 - Y) / Y.size
    da1 = dout @ W2.T
    dz1 = da1 if derivative is None else da1 * slope(z1, a1)
    dW1 = X.T @ dz1
    return {"W1": dW1[::-1] if transposed else dW1, "W2": a1.T @ dout, "b1": dz1.sum(0)}


def marked(W1, W2, b1):
    z1 = mark(X @ W1 + b1, "z1")
    a1 = relu(z1)
    return squared(a1 @ W2)


@pytest.mark.parametrize(
    ("loss", "gradient", "layer", "source"),
    [
        (Net().loss, hand(), "self.z1", "a1 = self.a1 = relu(self.z1)"),
        (rebound, hand(), "h", "h = relu(h)"),
        (in_one_line, hand(used=sigmoid), "X @ W1 + b1", "return squared(sigmoid(X @ W1 + b1) @ W2)"),
        (in_helpers, hand(used=sigmoid), "z1", "a1 = sigmoid(z1)"),
        (marked, hand(), "z1", "a1 = relu(z1)"),
    ],
)
def test_gradients_part_ways_where_the_first_wrong_one_is(loss, gradient, layer, source):
    """The derivative of the activation is left out: the gradient of its output is right yet."""
    report = compare(loss, WEIGHTS, gradient)
    assert report.mistakes[0].kind == "derivative_missing"
    assert (report.parting.layer, report.parting.source) == (layer, source)


@pytest.mark.parametrize("loss", [Net().loss, rebound, viewed, marked])
def test_where_a_block_alone_is_wrong_nothing_else_is_said_to_be(loss):
    gradient = hand(derivative=True, transposed=True)
    report = compare(loss, WEIGHTS, gradient)
    assert [name for name, block in report.blocks.items() if not block.ok] == ["W1"]
    assert (report.parting.block, report.parting.layer) == ("W1", "")
    assert "X @ W1" in report.parting.source
    assert f"It stands in line {report.parting.line} of {Path(__file__).name}: " in str(report)


def test_a_mark_that_is_right_is_not_where_gradients_part_ways():
    gradient = hand()
    z1 = X @ W1 + b1
    da1 = (2.0 * (relu(z1) @ W2 - Y) / Y.size) @ W2.T
    report = compare(marked, WEIGHTS, gradient | {"z1": da1 * (z1 > 0.0)})
    assert report.blocks["z1"].ok
    assert not report.blocks["W1"].ok
    assert report.parting.layer != "z1"


def states(Wx, Wh, Wy):
    h = np.zeros(3)
    for x in X:
        h = np.tanh(x @ Wx + np.tanh(h @ Wh))
    return ((h @ Wy) ** 2).sum()


def gated(Wf, Wi, Wy):
    c = np.zeros(2)
    for x in X:
        f = np.tanh(np.tanh(np.tanh(np.tanh(x @ Wf))))
        i = np.tanh(x @ Wi)
        c = np.tanh(f * c + i)
    return (np.tanh(c @ Wy) ** 2).sum()


def read_out(Wx, Wh, Wy, by):
    """Take the outputs of all rounds: each output depends on the states before it."""
    h, total = np.zeros(3), 0.0
    for x in X:
        h = np.tanh(x @ Wx + h @ Wh)
        total = total + ((h @ Wy + by) ** 2).sum()
    return total


def stacked(W1, W2, b1):
    h = X @ W1 + b1
    penalty = 0.1 * (b1**2).sum() + 0.1 * (W1**2).sum()
    return squared(relu(h) @ W2) + penalty


@pytest.mark.parametrize(
    ("loss", "shapes", "order"),
    [
        (states, {"Wx": (3, 3), "Wh": (3, 3), "Wy": (3, 2)}, ["Wy", "Wx", "Wh"]),
        (gated, {"Wf": (3, 2), "Wi": (3, 2), "Wy": (2, 2)}, ["Wy", "Wi", "Wf"]),
        (read_out, {"Wx": (3, 3), "Wh": (3, 3), "Wy": (3, 2), "by": (2,)}, ["by", "Wy", "Wx", "Wh"]),
        (stacked, {"W1": (3, 4), "b1": (4,), "W2": (4, 2)}, ["W2", "b1", "W1"]),
    ],
)
def test_blocks_are_told_in_the_order_of_the_backward_pass(loss, shapes, order):
    """Of a loop over time that is the order of the last round, where the backward pass begins."""
    at = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    wrong = {name: np.ones(shape) for name, shape in shapes.items()}
    report = compare(loss, at, wrong)
    assert [*report.blocks] == order
    assert report.first_wrong == order[0]
    worst = max(report.blocks.values(), key=lambda block: block.error).name
    assert (f"the one that is off by most is {worst}" in str(report)) == (worst != order[0])
