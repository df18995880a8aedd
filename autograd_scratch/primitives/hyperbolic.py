"""The hyperbolic functions and their inverses.

The formulas of the derivatives are chosen to keep their digits far out, at higher orders too:
1 - tanh(x)**2 is 0 at 20, where the derivative is 1.7e-17.
"""

import math

from .definition import primitive
from .exponential import sigmoid
from .powers import sqrt
from .reductions import hypot


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


@primitive(partials=lambda out, x: (4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x),))
def tanh(x: float) -> float:
    """The hyperbolic tangent.

    >>> tanh(1.0)
    0.7615941559557649
    """
    return math.tanh(x)


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


@primitive(partials=lambda out, x: (1.0 / ((1.0 - x) * (1.0 + x)),), domain=(-1.0, 1.0))
def atanh(x: float) -> float:
    """The number whose hyperbolic tangent is `x`.

    >>> atanh(0.5), atanh(1.0)
    (0.5493061443340548, inf)
    """
    return math.atanh(x)
