"""The calculus table in other number types: the same value, more of its digits, or all of them."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import exp as exponential
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from table import CASES, TABLE

import autograd_scratch
from autograd_scratch import primitive, primitives
from autograd_scratch.checking.rules import arities_of, points_of
from autograd_scratch.errors import DataError, ProgramError
from autograd_scratch.program.number_types import Arithmetic, complex_functions, decimal_functions
from autograd_scratch.program.number_types.kind import Kind
from autograd_scratch.program.number_types.wrapped import wrapper_of

OF_FACTORIALS = {"digamma", "gamma", "lgamma", "polygamma[1]", "polygamma[2]"}
RATIONAL = {
    *("add", "sub", "mul", "div", "neg", "floordiv", "mod", "fmod", "remainder", "square", "reciprocal"),
    *("power[0.0]", "power[2.0]", "power[3.0]", "power[-1.0]", "sum", "mean", "dot", "prod", "fsum"),
    *("identity", "equal", "less", "less_equal", "step", "sign", "select", "abs", "copysign", "clamp"),
    *(
        "floor",
        "ceil",
        "trunc",
        "round",
        "round[0]",
        "max",
        "min",
        "first_max",
        "relu",
        "relu6",
        "leaky_relu",
    ),
    *("softsign", "hard_tanh", "hard_sigmoid", "hard_swish", "smooth_l1", "detached"),
    *("both", "either", "opposite", "flat", "one_minus_square", "norm_slope[2.0]", "norm_slope[3.0]"),
    "entropy_slope",
}
MISSING = {
    float: set(),
    complex: {"erf", "erfc", "gelu", "gamma", "lgamma"},
    Decimal: OF_FACTORIALS,
    Fraction: TABLE.keys() - RATIONAL,
    mpmath.mpf: set(),
    mpmath.mpc: set(),
    np.longdouble: OF_FACTORIALS | {"erf", "erfc", "gelu"},
}
TYPES = pytest.mark.parametrize("number", MISSING, ids=lambda number: number.__name__)
arithmetic_of = cache(Arithmetic)


def evaluate(p, number, point):
    arithmetic = arithmetic_of(number)
    return arithmetic.evaluate(p, [arithmetic.convert(x, "x") for x in point])


@TYPES
@pytest.mark.parametrize(("p", "arity"), CASES)
def test_value_is_that_of_floats(p, arity, number):
    if p.name in MISSING[number]:
        pytest.skip("refused")
    for point in points_of(p, arity, 12, seed=0):
        out, expected = evaluate(p, number, point), p.evaluate(*point)
        assert isinstance(out, number)
        assert abs(complex(out) - expected) <= 1e-13 * abs(expected), point


@TYPES
def test_what_is_refused_is_refused_by_name(number):
    refused = set()
    for p in TABLE.values():
        try:
            for point in points_of(p, arities_of(p)[-1], 12, seed=0):
                evaluate(p, number, point)
        except ProgramError as fault:
            if f", which {p.name} needs; use number=" in str(fault):
                refused.add(p.name)
    assert refused == MISSING[number]


@pytest.mark.parametrize(("p", "arity"), CASES)
def test_decimal_has_all_digits_that_were_asked_for(p, arity):
    if p.name in MISSING[Decimal]:
        pytest.skip("refused")
    with localcontext() as context, mpmath.workdps(60):
        context.prec = 50
        for point in points_of(p, arity, 6, seed=1):
            out, expected = evaluate(p, Decimal, point), evaluate(p, mpmath.mpf, point)
            assert abs(mpmath.mpf(str(out)) - expected) <= 1e-44 * abs(expected), point


ELEMENTARY = [
    name
    for name, thing in vars(decimal_functions).items()
    if hasattr(math, name) and callable(thing) and name not in ("isqrt", "atan2", "hypot")
]
HARD = [
    "1e-300",
    "-1e-30",
    "0.1",
    "-0.75",
    "1",
    "1.000000000000000000001",
    "-2.5",
    "3.14159265358979",
    "99",
    "1e6",
]


@pytest.mark.parametrize("name", [*ELEMENTARY, "acosh"])
def test_functions_of_decimals_round_once(name):
    function, domain = getattr(decimal_functions, name), TABLE[name].domain[0]
    for x in map(Decimal, HARD):
        if not (domain[0] < x < domain[1] or (name in ("acos", "asin") and x == 1)) or (
            not x and name == "log"
        ):
            continue
        with localcontext() as context:
            context.prec = 50
            out = function(x)
        with mpmath.workdps(400), localcontext() as context:
            context.prec = 400
            there = mpmath.mpf(str(x))
            root = mpmath.sign(there) * mpmath.cbrt(abs(there)) if name == "cbrt" else None
            exact = root if root is not None else getattr(mpmath, name)(there)
            if exact and abs(mpmath.log10(abs(exact))) > 100_000:
                continue
            rounded = Decimal(mpmath.nstr(exact, 380, strip_zeros=False))
            context.prec = 50
            assert out == +rounded, x


def test_angles_of_decimals():
    points = [(y, x) for x in (-2, -0.0, 0.0, 3) for y in (-5, -0.0, 0.0, 1)]
    for y, x in points:
        angle = float(decimal_functions.atan2(Decimal(y), Decimal(x)))
        # the last bit of atan2 is that of the C library
        assert angle == pytest.approx(math.atan2(y, x), rel=2**-52, abs=0.0), (y, x)
        assert evaluate(primitives.atan2, complex, (y, x)) == pytest.approx(math.atan2(y, x)), (y, x)


STEP = 1e-20


@pytest.mark.parametrize(("p", "arity"), CASES)
def test_a_complex_step_finds_the_partials(p, arity):
    if p.name in {*MISSING[complex], "detached"}:  # the slope of what is detached is not its own
        pytest.skip("refused")
    for point in points_of(p, arity, 12, seed=2):
        for i, partial in enumerate(p.linearize(*point)[1]):
            stepped = [x + STEP * 1j if j == i else x for j, x in enumerate(point)]
            slope = evaluate(p, complex, stepped).imag / STEP
            assert slope == pytest.approx(partial, rel=1e-12, abs=1e-300) or math.isnan(partial), point


@pytest.mark.parametrize("name", sorted(MISSING[complex]))
def test_a_complex_step_of_mpmath_finds_the_others(name):
    with mpmath.workdps(40):
        for point in points_of(TABLE[name], 1, 12, seed=2):
            slope = evaluate(TABLE[name], mpmath.mpc, [mpmath.mpc(*point, STEP)]).imag / STEP
            assert float(slope) == pytest.approx(TABLE[name].linearize(*point)[1][0], rel=1e-12)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "log_sigmoid", "tanh", "sinc", "silu", "softsign"])
def test_a_complex_step_crosses_the_seam_of_a_smooth_function(name):
    slope = evaluate(TABLE[name], complex, [STEP * 1j]).imag / STEP
    assert slope == pytest.approx(TABLE[name].linearize(0.0)[1][0], rel=1e-15)


def test_branches_go_by_the_real_part():
    assert evaluate(primitives.abs_, complex, [-3 + 1j]) == 3 - 1j
    assert evaluate(primitives.relu, complex, [-3 + 1j]) == 0
    assert evaluate(primitives.maximum.__globals__["max_p"], complex, [1 + 5j, 2 + 1j]) == 2 + 1j
    assert evaluate(primitives.floor, complex, [2.5 + 1j]) == 2
    assert evaluate(TABLE["mod"], complex, [7.5 + 1j, 2 + 0j]) == 1.5 + 1j
    assert math.isnan(evaluate(primitives.step, complex, [complex("nan")]).real)


def test_equality_goes_by_the_whole_number():
    assert evaluate(primitives.sinc, complex, [1j]) == pytest.approx(math.sinh(1.0))


THIRD, HALF = Fraction(1, 3), Fraction(1, 2)
EXACT = [
    ("add", [THIRD, HALF], Fraction(5, 6)),
    ("div", [THIRD, -HALF], Fraction(-2, 3)),
    ("mod", [-THIRD, HALF], Fraction(1, 6)),
    ("fmod", [-5 * THIRD, HALF], Fraction(-1, 6)),
    ("remainder", [5 * THIRD, HALF], Fraction(1, 6)),
    ("floordiv", [-THIRD, HALF], -1),
    ("floordiv", [1, Fraction(1, 10)], 10),
    ("power[3.0]", [THIRD], Fraction(1, 27)),
    ("power[-1.0]", [-THIRD], -3),
    ("pow", [THIRD, -2], 9),
    ("pow", [0, 0], 1),
    ("exp2", [-3], Fraction(1, 8)),
    ("mean", [THIRD, HALF, 1], Fraction(11, 18)),
    ("dot", [THIRD, HALF, 3, 5, 1], Fraction(9, 2)),
    ("sum", [THIRD] * 3, 1),
    ("fsum", [THIRD] * 3, 1),
    ("prod", [THIRD] * 3, Fraction(1, 27)),
    ("max", [THIRD, HALF, THIRD], HALF),
    ("min", [THIRD, HALF, THIRD], THIRD),
    ("clamp", [THIRD, -math.inf, Fraction(1, 4)], Fraction(1, 4)),
    ("copysign", [THIRD, -1], -THIRD),
    ("softsign", [-THIRD], Fraction(-1, 4)),
    ("hard_sigmoid", [THIRD], Fraction(5, 9)),
    ("hard_swish", [THIRD], Fraction(5, 27)),
    ("smooth_l1", [THIRD, HALF, 1], Fraction(1, 72)),
    ("leaky_relu", [-THIRD, HALF], Fraction(-1, 6)),
    ("round", [Fraction(5, 2)], 2),
    ("round[0]", [Fraction(7, 2)], 4),
    ("floor", [-THIRD], -1),
    ("select", [0, THIRD, HALF], HALF),
    ("less", [Fraction(10**30, 10**30 + 1), 1], 1),
    ("equal", [THIRD, 1 / 3], 0),
    ("hypot", [0, 0], 0),
]


@pytest.mark.parametrize(("name", "args", "exact"), EXACT, ids=lambda case: str(case))
def test_fractions_are_exact(name, args, exact):
    out = evaluate(TABLE[name], Fraction, args)
    assert (type(out), out) == (Fraction, exact)


def test_a_float_in_a_rule_is_taken_exactly():
    assert evaluate(primitives.hard_swish, Decimal, [Decimal("0.1")]) == Decimal("0.31") / 6
    relu6 = evaluate(primitives.relu6, Decimal, [Decimal("6.00000000000000000001")])
    assert (type(relu6), relu6) == (Decimal, 6)
    with localcontext() as context:
        context.prec = 60
        assert evaluate(TABLE["mul"], Decimal, [2.0, 0.1]) == 2 * Decimal.from_float(0.1)


@pytest.mark.parametrize("digits", [5, 28, 100, 300])
def test_the_precision_is_that_of_the_context(digits):
    with localcontext() as context, mpmath.workdps(digits):
        context.prec = digits
        assert str(evaluate(primitives.sqrt, Decimal, [2])) == str(Decimal(2).sqrt())
        assert evaluate(primitives.tan, Decimal, [1.5]).as_tuple().exponent == 2 - digits
        assert mpmath.almosteq(evaluate(primitives.sqrt, mpmath.mpf, [2]), mpmath.sqrt(2))


def helper(x):
    return exponential(x) if x > 0 else math.log1p(-x)


@TYPES
def test_your_own_primitives(number):
    @primitive(partials=lambda out, x, y: (1.0, 1.0))
    def mine(x, y):
        total = sum([2.0 * x, y**2, -x // 3, x % 0.5], 1)
        return max(float(total), abs(y), key=lambda term: -term) + round(x, 1) + int(y)

    assert complex(evaluate(mine, number, [1.75, -2.5])) == pytest.approx(mine(1.75, -2.5), rel=1e-15)

    @primitive(partials=lambda out, x: (1.0,))
    def helped(x):
        flag = isinstance(x, float) and not math.isnan(x) and x < float("inf")
        return helper(x) * math.pi + autograd_scratch.primitives.tanh(x) if flag else None

    if number is not Fraction:
        for x in (0.7, -0.7):
            assert complex(evaluate(helped, number, [x])) == pytest.approx(helped(x), rel=1e-15)
    else:
        with pytest.raises(ProgramError, match="Fraction has no exp, which helped needs"):
            evaluate(helped, number, [0.7])


def test_your_own_primitive_that_cannot_is_told():
    @primitive(partials=lambda out, x: (1.0,))
    def hexadecimal(x):
        return float.fromhex(x.hex())

    with pytest.raises(ProgramError, match=r"hexadecimal cannot be evaluated in Fraction: .*hex"):
        evaluate(hexadecimal, Fraction, [1.0])


@pytest.mark.parametrize("number", [Fraction, Decimal, complex, mpmath.mpf])
def test_where_there_is_no_value_the_primitive_is_named(number):
    name = Arithmetic(number).kind.name
    with pytest.raises(ProgramError, match=rf"div has no value in {name} at \(.*, .*\): division by zero$"):
        evaluate(TABLE["div"], number, [1, 0])
    with pytest.raises(ProgramError, match=rf"mod has no value in {name} at \("):
        evaluate(TABLE["mod"], number, [1, 0])


def test_no_real_number_turns_complex():
    with pytest.raises(
        ProgramError,
        match=r"log has no value in mpmath\.mpf at \(-1\.0\): it would be .*, which is not real",
    ):
        evaluate(primitives.log, mpmath.mpf, [-1])
    with pytest.raises(ProgramError, match=r"sqrt has no value in Decimal at \(-1\): InvalidOperation"):
        evaluate(primitives.sqrt, Decimal, [-1])


def test_infinities_where_there_are_none():
    with pytest.raises(
        ProgramError, match=r"add has no value in Fraction at \(inf, 1\): Fraction has no inf"
    ):
        evaluate(TABLE["add"], Fraction, [math.inf, 1])
    with pytest.raises(ProgramError, match=r"max has no value .*Fraction has no inf"):
        evaluate(TABLE["max"], Fraction, [math.inf, 1])
    assert evaluate(TABLE["max"], Decimal, [math.inf, 1]) == math.inf
    assert math.isnan(evaluate(TABLE["max"], Decimal, [1, math.nan, 2]))
    assert evaluate(primitives.silu, Decimal, [-math.inf]) == 0


def test_a_power_that_would_fill_the_memory_is_refused():
    with pytest.raises(ProgramError, match=r"the exponent .* is too large for exact arithmetic"):
        evaluate(TABLE["pow"], Fraction, [THIRD, 10**12])


@pytest.mark.parametrize(
    ("number", "argument", "expected"),
    [
        (Fraction, True, 1),
        (Fraction, Decimal("0.1"), Fraction(1, 10)),
        (Fraction, np.float32(0.1), Fraction(13421773, 2**27)),
        (Fraction, mpmath.mpf(0.1), Fraction(0.1)),
        (Decimal, 0.1, Decimal.from_float(0.1)),
        (Decimal, Fraction(1, 4), Decimal("0.25")),
        (mpmath.mpf, Decimal("0.25"), mpmath.mpf(0.25)),
        (mpmath.mpc, mpmath.mpf(2), mpmath.mpc(2)),
        (complex, HALF, 0.5 + 0j),
        (complex, 1j, 1j),
    ],
)
def test_arguments_are_taken_exactly(number, argument, expected):
    converted = Arithmetic(number).convert(argument, "x")
    assert (type(converted), converted) == (number, expected)


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ProgramError, match=r"x is Fraction\(1, 3\), which mpmath\.mpf cannot hold exactly"):
        Arithmetic(mpmath.mpf).convert(THIRD, "x")
    for number, argument in [(Fraction, "1/3"), (Decimal, 1j), (Decimal, None), (Fraction, [1])]:
        with pytest.raises(DataError, match=f"x must be a number that {number.__name__} can hold, not "):
            Arithmetic(number).convert(argument, "x")


@pytest.mark.parametrize(
    "number", [int, bool, str, None, "Fraction", autograd_scratch.Value, list, math.sqrt]
)
def test_what_is_no_number_type_is_refused(number):
    with pytest.raises(
        ProgramError, match=r"runs in a type of numbers that holds fractions, as fractions\.Fr"
    ):
        Arithmetic(number)


def test_functions_can_be_given():
    arithmetic = Arithmetic(Fraction, SimpleNamespace(exp=lambda x: Fraction(math.exp(x))))
    assert arithmetic.evaluate(primitives.sigmoid, [Fraction(0)]) == HALF
    with mpmath.workdps(30):
        own = mpmath.MPContext()
        own.dps = 40
        out = Arithmetic(own.mpf, own).evaluate(primitives.erf, [own.mpf(1)])
    assert abs(out - own.erf(1)) < own.mpf(10) ** -39


def test_numbers_of_gmpy2():
    gmpy2 = pytest.importorskip("gmpy2")
    arithmetic = Arithmetic(gmpy2.mpfr)
    with gmpy2.context(gmpy2.get_context(), precision=200), mpmath.workprec(200):
        for name in ("erf", "lgamma", "sigmoid", "cbrt", "gelu", "exp2", "degrees"):
            out, expected = (
                arithmetic.evaluate(TABLE[name], [gmpy2.mpfr(-2.5)]),
                evaluate(TABLE[name], mpmath.mpf, [-2.5]),
            )
            assert abs(mpmath.mpf(str(out)) - expected) <= 1e-57 * abs(expected), name


def test_complex_functions_near_zero():
    for z in (1e-12 + 1e-12j, -1.5 + 2j, 0.5 - 1e-9j, -1.0 + 1j):
        with mpmath.workdps(30):
            expected = mpmath.expm1(mpmath.mpc(z)), mpmath.log1p(mpmath.mpc(z))
        assert abs(complex_functions.expm1(z) - complex(expected[0])) <= 1e-15 * abs(expected[0])
        assert abs(complex_functions.log1p(z) - complex(expected[1])) <= 1e-15 * abs(expected[1])


def test_wrapped_numbers_are_told_apart_and_hashed():
    number = wrapper_of(Kind(Decimal), lambda p: p.forward)
    assert number(2) == 2.0
    assert number(2) != "2"
    assert len({number(2), number(2.0), number("3")}) == 2
    assert (3 - number(1), 6 / number(4), 2 ** number(3), 7 % number(4), 7 // number(4)) == (
        2,
        1.5,
        8,
        3,
        1,
    )
    assert divmod(number(-7), 2) == (-4, 1)
    assert (round(number(2.5)), math.ceil(number(0.5)), math.trunc(number(-0.5))) == (2, 1, 0)
    assert repr(+number(0.5)) == "Decimal('0.5')"
