"""Primitives as expressions of pairs: operators of WebAssembly, or calls of functions.

>>> print(written(exp, [Pair("(local.get $x)")]))
(call $exp (local.get $x))
"""

from collections.abc import Callable, Sequence
from functools import cache, reduce
from typing import Any

from ...errors import ProgramError
from ...primitives import Primitive, arithmetic, exponential, hyperbolic, piecewise, special, trigonometric
from ...primitives import activations as act
from ...primitives.conditions import both, either, opposite
from ...primitives.exponential import exp
from ...primitives.norms import hypot_p
from ...primitives.piecewise import equal, less, less_equal, select
from ...primitives.powers import cbrt, pow_p, power, sqrt, square
from ...primitives.reductions import dot_p, max_p, mean_p, min_p, prod_p, sum_p
from ..expressions import largest
from . import circular, error_function, logarithm, made, powers, units
from . import exponential as own
from .pairs import Body, Expression, Pair, Truth, pair

RADIAN = 0.017453292519943295


class NoFormError(ProgramError):
    """A primitive that no WebAssembly is known for: the code runs in another way then."""


def written(
    primitive: Any, operands: Sequence[Expression], keep: Callable[[Any], Any] = lambda x: x
) -> Expression:
    """Return the expression of a primitive; `keep` gives a local to what is read more than once."""
    if primitive is select:
        condition, chosen, otherwise = operands
        return truth(condition).chooses(number(chosen), number(otherwise))
    if primitive in LOGICAL:
        found: Truth = LOGICAL[primitive](*map(truth, operands))
        return found
    if primitive in COMBINED:
        return reduce(lambda total, term: keep(COMBINED[primitive](total, term)), map(number, operands))
    if primitive is hypot_p:
        return _hypot(list(map(number, operands)), keep)
    form = FORMS.get(primitive)
    if form is None and primitive.family is not None and primitive.family[0] is power:
        form = _power_form(*primitive.family[1])
    if form is None and primitive in CALLED:
        form = _call(CALLED[primitive])
    if form is None:
        raise NoFormError(
            f'{primitive.name} is not there in WebAssembly; write backend="python", or save as .py'
        )
    expression: Expression = form(*map(number, operands))
    return expression


def combined(primitive: Any, total: Pair, term: Pair) -> Pair:
    """Return a sum and a further term, or what takes many terms otherwise."""
    return COMBINED[primitive](total, term)


def number(x: Expression) -> Pair:
    """Return floats; of truth values 1.0 and 0.0."""
    return x.number if isinstance(x, Truth) else pair(x)


def truth(x: Expression) -> Truth:
    """Return truth values; of floats whether they differ from 0."""
    return x if isinstance(x, Truth) else pair(x).differs(0.0)


def _call(name: str) -> Callable[..., Pair]:
    return lambda *args: Pair(f"(call ${name} {' '.join(map(str, args))})")


@cache
def _power_form(exponent: float) -> Callable[..., Pair] | None:
    """Return how a power is written in products, if two roundings do."""
    if exponent == 3.0:
        return lambda x: x * x * x
    if exponent == -0.5:
        return lambda x: 1.0 / x.sqrt()
    if exponent == 1.5:
        return lambda x: x * x.sqrt()
    if exponent == -2.0:
        return lambda x: (1.0 / x) * (1.0 / x)
    call = _call("pow")
    return lambda x: call(x, pair(exponent))


def _extreme(x: Pair, y: Pair, first: Truth) -> Pair:
    """Return the first where it is the one, else the other; their sum where one is nan."""
    return first.chooses(x, (x.differs(x) | y.differs(y)).chooses(x + y, y))


def _hypot(terms: Sequence[Pair], keep: Callable[[Any], Any]) -> Pair:
    sizes = [keep(abs(term)) for term in terms]
    top = reduce(lambda x, y: keep((x < y).chooses(y, x)), sizes)
    scale = keep(top.equals(0.0).chooses(1.0, top))
    shares = [keep(size / scale) for size in sizes]
    squares = reduce(lambda x, y: x + y, [share * share for share in shares])
    length: Pair = top * squares.sqrt()
    return length


LOGICAL: dict[Any, Callable[..., Truth]] = {
    both: lambda x, y: x & y,
    either: lambda x, y: x | y,
    opposite: lambda x: ~x,
}

COMBINED: dict[Any, Callable[[Pair, Pair], Pair]] = {
    arithmetic.add: lambda x, y: x + y,
    prod_p: lambda x, y: x * y,
    largest: lambda x, y: (y > x).chooses(y, x),
    max_p: lambda x, y: _extreme(x, y, y < x),
    min_p: lambda x, y: _extreme(x, y, x < y),
}

FORMS: dict[Any, Callable[..., Expression]] = {
    arithmetic.add: lambda x, y: x + y,
    arithmetic.sub: lambda x, y: x - y,
    arithmetic.mul: lambda x, y: x * y,
    arithmetic.div: lambda x, y: x / y,
    arithmetic.neg: lambda x: -x,
    less: lambda x, y: x < y,
    less_equal: lambda x, y: x <= y,
    equal: lambda x, y: x.equals(y),
    square: lambda x: x * x,
    sqrt: lambda x: x.sqrt(),
    piecewise.abs_: lambda x: abs(x),
    piecewise.identity: lambda x: x,
    piecewise.floor: lambda x: x.whole("floor"),
    piecewise.ceil: lambda x: x.whole("ceil"),
    piecewise.trunc: lambda x: x.whole("trunc"),
    piecewise.rint: lambda x: x.whole("nearest"),
    piecewise.copysign: lambda x, y: abs(x).signed_as(y),
    trigonometric.degrees: lambda x: x * (1.0 / RADIAN),
    trigonometric.radians: lambda x: x * RADIAN,
    sum_p: lambda *terms: reduce(lambda x, y: x + y, terms),
    mean_p: lambda *terms: reduce(lambda x, y: x + y, terms) / float(len(terms)),
    dot_p: lambda *terms: _dot(terms),
    piecewise.step: lambda x: (x > 0.0).chooses(1.0, (x <= 0.0).chooses(0.0, x)),
    piecewise.sign: lambda x: (abs(x) > 0.0).chooses(pair(1.0).signed_as(x), x),
    piecewise.clamp_p: lambda x, low, high: _clamp(x, low, high),
    act.hard_tanh_p: lambda x, low, high: _hard_tanh(x, low, high),
    piecewise.round_to(0): lambda x: x.whole("nearest"),
}


def _clamp(x: Pair, low: Pair, high: Pair) -> Pair:
    raised = ((low <= x) | x.differs(x)).chooses(x, low)
    return ((raised <= high) | raised.differs(raised)).chooses(raised, high)


def _hard_tanh(x: Pair, low: Pair, high: Pair) -> Pair:
    raised = ((x <= low) | low.differs(low)).chooses(low, x)
    return ((high <= x) | high.differs(high)).chooses(high, raised)


def _dot(terms: Sequence[Pair]) -> Pair:
    size = len(terms) // 2
    products = [w * x for w, x in zip(terms, terms[size : 2 * size])]
    return reduce(lambda x, y: x + y, [*products, *terms[2 * size :]])


CALLED: dict[Any, str] = {
    exp: "exp",
    exponential.exp2: "exp2",
    exponential.expm1: "expm1",
    exponential.log: "log",
    exponential.log2: "log2",
    exponential.log10: "log10",
    exponential.log1p: "log1p",
    exponential.tanh: "tanh",
    exponential.sech_squared: "slope_of_tanh",
    pow_p: "pow",
    hyperbolic.sinh: "sinh",
    hyperbolic.cosh: "cosh",
    hyperbolic.asinh: "asinh",
    hyperbolic.acosh: "acosh",
    hyperbolic.atanh: "atanh",
    trigonometric.sin: "sin",
    trigonometric.cos: "cos",
    trigonometric.tan: "tan",
    trigonometric.asin: "asin",
    trigonometric.acos: "acos",
    trigonometric.atan: "atan",
    trigonometric.atan2: "atan2",
    cbrt: "cbrt",
    **{primitive: primitive.name for primitive in (act.silu, act.mish, act.softsign)},
    act.gelu_p: "gelu",
    exponential.softplus_p: "softplus",
    exponential.logistic_entropy: "logistic_entropy",
    special.erf: "erf",
    special.erfc: "erfc",
}
TANH_AND_SLOPE = "tanh_and_slope"

_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "exp": (1, own.exp),
    "exp2": (1, made.exp2),
    "expm1": (1, own.expm1),
    "log": (1, logarithm.log),
    "log2": (1, made.log2),
    "log10": (1, made.log10),
    "log1p": (1, logarithm.log1p),
    "tanh": (1, lambda body, x: own.tanh(body, x)[0]),
    TANH_AND_SLOPE: (1, own.tanh),
    "slope_of_tanh": (1, lambda body, x: own.tanh(body, x)[1]),
    "pow": (2, powers.pow_),
    "sinh": (1, made.sinh),
    "cosh": (1, made.cosh),
    "asinh": (1, made.asinh),
    "acosh": (1, made.acosh),
    "atanh": (1, made.atanh),
    "sin": (1, circular.sin),
    "cos": (1, circular.cos),
    "tan": (1, made.tan),
    "asin": (1, made.asin),
    "acos": (1, made.acos),
    "atan": (1, made.atan),
    "atan2": (2, made.atan2),
    "cbrt": (1, made.cbrt),
    "silu": (1, units.silu),
    "mish": (1, units.mish),
    "softsign": (1, units.softsign),
    "gelu": (1, units.gelu),
    "softplus": (1, units.softplus),
    "logistic_entropy": (1, units.logistic_entropy),
    "erf": (1, error_function.erf),
    "erfc": (1, error_function.erfc),
}


@cache
def function_text(name: str) -> str:
    """Return the text of one of the functions that are called."""
    count, build = _FUNCTIONS[name]
    body = Body(name, ["x", "y"][:count])
    found = build(body, *body.arguments)
    return body.function(found if isinstance(found, tuple) else (found,))


def function_names() -> list[str]:
    """Return the names of all functions that there are."""
    return list(_FUNCTIONS)


def is_called(primitive: Primitive | None) -> bool:
    """Say whether a primitive is a function that is called, and not an operator."""
    return primitive in CALLED
