"""Functions of pairs hold their digits: at points of all sizes, at those that are hard, and beyond."""

import math
import random
import struct

import mpmath
import pytest
from conftest import long
from wasm import Function

import autograd_scratch as ag
from autograd_scratch.primitives import exponential
from autograd_scratch.program.wasm.operations import TANH_AND_SLOPE, function_names

pytest.importorskip("wasmtime")

LITTLE, MUCH = 600, 300_000
MADE = 100_000  # of what is made of others
OWN = {"exp", "expm1", "log", "log1p", "tanh", "sin", "cos"}
# units in the last place, and where: pairs of least and most; "sizes" are exponents of 2, of either sign
FUNCTIONS = {
    "exp": (mpmath.exp, 1.0, [(-708.0, 709.7), (-1.0, 1.0), (-0.4, 0.4)], [(-60, 3)]),
    "expm1": (mpmath.expm1, 1.0, [(-60.0, 709.7), (-1.0, 1.0), (0.3, 0.4), (-0.4, -0.3)], [(-70, 3)]),
    "log": (mpmath.log, 1.0, [(0.6, 1.6), (0.0, 1e3)], [(-1000, 1000)]),
    "log1p": (mpmath.log1p, 1.0, [(-0.9, 2.0), (-0.4, 0.5), (-1.0, -0.99)], [(-70, -1)]),
    "tanh": (mpmath.tanh, 2.0, [(-22.0, 22.0), (-1.0, 1.0)], [(-70, 5)]),
    "slope_of_tanh": (lambda x: mpmath.sech(x) ** 2, 5.0, [(-22.0, 22.0), (-1.0, 1.0)], [(-70, 5)]),
    "sin": (mpmath.sin, 2.0, [(-1e5, 1e5), (-10.0, 10.0)], [(-70, 16)]),
    "cos": (mpmath.cos, 2.0, [(-1e5, 1e5), (-10.0, 10.0)], [(-70, 16)]),
    "exp2": (lambda x: mpmath.power(2, x), 1.0, [(-1020.0, 1023.0), (-1.0, 1.0)], [(-60, 3)]),
    "log2": (lambda x: mpmath.log(x) / mpmath.log(2), 2.0, [(0.6, 1.6), (0.0, 1e3)], [(-1000, 1000)]),
    "log10": (mpmath.log10, 2.0, [(0.6, 1.6), (0.0, 1e3)], [(-1000, 1000)]),
    "sinh": (mpmath.sinh, 2.5, [(-700.0, 700.0), (-1.0, 1.0)], [(-70, 5)]),
    "cosh": (mpmath.cosh, 2.0, [(-700.0, 700.0), (-1.0, 1.0)], [(-70, 5)]),
    "tan": (mpmath.tan, 2.5, [(-1e5, 1e5), (-2.0, 2.0)], [(-70, 16)]),
    "asinh": (mpmath.asinh, 2.5, [(-700.0, 700.0), (-1.0, 1.0)], [(-70, 400)]),
    "acosh": (mpmath.acosh, 3.0, [(1.0, 700.0), (1.0, 1.1)], []),
    "atanh": (mpmath.atanh, 2.5, [(-1.0, 1.0), (-0.1, 0.1)], [(-70, -1)]),
    "atan": (mpmath.atan, 3.0, [(-10.0, 10.0), (-1.0, 1.0)], [(-70, 400)]),
    "asin": (mpmath.asin, 4.0, [(-1.0, 1.0)], [(-70, -1)]),
    "acos": (mpmath.acos, 4.0, [(-1.0, 1.0), (0.9, 1.0)], []),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), 2.0, [(-9.0, 9.0)], [(-1000, 1000)]),
    "erf": (mpmath.erf, 3.0, [(-6.0, 6.0), (-1.0, 1.0)], [(-70, 2)]),
    "erfc": (mpmath.erfc, 4.0, [(-6.0, 6.0), (0.0, 26.0)], [(-70, 2)]),
}
NEAR_MULTIPLES = [  # of pi/2: the floats next to them, with those of which the remainder is smallest
    float(mpmath.mpf(k) * mpmath.pi / 2)
    for k in (*range(1, 200), *range(5_000, 5_100), *range(63_500, 63_662))
]
HARD = {
    "exp": [-708.3964185322641, 709.782712893384, 2.0**-54, -(2.0**-54), 0.34657359027997264],
    "log": [
        1.0 - 2.0**-53,
        1.0 + 2.0**-52,
        2.2250738585072014e-308,
        5e-324,
        1.7976931348623157e308,
        0.7071067811865475,
    ],
    "log1p": [5e-324, -5e-324, -(1.0 - 2.0**-53), 2.0**-53, 0.41421356237309515, -0.29289321881345254],
    "tanh": [5e-324, 19.061547465398498, 0.5493061443340549, 1e-300, 1.1e-300],
    "sin": [x * sign for x in NEAR_MULTIPLES for sign in (1.0, -1.0)],
    "cos": [x * sign for x in NEAR_MULTIPLES for sign in (1.0, -1.0)],
}
EDGES = {  # exact: nan and infinities, zeros with their signs, ends of the domain
    "exp": [
        (0.0, 1.0),
        (-0.0, 1.0),
        (math.inf, math.inf),
        (-math.inf, 0.0),
        (710.0, math.inf),
        (-746.0, 0.0),
    ],
    "expm1": [(0.0, 0.0), (-0.0, -0.0), (math.inf, math.inf), (-math.inf, -1.0), (5e-324, 5e-324)],
    "log": [(1.0, 0.0), (0.0, -math.inf), (-0.0, -math.inf), (math.inf, math.inf), (-1.0, math.nan)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1.0, -math.inf), (math.inf, math.inf), (-2.0, math.nan)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (math.inf, 1.0), (-math.inf, -1.0), (400.0, 1.0), (5e-324, 5e-324)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (1.1e5, math.nan), (math.inf, math.nan), (5e-324, 5e-324)],
    "cos": [(0.0, 1.0), (-0.0, 1.0), (1.1e5, math.nan), (-math.inf, math.nan)],
    "log2": [(8.0, 3.0), (2.0**-1074, -1074.0), (0.0, -math.inf), (-1.0, math.nan)],
    "exp2": [(3.0, 8.0), (-1074.0, 5e-324), (1024.0, math.inf), (-math.inf, 0.0)],
    "cbrt": [(0.0, 0.0), (-0.0, -0.0), (math.inf, math.inf), (-math.inf, -math.inf)],
    "erf": [(0.0, 0.0), (-0.0, -0.0), (math.inf, 1.0), (-math.inf, -1.0)],
    "erfc": [(0.0, 1.0), (math.inf, 0.0), (-math.inf, 2.0)],
}


UNITS = {  # activations: what they are at infinities
    "softplus": (ag.softplus, 0.0, math.inf),
    "logistic_entropy": (exponential.logistic_entropy, 0.0, 0.0),
    "silu": (ag.silu, -0.0, math.inf),
    "mish": (ag.mish, -0.0, math.inf),
    "gelu": (ag.gelu, -0.0, math.inf),
    "softsign": (ag.softsign, -1.0, 1.0),
}


@pytest.mark.parametrize("name", UNITS)
def test_activations_are_right_at_infinity_too(name):
    function, low, high = UNITS[name]
    of = random.Random(name)
    xs = [-math.inf, math.inf, math.nan, 0.0] + [of.uniform(-40.0, 40.0) for _ in range(LITTLE)]
    first, second, third, _, *found = Function(name, len(xs))(xs)
    assert (first, second) == (low, high)
    assert third != third
    for x, y in zip(xs[4:], found):
        assert y == pytest.approx(function(x), rel=1e-14)


def points(name, count):
    _, _, ranges, sizes = FUNCTIONS[name]
    of = random.Random(name)
    each = count // (len(ranges) + len(sizes))
    found = [of.uniform(*ends) for ends in ranges for _ in range(each)]
    is_positive = name.startswith("log") and name != "log1p"
    for ends in sizes:
        for _ in range(each):
            found.append(2.0 ** of.uniform(*ends) * (1.0 if is_positive else of.choice((1.0, -1.0))))
    found += HARD.get(name, [])
    return found + found[-1:] * (len(found) % 2)


def worst(name, xs, found):
    """Return the largest error, in units of the last place, and where that is."""
    function = FUNCTIONS[name][0]
    with mpmath.workprec(120):
        return max(
            (float(abs(mpmath.mpf(y) - exact) / math.ulp(float(exact))), x)
            for x, y in zip(xs, found)
            if abs(exact := function(mpmath.mpf(x))) > 2.3e-308
        )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_digits(name):
    xs = points(name, LITTLE)
    error, where = worst(name, xs, Function(name, len(xs))(xs))
    assert error <= FUNCTIONS[name][1], where


@pytest.mark.parametrize("name", [long(name) for name in FUNCTIONS])
def test_digits_at_many_points(name):
    xs = points(name, MUCH if name in OWN else MADE)
    error, where = worst(name, xs, Function(name, len(xs))(xs))
    assert error <= FUNCTIONS[name][1], where


def same_bits(x, y):
    return (x != x and y != y) or struct.pack("d", x) == struct.pack("d", y)


@pytest.mark.parametrize("name", EDGES)
def test_edges(name):
    edges = [*EDGES[name], (math.nan, math.nan)]
    xs = [x for x, _ in edges] + [0.0] * (len(edges) % 2)
    for (x, exact), y in zip(edges, Function(name, len(xs))(xs)):
        assert same_bits(y, exact), (x, y)


def test_all_functions_are_tested():
    assert {*FUNCTIONS, *UNITS, "pow", "atan2", TANH_AND_SLOPE} == {*function_names()}


def test_both_lanes_give_the_same():
    for name in FUNCTIONS:
        xs = points(name, 100)
        function = Function(name, len(xs))
        turned = [xs[i ^ 1] for i in range(len(xs))]
        ys, others = function(xs), function(turned)
        assert all(same_bits(ys[i], others[i ^ 1]) for i in range(len(xs)))


def test_tanh_and_its_slope():
    of = random.Random(1)
    xs = [of.uniform(-30.0, 30.0) for _ in range(LITTLE)] + [of.uniform(-1.0, 1.0) for _ in range(LITTLE)]
    tanh, slope = Function(TANH_AND_SLOPE, len(xs))(xs)
    assert tanh == Function("tanh", len(xs))(xs)
    assert slope == Function("slope_of_tanh", len(xs))(xs)


def test_angles():
    of = random.Random(3)
    xs, ys = ([of.uniform(-2.0, 2.0) for _ in range(LITTLE)] for _ in range(2))
    edges = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 5e-324]
    ys += [y for y in edges for _ in edges]
    xs += edges * len(edges)
    for y, x, angle in zip(ys, xs, Function("atan2", len(xs))(ys, xs)):
        exact = math.atan2(y, x)
        assert same_bits(angle, exact) or abs(angle - exact) <= 4.0 * math.ulp(exact), (y, x)
        assert math.copysign(1.0, angle) == math.copysign(1.0, exact) or exact != exact


def powers(count):
    of = random.Random(2)
    for _ in range(count // 3):
        x = 2.0 ** of.uniform(-1.0, 1.0)
        yield x, of.uniform(-700.0, 700.0) / math.log2(x) / 1.45
        yield 2.0 ** of.uniform(-1000.0, 1000.0), of.uniform(-1.0, 1.0)
        yield of.uniform(0.9, 1.0), float(of.randrange(1, 6000))


@pytest.mark.parametrize("count", [LITTLE, long(300_000)])
def test_powers(count):
    xs, ys = zip(*powers(count))
    with mpmath.workprec(160):
        for x, y, z in zip(xs, ys, Function("pow", len(xs))(xs, ys)):
            exact = mpmath.power(mpmath.mpf(x), mpmath.mpf(y))
            if 2.3e-308 < exact < 1.7e308:
                assert abs(z - exact) <= 2.0 * math.ulp(float(exact)), (x, y)


def test_powers_of_what_is_not_finite_or_not_positive():
    numbers = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1e300, -2.5]
    numbers += [math.inf, -math.inf, math.nan, 5e-324]
    xs, ys = zip(*((x, y) for x in numbers for y in numbers))
    for x, y, z in zip(xs, ys, Function("pow", len(xs))(xs, ys)):
        try:
            exact = math.pow(x, y)
        except OverflowError:
            exact = -math.inf if x < 0.0 and y % 2.0 == 1.0 else math.inf
        except ValueError:
            pole = x == 0.0 and y < 0.0
            exact = (math.copysign(math.inf, x) if y % 2.0 == 1.0 else math.inf) if pole else math.nan
        assert same_bits(z, exact) or abs(z - exact) <= math.ulp(exact), (x, y)
