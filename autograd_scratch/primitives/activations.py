"""The functions between the layers of a network; see also `sigmoid` and `tanh`."""

import math
from typing import Any

from ..errors import RangeError, look_up
from ..ieee import NAN
from ..signatures import call_form
from .arguments import is_array, is_unknown
from .definition import primitive
from .exponential import exp, expm1, logistic_density, sech_squared, sigmoid, softplus_p, tanh
from .piecewise import abs_, equal, less_equal, step, where
from .special import erfc

ROOT_2 = math.sqrt(2.0)
SELU_ALPHA = 1.6732632423543772  # Klambauer et al., Self-Normalizing Neural Networks, 2017
SELU_SCALE = 1.0507009873554805
FAR = 1000.0  # where exponentials have come to their limits
SERIES = 60  # terms of that of exp below 1, for 80 digits


def _tails(x: Any, slope: Any) -> Any:
    """Return `slope`, but far out, where its formula may multiply 0 by inf, its limits: 1 right, 0 left."""
    return where(less_equal(abs_(x), FAR), slope, step(x))


@primitive(partials=lambda out, x: (step(x),))
def relu(x: float) -> float:
    """The rectifier max(x, 0); its derivative at 0 is 0.

    >>> relu(2.0), relu(-2.0)
    (2.0, 0.0)
    """
    return 0.0 if x <= 0.0 else x


@primitive(partials=lambda out, x: (step(x) * step(6.0 - x),))
def relu6(x: float) -> float:
    """The rectifier that saturates at 6.

    >>> relu6(-1.0), relu6(3.0), relu6(8.0)
    (0.0, 3.0, 6.0)
    """
    return 0.0 if x <= 0.0 else 6.0 if x >= 6.0 else x


def _leaky_partials(out: Any, x: Any, slope: Any) -> tuple[Any, Any]:
    below = less_equal(x, 0.0)
    return where(below, slope, step(x)), where(below, x, 0.0 * step(x))


@primitive(name="leaky_relu", partials=_leaky_partials)
def leaky_relu_p(x: float, slope: float) -> float:
    """`x` above zero, `slope * x` at zero and below."""
    return x if x > 0.0 else slope * x


@call_form()
def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    """`x` above zero, `negative_slope * x` at zero and below.

    With a Value for the slope it is the parametric rectifier.

    >>> leaky_relu(3.0), leaky_relu(-3.0, 0.5)
    (3.0, -1.5)
    """
    return leaky_relu_p(x, negative_slope)


def _exponential_partials(out: Any, x: Any, alpha: Any) -> tuple[Any, Any]:
    below = less_equal(x, 0.0)
    return where(below, alpha * exp(x), step(x)), where(below, expm1(x), 0.0 * step(x))


@primitive(name="elu", partials=_exponential_partials)
def elu_p(x: float, alpha: float) -> float:
    """`x` above zero, `alpha * (exp(x) - 1)` at zero and below."""
    return alpha * math.expm1(x) if x <= 0.0 else x


@call_form()
def elu(x: Any, alpha: Any = 1.0) -> Any:
    """`x` above zero, `alpha * (exp(x) - 1)` at zero and below.

    >>> elu(2.0), elu(-1000.0, 0.5)
    (2.0, -0.5)
    """
    return elu_p(x, alpha)


@primitive(
    partials=lambda out, x: (
        where(less_equal(x, 0.0), SELU_SCALE * SELU_ALPHA * exp(x), SELU_SCALE * step(x)),
    )
)
def selu(x: float) -> float:
    """The scaled `elu` that keeps mean 0 and variance 1 from layer to layer.

    >>> selu(1.0), selu(-1000.0)
    (1.0507009873554805, -1.7580993408473766)
    """
    return SELU_SCALE * (SELU_ALPHA * math.expm1(x) if x <= 0.0 else x)


@primitive(partials=lambda out, x: (-x * exp(x),))
def exponential_gap(x: float) -> float:
    """(1 - x) exp(x) - 1: how far the tangent of exp at `x` passes below 1 at 0.

    It is the derivative of alpha (exp(1 / alpha * y) - 1) by alpha, where x = y / alpha. Near 0 its terms
    cancel, so there it is exp(x) times the power series of 1 - x - exp(-x).

    >>> exponential_gap(1e-10), exponential_gap(-math.inf)
    (-5.000000000333334e-21, -1.0)
    """
    if x == -math.inf:
        return -1.0
    power = math.exp(x)
    if not abs(x) < 1.0:
        return (1.0 - x) * power - 1.0
    total, term = 0.0, -x
    for k in range(2, SERIES):
        term *= -x / k
        total += term
    return -power * total


def _continuous_partials(out: Any, x: Any, alpha: Any) -> tuple[Any, ...]:
    below, share = less_equal(x, 0.0), x / alpha
    slopes = where(below, exp(share), step(x)), where(below, exponential_gap(share), 0.0 * step(x))
    return tuple(where(equal(alpha, 0.0), NAN, slope) for slope in slopes)


@primitive(name="celu", partials=_continuous_partials)
def celu_p(x: float, alpha: float) -> float:
    """`x` above zero, `alpha * (exp(x / alpha) - 1)` at zero and below; nan for an `alpha` of zero."""
    if alpha == 0.0:
        return NAN
    return alpha * math.expm1(x / alpha) if x <= 0.0 else x


@call_form()
def celu(x: Any, alpha: Any = 1.0) -> Any:
    """The `elu` whose slope at zero is 1 whatever `alpha`: alpha * (exp(x / alpha) - 1) below zero.

    >>> celu(2.0), celu(-1000.0, 0.5)
    (2.0, -0.5)
    """
    if not is_unknown(alpha) and not is_array(alpha) and alpha == 0.0:
        raise RangeError("celu divides by its alpha, which must not be 0; for alpha near 0 write relu(x)")
    return celu_p(x, alpha)


@primitive(partials=lambda out, x: (_tails(x, sigmoid(x) + x * logistic_density(x)),))
def silu(x: float) -> float:
    """`x * sigmoid(x)`, also called swish.

    >>> silu(1.0), silu(-math.inf)
    (0.7310585786300049, 0.0)
    """
    return 0.0 if x == -math.inf else x * sigmoid(x)


def _mish_partials(out: Any, x: Any) -> tuple[Any]:
    gate = softplus_p(x)
    bend = sech_squared(gate) * sigmoid(x)
    return (_tails(x, tanh(gate) + x * bend),)


@primitive(partials=_mish_partials)
def mish(x: float) -> float:
    """`x * tanh(softplus(x))`.

    >>> mish(1.0)
    0.8650983882673103
    """
    return 0.0 if x == -math.inf else x * math.tanh(softplus_p(x))


def _gelu_partials(out: Any, x: Any) -> tuple[Any]:
    density = exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return (_tails(x, 0.5 * erfc(-x / ROOT_2) + x * density),)


@primitive(name="gelu", partials=_gelu_partials)
def gelu_p(x: float) -> float:
    """`x` times the probability that a standard normal variable is below `x`."""
    return 0.0 if x == -math.inf else 0.5 * x * math.erfc(-x / ROOT_2)


def twice_bent(x: Any) -> Any:
    """Twice the argument of the hyperbolic tangent: 1 + tanh(u) is 2 sigmoid(2 u)."""
    return 2.0 * math.sqrt(2.0 / math.pi) * (x + 0.044715 * x * x * x)


def _gelu_tanh_partials(out: Any, x: Any) -> tuple[Any]:
    bent = twice_bent(x)
    slope = 2.0 * math.sqrt(2.0 / math.pi) * (1.0 + 0.134145 * x * x)
    return (_tails(x, sigmoid(bent) + x * logistic_density(bent) * slope),)


@primitive(name="gelu_tanh", partials=_gelu_tanh_partials, source='gelu({0}, approximate="tanh")')
def gelu_tanh_p(x: float) -> float:
    """The `gelu` that GPT-2 uses, with tanh for the probability."""
    return 0.0 if x == -math.inf else x * sigmoid(twice_bent(x))


@call_form()
def gelu(x: Any, approximate: str = "none") -> Any:
    """`x` times the probability that a standard normal variable is below `x`.

    With `approximate="tanh"` a formula with tanh for that probability. Reference: Hendrycks, Gimpel,
    Gaussian Error Linear Units, 2016.

    >>> gelu(1.0), gelu(1.0, approximate="tanh")
    (0.8413447460685429, 0.8411919906082768)
    """
    return look_up(approximate, {"none": gelu_p, "tanh": gelu_tanh_p}, "approximation of gelu")(x)


def _softsign_partials(out: Any, x: Any) -> tuple[Any]:
    share = 1.0 / (1.0 + abs_(x))
    return (share * share,)


@primitive(partials=_softsign_partials)
def softsign(x: float) -> float:
    """`x / (1 + |x|)`.

    >>> softsign(1.0), softsign(-math.inf)
    (0.5, -1.0)
    """
    return x / (1.0 + abs(x)) if abs(x) != math.inf else math.copysign(1.0, x)


def _hard_tanh_partials(out: Any, x: Any, low: Any, high: Any) -> tuple[Any, ...]:
    above_low, below_high = step(x - low), step(high - x)
    slopes = above_low * below_high, (1.0 - above_low) * below_high, 1.0 - below_high
    return tuple(where(equal(out, NAN), NAN, slope) for slope in slopes)


@primitive(name="hard_tanh", partials=_hard_tanh_partials)
def hard_tanh_p(x: float, low: float, high: float) -> float:
    """`x` cut off at both bounds, where the derivative is 0; nan where any of the three is."""
    if x >= high or high != high:
        return high
    return low if x <= low or low != low else x


@call_form()
def hard_tanh(x: Any, min_val: Any = -1.0, max_val: Any = 1.0) -> Any:
    """`x` cut off at both bounds, where the derivative is 0: `clamp` has 1 there.

    >>> hard_tanh(-3.0), hard_tanh(0.5)
    (-1.0, 0.5)
    """
    return hard_tanh_p(x, min_val, max_val)


@primitive(partials=lambda out, x: (step(x + 3.0) * step(3.0 - x) / 6.0,))
def hard_sigmoid(x: float) -> float:
    """A straight line from 0 at -3 to 1 at 3.

    >>> hard_sigmoid(-4.0), hard_sigmoid(0.0), hard_sigmoid(4.0)
    (0.0, 0.5, 1.0)
    """
    return 0.0 if x <= -3.0 else 1.0 if x >= 3.0 else (x + 3.0) / 6.0


@primitive(partials=lambda out, x: (where(less_equal(3.0, abs_(x)), step(x), (2.0 * x + 3.0) / 6.0),))
def hard_swish(x: float) -> float:
    """`x * hard_sigmoid(x)`.

    >>> hard_swish(-4.0), hard_swish(1.0), hard_swish(4.0)
    (0.0, 0.6666666666666666, 4.0)
    """
    return 0.0 if x <= -3.0 else x if x >= 3.0 else x * (x + 3.0) / 6.0
