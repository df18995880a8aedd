"""Which functions and constants a formula may name, and what is computed for them.

All are functions of floats as well as of Values, and give inf and nan where Python raises.

    >>> FUNCTIONS["sum"].call(1.0, 2.0), OPERATIONS[ast.Pow](9.0, 1e3), OPERATIONS[ast.Div](1.0, 0.0)
    (3.0, inf, inf)
"""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import arrays, nn, primitives
from ..primitives import Primitive
from ..primitives.arithmetic import add, div, mul, neg, sub

CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}


class Function(NamedTuple):
    """A function, and how many arguments it takes; `most` is None for any number."""

    call: Callable[..., Any]
    fewest: int
    most: int | None

    def takes(self) -> str:
        """Say how many arguments it takes.

        >>> FUNCTIONS["log"].takes(), FUNCTIONS["sum"].takes(), FUNCTIONS["where"].takes()
        ('1 or 2 arguments', 'at least 1 argument', '3 arguments')
        """
        if self.most is None:
            return f"at least {self.fewest} argument{'s' * (self.fewest > 1)}"
        counts = [*map(str, range(self.fewest, self.most + 1))]
        return f"{' or '.join(counts)} argument{'s' * (self.most > 1)}"


FUNCTIONS = {
    **{
        thing.name: Function(thing, thing.arity, thing.arity)
        for thing in vars(primitives).values()
        if isinstance(thing, Primitive) and thing.arity is not None
    },
    "binary_cross_entropy": Function(nn.binary_cross_entropy, 2, 2),
    "binary_cross_entropy_with_logits": Function(nn.binary_cross_entropy_with_logits, 2, 2),
    "celu": Function(primitives.celu, 1, 2),
    "clamp": Function(primitives.clamp, 2, 3),
    "elu": Function(primitives.elu, 1, 2),
    "fsum": Function(primitives.fsum, 1, None),
    "gelu": Function(primitives.gelu, 1, 1),
    "half_sum_of_squares": Function(nn.half_sum_of_squares, 2, 2),
    "hard_tanh": Function(primitives.hard_tanh, 1, 3),
    "hypot": Function(primitives.hypot, 1, None),
    "leaky_relu": Function(primitives.leaky_relu, 1, 2),
    "log": Function(primitives.logarithm, 1, 2),
    "logaddexp": Function(primitives.logaddexp, 2, 2),
    "logsumexp": Function(arrays.logsumexp, 1, None),
    "max": Function(primitives.max_, 1, None),
    "maximum": Function(primitives.maximum, 2, 2),
    "mean": Function(primitives.mean, 1, None),
    "min": Function(primitives.min_, 1, None),
    "minimum": Function(primitives.minimum, 2, 2),
    "mse": Function(nn.mse, 2, 2),
    "norm": Function(primitives.norm, 1, None),
    "pow": Function(primitives.pow_, 2, 2),
    "prod": Function(primitives.prod, 1, None),
    "smooth_l1": Function(nn.smooth_l1, 2, 3),
    "softplus": Function(primitives.softplus, 1, 3),
    "sum": Function(primitives.sum_, 1, None),
    "where": Function(primitives.where, 3, 3),
}
OTHER_NAMES = {  # under which the package has the same function once more
    "clip": "clamp",
    "fabs": "abs",
    "hardsigmoid": "hard_sigmoid",
    "hardswish": "hard_swish",
    "hardtanh": "hard_tanh",
    "logsigmoid": "log_sigmoid",
    "mse_loss": "mse",
    "smooth_l1_loss": "smooth_l1",
}
FUNCTIONS |= {name: FUNCTIONS[same] for name, same in OTHER_NAMES.items()}


OPERATIONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: div,
    ast.Pow: primitives.pow_,
    ast.USub: neg,
    ast.UAdd: operator.pos,
}
