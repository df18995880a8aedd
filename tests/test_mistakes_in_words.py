"""What is said of a mistake: the formulas are right in shapes, the axis is named, nothing is made up."""

import re

import numpy as np
import pytest

from autograd_scratch import compare

RNG = np.random.default_rng(0)
X, Y, R = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2)), RNG.normal(size=(5, 3))
SQUARE = RNG.normal(size=(3, 3))
VECTOR = RNG.normal(size=3)


class Layer:
    """A layer, of which a network has two: input and output have the same names in both."""

    def __init__(self, rows, columns):
        self.W = RNG.normal(size=(rows, columns))

    def forward(self, x):
        self.x = x
        self.z = x @ self.W
        return self.activation(self.z)

    def activation(self, z):
        return np.tanh(z)

    def backward(self, d, slope):
        d = d * slope(self.z)
        self.dW = self.x.T @ d
        return d @ self.W.T


def of_layers(slope):
    layers = [Layer(3, 3), Layer(3, 3)]

    def loss():
        inputs = X
        for layer in layers:
            inputs = layer.forward(inputs)
        return np.sum(inputs * R)

    def backward():
        d = R
        for layer in layers[::-1]:
            d = layer.backward(d, slope)
        return {f"layers[{i}].W": layer.dW for i, layer in enumerate(layers)}

    return compare(loss, at=["layers[0].W", "layers[1].W"], hand=backward)


SLOPES = {
    "of its input": (lambda z: 1 - z**2, "derivative_argument"),
    "at its output": (lambda z: 1 - np.tanh(np.tanh(z)) ** 2, "derivative_argument"),
    "twice": (lambda z: (1 - np.tanh(z) ** 2) ** 2, "derivative_twice"),
    "none": (lambda z: 1, "derivative_missing"),
}


@pytest.mark.parametrize(("slope", "kind"), SLOPES.values(), ids=SLOPES)
def test_formulas_of_layers_with_the_same_names_are_told_apart(slope, kind):
    for mistake in of_layers(slope).mistakes:
        assert mistake.formula.derived != mistake.formula.implied
    formula = of_layers(slope).mistakes[0].formula
    assert of_layers(slope).mistakes[0].kind == kind
    assert "((" not in formula.derived + formula.implied


def test_what_a_layer_gets_is_not_the_name_of_what_the_one_before_it_gives():
    """The output of a layer is called x in the next layer alone, which is another call of one function."""

    class Direct(Layer):
        def forward(self, x):
            self.x = x
            return np.tanh(x @ self.W)

    layers = [Direct(3, 3), Direct(3, 3)]

    def loss():
        return np.sum(layers[1].forward(layers[0].forward(X)) * R)

    def backward():
        for layer in layers:
            layer.z = layer.x @ layer.W
        layers[0].backward(layers[1].backward(R, lambda z: 1 - np.tanh(z) ** 2), lambda z: 1)
        return layers[0].dW

    first = compare(loss, at=["layers[0].W"], hand=backward).mistakes[0]
    assert (first.kind, first.where.layer) == ("derivative_missing", "layers[0].forward(X)")
    assert first.formula.derived.startswith("d(x @ self.W) = d(layers[0].forward(X)) * ")


def slopes(function, x):
    """Return the gradient of a function, by complex step."""
    found = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[place] += 1e-30j
        found[place] = function(moved).imag / 1e-30
    return found


PRODUCTS = {  # what is computed of W and x, and how it flows back: right, and with W transposed
    "x @ W": (lambda W, x: x @ W, X, "d @ W.T", "d @ W"),
    "W @ x": (lambda W, x: W @ x, X.T, "W.T @ d", "W @ d"),
    "x @ W.T": (lambda W, x: x @ W.T, X, "d @ W", "d @ W.T"),
    "W.T @ x": (lambda W, x: W.T @ x, X.T, "W @ d", "W.T @ d"),
    "W @ vector": (lambda W, x: W @ x, VECTOR, "W.T @ d", "W @ d"),
    "vector @ W": (lambda W, x: x @ W, VECTOR, "d @ W.T", "d @ W"),
    "W @ column": (lambda W, x: W @ x, VECTOR[:, None], "W.T @ d", "W @ d"),
    "W * x": (lambda W, x: W * x, SQUARE, "d * W", "d * W.T"),
}


@pytest.mark.parametrize(("apply", "x", "right", "turned"), PRODUCTS.values(), ids=PRODUCTS)
def test_a_gradient_flows_back_through_weights_as_it_has_to_be_written(apply, x, right, turned):
    """Both formulas are evaluated: the one must be what flows back, the other what was written by hand."""
    out = apply(SQUARE, x)
    d = 2 * out
    back = eval(turned, {"W": SQUARE, "d": d})
    assert back.shape == x.shape
    assert np.allclose(
        eval(right, {"W": SQUARE, "d": d}), slopes(lambda x: np.sum(apply(SQUARE, x) ** 2), x), rtol=1e-12
    )

    def loss(s, W):
        return np.sum(apply(W, x * s) ** 2)

    of_weights = slopes(lambda W: np.sum(apply(W, x) ** 2), SQUARE)
    report = compare(loss, {"s": np.ones(x.shape), "W": SQUARE}, {"s": back * x, "W": of_weights})
    formula = report.mistakes[0].formula
    assert (formula.derived, formula.implied) == (f"what flows back is {right}", turned)


def normalized(x):
    mean = x.mean(axis=1, keepdims=True)
    variance = np.mean((x - mean) ** 2, axis=1, keepdims=True)
    return np.sum((x - mean) / np.sqrt(variance) * R)


def test_a_mean_that_is_a_constant_is_no_loop_and_no_sample():
    mean, n = X.mean(axis=1, keepdims=True), X.shape[1]
    deviation = np.sqrt(((X - mean) ** 2).mean(axis=1, keepdims=True))
    out = (X - mean) / deviation
    without_mean = (R - out * (R * out).sum(axis=1, keepdims=True) / n) / deviation
    report = compare(normalized, {"x": X}, {"x": without_mean})
    assert report.mistakes[0].kind == "detached"
    assert report.mistakes[0].where.layer in ("mean", "x.mean(axis=1, keepdims=True)")
    told = " ".join(mistake.evidence for mistake in report.mistakes)
    assert not re.search("sample|loop", told)
    right = without_mean - R.mean(axis=1, keepdims=True) / deviation
    assert compare(normalized, {"x": X}, {"x": right}).ok


def squares(W):
    return np.mean((X @ W - Y) ** 2)


def sums(W):
    return np.sum((X @ W - Y) ** 2)


@pytest.mark.parametrize(
    ("loss", "factor", "kind", "title"),
    [
        (squares, 2.0, "sum_for_mean", "a sum stands for a mean: the division by 2 (the columns of Y)"),
        (squares, 5.0, "sum_for_mean", "a sum stands for a mean: the division by 5 (the rows of X)"),
        (squares, 10.0, "sum_for_mean", "a sum stands for a mean: the division by 10 is missing"),
        (squares, 0.5, "scale", "the gradient is multiplied by a constant"),
        (sums, 5.0, "scale", "the gradient is multiplied by 5 (the rows of X)"),
        (sums, 0.2, "sum_for_mean", "a mean stands for a sum: the division by 5 (the rows of X)"),
        (sums, 2.0, "scale", "the gradient is multiplied by a constant"),
        (lambda W: sums(W) / 10 / 2, 2.0, "scale", "the gradient is multiplied by a constant"),
        (lambda W: sums(W) / (2 * len(X)), 2.0, "scale", "the gradient is multiplied by a constant"),
    ],
)
def test_of_a_constant_it_is_said_which_axis_it_is(loss, factor, kind, title):
    W = SQUARE[:, :2]
    share = loss(W) / sums(W)
    first = compare(loss, {"W": W}, {"W": factor * share * 2 * X.T @ (X @ W - Y)}).mistakes[0]
    assert first.kind == kind
    assert first.title.startswith(title)
    assert "a dimension" not in first.evidence


def test_one_explanation_is_not_told_in_several_ways():
    """The slope of abs, squared, is that which is left out; so is that of relu where all is positive."""

    def loss(W):
        return np.sum(np.abs(X @ W) * R[:, :2])

    W = SQUARE[:, :2]
    report = compare(loss, {"W": W}, {"W": X.T @ R[:, :2]})
    assert [mistake.kind for mistake in report.mistakes].count("derivative_missing") == 1
    assert not {"derivative_twice", "derivative_of_other"} & {each.kind for each in report.mistakes}


def test_a_transposed_gradient_is_not_said_to_be_reshaped():
    W = SQUARE[:, :2]
    right = 2 * X.T @ (X @ W - Y)
    report = compare(sums, {"W": W}, {"W": right.T})
    assert [mistake.kind for mistake in report.mistakes] == ["transposed"]
    report = compare(sums, {"W": W}, {"W": right.T.reshape(3, 2)})
    assert [mistake.kind for mistake in report.mistakes] == ["permuted"]
    assert report.mistakes[0].formula.implied == "dW.T.reshape(3, 2)"


def test_a_path_past_a_layer_is_told_by_what_is_written():
    def loss(x, W):
        for _ in range(1):
            x = x * 1.0
            x = np.tanh(x @ W) + x
        return np.sum(x * R)

    d = R * (1 - np.tanh(X @ SQUARE) ** 2)
    report = compare(loss, {"x": X, "W": SQUARE}, {"x": d @ SQUARE.T, "W": X.T @ d})
    first = report.mistakes[0]
    assert first.kind == "path_missing"
    assert "`x` does to `np.tanh(x @ W) + x`" in first.evidence


def notes(loss, at, hand):
    report = compare(loss, at, hand)
    assert report.ok
    return [note for note in report.notes if "slope 1" in note]


def test_units_that_hide_a_derivative_are_told_once_with_their_file():
    positive = np.abs(X)
    W = np.abs(SQUARE)

    class Relu:
        def __call__(self, z):
            self.out = np.maximum(z, 0)
            return self.out

    def loss(W):
        return np.sum(Relu()(Relu()(positive @ W) @ W) * R)

    d = R
    hand = (positive @ W).T @ d + positive.T @ (d @ W.T)
    [note] = notes(loss, {"W": W}, {"W": hand})
    assert re.search(r"in line \d+ of test_mistakes_in_words\.py has the slope 1", note)


def test_what_the_loss_does_not_depend_on_hides_no_derivative():
    kept = {}

    def loss(W):
        z = X @ W
        deviation = np.sqrt(np.mean(z**2, axis=0) + 1e-5)
        kept["running"] = deviation**2
        kept["bent"] = np.maximum(deviation, 0)
        return np.sum(z * R / deviation)

    z = X @ SQUARE
    deviation = np.sqrt(np.mean(z**2, axis=0) + 1e-5)
    d = R / deviation - z * (z * R).sum(axis=0) / deviation**3 / len(X)
    assert notes(loss, {"W": SQUARE}, {"W": X.T @ d}) == []


def windows(w):
    """A kernel slides over a row of numbers; the largest of each two is kept, and what follows is bent."""
    out = np.zeros(4)
    for i in range(4):
        out[i] = np.sum(SIGNAL[i : i + 3] * w)
    return np.sum(np.tanh(out.reshape(2, 2).max(axis=1)) * VECTOR[:2])


SIGNAL = np.array([0.3, -0.2, 0.9, 0.4, -0.7, 0.6])


def test_what_a_loop_overwrites_is_no_round_of_time_and_no_pool_is_a_constant():
    w = VECTOR
    out = np.array([SIGNAL[i : i + 3] @ w for i in range(4)]).reshape(2, 2)
    d = np.where(out == out.max(axis=1, keepdims=True), 1 - np.tanh(out) ** 2, 0) * VECTOR[:2, None]
    parts = [slope * SIGNAL[i : i + 3] for i, slope in enumerate(d.ravel())]
    assert compare(windows, {"w": w}, {"w": sum(parts)}).ok
    last = next(i for i in (3, 2, 1, 0) if any(parts[i]))
    report = compare(windows, {"w": w}, {"w": parts[last]})
    assert report.mistakes[0].kind in ("overwritten", "single_sample")
    assert "detached" not in {mistake.kind for mistake in report.mistakes}


def test_a_kernel_that_slides_is_no_outer_product():
    def loss(s, w):
        row = SIGNAL * s
        out = np.zeros(4)
        for i in range(4):
            out[i] = np.dot(row[i : i + 3], w)
        return np.sum(out**2)

    w, d = VECTOR, np.array([2 * SIGNAL[i : i + 3] @ VECTOR for i in range(4)])
    back = sum(np.pad(d[i] * w[::-1], (i, 3 - i)) for i in range(4)) * SIGNAL
    of_weights = slopes(lambda w: loss_of(np.ones(6), w), w)
    report = compare(loss, {"s": np.ones(6), "w": w}, {"s": back, "w": of_weights})
    first = report.mistakes[0]
    assert (first.kind, first.formula.derived) == ("permuted", "what flows back is d times w")


def loss_of(s, w):
    return sum(((SIGNAL * s)[i : i + 3] @ w) ** 2 for i in range(4))


def test_a_little_in_a_logarithm_hides_no_division():
    """1e-7 beside a probability, which hands leave out, makes 5 a 4.999999."""
    labels = np.arange(5) % 2

    def probabilities(W):
        e = np.exp(X @ W)
        return e / e.sum(axis=1, keepdims=True)

    def loss(W):
        return -np.sum(np.log(probabilities(W)[np.arange(5), labels] + 1e-7)) / 5

    W = 0.1 * SQUARE[:, :2]
    first = compare(loss, {"W": W}, {"W": 5 * (1 - 2e-7) * slopes(loss, W)}).mistakes[0]
    assert (first.kind, round(first.factor)) == ("sum_for_mean", 5)


@pytest.mark.parametrize("left_out", [0, 1])
def test_a_use_that_is_left_out_is_told_with_its_own_line(left_out):
    def loss(W):
        h = np.tanh(X @ W)
        return np.sum((h @ W.T) * R)

    def beside(W):
        return np.sum(np.tanh(X @ W) * R + (X**2 @ W) * R)

    h, first = np.tanh(X @ SQUARE), loss.__code__.co_firstlineno
    parts = [X.T @ (R @ SQUARE * (1 - h**2)), R.T @ h]
    mistakes = compare(loss, {"W": SQUARE}, {"W": parts[1 - left_out]}).mistakes
    told = [each for each in mistakes if each.kind == "shared_use_missing" and "left out" in each.evidence]
    assert [each.where.line for each in told] == [first + 1 + left_out]
    assert f"the use of W in line {first + 1 + left_out} left out" in told[0].evidence
    parts = [X.T @ (R * (1 - h**2)), (X**2).T @ R]
    mistakes = compare(beside, {"W": SQUARE}, {"W": parts[1 - left_out]}).mistakes
    assert any(f"W in `{('X @ W', 'X**2 @ W')[left_out]}` in line" in each.evidence for each in mistakes)
