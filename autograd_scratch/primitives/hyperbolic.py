"""The hyperbolic functions and their inverses; the hyperbolic tangent is beside the logistic function."""

import math

from .definition import primitive
from .norms import hypot
from .powers import one_minus_square, sqrt


@primitive(partials=lambda out, x: (cosh(x),))
def sinh(x: float) -> float:
    """The hyperbolic sine.

    >>> sinh(1.0), sinh(-1000.0)
    (1.1752011936438014, -inf)
    """
    return math.sinh(x)


@primitive(partials=lambda out, x: (sinh(x),))
def cosh(x: float) -> float:
    """The hyperbolic cosine.

    >>> cosh(1.0)
    1.5430806348152437
    """
    return math.cosh(x)


@primitive(partials=lambda out, x: (1.0 / hypot(1.0, x),))
def asinh(x: float) -> float:
    """The number whose hyperbolic sine is `x`.

    >>> asinh(1e200)
    461.2101657793691
    """
    return math.asinh(x)


@primitive(partials=lambda out, x: (1.0 / (sqrt(x - 1.0) * sqrt(x + 1.0)),), domain=(1.0, math.inf))
def acosh(x: float) -> float:
    """The nonnegative number whose hyperbolic cosine is `x`.

    >>> acosh(1.0)
    0.0
    """
    return math.acosh(x)


@primitive(partials=lambda out, x: (1.0 / one_minus_square(x),), domain=(-1.0, 1.0))
def atanh(x: float) -> float:
    """The number whose hyperbolic tangent is `x`.

    >>> atanh(0.5), atanh(1.0)
    (0.5493061443340548, inf)
    """
    return math.atanh(x)
