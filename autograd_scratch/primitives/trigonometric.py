"""The trigonometric functions and their inverses; angles are in radians."""

import math
from typing import Any

from .definition import Primitive, family, primitive
from .norms import hypot
from .piecewise import equal, where
from .powers import one_minus_square, sqrt


@primitive(partials=lambda out, x: (cos(x),))
def sin(x: float) -> float:
    """The sine.

    >>> sin(math.pi / 6)
    0.49999999999999994
    """
    return math.sin(x)


@primitive(partials=lambda out, x: (-sin(x),))
def cos(x: float) -> float:
    """The cosine.

    >>> cos(math.pi / 3)
    0.5000000000000001
    """
    return math.cos(x)


@primitive(partials=lambda out, x: (1.0 + out * out,))
def tan(x: float) -> float:
    """The tangent.

    >>> tan(math.pi / 4)
    0.9999999999999999
    """
    return math.tan(x)


@primitive(partials=lambda out, x: (1.0 / sqrt(one_minus_square(x)),), domain=(-1.0, 1.0))
def asin(x: float) -> float:
    """The angle from -pi/2 to pi/2 whose sine is `x`.

    >>> asin(1.0)
    1.5707963267948966
    """
    return math.asin(x)


@primitive(partials=lambda out, x: (-1.0 / sqrt(one_minus_square(x)),), domain=(-1.0, 1.0))
def acos(x: float) -> float:
    """The angle from 0 to pi whose cosine is `x`.

    >>> acos(-1.0)
    3.141592653589793
    """
    return math.acos(x)


@primitive(partials=lambda out, x: (1.0 / (1.0 + x * x),))
def atan(x: float) -> float:
    """The angle from -pi/2 to pi/2 whose tangent is `x`.

    >>> atan(1.0)
    0.7853981633974483
    """
    return math.atan(x)


# the slopes are cos and sin of the angle over the radius, which goes to 0 far out and has no limit at 0
def _atan2_partials(out: Any, y: Any, x: Any) -> tuple[Any, Any]:
    radius = hypot(y, x)
    flat = equal(radius, 0.0) + equal(radius, math.inf)
    return where(flat, 0.0, x / radius / radius), where(flat, 0.0, -y / radius / radius)


@primitive(partials=_atan2_partials)
def atan2(y: float, x: float) -> float:
    """The angle of the point (x, y) with the x axis, from -pi to pi.

    >>> atan2(1.0, -1.0)
    2.356194490192345
    """
    return math.atan2(y, x)


@primitive(partials=lambda out, x: (180.0 / math.pi,))
def degrees(x: float) -> float:
    """The angle `x` in degrees.

    >>> degrees(math.pi)
    180.0
    """
    return math.degrees(x)


@primitive(partials=lambda out, x: (math.pi / 180.0,))
def radians(x: float) -> float:
    """The angle `x`, given in degrees, in radians.

    >>> radians(180.0)
    3.141592653589793
    """
    return math.radians(x)


@primitive(partials=lambda out, x: (sinc_derivative(1)(x),))
def sinc(x: float) -> float:
    """sin(x) / x, smooth at 0. NumPy's and PyTorch's normalized function is `sinc(pi * x)`.

    >>> sinc(0.0), sinc(math.pi / 2)
    (1.0, 0.6366197723675814)
    """
    if math.isinf(x):
        return 0.0
    return math.sin(x) / x if x else 1.0


@family((1,), (2,), (3,))
def sinc_derivative(order: int) -> Primitive:
    """The derivative of `sinc` of some order, from 1 on.

    x sinc(x) = sin(x), differentiated n times, gives each from the one before; near 0, where that
    cancels, the power series of sinc is differentiated.

    >>> sinc_derivative(2)(0.0)
    -0.3333333333333333
    """

    @primitive(
        partials=lambda out, x: (sinc_derivative(order + 1)(x),),
        name=f"sinc_derivative[{order!r}]",
        source=f"sinc_derivative({order!r})({{0}})",
    )
    def derivative(x: float) -> float:
        if math.isinf(x):
            return 0.0
        if abs(x) >= order + 1.0:
            out = math.sin(x) / x
            for k in range(1, order + 1):
                out = ((math.sin, math.cos)[k % 2](x) * (-1.0) ** (k // 2) - k * out) / x
            return out
        terms = range(order + order % 2, order + 40, 2)
        sizes = (math.perm(k, order) / math.factorial(k + 1) * x ** (k - order) for k in terms)
        return math.fsum(-size if k // 2 % 2 else size for k, size in zip(terms, sizes))

    return derivative
