"""The equalities that textbooks use without saying so: each is a line of a table.

Each has a left side and a right side, functions of operands that give expressions. Wherever the left side
stands in a trace, the right side may stand. `SPELLINGS` are of the forward part: what people spell by hand
is taken for the function that it is while it is differentiated, and computed as it was written. `SLOPES`
are of the backward part: what the rules of the primitives write is written as lectures do. All else, such
as p - y for softmax with cross-entropy, is algebra, and nothing is said of it here (see `algebra`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from ...primitives.activations import relu
from ...primitives.exponential import (
    exp,
    expm1,
    log,
    log_sigmoid,
    logistic_density,
    sech_squared,
    sigmoid,
    tanh,
)
from ...primitives.hyperbolic import cosh, sinh
from ...primitives.logits import cross_entropy_p
from ...primitives.penalties import (
    binary_cross_entropy_p,
    binary_cross_entropy_with_logits_p,
    entropy_slope,
)
from ...primitives.piecewise import less, less_equal, select
from ...primitives.powers import one_minus_square, power, reciprocal, square
from ...primitives.reductions import max_p


class Equality(NamedTuple):
    """Two expressions of the same operands that are equal: what is found, and what it is taken for."""

    left: Callable[..., Any]
    right: Callable[..., Any]


SPELLINGS = (
    # the logistic function
    Equality(lambda z: 1.0 / (1.0 + exp(-z)), sigmoid),
    Equality(lambda z: power(-1.0)(1.0 + exp(-z)), sigmoid),
    Equality(lambda z: reciprocal(1.0 + exp(-z)), sigmoid),
    Equality(lambda z: exp(z) / (1.0 + exp(z)), sigmoid),
    Equality(lambda z: 1.0 - 1.0 / (1.0 + exp(z)), sigmoid),
    Equality(lambda z: 0.5 * (1.0 + tanh(z / 2.0)), sigmoid),
    Equality(lambda z: 0.5 * (1.0 + tanh(0.5 * z)), sigmoid),
    Equality(lambda z: (1.0 + tanh(z / 2.0)) / 2.0, sigmoid),
    Equality(lambda z: (1.0 + tanh(0.5 * z)) / 2.0, sigmoid),
    Equality(lambda z: 0.5 + 0.5 * tanh(z / 2.0), sigmoid),
    Equality(lambda z: 0.5 + 0.5 * tanh(0.5 * z), sigmoid),
    Equality(lambda z: select(less_equal(0.0, z), sigmoid(z), sigmoid(z)), sigmoid),
    # the hyperbolic tangent
    Equality(lambda z: (exp(z) - exp(-z)) / (exp(z) + exp(-z)), tanh),
    Equality(lambda z: sinh(z) / cosh(z), tanh),
    Equality(lambda z: (exp(2.0 * z) - 1.0) / (exp(2.0 * z) + 1.0), tanh),
    Equality(lambda z: expm1(2.0 * z) / (exp(2.0 * z) + 1.0), tanh),
    Equality(lambda z: (1.0 - exp(-2.0 * z)) / (1.0 + exp(-2.0 * z)), tanh),
    Equality(lambda z: 1.0 - 2.0 / (exp(2.0 * z) + 1.0), tanh),
    Equality(lambda z: 2.0 / (1.0 + exp(-2.0 * z)) - 1.0, tanh),
    Equality(lambda z: 2.0 * sigmoid(2.0 * z) - 1.0, tanh),
    # the rectifier
    Equality(lambda z: max_p(0.0, z), relu),
    Equality(lambda z: max_p(z, 0.0), relu),
    Equality(lambda z: select(less(0.0, z), z, 0.0), relu),
    Equality(lambda z: select(less_equal(0.0, z), z, 0.0), relu),
    Equality(lambda z: select(less(z, 0.0), 0.0, z), relu),
    Equality(lambda z: select(less_equal(z, 0.0), 0.0, z), relu),
    Equality(lambda z: z * less(0.0, z), relu),
)

SLOPES = (
    Equality(logistic_density, lambda z: sigmoid(z) * (1.0 - sigmoid(z))),
    Equality(sech_squared, lambda z: 1.0 - square(tanh(z))),
    Equality(one_minus_square, lambda x: 1.0 - square(x)),
    Equality(lambda z: sigmoid(-z), lambda z: 1.0 - sigmoid(z)),
    Equality(entropy_slope, lambda p, y: (p - y) / (p * (1.0 - p))),
)

LOSSES = (  # of ours, as textbooks define them
    Equality(binary_cross_entropy_p, lambda p, y: -(y * log(p) + (1.0 - y) * log(1.0 - p))),
    Equality(
        binary_cross_entropy_with_logits_p,
        lambda z, y: -(y * log(sigmoid(z)) + (1.0 - y) * log(1.0 - sigmoid(z))),
    ),
    Equality(log_sigmoid, lambda z: log(sigmoid(z))),
)

# in whose derivatives, or those of what is made of them, something cancels
OTHERWISE = frozenset((exp, tanh, sigmoid, max_p, binary_cross_entropy_p, cross_entropy_p))
