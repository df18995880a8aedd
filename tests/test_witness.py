"""The numeric witness: its slopes are right within their bars, and where it cannot know, it says so."""

import math
import sys
import threading
import warnings

import mpmath as mp
import numpy as np
import pytest
from conftest import how_many

from autograd_scratch import MLP, Value, gradients, values
from autograd_scratch.checking.marks import mark
from autograd_scratch.checking.passes.forward import Forward, observed
from autograd_scratch.checking.runs import without_casts
from autograd_scratch.checking.sides import noise
from autograd_scratch.checking.survey import COMPLEX_STEP, RIDDERS, Measured
from autograd_scratch.checking.witness import measure
from autograd_scratch.errors import DataError, ShapeError, UnknownNameError

W = np.array([0.0, 1.0, -2.0])


def slopes(witness, name):
    return [measured.slope for measured in witness.blocks[name].values()]


def filled_beforehand(w):
    squares = np.zeros(len(w))
    for i in range(len(w)):
        squares[i] = w[i] ** 2
    return squares.sum()


def filled_by_rows(w):
    out = np.zeros((2, len(w)))
    out[0] = w**2  # the imaginary part is dropped, with a warning
    return out.sum()


POINT = np.array([0.5, 1.5, -2.5])
METHODS = [  # a loss, its gradient at POINT by hand, and whether it extends to complex numbers
    (lambda w: (np.tanh(w) ** 2).sum(), 2 * np.tanh(POINT) * (1 - np.tanh(POINT) ** 2), True),
    (lambda w: np.log(np.exp(w).sum()), np.exp(POINT) / np.exp(POINT).sum(), True),
    (lambda w: np.maximum(w, 0.0).sum(), [1, 1, 0], True),
    (lambda w: np.where(w > 0, w, 0.1 * w).sum(), [1, 1, 0.1], True),
    (lambda w: w.max() - w.min(), [0, 1, -1], True),
    (lambda w: w @ w, 2 * POINT, True),
    (lambda w: np.abs(w).sum(), np.sign(POINT), False),
    (lambda w: np.linalg.norm(w), POINT / np.linalg.norm(POINT), False),
    (lambda w: np.vdot(w, w), 2 * POINT, False),
    (lambda w: (np.sign(w) * w).sum(), np.sign(POINT), False),
    (lambda w: float((w**3).sum()), 3 * POINT**2, False),
    (lambda w: math.exp(w[0]) + w[1] * w[2], [math.exp(0.5), -2.5, 1.5], False),
    (lambda w: max(w[0], w[2]) + w[1], [1, 1, 0], True),
    (lambda w: max(w.tolist()), [0, 1, 0], False),
    (lambda w: (w**2).astype(float).sum(), 2 * POINT, False),
    (filled_beforehand, 2 * POINT, False),
    (filled_by_rows, 2 * POINT, False),
    (lambda w: (w**2).sum() + 1e-3 * np.abs(w).sum(), 2 * POINT + 1e-3 * np.sign(POINT), False),
]


@pytest.mark.parametrize(("loss", "gradient", "extends"), METHODS)
def test_the_complex_step_is_believed_where_the_code_extends_to_complex_numbers(loss, gradient, extends):
    witness = measure(loss, {"w": POINT}, {}, ["w"])
    assert witness.method == (COMPLEX_STEP if extends else RIDDERS)
    assert witness.coverage == (3, 3)
    for measured, slope in zip(witness.blocks["w"].values(), gradient, strict=True):
        assert not measured.is_kink
        assert abs(measured.slope - slope) <= measured.bar < 1e-7 * max(map(abs, gradient))
    for vector, measured in witness.directions["w"]:
        assert abs(measured.slope - np.dot(vector, gradient)) <= measured.bar < 1e-7


FUNCTIONS = [  # with NumPy's names and mpmath's
    lambda m, x, y: m.sin(x) * m.exp(y),
    lambda m, x, y: m.tanh(x * y) + x,
    lambda m, x, y: m.log(x * x + y * y + 1),
    lambda m, x, y: x**3 - 2 * x * y,
    lambda m, x, y: 1 / (1 + m.exp(-x * y)),
    lambda m, x, y: m.sqrt(x * x + y * y),
    lambda m, x, y: m.exp(-x * x) * m.cos(5 * y),
    lambda m, x, y: m.sin(50 * x) + y * y,
    lambda m, x, y: x / (y * y + 0.01),
    lambda m, x, y: m.log(1 + m.exp(x + y)),
    lambda m, x, y: (1e4 + x) * (1e4 + x) - 1e8 + y,
    lambda m, x, y: m.log(x * x) * y,
    lambda m, x, y: m.exp(20 * m.tanh(x)) * y,
]


@pytest.mark.parametrize("method", [COMPLEX_STEP, RIDDERS])
def test_the_bar_holds_the_true_slope_at_all_scales_and_offsets(method):
    random = np.random.default_rng(0)
    count, outside, sharp = 0, 0, 0
    cases = how_many(65, exhaustive=400)
    for case in range(cases):
        function = FUNCTIONS[case % len(FUNCTIONS)]
        scale, offset = 10.0 ** random.integers(-12, 13), random.choice([0.0, -1.0, 1e3, 1e6])
        size = 10.0 ** random.choice([0, 0, 1, -1, -3, -6])
        at = {"x": size * random.normal(size=3), "y": random.normal(size=3)}
        weights = random.normal(size=3)

        loss = weighted(function, weights, scale, offset, breaks_complex=method == RIDDERS)
        witness = measure(loss, at, {}, ["x", "y"], seed=case)
        for name in at:
            true = [
                scale * weights[i] * float(partial(function, name, float(at["x"][i]), float(at["y"][i])))
                for i in range(3)
            ]
            pairs = [(m, true[i]) for i, m in witness.blocks[name].items()]
            pairs += [(d.measured, np.dot(d.vector, true)) for d in witness.directions[name]]
            for measured, slope in pairs:
                count += 1
                outside += measured.rules_out(slope, 1e-14 * max(map(abs, true)))
                sharp += measured.bar <= 1e-4 * max(map(abs, true))
    assert count == 8 * cases
    assert outside <= 0.001 * count
    assert sharp > 0.9 * count


def weighted(function, weights, scale, offset, breaks_complex):
    def loss(x, y):
        terms = function(np, x, y)
        if breaks_complex:
            terms = np.abs(terms) * np.sign(np.real(terms))
        return scale * (weights @ terms + offset)

    return loss


def partial(function, name, x, y):
    with mp.workdps(50):
        if name == "x":
            return mp.diff(lambda t: function(mp, t, mp.mpf(y)), mp.mpf(x), h=mp.mpf(10) ** -20)
        return mp.diff(lambda t: function(mp, mp.mpf(x), t), mp.mpf(y), h=mp.mpf(10) ** -20)


ACTIVATIONS = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "abs": np.abs,
}
ERRORS = {
    "squared": lambda e: (e * e).mean(),
    "absolute": lambda e: np.abs(e).mean(),
    "cancelling": lambda e: (((e + 1e6) - 1e6) ** 2).mean(),
}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("error", ERRORS)
def test_networks_are_measured_as_they_are_derived(activation, error):
    for seed in range(how_many(2, exhaustive=12)):
        random = np.random.default_rng(seed)
        X, Y = random.normal(size=(8, 3)), random.normal(size=(8, 2))
        scale = 10.0 ** random.integers(-12, 13)
        at = {
            "W1": random.normal(size=(3, 4)),
            "b1": np.zeros(4),
            "W2": random.normal(size=(4, 2)),
            "b2": random.normal(size=2),
        }

        loss = network(ACTIVATIONS[activation], ERRORS[error], scale)
        others = {"X": X, "Y": Y}
        witness = measure(loss, at, others, [*at, "z"], seed=seed)
        arguments = {name: values(array, name) for name, array in at.items()}
        forward = Forward(*_seen(loss, arguments, others))
        for name in [*at, "z"]:
            derived = forward.gradient(forward.blocks[name], forward.adjoints)
            size = max(map(abs, derived))
            for i, measured in witness.blocks[name].items():
                assert not measured.rules_out(derived[i], 1e-13 * size)
                assert measured.bar <= 1e-2 * size or measured.is_kink
            for vector, measured in witness.directions[name]:
                assert not measured.rules_out(np.dot(vector, derived), 1e-13 * size)


def network(activation, error, scale):
    def loss(W1, b1, W2, b2, X, Y):
        z = mark(X @ W1 + b1, "z")
        return scale * error(activation(z) @ W2 + b2 - Y)

    return loss


def _seen(loss, arguments, others):
    value, observer = observed(loss, arguments, others)
    return value, arguments, observer


KINKS = [  # a loss at W = (0, 1, -2), and its slopes to the left and to the right of 0
    (lambda w: np.maximum(w, 0.0).sum(), 0.0, 1.0),
    (lambda w: np.abs(w).sum(), -1.0, 1.0),
    (lambda w: np.where(w > 0, w, 0.1 * w).sum() + (w * w).sum(), 0.1, 1.0),
    (lambda w: np.clip(w, 0.0, 9.0).sum(), 0.0, 1.0),
    (lambda w: max(w[0], 0.0 * w[1]) + w[1] * w[2], 0.0, 1.0),
    (lambda w: (5.0 * w[0] if w[0] > 0 else 3.0 * w[0]) + w[1] * w[2], 3.0, 5.0),
    (lambda w: 1e-12 * np.abs(w).sum(), -1e-12, 1e-12),
    (lambda w: 1e12 * np.abs(w).sum(), -1e12, 1e12),
]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("distance", [0.0, 1e-13, -1e-13])
@pytest.mark.parametrize(("loss", "left", "right"), KINKS)
def test_an_entry_at_a_kink_gets_the_slopes_on_both_sides(loss, left, right, distance, ties):
    point = W + np.array([1.0 + distance, 1.0, 1.0])
    witness = measure(lambda w: loss(w - 1.0), {"w": point}, {}, ["w"], ties=ties)
    kink, *others = witness.blocks["w"].values()
    assert kink.is_kink
    assert kink.left == pytest.approx(left, rel=1e-6, abs=2 * kink.bar)
    assert kink.right == pytest.approx(right, rel=1e-6, abs=2 * kink.bar)
    assert kink.bar <= 1e-4 * (right - left)
    assert not kink.rules_out((left + right) / 2)
    assert kink.rules_out(right + 0.1 * (right - left))
    assert not any(measured.is_kink for measured in others)


def test_a_smooth_corner_is_a_doubt_and_no_kink():
    witness = measure(lambda w: np.sqrt(w * w + 1e-24), {"w": 0.0}, {}, ["w"])
    [measured] = witness.blocks["w"].values()
    assert not measured.is_kink
    assert measured.bar >= 1.0


def test_a_point_between_smooth_pieces_is_no_kink_even_if_ties_are_known():
    witness = measure(
        lambda w, b: np.abs(w).sum() + np.tanh(b), {"w": W, "b": 0.5}, {}, ["w", "b"], ties=True
    )
    assert witness.methods == {"w": RIDDERS, "b": COMPLEX_STEP}
    assert slopes(witness, "b") == pytest.approx([1 - math.tanh(0.5) ** 2], rel=1e-12)


def test_marked_results_are_measured_as_they_pass_the_last_time():
    def loss(w, x):
        h = x
        for _ in range(3):
            h = mark(np.tanh(w * h), "h")
        return (mark(h * h, "squares") * [1.0, 3.0]).sum()

    x = np.array([0.5, 0.7])
    h = x
    for _ in range(3):
        h = np.tanh(0.7 * h)
    witness = measure(loss, {"w": 0.7}, {"x": x}, ["h", "squares"])
    assert slopes(witness, "squares") == pytest.approx([1.0, 3.0], rel=1e-12)
    assert slopes(witness, "h") == pytest.approx(2 * h * [1.0, 3.0], rel=1e-12)
    on_lists = measure(lambda w: mark([w * w, w], "pair")[0] ** 2, {"w": 3.0}, {}, ["pair"])
    assert slopes(on_lists, "pair") == pytest.approx([18.0, 0.0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("loss", "point", "gradient"),
    [
        (lambda w: w**3, 2.0, [12.0]),
        (lambda w: w**3, 2, [12.0]),
        (lambda w: (w * w).sum(), np.float64(0.5), [1.0]),
        (lambda w: (w * w).sum(), np.array(0.5), [1.0]),
        (lambda w: (w * w).sum(), np.array([1, 2]), [2.0, 4.0]),
        (lambda w: (w * w).sum(), np.array([0.5, 2.0], np.float32), [1.0, 4.0]),
        (lambda w: sum(x * x for row in w for x in row), [[1.0, 2.0], [3.0]], [2.0, 4.0, 6.0]),
        (lambda w: sum((a * a).sum() for a in w), [np.ones(2), np.ones((1, 2))], [2.0] * 4),
        (lambda w: w["a"] * w["b"][0], {"a": 2.0, "b": [3.0]}, [3.0, 2.0]),
        (lambda w: np.array([[w * w]]), 3.0, [6.0]),
        (lambda w: w.sum() * 0.0 + 1.0, np.ones(2), [0.0, 0.0]),
        (lambda w: np.log(w).sum(), np.array([1e-9, 1.0, 50.0]), [1e9, 1.0, 0.02]),
    ],
)
def test_arrays_lists_and_numbers_of_any_kind_are_blocks(loss, point, gradient):
    witness = measure(loss, {"w": point}, {}, ["w"])
    assert slopes(witness, "w") == pytest.approx(gradient, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("loss", "gradient"),
    [
        (lambda w: (w[0] * w[1]).tanh(), [2 / math.cosh(1) ** 2, 0.5 / math.cosh(1) ** 2]),
        (lambda w: Value(3.0) * w[0] + w[1].exp(), [3.0, math.exp(2.0)]),
        (lambda w: MLP(2, [1], seed=0)([w[0].relu(), w[1].exp()]), None),
    ],
)
def test_code_that_needs_values_gets_them(loss, gradient):
    witness = measure(loss, {"w": [0.5, 2.0]}, {}, ["w"])
    if gradient is None:
        point = [Value(0.5), Value(2.0)]
        loss(point).backward()
        gradient = [x.grad for x in point]
    assert witness.method == RIDDERS
    assert witness.coverage == (2, 2)
    for measured, slope in zip(witness.blocks["w"].values(), gradient, strict=True):
        assert abs(measured.slope - slope) <= measured.bar < 1e-6 * abs(slope)


def test_marks_and_kinks_of_code_that_needs_values():
    def loss(w):
        return mark(w * 3.0, "z").relu() + w.exp()

    witness = measure(loss, {"w": 0.0}, {}, ["w", "z"])
    [w], [z] = witness.blocks["w"].values(), witness.blocks["z"].values()
    assert (w.left, w.right) == pytest.approx((1.0, 4.0), rel=1e-6)
    assert (z.left, z.right) == pytest.approx((0.0, 1.0), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (lambda w: (w.astype(np.float32) ** 2).sum(), "in single precision"),
        (lambda w: float((w.astype(np.float32) ** 2).sum()), "in single precision"),
        (lambda w: (w.astype(np.float32).astype(float) ** 2).sum(), "of values that scatter"),
        (lambda w: (((w + 1e9) - 1e9) ** 2).sum(), "of values that scatter"),
    ],
)
def test_coarse_arithmetic_is_told_and_its_bars_are_wide(loss, told):
    for seed in range(20):
        point = np.random.default_rng(seed).normal(size=5)
        witness = measure(loss, {"w": point}, {}, ["w"], seed=seed)
        assert witness.method.endswith(told)
        for i, measured in witness.blocks["w"].items():
            assert abs(measured.slope - 2 * point[i]) <= measured.bar
            assert 1e-9 < measured.bar < 1e-2


def test_float32_data_in_a_computation_of_double_precision_do_no_harm():
    X = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)
    witness = measure(lambda w: np.tanh(X @ w).sum(), {"w": np.ones(3, np.float32)}, {}, ["w"])
    assert witness.method == COMPLEX_STEP


RANDOM = np.random.default_rng(0)


def strict(w):
    assert w > 0.9
    return w * w


@pytest.mark.parametrize(
    ("loss", "point"),
    [
        (lambda w: np.sqrt(w), 0.0),
        (lambda w: np.log(w), -1.0),
        (lambda w: 1.0 / w if w == 3.0 else 1 / 0, 3.0),
        (lambda w: {3.0: 1.0}[w], 3.0),
        (lambda w: 1e300 * w * 1e300, 1.0),
        (lambda w: np.log(w - w), 1.0),
        (lambda w: w * w + RANDOM.normal(), 1.0),
        (lambda w: w + 1e20, 1.0),
        (lambda w: np.sin(1e9 * w), 1.0),
    ],
)
def test_what_cannot_be_measured_has_no_small_bar(loss, point):
    [measured] = measure(loss, {"w": point}, {}, ["w"]).blocks["w"].values()
    assert not measured.bar < 1e-3 * abs(measured.slope)
    assert not Measured(math.nan, math.inf).rules_out(1e300)


def test_steps_out_of_the_domain_may_raise_what_they_like():
    witness = measure(strict, {"w": 1.0}, {}, ["w"])
    assert slopes(witness, "w") == pytest.approx([2.0], rel=1e-9)


def test_large_blocks_are_sampled_and_covered_by_directions():
    W1, b = np.linspace(-1, 1, 3000).reshape(50, 60), np.ones(4)

    def loss(W1, b):
        return (W1**3).sum() * b.sum()

    witness = measure(loss, {"W1": W1, "b": b}, {}, ["W1", "b"], seed=3, limit=100)
    assert witness.coverage == (100, 3004)
    assert len(witness.blocks["b"]) == 4
    chosen = witness.blocks["W1"]
    assert list(chosen) == sorted(set(chosen))
    gradient = 12 * W1.ravel() ** 2
    assert all(abs(measured.slope - gradient[i]) <= measured.bar for i, measured in chosen.items())
    for vector, measured in witness.directions["W1"]:
        assert len(vector) == 3000
        assert abs(measured.slope - np.dot(vector, gradient)) <= measured.bar
    assert measure(loss, {"W1": W1, "b": b}, {}, ["W1", "b"], seed=3, limit=100) == witness
    other = measure(loss, {"W1": W1, "b": b}, {}, ["W1"], seed=4, limit=100).blocks["W1"]
    assert set(other) != set(chosen)


def test_one_wrong_entry_of_many_shows_in_every_direction():
    w = np.random.default_rng(0).normal(size=1000)
    wrong = 2 * w
    wrong[17] *= 1.01
    for vector, measured in measure(lambda w: w @ w, {"w": w}, {}, ["w"]).directions["w"]:
        assert measured.rules_out(np.dot(vector, wrong), 1e-6 * abs(w[17]))


@pytest.mark.parametrize(
    ("error", "method", "most", "covered"),
    [(np.square, COMPLEX_STEP, 1500, 337), (np.abs, RIDDERS, 4000, 96)],
)
def test_a_small_network_takes_few_runs(error, method, most, covered):
    random = np.random.default_rng(0)
    X, Y = random.normal(size=(100, 2)), random.normal(size=(100, 1))
    sizes = [(2, 16), (16, 16), (16, 1)]
    at = {f"W{i}": random.normal(size=size) for i, size in enumerate(sizes)}
    at |= {f"b{i}": np.zeros(size[1]) for i, size in enumerate(sizes)}
    runs = 0

    def loss(W0, b0, W1, b1, W2, b2):
        nonlocal runs
        runs += 1
        hidden = np.tanh(np.tanh(X @ W0 + b0) @ W1 + b1)
        return error(hidden @ W2 + b2 - Y).mean()

    witness = measure(loss, at, {}, at)
    assert witness.method == method
    assert witness.coverage == (covered, 337)
    assert runs < most


def test_nothing_that_is_given_is_changed():
    w, X, rows = np.ones(3, np.float32), np.ones((2, 3)), [[1.0], [2.0]]

    def loss(w, rows, X, others):
        w -= 0.5
        X *= 2.0
        rows[0][0] += 1.0
        others["c"].append(1.0)
        return (X @ w).sum() + rows[0][0]

    others = {"X": X, "others": {"c": [2.0]}}
    witness = measure(loss, {"w": w, "rows": rows}, others, ["w", "rows"])
    assert slopes(witness, "w") == pytest.approx([4.0] * 3)
    assert w.dtype == np.float32
    assert (w.tolist(), X.tolist(), rows, others["others"]) == (
        [1.0] * 3,
        [[1.0] * 3] * 2,
        [[1.0], [2.0]],
        {"c": [2.0]},
    )


def test_warnings_of_dropped_imaginary_parts_are_neither_shown_nor_filtered_for_good():
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        before = list(warnings.filters)
        measure(lambda w: filled_by_rows(w) + np.exp(800.0 * w).sum() * 0.0, {"w": POINT}, {}, ["w"])
        assert warnings.filters == before
        np.ones(1, complex).astype(float)
    assert [warning.category for warning in shown] == [np.exceptions.ComplexWarning]


def test_filters_of_warnings_survive_threads_that_interleave():
    before = list(warnings.filters)
    inside, left = threading.Event(), threading.Event()

    def elsewhere():
        without_casts(lambda _: inside.set() or left.wait(10), 0.0)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    inside.wait(10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        left.set()
        thread.join()
        assert not any(kind is np.exceptions.ComplexWarning for _, _, kind, _, _ in warnings.filters)
    assert warnings.filters == before
    without_casts(lambda _: warnings.resetwarnings(), 0.0)
    warnings.filters[:] = before


@pytest.mark.parametrize(
    ("loss", "names", "error", "message"),
    [
        (lambda w: w, ["w"], ShapeError, "the loss must give one number, not .*; add them up"),
        (lambda w: None, ["w"], DataError, "the loss must be a real number, not None"),
        (lambda w: w.sum() + "1", ["w"], TypeError, "add"),
        (lambda w: w.sum() * 1j, ["w"], DataError, "the loss must be a real number, not 2j"),
        (lambda w: w.sum(), ["v"], UnknownNameError, "no argument, or marked .* is called 'v'.*known: w"),
        (3.0, ["w"], DataError, "a slope is measured of a function, not of 3.0"),
    ],
)
def test_what_is_no_loss_is_told(loss, names, error, message):
    with pytest.raises(error, match=message):
        measure(loss, {"w": np.ones(2)}, {}, names)


def test_an_empty_block_is_no_block():
    witness = measure(lambda w, b: w.sum() + b * b, {"w": np.zeros(0), "b": 2.0}, {}, ["w", "b"])
    assert (witness.blocks["w"], witness.directions["w"]) == ({}, ())
    assert slopes(witness, "b") == pytest.approx([4.0], rel=1e-12)


def test_plain_python_needs_no_numpy(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    witness = measure(lambda w, b: w[0] * w[1] ** 2 + abs(b), {"w": [2.0, 3.0], "b": -1.0}, {}, ["w", "b"])
    assert witness.methods == {"w": COMPLEX_STEP, "b": RIDDERS}
    assert slopes(witness, "w") == pytest.approx([9.0, 12.0], rel=1e-12)
    assert slopes(witness, "b") == pytest.approx([-1.0], rel=1e-9)


@pytest.mark.parametrize("function", [math.exp, math.sin, lambda t: 3.0 + t, lambda t: abs(t + 1e-7)])
@pytest.mark.parametrize("level", [1e-13, 1e-10, 1e-6])
def test_noise_is_seen_whatever_the_function_does(function, level):
    random = np.random.default_rng(0)
    found = noise(lambda t: function(t) + level * random.uniform(-1, 1), 1.0)
    assert level <= found < 30 * level


def test_gradients_that_are_derived_agree_for_our_own_functions():
    at = {"w": np.random.default_rng(0).normal(size=(2, 2))}
    witness = measure(lambda w: np.tanh(w @ w).sum(), at, {}, ["w"])
    w = values(at["w"])
    np.tanh(w @ w).sum().backward()
    assert slopes(witness, "w") == pytest.approx(gradients(w).ravel(), rel=1e-12)
