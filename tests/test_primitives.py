"""The calculus table, row by row: a new primitive is tested by existing."""

import math
import pickle
from random import Random

import mpmath
import pytest
from conftest import how_many
from table import CASES, TABLE

import autograd_scratch
from autograd_scratch import Value, check_primitive, family, primitive, primitives
from autograd_scratch.checking.rules import points_of
from autograd_scratch.errors import DataError, RuleError
from autograd_scratch.primitives import Primitive
from autograd_scratch.primitives.logits import cross_entropy_p, soft_cross_entropy
from autograd_scratch.primitives.piecewise import detached

RULES = [case for case in CASES if case.values[0] is not detached]  # whose derivative is wrong on purpose


def test_the_table_is_found():
    assert {"add", "pow", "power[2.0]", "tanh", "dot", "max"} <= TABLE.keys()


@pytest.mark.parametrize(("p", "arity"), RULES)
def test_rule_is_right_in_every_reader(p, arity):
    points = how_many(max(1, 12 // arity**2), exhaustive=24)  # there are arity**2 second partials
    check_primitive(p, arities=[arity], points=points, seed=arity)


@pytest.mark.parametrize(("p", "arity"), CASES)
def test_source_says_what_forward_does(p, arity):
    names = [f"x{i}" for i in range(arity)]
    source = p.source(*names) if callable(p.source) else p.source.format(*names)
    functions = {
        **{q.name: q for q in TABLE.values()},
        **{name: getattr(autograd_scratch, name) for name in autograd_scratch.__all__},
        "round": autograd_scratch.round,
        **{q.family[0].make.__name__: q.family[0] for q in TABLE.values() if q.family},
        "cross_entropy": lambda logits, target: (
            soft_cross_entropy(len(logits))(*logits, *target)
            if isinstance(target, list)
            else cross_entropy_p(target, *logits)
        ),
        "__builtins__": {},
    }
    for point in points_of(p, arity, 5, seed=0):
        value = eval(source, functions, dict(zip(names, point)))
        assert value == pytest.approx(p.forward(*point), rel=1e-15)


HARD = [0.0, -0.0, 1.0, -1.0, 0.5, 5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize(("p", "arity"), CASES)
def test_hard_points_never_raise_and_are_recorded_as_they_are(p, arity):
    random = Random(0)
    for _ in range(how_many(50, exhaustive=200)):
        point = [random.choice(HARD) for _ in range(arity)]
        out, partials = p.linearize(*point)
        assert [type(x) for x in (out, *partials)] == [float] * (arity + 1), point
        leaves = [Value(x) for x in point]
        p(*leaves).backward(create_graph=True)  # raises where a partial comes out otherwise on nodes
        assert all(map(same, (leaf.grad.data for leaf in leaves), partials)), point


def same(x, y):
    return x == y or (x != x and y != y)


@pytest.mark.parametrize("p", TABLE.values(), ids=str)
def test_pickled_by_name(p):
    assert pickle.loads(pickle.dumps(p)) is p


@pytest.mark.parametrize("x", [-0.5, -10.5, -449.5, -449.625, -450.125])
def test_the_polygamma_functions_keep_their_digits_where_the_cotangent_vanishes(x):
    for order in (1, 2):
        with mpmath.workdps(30):
            exact = float(mpmath.psi(order, mpmath.mpf(x)))
        assert TABLE[f"polygamma[{order}]"](x) == pytest.approx(exact, rel=1e-14)


def test_your_own_in_four_lines():
    @primitive(partials=lambda out, x: (-out / x,), domain=((0.1, 5.0),))
    def inverse(x):
        return 1.0 / x

    a = Value(4.0)
    (inverse(a) * 3.0).backward()
    assert (inverse(4.0), a.grad) == (0.25, -3.0 / 16.0)
    assert math.isnan(inverse(0.0))
    assert math.isnan(inverse.linearize(0.0)[1][0])


SLOPE = 2.0


def by_helper(x):
    return math.exp(x)


def test_your_own_is_total_as_the_table_is():
    @primitive(partials=lambda out, x: (out / x,))
    def steep(x):
        return by_helper(x) / (x - 1.0)

    assert steep(1.0) == math.inf
    assert steep(1e4) == math.inf

    @primitive(partials=lambda out, x: (0.5 / out,))
    def root(x):
        return x**0.5

    assert math.isnan(root(-2.0))
    assert math.isnan(root(Value(-2.0)).data)

    @primitive(partials=lambda out, x, y: (math.cosh(x), -0.0 % y))
    def odd(x, y):
        return math.sinh(x) + 5.0 // y

    assert odd(-1e4, 1.0) == -math.inf
    assert odd(0.0, 0.0) == math.inf


def test_your_own_reads_numbers_as_they_are_now(monkeypatch):
    @primitive(partials=lambda out, x: (SLOPE * primitives.exp(0.0 * x),))
    def scaled(x):
        return SLOPE * x

    for now in (2.0, 5.0):
        monkeypatch.setitem(globals(), "SLOPE", now)
        assert scaled.linearize(1.0) == (now, (now,))


def test_your_own_calls_its_helpers_as_they_are_now(monkeypatch):
    @primitive(partials=lambda out, x: (by_helper(x),))
    def helped(x):
        return by_helper(x)

    assert helped.linearize(0.0) == (1.0, (1.0,))
    monkeypatch.setitem(globals(), "by_helper", lambda x: 5.0)
    assert helped.linearize(0.0) == (5.0, (5.0,))


def test_your_own_that_raises_is_told():
    @primitive(partials=lambda out, x: (1.0,))
    def strict(x):
        raise ValueError("no")

    with pytest.raises(RuleError, match=r"strict raised ValueError at \(1\.0,\): no"):
        strict(1.0)


def test_your_own_with_parameters():
    made = []

    @family((3.0,))
    def scaled(factor):
        made.append(factor)

        @primitive(partials=lambda out, x: (factor,))
        def scaled(x):
            return factor * x

        return scaled

    assert (scaled(3.0)(2.0), scaled(3.0)(4.0)) == (6.0, 12.0)
    assert made == [3.0]


def test_wrong_rules_are_refused():
    with pytest.raises(RuleError, match="needs partials, a function of the answer and the arguments"):
        primitive(partials=(1.0,))

    @primitive(partials=lambda out, x: 1.0)
    def bare(x):
        return x

    with pytest.raises(RuleError, match="partials of bare must be a tuple of 1"):
        bare(Value(1.0))

    @primitive(partials=lambda out, x, y: (1.0,))
    def short(x, y):
        return x

    with pytest.raises(RuleError, match="partials of short must be a tuple of 2"):
        short(Value(1.0), 2.0)

    @primitive(partials=lambda out, x: (None,))
    def empty(x):
        return x

    with pytest.raises(DataError, match=r"a partial of empty at \(1\.0,\) must be a real number, not None"):
        empty(Value(1.0))

    @primitive(partials=lambda out, x: (1.0,))
    def forgetful(x):
        pass

    with pytest.raises(DataError, match=r"the value of forgetful .* not None"):
        forgetful(1.0)


def test_arguments_that_are_no_numbers_are_named():
    with pytest.raises(DataError, match=r"argument 1 of tanh must be a real number, not '1' \(str\)"):
        primitives.tanh("1")
    with pytest.raises(DataError, match="argument 3 of sum must be a real number, not None"):
        primitives.sum_([Value(1.0), 2, None])


def test_a_primitive_is_documented_and_shown_by_name():
    assert isinstance(primitives.tanh, Primitive)
    assert repr(primitives.tanh) == "<primitive tanh>"
    assert primitives.tanh.__doc__.startswith("The hyperbolic tangent.")
