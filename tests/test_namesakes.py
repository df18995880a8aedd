"""The functions with the names of Python's own: those for plain arguments, one node with Values."""

import builtins
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import Value, derive, grad, values
from autograd_scratch.errors import DataError, RuleError, ShapeError

NAMES = ("abs", "max", "min", "pow", "round", "sum")
ROWS = [[3, 1], [2, 5]]
PLAIN = [  # a name, and arguments made anew for each call
    *(("abs", lambda x=x: ((x,), {})) for x in (-3, True, -0.0, 3 + 4j, Fraction(-1, 2), np.array(ROWS))),
    *(("abs", lambda x=x: ((x,), {})) for x in (None, "x", [1])),
    *(("round", lambda x=x: ((x,), {})) for x in (2.5, 3.5, 7, Decimal("0.5"), math.nan, math.inf, None)),
    ("round", lambda: ((2.567, 1), {})),
    ("round", lambda: ((2.567,), {"ndigits": 1})),
    ("round", lambda: ((), {"number": 1234, "ndigits": -2})),
    ("round", lambda: ((Fraction(5, 3), 1), {})),
    ("round", lambda: ((np.array([1.5]),), {})),
    *(
        ("pow", lambda x=x: (x, {}))
        for x in ((2, 10), (2, -1), (0.0, -1), (-8.0, 0.5), (2, 10, 7), (3, -1, 7))
    ),
    *(("pow", lambda x=x: (x, {})) for x in ((2.0, 2, 3), ("a", 2), (Fraction(1, 2), 2), (Decimal(2), 3))),
    ("pow", lambda: ((), {"base": 2, "exp": 5, "mod": 7})),
    ("pow", lambda: ((np.array(ROWS), 2), {})),
    ("sum", lambda: (([1, 2, 3],), {})),
    ("sum", lambda: (([0.1] * 10,), {})),
    ("sum", lambda: (([-0.0, -0.0],), {})),
    ("sum", lambda: (([],), {})),
    ("sum", lambda: (((x for x in (1, 2)),), {})),
    ("sum", lambda: ((range(5), 10), {})),
    ("sum", lambda: (({2: "a", 3: "b"},), {"start": 1})),
    ("sum", lambda: ((ROWS, []), {})),
    ("sum", lambda: ((ROWS,), {})),
    ("sum", lambda: ((["a", "b"], ""), {})),
    ("sum", lambda: (([Fraction(1, 2), Decimal(1)],), {})),
    ("sum", lambda: ((np.array(ROWS),), {})),
    ("sum", lambda: ((3,), {})),
    ("sum", lambda: ((), {})),
    ("sum", lambda: (([1], 2), {"start": 3})),
    *(
        (name, arguments)
        for name in ("max", "min")
        for arguments in (
            lambda: (([3, 1, 2],), {}),
            lambda: ((3, 1.0, True), {}),
            lambda: (("abc",), {}),
            lambda: (("abc", "abd"), {}),
            lambda: ((ROWS,), {}),
            lambda: ((ROWS,), {"key": sum}),
            lambda: ((3, -4), {"key": abs}),
            lambda: (((-x for x in (3, 1)),), {}),
            lambda: (({"a": 3, "b": 1},), {"key": {"a": 3, "b": 1}.get}),
            lambda: (([],), {"default": None}),
            lambda: (([1],), {"default": None, "key": None}),
            lambda: (([],), {}),
            lambda: ((1, 2), {"default": 0}),
            lambda: ((3,), {}),
            lambda: ((), {}),
            lambda: (([1, "x"],), {}),
            lambda: ((math.nan, 1.0), {}),
            lambda: ((1.0, math.nan), {}),
            lambda: ((np.array([3, 1]),), {}),
            lambda: ((np.array(ROWS),), {}),
        )
    ),
]


def outcome(function, arguments):
    """Return the type and text of what a call gives, or of what it raises."""
    args, options = arguments()
    try:
        result = function(*args, **options)
    except Exception as fault:
        return type(fault), str(fault)
    return type(result), str(result)


@pytest.mark.parametrize(("name", "arguments"), PLAIN)
def test_plain_arguments_go_to_pythons_own(name, arguments):
    assert outcome(getattr(ag, name), arguments) == outcome(getattr(builtins, name), arguments)


def test_star_leaves_the_builtins_alone():
    space = {}
    exec("from autograd_scratch import *", space)
    assert [name for name in dir(builtins) if name in space and not name.startswith("_")] == []


A, B, C = Value(2.0, "a"), Value(-3.0, "b"), Value(2.0, "c")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: ag.max([A, B], key=lambda v: v.data), A),
        (lambda: ag.min([A, B], key=lambda v: abs(v.data)), A),
        (lambda: ag.max({A: 1, B: 2}, key=lambda v: -v.data), B),
        (lambda: ag.max([], default=A), A),
        (lambda: ag.max((0.5, A), (0.25, B)), (0.5, A)),
        (lambda: ag.min([[A], [B]]), [B]),
        (lambda: ag.sum([[A], [B]], []), [A, B]),
    ],
)
def test_what_is_chosen_or_collected_is_the_value_itself(call, expected):
    flat = [expected] if isinstance(expected, Value) else list(expected)
    got = call()
    assert all(map(lambda x, y: x is y, [got] if isinstance(got, Value) else list(got), flat))


@pytest.mark.parametrize(
    ("call", "number", "slopes"),
    [
        (lambda a, b: ag.sum([a, b, 1]), 0.0, (1.0, 1.0)),
        (lambda a, b: ag.sum((x * x for x in (a, b)), 4), 17.0, (4.0, -6.0)),
        (lambda a, b: ag.sum([1, 2], start=a * b), -3.0, (-3.0, 2.0)),
        (lambda a, b: ag.sum([], a) + ag.sum(iter([b]), start=a), 1.0, (2.0, 1.0)),
        (lambda a, b: ag.sum(a, b, 3.0), 2.0, (1.0, 1.0)),
        (lambda a, b: ag.sum({a: 1, b: 2}), -1.0, (1.0, 1.0)),
        (lambda a, b: ag.sum([a, np.array([1.0, b])])[1], -1.0, (1.0, 1.0)),
        (lambda a, b: ag.max([a, b], default=None), 2.0, (1.0, 0.0)),
        (lambda a, b: ag.max(x for x in (a, b, 2)), 2.0, (0.5, 0.0)),
        (lambda a, b: ag.min(a, b, key=None) + ag.max(Fraction(1, 2), b), -2.5, (0.0, 1.0)),
        (lambda a, b: ag.abs(b) * ag.round(a * 0.28, ndigits=1), 1.8, (0.0, -0.6)),
        (lambda a, b: ag.round(a * 0.28, decimals=1) * b, -1.8, (0.0, 0.6)),
        (
            lambda a, b: ag.pow(b, 2) + ag.pow(2, a) + ag.pow(exp=3, base=b),
            -14.0,
            (4.0 * math.log(2.0), 21.0),
        ),
    ],
)
def test_with_values_all_that_works_too(call, number, slopes):
    a, b = Value(2.0), Value(-3.0)
    out = call(a, b)
    out.backward()
    assert (out.data, a.grad, b.grad) == pytest.approx((number, *slopes), rel=1e-15)
    assert derive(call, inputs=[0.5, 0.25])(2.0, -3.0)[0] == pytest.approx(number, rel=1e-15)


def test_values_in_arrays():
    z, m = values([-1.5, 2.5]), values([[1.0, 2.0], [3.0, 4.0]])
    assert (ag.sum(z).data, ag.max(z).data, ag.min(z).data) == (1.0, 2.5, -1.5)
    for out, expected in [
        (ag.sum(m), [4.0, 6.0]),
        (ag.abs(z), [1.5, 2.5]),
        (ag.round(z), [-2.0, 2.0]),
        (ag.pow(z, 2), [2.25, 6.25]),
        (ag.pow(2, m)[0], [2.0, 4.0]),
    ]:
        np.testing.assert_array_equal(ag.data(out), expected)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ag.sum([A, None]), DataError, "argument 2 of sum must be a real number, not None"),
        (lambda: ag.sum([A], []), DataError, "argument 1 of sum"),
        (lambda: ag.max([A, "x"]), DataError, "argument 2 of max must be a real number, not 'x'"),
        (lambda: ag.max(values([[1.0], [2.0]])), ShapeError, r"write maximum\(x, y\), .* z\.max\(\)"),
        (lambda: ag.pow(A, 2, 5), RuleError, r"write base \*\* exp % mod"),
        (lambda: ag.max(A, B, default=0), TypeError, "multiple positional arguments"),
    ],
)
def test_what_is_wrong_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_rules_of_ones_own_may_use_them():
    def rule(x):
        return ag.sum([x, ag.round(x * 10.0), ag.max(x, 0.0)]) + ag.pow(x, 2.0)

    crooked = ag.primitive(partials=lambda out, x: (2.0 + 2.0 * x,), name="crooked")(rule)
    assert crooked(1.5) == 1.5 + 15.0 + 1.5 + 2.25
    assert (crooked(math.inf), crooked(Value(-1e200)).data) == (math.inf, math.inf)
    assert grad(crooked)(1.5) == 5.0
