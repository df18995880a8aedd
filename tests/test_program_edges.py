"""Where quick code and the functions themselves part, Programs are what the functions are."""

import math

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import Value, derive, where

INF, NAN = math.inf, math.nan


def eager(function, point):
    """Return value and gradient by `backward`."""
    leaves = [Value(x) for x in point]
    out = function(*leaves)
    out.backward()
    return out.data, *(leaf.grad for leaf in leaves)


def in_code(program, point):
    value, gradient = program(*point)
    return value, *gradient


def assert_same(actual, expected):
    for a, e in zip(actual, expected, strict=True):
        assert a == pytest.approx(e, rel=1e-12, abs=0.0, nan_ok=True)


LOGITS = [  # logits, the class, and top - logit + log(1 + the sum of the other powers)
    ([745.0, 0.0], 1, 745.0),
    ([0.0, -740.0, 1.0], 1, 741.0 + math.log1p(math.exp(-1.0))),
    ([-20.0, 700.0, 699.0, -20.0], 3, 720.0 + math.log1p(math.exp(-1.0))),
    ([0.0, 50.0], 1, math.exp(-50.0)),
    ([1e3, -1e3], 0, 0.0),
    ([3.0], 0, 0.0),
]


@pytest.mark.parametrize(("logits", "target", "expected"), LOGITS)
def test_cross_entropy_of_classes_with_tiny_probabilities(logits, target, expected):
    fixed = derive(lambda entries: ag.cross_entropy(entries, target), inputs=[logits])
    given = derive(lambda entries, k: ag.cross_entropy(entries, k), inputs=[logits, 0.0])
    for value, slopes in (fixed(logits), given(logits, float(target))):
        assert value == pytest.approx(expected, rel=1e-15, abs=0.0)
        assert_same(slopes, eager(lambda *e: ag.cross_entropy(list(e), target), logits)[1:])


@pytest.mark.parametrize("name", ["sigmoid", "log_sigmoid", "softplus", "softsign", "gelu", "mish", "silu"])
def test_formulas_have_the_digits_of_the_functions(name):
    function = getattr(ag, name)
    program = derive(lambda x: function(x), inputs=[0.5])
    for x in (*range(-1000, 1001, 7), *(k / 16.0 for k in range(-160, 161))):
        assert program(float(x))[0] == pytest.approx(function(float(x)), rel=1e-15, abs=0.0)


FAR_OUT = {  # the limits at minus and plus infinity
    "softsign": (ag.softsign, -1.0, 1.0),
    "silu": (ag.silu, 0.0, INF),
    "mish": (ag.mish, 0.0, INF),
    "gelu": (ag.gelu, 0.0, INF),
    "gelu_tanh": (lambda x: ag.gelu(x, approximate="tanh"), 0.0, INF),
    "cross-entropy of a bit": (lambda x: ag.binary_cross_entropy_with_logits(x, ag.step(x)), 0.0, 0.0),
}
HIDING = {  # what swallows a nan, and what it gives for u and a number
    "where": (lambda y, u: where(y > -2.0, u, -u), lambda u, y: u if y > -2.0 else -u),
    "where of a product": (lambda y, u: where(0.5 * y < 0.75, u, -u), lambda u, y: u if y < 1.5 else -u),
    "copysign": (lambda y, u: ag.copysign(u, y - 0.5), lambda u, y: math.copysign(u, y - 0.5)),
    "clamp": (lambda y, u: ag.clamp(u, min=ag.clamp(y, -3.0, 3.0)), lambda u, y: max(u, min(y, 3.0))),
}


@pytest.mark.parametrize("hiding", HIDING)
@pytest.mark.parametrize("name", FAR_OUT)
def test_what_a_comparison_hides_is_a_number(name, hiding):
    function, *limits = FAR_OUT[name]
    hide, expected = HIDING[hiding]

    def hiding_it(x, u):
        return hide(function(x * 1e200), u)

    program = derive(hiding_it, wrt=[0, 1], inputs=[0.5, 0.7])
    for sign, limit in zip((-1.0, 1.0), limits, strict=True):
        assert program(sign * 1e200, 0.7)[0] == expected(0.7, limit)
        assert_same(in_code(program, (sign * INF, 0.7)), eager(hiding_it, (sign * INF, 0.7)))


ZERO_TIMES_INFINITY = {  # functions whose slope is 0 where what it is multiplied by is infinite, and where
    "sqrt of relu": (lambda x: ag.sqrt(ag.relu(x)), -1.0),
    "root of relu": (lambda x: ag.relu(x) ** 0.25, -1.0),
    "cbrt of clamp": (lambda x: ag.cbrt(ag.clamp(x, 0.0, 1.0)), -2.0),
    "floor of sqrt": (lambda x: ag.floor(ag.sqrt(x)), 0.0),
    "asin of hard tanh": (lambda x: ag.asin(ag.hard_tanh(x)), 3.0),
    "a constant factor": (lambda x: ag.sqrt(x * 0.0), 2.0),
    "a sign": (lambda x: ag.copysign(2.0, ag.sqrt(x)), 0.0),
    "an argument": (lambda x: ag.where(ag.floor(x) > 2.0, x, ag.trunc(1.0 / (x * x + 1.0))), -INF),
}


@pytest.mark.parametrize("name", ZERO_TIMES_INFINITY)
def test_zero_times_infinity_is_nan(name):
    function, x = ZERO_TIMES_INFINITY[name]
    program = derive(lambda w, x: function(w * x), inputs=[1.0, 0.5])
    expected = [eager(lambda w, x: function(w * x), (1.0, place))[:2] for place in (0.75, x)]
    for place, there in zip((0.75, x), expected, strict=True):
        assert_same(program(1.0, place), there)
    assert_same(program.sum(1.0, [0.75, x]), map(sum, zip(*expected, strict=True)))
    assert math.isnan(expected[1][1])


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: ag.elu(x, ag.log(y)),
        lambda x, y: ag.celu(x, ag.fmod(x, y * 0.0)),
        lambda x, y: ag.leaky_relu(x, ag.sqrt(y)),
    ],
)
def test_a_setting_that_is_computed_is_computed_where_it_plays_no_part(function):
    value, by_x, by_y = in_code(derive(function, (0, 1), [-1.0, 2.0]), (3.0, -0.5))
    assert [value, by_x] == [3.0, 1.0]
    assert math.isnan(by_y)
    assert math.isnan(eager(function, (3.0, -0.5))[2])


def test_zero_times_a_slope_that_overflows_is_nan():
    def function(x):
        return ag.copysign(2.0, ag.log(x))

    assert_same(derive(function, inputs=[0.5])(5e-324), (-2.0, NAN))
    assert_same(eager(function, (5e-324,)), (-2.0, NAN))


def test_what_is_surely_finite_is_left_out():
    source = derive(lambda w, x: ag.mse([ag.relu(w * x + 1.0)], [ag.floor(x)]), inputs=[0.5, 2.0]).source
    assert "0.0 *" not in source
    assert "* (" not in source  # by what relu's slope is


@pytest.mark.parametrize("x", [0.0, -0.0, -2.0])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: ag.copysign(1.0, ag.maximum(x, -0.0)),
        lambda x: ag.copysign(1.0, ag.maximum(x, 0.0)),
        lambda x: ag.atan2(ag.max([-0.0, x, -1.0]), -1.0),
        lambda x: ag.copysign(1.0, sum([x])),
        lambda x: ag.copysign(1.0, sum([x, -0.0])),
        lambda x: ag.atan2(x + 0.0, -1.0),
        lambda x: ag.copysign(2.0, 0.0 + x) * ag.copysign(3.0, x),
    ],
)
def test_zeros_have_signs_where_a_function_tells(function, x):
    assert derive(function, inputs=[1.0])(x)[0] == function(Value(x)).data


CONSTANTS = [
    lambda a: ag.elu(0.5, a),
    lambda a: ag.elu(-0.5, a),
    lambda a: ag.celu(2.0, a),
    lambda a: ag.leaky_relu(-1.5, a),
    lambda a: ag.hard_tanh(0.5, a, 1.0),
    lambda a: ag.smooth_l1([1.0], [0.5], beta=a * a),
    lambda a: a / 0.0,
    lambda a: 0.0 / (a * 0.0 + 0.0 / a),
    lambda a: ag.log(a, 1.0),
    lambda a: ag.log(1.0, a),
    lambda a: ag.clamp(a, NAN, 1.0),
    lambda a: ag.clamp(a, -INF, INF),
    lambda a: a**NAN,
    lambda a: a**INF,
    lambda a: ag.pow(0.0, a),
    lambda a: ag.fmod(INF, a) + ag.fmod(a, 0.0),
    lambda a: (a // 0.0) * (a % 0.0),
    lambda a: ag.binary_cross_entropy(0.0, ag.sigmoid(a)),
    lambda a: ag.binary_cross_entropy_with_logits(-INF, ag.sigmoid(a)),
    lambda a: ag.max(a, NAN) + ag.min(INF, a),
    lambda a: ag.atan2(a, 0.0) + ag.hypot(0.0, a) + ag.copysign(a, -0.0),
    lambda a: ag.cross_entropy([INF, a], 0),
    lambda a: ag.cross_entropy([NAN], 0) + a,
    lambda a: a * 10**300 * 10**10,
]


@pytest.mark.parametrize("number", range(len(CONSTANTS)))
def test_plain_numbers_among_the_operands(number):
    function = CONSTANTS[number]
    program = derive(lambda a: function(a), inputs=[0.75])
    for a in (0.75, -2.5, 1e-3, 3.0):
        assert_same(program(a), eager(function, (a,)))


@pytest.mark.parametrize("exponent", [3, 4, 1.5, -2, -0.5])
def test_powers_are_those_of_the_function_to_the_last_bit(exponent):
    program = derive(lambda x: x**exponent, inputs=[0.5])
    for k in range(1, 2_000):
        assert program(k / 7.0)[0] == (Value(k / 7.0) ** exponent).data


@pytest.mark.parametrize(
    "is_nan", [np.isnan, lambda z: ~np.logical_not(np.isnan(z)), lambda z: z != z, lambda z: ~(z == z)]
)
def test_a_nan_of_which_nothing_is_left_at_the_end_is_seen(is_nan):
    program = derive(
        lambda z: np.where(is_nan(z * [NAN, 1.0]), 2.0 * z, 3.0 * z).sum(), inputs=[np.array([0.5, 1.0])]
    )
    value, gradient = program(np.array([0.75, -2.0]))
    assert (value, *gradient) == (-4.5, 2.0, 3.0)
