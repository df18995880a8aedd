"""The module `math` once more, for the numbers of any type: what a rule calls instead of it.

What needs integers only is exact in all types. What a type's own functions provide is theirs, and some
is derived from others. A function that a type has not is a MissingFunctionError.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from .wrapped import MissingFunctionError, Number


class Functions:
    """The functions of `math` on wrapped numbers, found by name when they are asked for.

    `module` has the functions of the number type, under the names that they have in `math`.

    >>> from autograd_scratch.program.number_types import Arithmetic
    >>> functions = Arithmetic(Fraction).functions
    >>> functions.floor(2.5), functions.fmod(-7.0, 3.0)
    (2, Fraction(-1, 1))
    """

    inf = math.inf
    nan = math.nan
    sqrt: Callable[..., Number]
    atan: Callable[..., Number]

    def __init__(self, number: type[Number], module: Any) -> None:
        self.number = number
        self.module = module
        self.adapted = ADAPTED.get(number.kind.package, {})

    def __getattr__(self, name: str) -> Any:
        if name in CONSTANTS:
            return self._constant(name)
        function = WHOLE.get(name) or self._exact(name) or self.own(name) or self._derived(name)
        if function is None:
            raise MissingFunctionError(name)
        setattr(self, name, function)
        return function

    def own(self, name: str) -> Callable[..., Number] | None:
        """Return the number type's own function, on wrapped numbers; None if it has none."""
        adapted = self.adapted.get(name, name)
        if isinstance(adapted, str):
            function = getattr(self.module, adapted, None)
        else:
            function = adapted and partial(adapted, self.module)
        if not callable(function):
            return None

        def own(*args: Any) -> Number:
            return self.number(function(*(self.number(arg).number for arg in args)))

        return own if name != "log" else lambda x, *base: own(x) / own(*base) if base else own(x)

    def _constant(self, name: str) -> Any:  # not kept, as its precision may change
        function, argument, factor = CONSTANTS[name]
        found = self.own(function)
        if found is None:
            raise MissingFunctionError(name)
        return found(argument) * factor

    def _exact(self, name: str) -> Callable[..., Any] | None:
        function, over_terms = EXACT.get(name), OVER_TERMS.get(name)
        if over_terms is not None:
            return lambda *rows: over_terms(self, *(list(map(self.number, terms)) for terms in rows))
        return function and (lambda *args: function(*map(self.number, args)))

    def _derived(self, name: str) -> Callable[..., Number] | None:
        function = DERIVED.get(name)
        return function and (lambda *args: function(self, *map(self.number, args)))


def _copysign(x: Number, y: Number) -> Number:
    size = abs(x)
    return -size if y < 0 or (y == 0 and math.copysign(1.0, float(y.number.real)) < 0.0) else size


def _is_infinite(x: Number) -> bool:
    return x.number.real in (math.inf, -math.inf)


def _is_finite(x: Number) -> bool:
    return not _is_infinite(x) and x == x


def _sum(functions: Functions, terms: Sequence[Number]) -> Number:
    """Add up, rounding once; of complex numbers the parts are not told apart."""
    if functions.number.kind.is_complex or not all(map(_is_finite, terms)):
        return sum(terms, functions.number(0))
    exact = sum((term.exact() for term in terms), Fraction(0))
    return functions.number(functions.number.kind.of_fraction(exact))


def _hypot(functions: Functions, *terms: Number) -> Number:
    largest = max(map(abs, terms), default=functions.number(0))
    if not largest or _is_infinite(largest):
        return largest
    shares = [term / largest for term in terms]
    length: Number = largest * functions.sqrt(sum(share * share for share in shares))
    return length


def _cbrt(functions: Functions, x: Number) -> Number:
    root = functions.own("positive_cbrt") or (lambda size: size ** (functions.number(1) / 3))
    return -root(-x) if x < 0 else root(x)


def _atan2(functions: Functions, y: Number, x: Number) -> Any:
    quarter = _copysign(functions.pi / 2, y)
    if abs(y) > abs(x):
        return quarter - functions.atan(x / y)
    if not x:
        return functions.number(0) if _copysign(functions.number(1), x) > 0 else 2 * quarter
    angle = functions.atan(y / x)
    return angle + 2 * quarter if x < 0 else angle


def _log_gamma(mpmath: Any, x: Any) -> Any:
    """The logarithm of |gamma(x)|, continued from the real axis to complex numbers."""
    if x.imag == 0 or x.real > 0:
        logarithm = mpmath.loggamma(x)
        return logarithm if x.imag else logarithm.real
    gamma = mpmath.gamma(x)
    return mpmath.log(-gamma if gamma.real < 0 else gamma)


CONSTANTS = {"pi": ("acos", -1, 1), "tau": ("acos", -1, 2), "e": ("exp", 1, 1)}

WHOLE = {name: getattr(math, name) for name in ("comb", "factorial", "gcd", "isqrt", "lcm", "perm")}

EXACT: dict[str, Callable[..., Any]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "fabs": abs,
    "pow": pow,
    "copysign": _copysign,
    "fmod": lambda x, y: x.left_over(y, math.trunc(x.exact() / y.exact())),
    "remainder": lambda x, y: x.left_over(y, round(x.exact() / y.exact())),
    "isnan": lambda x: x != x,
    "isinf": _is_infinite,
    "isfinite": _is_finite,
}

DERIVED: dict[str, Callable[..., Number]] = {
    "exp2": lambda functions, x: functions.number(2) ** x,
    "log2": lambda functions, x: functions.log(x) / functions.log(2),
    "log10": lambda functions, x: functions.log(x) / functions.log(10),
    "hypot": _hypot,
    "cbrt": _cbrt,
    "atan2": _atan2,
    "degrees": lambda functions, x: x * 180 / functions.pi,
    "radians": lambda functions, x: x * functions.pi / 180,
}

OVER_TERMS: dict[str, Callable[..., Number]] = {
    "fsum": _sum,
    "prod": lambda functions, terms: math.prod(terms, start=functions.number(1)),
    "sumprod": lambda functions, xs, ys: _sum(functions, [x * y for x, y in zip(xs, ys, strict=True)]),
    "dist": lambda functions, xs, ys: functions.hypot(*(x - y for x, y in zip(xs, ys, strict=True))),
}

ADAPTED: dict[str, dict[str, Any]] = {
    "mpmath": {
        "hypot": None,
        "atan2": None,
        "cbrt": None,  # of two numbers, of real, of positive ones
        "positive_cbrt": "cbrt",
        "lgamma": _log_gamma,
        "polygamma": lambda mpmath, order, x: mpmath.psi(int(order.real), x),
    },
    "gmpy2": {"hypot": None, "lgamma": lambda gmpy2, x: gmpy2.lgamma(x)[0]},  # which tells the sign too
    "numpy": {
        **{name: f"arc{name[1:]}" for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
        "hypot": None,
        "atan2": "arctan2",
    },
}
