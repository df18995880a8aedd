"""Which function of this package does what a function of NumPy's does, or of scipy.special.

A primitive takes Values and plain numbers alike, and where Python raises it answers as IEEE 754 does.
A function of NumPy's that is not in these tables runs as NumPy has it.
"""

import math
from collections.abc import Callable
from typing import Any

from .. import primitives
from ..primitives import arithmetic, maximum, minimum, where
from ..primitives.conditions import is_infinite, is_nan
from ..primitives.piecewise import equal, step
from ..value import Value
from . import special

Function = Callable[..., Any]

_LOG_2 = math.log(2.0)

_SAME_NAME = (
    "exp exp2 expm1 log log2 log10 log1p sqrt cbrt square sin cos tan sinh cosh tanh "
    "floor ceil trunc rint degrees radians erf sign reciprocal"
)
_OF_ONE = {name: name for name in _SAME_NAME.split()} | {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "deg2rad": "radians",
    "rad2deg": "degrees",
    "fabs": "abs_",
    # SciPy's
    "expit": "sigmoid",
    "log_expit": "log_sigmoid",
    "erfc": "erfc",
    "gamma": "gamma",
    "gammaln": "lgamma",
    "psi": "digamma",
    "softplus": "softplus",
}


def _of_one(name: str, primitive: Function) -> Function:
    """Return what runs as NumPy's function `name`: a Value's method is three times as fast."""
    method = getattr(Value, name, None)
    return primitive if method is None else lambda x: method(x) if x.__class__ is Value else primitive(x)


def _quotient(x: Any, y: Any) -> Any:
    return x / y if isinstance(x, Value) or isinstance(y, Value) else arithmetic.div(x, y)


def _heaviside(x: Any, at_zero: Any) -> Any:
    return where(equal(x, 0.0), at_zero, step(x))


def _fraction(x: Any) -> Any:
    return where(is_infinite(x), primitives.copysign(0.0, x), primitives.fmod(x, 1.0))


def _larger_number(x: Any, y: Any) -> Any:
    """The larger of two of which one may be nan."""
    return where(is_nan(x), y, where(is_nan(y), x, maximum(x, y)))


def _smaller_number(x: Any, y: Any) -> Any:
    return where(is_nan(x), y, where(is_nan(y), x, minimum(x, y)))


def _logaddexp2(x: Any, y: Any) -> Any:
    return primitives.logaddexp(x * _LOG_2, y * _LOG_2) / _LOG_2


FUNCTIONS: dict[str, Function] = {
    **special.FUNCTIONS,
    **{name: _of_one(name, getattr(primitives, ours)) for name, ours in _OF_ONE.items()},
    "arctan2": primitives.atan2,
    "copysign": primitives.copysign,
    "floor_divide": arithmetic.floordiv,
    "fmod": primitives.fmod,
    "hypot": primitives.hypot,
    "ldexp": lambda x, exponent: x * primitives.pow_(2.0, exponent),
    "logaddexp": primitives.logaddexp,
    "logaddexp2": _logaddexp2,
    "remainder": arithmetic.mod,
    "divide": _quotient,
    "true_divide": _quotient,
    "power": primitives.pow_,
    "float_power": primitives.pow_,
    "conjugate": lambda x: x,
    "maximum": maximum,
    "minimum": minimum,
    "heaviside": _heaviside,
    "fmax": _larger_number,
    "fmin": _smaller_number,
    "clip": primitives.clamp,
}
PAIRS: dict[str, tuple[Function, Function]] = {
    "divmod": (arithmetic.floordiv, arithmetic.mod),
    "modf": (_fraction, primitives.trunc),
}
REDUCTIONS: dict[str, Function] = {
    "add": primitives.sum_,
    "multiply": primitives.prod,
    "maximum": primitives.max_,
    "minimum": primitives.min_,
    "logaddexp": primitives.logsumexp,
    "hypot": primitives.hypot,
}
