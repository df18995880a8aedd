"""The verdict on a gradient: right, rounded, wrong, at a kink, not checkable; the same in every process."""

import math

import numpy as np
import pytest
from conftest import close, how_many
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tanh_layer import AT, B, W, X, Y, by_hand, scaled

import autograd_scratch as ag
from autograd_scratch import compare, grad, mark

KINK = np.array([1.0, 0.0, -1.0])


def verdict(loss, at, hand):
    return compare(loss, {"w": at}, {"w": hand}).verdict


def test_the_report_holds_hand_derived_and_measured_against_each_other():
    report = compare(scaled(1.0), AT, by_hand())
    assert report.ok
    assert report.verdict == "right"
    assert report.coverage == (8, 8)
    assert report.measured_error < 1e-12
    assert close(report.loss, float(scaled(1.0)(W, B)))
    assert (report.first_wrong, report.last_right, report.mistakes) == (None, None, ())


@pytest.mark.parametrize("scale", [10.0**k for k in range(-12, 13, 3)])
def test_right_and_wrong_do_not_depend_on_the_scale(scale):
    assert compare(scaled(scale), AT, by_hand(scale)).verdict == "right"
    for factor in (1.001, 0.999, -1.0):
        wrong = {name: factor * gradient for name, gradient in by_hand(scale).items()}
        report = compare(scaled(scale), AT, wrong)
        assert {block.verdict for block in report.blocks.values()} == {"wrong"}
        assert close(report.blocks["W"].factor, factor, 1e-9)


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1.0, 1e6, 1e12])
@pytest.mark.parametrize("name", ["W", "b"])
def test_one_wrong_block_or_entry_does_not_hide_behind_the_others(scale, name):
    other = {"W": "b", "b": "W"}[name]
    hand = by_hand(scale)
    hand[name] = hand[name].copy()
    hand[name].flat[1] *= 1.001
    report = compare(scaled(scale), AT, hand)
    assert (report.blocks[name].verdict, report.blocks[other].verdict) == ("wrong", "right")
    assert report.first_wrong == name
    worst = report.blocks[name].worst[0]
    assert worst.index == {"W": (0, 1), "b": (1,)}[name]
    assert close(worst.ratio, 1.001, 1e-9)


@pytest.mark.parametrize("sizes", [(1e-12, 1e12), (1e12, 1e-12), (1e-150, 1.0), (1.0, 1e100)])
def test_blocks_of_unlike_sizes_are_judged_by_their_own(sizes):
    s, t = sizes

    def loss(u, v):
        return (s * np.sin(u)).sum() + (t * np.sin(v)).sum()

    at = {"u": np.array([0.3, 1.1]), "v": np.array([-0.4, 0.8])}
    hand = {"u": s * np.cos(at["u"]), "v": t * np.cos(at["v"])}
    for name in at:
        wrong = hand | {name: 1.001 * hand[name]}
        assert compare(loss, at, wrong).blocks[name].verdict == "wrong"
    blocks = compare(loss, at, hand).blocks.values()
    assert all(block.verdict in ("right", "not checkable") for block in blocks)  # u may drown in v
    assert any(block.verdict == "right" for block in blocks)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-100, 1e100])
def test_scales_near_the_ends_of_the_floats_do_no_harm(scale):
    assert compare(scaled(scale), AT, by_hand(scale)).verdict == "right"
    wrong = {name: 1.001 * gradient for name, gradient in by_hand(scale).items()}
    assert compare(scaled(scale), AT, wrong).verdict == "wrong"


def test_differences_of_rounding_are_right_up_to_rounding():
    assert verdict(lambda w: (w**3).sum(), B, 3.0 * B**2 * (1.0 + 1e-10)) == "right up to rounding"
    assert verdict(lambda w: (w**3).sum(), B, 3.0 * B**2 * (1.0 + 1e-6)) == "wrong"


@pytest.mark.parametrize("z", [5.0, 10.0])
def test_formulas_that_lose_digits_are_right_up_to_rounding(z):
    w = np.array([z, 0.5])
    t = np.tanh(w)

    def saturated(w):
        return np.tanh(w).sum()

    assert verdict(saturated, w[:1], 1.0 - t[:1] ** 2) in ("right", "right up to rounding")
    assert verdict(saturated, w[:1], 2.0 * (1.0 - t[:1] ** 2)) == "wrong"
    assert verdict(saturated, w, 1.0 - t**2) in ("right", "right up to rounding")


def test_a_tanh_of_which_few_digits_are_left_is_judged_by_those():
    w = np.array([14.0])
    assert verdict(lambda w: np.tanh(w).sum(), w, 1.0 - np.tanh(w) ** 2) == "right up to rounding"
    assert verdict(lambda w: np.tanh(w).sum(), w, 2.0 * (1.0 - np.tanh(w) ** 2)) == "wrong"


def test_a_loss_may_be_one_of_its_arguments():
    assert verdict(lambda w: w, 2.0, 1.0) == "right"
    assert verdict(lambda w: w, 2.0, 1.001) == "wrong"
    assert verdict(lambda w: w[1] if w[1] > w[0] else w[0], [1.0, 2.0], [0.0, 1.0]) == "right"
    assert compare(lambda w: w if w > 0 else -w, {"w": 0.0}, {"w": -1.0}).ok


def test_a_saturated_sigmoid_in_its_usual_formula_is_right():
    x, w = np.array([1.2, 0.3]), np.array([20.0, -15.0])
    s = 1.0 / (1.0 + np.exp(-(x @ w)))
    hand = 2.0 * (s - 0.5) * s * (1.0 - s) * x
    assert verdict(lambda w: (1.0 / (1.0 + np.exp(-(x @ w))) - 0.5) ** 2, w, hand) == "right up to rounding"


@pytest.mark.parametrize("factor", [1.0 + 3e-9, 1.0 - 3e-8])
def test_a_constant_next_to_one_is_wrong(factor):
    assert verdict(lambda w: (w * w).sum(), W, 2.0 * W * factor) == "wrong"


def test_a_softmax_in_its_usual_formula_is_right():
    labels = np.array([0, 1, 1, 0])

    def cross_entropy(W, b):
        z = X @ W + b
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return -np.log((e / e.sum(axis=1, keepdims=True))[np.arange(4), labels]).mean()

    e = np.exp(X @ W + B)
    delta = (e / e.sum(axis=1, keepdims=True) - np.eye(2)[labels]) / 4
    assert compare(cross_entropy, AT, {"W": X.T @ delta, "b": delta.sum(axis=0)}).verdict == "right"


RELUS = [
    lambda w: np.maximum(0, w).sum(),
    lambda w: np.maximum(w, 0.0).sum(),
    lambda w: np.where(w > 0, w, 0.0).sum(),
    lambda w: np.where(w >= 0, w, 0.0).sum(),
    lambda w: (w * (w > 0)).sum(),
    lambda w: sum(x if x > 0 else 0.0 * x for x in w),
    lambda w: (0.5 * (w + np.abs(w))).sum(),
]


@pytest.mark.parametrize("relu", RELUS)
def test_at_its_kink_relu_may_have_every_slope_between_its_sides(relu):
    for slope in (0.0, 0.5, 1.0):
        report = compare(relu, {"w": KINK}, {"w": np.array([1.0, slope, 0.0])})
        assert report.ok
        assert report.verdict in ("kink", "right")
    for wrong in ([1.0, 1.01, 0.0], [1.0, -0.01, 0.0], [1.0, 1.0, 0.01], [0.99, 1.0, 0.0]):
        assert verdict(relu, KINK, np.array(wrong)) == "wrong"


@pytest.mark.parametrize("relu", RELUS)
def test_a_relu_derivative_of_greater_or_equal_is_at_a_kink(relu):
    report = compare(relu, {"w": KINK}, {"w": 1.0 * (KINK >= 0)})
    plain = compare(relu, {"w": KINK}, {"w": 1.0 * (KINK > 0)})
    assert report.ok
    assert plain.ok
    assert "kink" in {report.verdict, plain.verdict}
    assert report.blocks["w"].kinks == 1


def test_at_its_kink_abs_may_have_every_slope_between_its_sides():
    def loss(w):
        return np.abs(w).sum()

    for slope in (-1.0, -0.3, 0.0, 1.0):
        assert compare(loss, {"w": KINK}, {"w": np.array([1.0, slope, -1.0])}).ok
    assert verdict(loss, KINK, np.array([1.0, 1.0, -1.0])) == "kink"
    for wrong in ([1.0, 1.1, -1.0], [1.0, -1.1, -1.0], [1.0, 0.0, 1.0]):
        assert verdict(loss, KINK, np.array(wrong)) == "wrong"


@pytest.mark.parametrize(
    "largest", [lambda w: w.max(), lambda w: np.max(w), lambda w: max(w), lambda w: -(-w).min()]
)
def test_ties_of_max_may_go_to_one_or_be_shared(largest):
    ties = np.array([2.0, 2.0, 1.0])
    for hand in ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]):
        assert compare(largest, {"w": ties}, {"w": hand}).ok
    for hand in ([0.0, 0.0, 1.0], [2.0, 0.0, 0.0], [1.0, 0.0, 0.1], [-1.0, 0.0, 0.0]):
        assert verdict(largest, ties, hand) == "wrong"


def test_a_kink_in_one_block_leaves_the_others_right():
    def loss(u, v):
        return np.abs(u).sum() + (v**2).sum()

    report = compare(loss, {"u": KINK, "v": B}, {"u": [1.0, 1.0, -1.0], "v": 2.0 * B})
    assert (report.blocks["u"].verdict, report.blocks["v"].verdict) == ("kink", "right")
    assert report.verdict == "kink"
    assert not compare(loss, {"u": KINK, "v": B}, {"u": [1.0, 1.0, -1.0], "v": 2.1 * B})


def test_near_a_kink_and_not_at_it_there_is_one_slope():
    near = np.array([1e-3, -1e-3])
    assert verdict(lambda w: np.maximum(0, w).sum(), near, [1.0, 0.0]) == "right"
    assert verdict(lambda w: np.maximum(0, w).sum(), near, [1.0, 1.0]) == "wrong"


def test_a_gradient_of_zero_is_not_checkable_and_a_wrong_one_there_is_wrong():
    cases = [
        (lambda w: np.maximum(0, w).sum(), [-1.0, -2.0]),
        (lambda w: (w * w).sum(), [0.0, 0.0]),
        (lambda w: ((w - 1.0) ** 2).sum(), [1.0, 1.0]),
    ]
    for loss, at in cases:
        report = compare(loss, {"w": np.array(at)}, {"w": np.zeros(2)})
        assert report.verdict == "not checkable"
        assert not report.ok
        assert "gradient is 0" in report.blocks["w"].note
        assert verdict(loss, np.array(at), np.array([0.1, 0.0])) == "wrong"


def test_a_gradient_below_the_error_bar_is_not_checkable():
    def loss(w):
        return 1e20 + (np.abs(w) ** 2).sum()

    at = {"w": np.array([1.0, 2.0])}
    report = compare(loss, at, {"w": np.array([2.0, 4.0])})
    assert report.verdict == "not checkable"
    assert "error bar" in " ".join(report.notes)
    assert "large constant" in " ".join(report.notes)
    assert not compare(loss, at, {"w": np.array([4.0, 8.0])}).ok


@pytest.mark.parametrize("hand", [2.0, 4.0])
def test_a_loss_that_takes_data_out_of_values_is_not_checkable(hand):
    report = compare(lambda w: w.data * w, {"w": 2.0}, {"w": hand})  # derived 2, measured 4
    assert report.verdict == "not checkable"
    assert ".data" in " ".join(report.notes)


def test_a_detached_part_of_an_array_is_not_checkable():
    def loss(w):
        return (ag.data(w) * w).sum() if w.dtype == object else (w * w).sum()

    report = compare(loss, {"w": W}, {"w": 2.0 * W})
    assert report.verdict == "not checkable"
    assert "measured" in " ".join(report.notes)


@pytest.mark.parametrize("hand", [[0.0, 0.25], [math.inf, 0.25], [1.0, 0.25], [0.0, 0.0]])
def test_a_derived_gradient_that_is_not_finite_judges_nothing(hand):
    report = compare(lambda w: np.sqrt(w).sum(), {"w": np.array([0.0, 4.0])}, {"w": hand})
    assert report.verdict == "not checkable"
    assert "inf" in report.blocks["w"].note
    norm = compare(lambda w: np.sqrt((w * w).sum()), {"w": np.zeros(2)}, {"w": hand})
    assert norm.verdict == "not checkable"
    assert "nan" in norm.blocks["w"].note


def affine(W, b):
    return ((X @ W + b - Y) ** 2).mean()


ERROR = 2.0 * (X @ W + B - Y) / Y.size
RIGHT = {"W": X.T @ ERROR, "b": ERROR.sum(axis=0)}
SHAPES = [
    ("b", ERROR, (4, 2)),  # not added up
    ("b", ERROR.sum(), ()),
    ("b", ERROR.sum(axis=1), (4,)),
    ("W", RIGHT["W"].T, (2, 3)),
    ("W", RIGHT["W"].ravel(), (6,)),
    ("W", RIGHT["W"][:2], (2, 2)),
]


@pytest.mark.parametrize(("name", "hand", "shape"), SHAPES)
def test_another_shape_is_told_and_the_other_block_is_judged(name, hand, shape):
    report = compare(affine, AT, RIGHT | {name: hand})
    block = report.blocks[name]
    assert report.verdict == block.verdict == "shapes do not match"
    assert (block.shape, block.hand_shape) == (AT[name].shape, shape)
    assert str(AT[name].shape) in str(report)
    assert f"yours {shape}" in str(report)
    assert not report.ok
    other = {"W": "b", "b": "W"}[name]
    assert report.blocks[other].verdict == "right"


@pytest.mark.parametrize(
    ("shape", "yours", "told"),
    [
        ((2,), (2,), ""),
        ((1, 2), (2,), "which an update stretches to (1, 2)"),
        ((2,), (1, 2), "an update makes it (1, 2): reshape it to keep (2,)"),
        ((2,), (2, 1), "an update would make that (2, 2): reshape it to (2,)"),
        ((2, 1), (2,), "an update would make that (2, 2): reshape it to (2, 1)"),
        ((1, 1, 2), (2,), "which an update stretches to (1, 1, 2)"),
        ((1, 2), (2, 1), None),
        ((2,), (1,), None),
        ((2,), (), None),
        ((2,), (2, 2), None),
    ],
)
def test_axes_of_length_one_are_told_where_one_shape_has_more_of_them(shape, yours, told):
    def loss(b):
        return (3.0 * b.reshape(2) ** 2).sum()

    at = {"b": B.reshape(shape)}
    hand = np.broadcast_to((6.0 * B).reshape(yours) if math.prod(yours) == 2 else 1.0, yours)
    block = compare(loss, at, {"b": hand}).blocks["b"]
    assert block.verdict == ("shapes do not match" if told is None else "right")
    assert told is None or told in block.note
    wrong = compare(loss, at, {"b": 1.5 * hand}).blocks["b"]
    assert wrong.verdict == ("shapes do not match" if told is None else "wrong")
    if told is not None:
        assert (np.zeros(shape) - np.zeros(yours)).shape == shape or "reshape" in told or not told


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
@pytest.mark.parametrize("yours", [(), (1,), (1, 1)])
def test_one_number_may_have_any_axes(shape, yours):
    report = compare(lambda b: np.ravel(b)[0] ** 2, {"b": np.full(shape, 3.0)}, {"b": np.full(yours, 6.0)})
    assert report.verdict == "right"
    assert bool(report.blocks["b"].note) == (shape != yours)


def test_the_report_goes_from_the_loss_inwards():
    def network(W, V):
        return ((mark(np.tanh(mark(X @ W, "z")), "a") @ V - Y[:, :1]) ** 2).mean()

    V = np.array([[0.7], [-1.1]])
    a = np.tanh(X @ W)
    do = 2.0 * (a @ V - Y[:, :1]) / 4
    dz = do @ V.T  # without the derivative of tanh
    report = compare(network, {"W": W, "V": V}, {"W": X.T @ dz, "z": dz, "a": dz, "V": a.T @ do})
    assert [block.verdict for block in report.blocks.values()] == ["right", "right", "wrong", "wrong"]
    assert list(report.blocks)[2:] == ["z", "W"]
    assert report.first_wrong == "z"
    assert report.mistakes[0].kind == "derivative_missing"
    assert report.parting.file == __file__
    assert "np.tanh" in report.parting.source


UNARY = [
    ag.tanh,
    ag.sin,
    ag.cos,
    ag.sigmoid,
    ag.softplus,
    ag.atan,
    lambda x: ag.exp(ag.sin(x)),
    lambda x: x * x,
]
BINARY = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / (1.5 + y * y),
    lambda x, y: ag.hypot(x, 2.0 + y * y),
]
LEAVES = st.integers(0, 2).map(lambda i: lambda w: w[i]) | st.sampled_from([-1.5, 0.5, 2.0]).map(
    lambda c: lambda w: c
)


def composed(parts):
    return st.tuples(st.sampled_from(UNARY), parts).map(lambda u: lambda w: u[0](u[1](w))) | st.tuples(
        st.sampled_from(BINARY), parts, parts
    ).map(lambda b: lambda w: b[0](b[1](w), b[2](w)))


EXPRESSIONS = st.recursive(LEAVES, composed, max_leaves=8)
POINTS = st.lists(st.floats(-2.0, 2.0).map(lambda x: round(x, 3)), min_size=3, max_size=3)


@settings(max_examples=how_many(25, exhaustive=200))
@given(EXPRESSIONS, POINTS)
def test_the_derived_gradient_is_right_and_no_other(expression, point):
    def loss(w):
        return expression(w) + 0.25 * w[0] * w[1] * w[2]

    hand = grad(loss)(point)
    assume(max(map(abs, hand)) > 1e-3)
    assert verdict(loss, point, hand) == "right"
    assert verdict(loss, point, [1.001 * h for h in hand]) == "wrong"
    largest = max(range(3), key=lambda i: abs(hand[i]))
    assert verdict(loss, point, [-h if i == largest else h for i, h in enumerate(hand)]) == "wrong"


def test_an_embedding_of_which_not_all_rows_are_used_is_diagnosed():
    rows, w = [0, 2, 2], np.array([0.5, -1.0])

    def loss(E):
        return ((E[rows] * w).sum(axis=1) ** 2).sum()

    E = np.arange(8.0).reshape(4, 2)
    right, lost = np.zeros_like(E), np.zeros_like(E)
    part = 2 * (E[rows] * w).sum(axis=1)[:, None] * w
    np.add.at(right, rows, part)
    lost[rows] += part
    assert compare(loss, {"E": E}, {"E": right}).verdict == "right"
    assert compare(loss, {"E": E}, {"E": lost}).mistakes[0].kind == "overwritten"
