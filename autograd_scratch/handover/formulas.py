"""How a primitive is written in the functions that tensors have: once for PyTorch and for ONNX.

A formula gets `ops`, where these functions are, under PyTorch's names, and the operands, whole columns of
numbers. Both arms of a choice are computed. Primitives that ONNX has nothing for are told by their names.
"""

import math
from collections.abc import Callable
from typing import Any

from .. import primitives as p
from ..errors import ModelError
from ..primitives import (
    Primitive,
    activations,
    arithmetic,
    conditions,
    exponential,
    piecewise,
    powers,
    reductions,
)
from ..primitives.logits import log_softmax_at, logsumexp_p
from ..primitives.norms import hypot_p

Formula = Callable[..., Any]


def formula_of(primitive: Primitive) -> Formula:
    """Return the formula of a primitive, or say that it has none.

    >>> formula_of(arithmetic.add)(None, 1.0, 2.0)
    3.0
    """
    if primitive in FORMULAS:
        return FORMULAS[primitive]
    if primitive.family and primitive.family[0] in FAMILIES:
        family, parameters = primitive.family
        return Member(family, parameters)
    raise ModelError(
        f"{primitive.name} is not handed over: neither PyTorch nor ONNX has it under one name. Write it in "
        "functions such as exp, log and tanh, which have"
    )


class Member:
    """The formula of a member of a family of primitives, which pickles."""

    def __init__(self, family: Any, parameters: tuple[float, ...]) -> None:
        self.family = family
        self.parameters = parameters

    def __call__(self, ops: Any, *args: Any) -> Any:
        return FAMILIES[self.family](ops, *self.parameters, *args)


def _dot(ops: Any, *args: Any) -> Any:
    size = len(args) // 2
    total = ops.total(ops.side_by_side(args[:size]) * ops.side_by_side(args[size : 2 * size]))
    return total + args[-1] if len(args) % 2 else total


def _celu(ops: Any, x: Any, alpha: Any) -> Any:
    below = ops.where(x > 0.0, 0.0, x)  # so that no gradient comes through an overflow
    return ops.where(x > 0.0, x, alpha * ops.expm1(below / alpha))


def _elu(ops: Any, x: Any, alpha: Any) -> Any:
    below = ops.where(x > 0.0, 0.0, x)
    return ops.where(x > 0.0, x, alpha * ops.expm1(below))


def _relu6(ops: Any, x: Any) -> Any:
    risen = ops.relu(x)
    return ops.where(risen >= 6.0, 6.0, risen)


def _clamp(ops: Any, x: Any, low: Any, high: Any) -> Any:
    raised = ops.where(x < low, low, x)
    return ops.where(raised > high, high, raised)


def _hard_tanh(ops: Any, x: Any, low: Any, high: Any) -> Any:
    raised = ops.where(x <= low, low, x)
    return ops.where(raised >= high, high, raised)


def _hard_sigmoid(ops: Any, x: Any) -> Any:
    return _relu6(ops, x + 3.0) / 6.0


def _equal(ops: Any, x: Any, y: Any) -> Any:
    are_nan = ops.truth(x != x) * ops.truth(y != y)
    return ops.truth(x == y) + are_nan


def _log_softmax_at(ops: Any, i: int, *logits: Any) -> Any:
    return logits[i] - ops.logsumexp(ops.side_by_side(logits))


FORMULAS: dict[Primitive, Formula] = {
    arithmetic.add: lambda ops, x, y: x + y,
    arithmetic.sub: lambda ops, x, y: x - y,
    arithmetic.mul: lambda ops, x, y: x * y,
    arithmetic.div: lambda ops, x, y: x / y,
    arithmetic.neg: lambda ops, x: -x,
    piecewise.identity: lambda ops, x: x,
    piecewise.detached: lambda ops, x: ops.detach(x),
    piecewise.less: lambda ops, x, y: ops.truth(x < y),
    piecewise.less_equal: lambda ops, x, y: ops.truth(x <= y),
    piecewise.equal: _equal,
    piecewise.select: lambda ops, c, x, y: ops.where(c != 0.0, x, y),
    conditions.both: lambda ops, x, y: ops.truth(x != 0.0) * ops.truth(y != 0.0),
    conditions.either: lambda ops, x, y: ops.truth(ops.truth(x != 0.0) + ops.truth(y != 0.0) > 0.0),
    conditions.opposite: lambda ops, x: ops.truth(x == 0.0),
    p.step: lambda ops, x: ops.truth(x > 0.0),
    p.sign: lambda ops, x: ops.sign(x),
    p.abs_: lambda ops, x: ops.abs(x),
    piecewise.clamp_p: _clamp,
    p.floor: lambda ops, x: ops.floor(x),
    p.ceil: lambda ops, x: ops.ceil(x),
    piecewise.rint: lambda ops, x: ops.round(x),
    p.trunc: lambda ops, x: ops.sign(x) * ops.floor(ops.abs(x)),
    p.exp: lambda ops, x: ops.exp(x),
    p.exp2: lambda ops, x: ops.exp(x * math.log(2.0)),
    p.expm1: lambda ops, x: ops.expm1(x),
    exponential.log: lambda ops, x: ops.log(x),
    p.log2: lambda ops, x: ops.log(x) / math.log(2.0),
    p.log10: lambda ops, x: ops.log(x) / math.log(10.0),
    p.log1p: lambda ops, x: ops.log1p(x),
    p.sigmoid: lambda ops, x: ops.sigmoid(x),
    p.tanh: lambda ops, x: ops.tanh(x),
    p.log_sigmoid: lambda ops, x: -ops.softplus(-x),
    exponential.softplus_p: lambda ops, x: ops.softplus(x),
    exponential.scaled_softplus: lambda ops, x, beta: ops.softplus(beta * x) / beta,
    p.sinh: lambda ops, x: (ops.exp(x) - ops.exp(-x)) / 2.0,
    p.cosh: lambda ops, x: (ops.exp(x) + ops.exp(-x)) / 2.0,
    p.asinh: lambda ops, x: ops.asinh(x),
    p.acosh: lambda ops, x: ops.acosh(x),
    p.atanh: lambda ops, x: ops.atanh(x),
    p.sin: lambda ops, x: ops.sin(x),
    p.cos: lambda ops, x: ops.cos(x),
    p.tan: lambda ops, x: ops.sin(x) / ops.cos(x),
    p.asin: lambda ops, x: ops.asin(x),
    p.acos: lambda ops, x: ops.acos(x),
    p.atan: lambda ops, x: ops.atan(x),
    p.atan2: lambda ops, y, x: ops.atan2(y, x),
    p.degrees: lambda ops, x: x * (180.0 / math.pi),
    p.radians: lambda ops, x: x * (math.pi / 180.0),
    p.erf: lambda ops, x: ops.erf(x),
    p.erfc: lambda ops, x: ops.erfc(x),
    p.lgamma: lambda ops, x: ops.lgamma(x),
    p.sqrt: lambda ops, x: ops.sqrt(x),
    p.rsqrt: lambda ops, x: 1.0 / ops.sqrt(x),
    p.square: lambda ops, x: x * x,
    p.reciprocal: lambda ops, x: 1.0 / x,
    powers.one_minus_square: lambda ops, x: (1.0 - x) * (1.0 + x),
    powers.pow_p: lambda ops, x, y: x**y,
    p.relu: lambda ops, x: ops.relu(x),
    p.relu6: _relu6,
    activations.leaky_relu_p: lambda ops, x, slope: ops.where(x > 0.0, x, slope * x),
    activations.elu_p: _elu,
    activations.celu_p: _celu,
    p.selu: lambda ops, x: activations.SELU_SCALE * _elu(ops, x, activations.SELU_ALPHA),
    p.silu: lambda ops, x: x * ops.sigmoid(x),
    p.mish: lambda ops, x: x * ops.tanh(ops.softplus(x)),
    activations.gelu_p: lambda ops, x: 0.5 * x * ops.erfc(-x / activations.ROOT_2),
    activations.gelu_tanh_p: lambda ops, x: x * ops.sigmoid(activations.twice_bent(x)),
    p.softsign: lambda ops, x: x / (1.0 + ops.abs(x)),
    activations.hard_tanh_p: _hard_tanh,
    p.hard_sigmoid: _hard_sigmoid,
    p.hard_swish: lambda ops, x: x * _hard_sigmoid(ops, x),
    reductions.dot_p: _dot,
    reductions.sum_p: lambda ops, *terms: ops.total(ops.side_by_side(terms)),
    reductions.fsum_p: lambda ops, *terms: ops.total(ops.side_by_side(terms)),
    reductions.mean_p: lambda ops, *terms: ops.total(ops.side_by_side(terms)) / float(len(terms)),
    reductions.prod_p: lambda ops, *terms: ops.product(ops.side_by_side(terms)),
    reductions.max_p: lambda ops, *terms: ops.largest(ops.side_by_side(terms)),
    reductions.first_max_p: lambda ops, *terms: ops.first_largest(ops.side_by_side(terms)),
    reductions.min_p: lambda ops, *terms: -ops.largest(ops.side_by_side([-term for term in terms])),
    logsumexp_p: lambda ops, *terms: ops.logsumexp(ops.side_by_side(terms)),
    hypot_p: lambda ops, *terms: ops.length(ops.side_by_side(terms)),
}

FAMILIES: dict[Any, Formula] = {
    powers.power: lambda ops, exponent, x: x * x if exponent == 2.0 else x**exponent,
    log_softmax_at: _log_softmax_at,
}
