"""With which random numbers the weights of a network begin.

An initializer is a function of a `random.Random` and of the numbers of inputs and outputs of a layer,
and gives one weight. Glorot's keep the variance of activations and gradients where the activation is
near the identity around 0; He's double it, as a rectifier lets half of its inputs through.

References: X. Glorot, Y. Bengio, AISTATS 2010, equation 16; K. He et al., ICCV 2015, equation 10.
"""

import math
from collections.abc import Callable
from random import Random

Initializer = Callable[[Random, int, int], float]


def glorot_uniform(random: Random, fan_in: int, fan_out: int) -> float:
    """Draw uniformly from ±sqrt(6 / (fan_in + fan_out))."""
    limit = math.sqrt(6.0 / (fan_in + fan_out))
    return random.uniform(-limit, limit)


def glorot_normal(random: Random, fan_in: int, fan_out: int) -> float:
    """Draw from a normal distribution of variance 2 / (fan_in + fan_out)."""
    return random.gauss(0.0, math.sqrt(2.0 / (fan_in + fan_out)))


def he_uniform(random: Random, fan_in: int, fan_out: int) -> float:
    """Draw uniformly from ±sqrt(6 / fan_in)."""
    limit = math.sqrt(6.0 / fan_in)
    return random.uniform(-limit, limit)


def he_normal(random: Random, fan_in: int, fan_out: int) -> float:
    """Draw from a normal distribution of variance 2 / fan_in."""
    return random.gauss(0.0, math.sqrt(2.0 / fan_in))


INITIALIZERS: dict[str, Initializer] = {
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "xavier_uniform": glorot_uniform,
    "xavier_normal": glorot_normal,
    "kaiming_uniform": he_uniform,
    "kaiming_normal": he_normal,
}
