"""The functions between the layers of a network."""

import math
from typing import Any

from ..ieee import real
from .definition import Primitive, family, primitive
from .piecewise import step


@primitive(partials=lambda out, x: (out * sigmoid(-x),), label="sigmoid")
def sigmoid(x: float) -> float:
    """The logistic function 1 / (1 + exp(-x)), with all its digits on both sides.

    >>> sigmoid(0.0), sigmoid(-40.0)
    (0.5, 4.248354255291589e-18)
    """
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


@primitive(partials=lambda out, x: (step(x),))
def relu(x: float) -> float:
    """The rectifier max(x, 0); its derivative at 0 is 0.

    >>> relu(2.0), relu(-2.0)
    (2.0, 0.0)
    """
    return 0.0 if x <= 0.0 else x


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """`x` above zero, `negative_slope * x` at zero and below.

    >>> leaky_relu(3.0), leaky_relu(-3.0, 0.5)
    (3.0, -1.5)
    """
    return leaky(real(negative_slope, "the negative slope"))(x)


@family((0.01,), (0.3,))
def leaky(negative_slope: float) -> Primitive:
    """The primitive `leaky_relu` of one slope."""

    @primitive(
        partials=lambda out, x: (step(x) + negative_slope * (1.0 - step(x)),),
        name=f"leaky_relu[{negative_slope!r}]",
        source=f"leaky_relu({{0}}, {negative_slope!r})",
        label="leaky_relu",
    )
    def rectified(x: float) -> float:
        return x if x > 0.0 else negative_slope * x

    return rectified


@primitive(partials=lambda out, x: (sigmoid(x),))
def softplus(x: float) -> float:
    """log(1 + exp(x)), a smooth rectifier.

    >>> softplus(0.0), softplus(1000.0)
    (0.6931471805599453, 1000.0)
    """
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
