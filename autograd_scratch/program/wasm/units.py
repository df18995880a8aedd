"""Activations of pairs that are right at infinity, too, where what follows might hide a nan.

Elsewhere their formulas are written out, and share their parts with the derivatives.
"""

from .error_function import erfc
from .exponential import exp, tanh
from .logarithm import INF, log1p
from .pairs import Body, Pair

ROOT_2 = 2.0**0.5


def softplus(body: Body, x: Pair) -> Pair:
    """log(1 + exp(x))."""
    tail = body.keep(log1p(body, body.keep(exp(body, body.keep(-abs(x))))))
    return (x < 0.0).chooses(tail, x + tail)


def logistic_entropy(body: Body, x: Pair) -> Pair:
    """The entropy of sigmoid(x) and sigmoid(-x)."""
    size = body.keep(abs(x))
    power = body.keep(exp(body, body.keep(-size)))
    tail = body.keep(log1p(body, power))
    return size.equals(INF).chooses(0.0, tail + size * (power / (1.0 + power)))


def silu(body: Body, x: Pair) -> Pair:
    """The product of x and sigmoid(x)."""
    return _limited(x, x / (1.0 + exp(body, body.keep(-x))))


def mish(body: Body, x: Pair) -> Pair:
    """The product of x and tanh(softplus(x))."""
    bent, _ = tanh(body, body.keep(softplus(body, x)))
    return _limited(x, x * bent)


def gelu(body: Body, x: Pair) -> Pair:
    """The product of x and the share of a normal distribution that is below x."""
    return _limited(x, 0.5 * x * erfc(body, body.keep(-x / ROOT_2)))


def softsign(body: Body, x: Pair) -> Pair:
    """The quotient of x and 1 + abs(x)."""
    size = abs(x)
    share = size.equals(INF).chooses(1.0, size / (1.0 + size))
    return share.signed_as(x)


def _limited(x: Pair, found: Pair) -> Pair:
    """Return -0 where x is minus infinity."""
    return x.equals(-INF).chooses(-0.0, found)
