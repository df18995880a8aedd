"""How equations are written for speed: in operators, comparisons and functions of `math`.

A primitive that is called costs a Python call; most are one line of arithmetic, and written out they
share their parts with their derivatives. The sigmoid is 1 / (1 + e) with e = exp(-x), and sigmoid(-x),
which its derivative needs, is e times that: no second exponential, and all digits on both sides.

What is written here is right where it gives finite numbers. It may raise, or give an infinity or nan,
where the primitive itself has an answer: then the Program asks the primitives (see `replay`). In the
backward part an operand may be taken to be a number: a nan would have shown up in the forward part.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from ..primitives import exponential, powers
from ..primitives.activations import leaky_relu_p, relu, relu6
from ..primitives.arithmetic import add, div, mul, sub
from ..primitives.conditions import CONDITIONS, both, either, opposite
from ..primitives.logits import cross_entropy_at
from ..primitives.piecewise import detached, equal, less, less_equal, select, sign, step
from ..primitives.reductions import max_p, mean_p, min_p, sum_p
from .equations import Equation, Index
from .expressions import largest
from .variables import Operand, Trace, Variable, is_variable, is_zero

CONNECTIVES = frozenset((both, either, opposite))


def lower(equations: Sequence[Equation]) -> tuple[Trace, Callable[[Index], Operand]]:
    """Return a trace with these equations written for speed, and the function from position to operand."""
    trace = Trace()
    made: list[Operand] = []

    def at(index: Index) -> Operand:
        return made[index] if isinstance(index, int) else index

    for equation in equations:
        trace.place = equation.place
        if equation.primitive is None:
            made.append(trace.leaf(equation.name))
            continue
        operands = [at(index) for index in equation.operands]
        result = _lowered(trace, equation.primitive, operands, is_backward=equation.place[0])
        if equation.name and result.__class__ is Variable and not result.name and result.parents:
            result.name = equation.name
        made.append(result)
    return trace, at


def _lowered(trace: Trace, primitive: Any, operands: Sequence[Operand], is_backward: bool) -> Operand:
    if primitive.family is not None:
        maker, parameters = primitive.family
        if maker is powers.power:
            return _power(trace, primitive, operands[0])
        if maker is cross_entropy_at:
            return _cross_entropy(trace, parameters[0], operands)
    for rules in (BACKWARD, RULES) if is_backward else (RULES,):
        rule = rules.get(primitive)
        written = rule(trace, *operands) if rule is not None else None
        if written is not None:
            return written
    return trace.apply(primitive, tuple(operands))


def _sigmoid(trace: Trace, x: Operand) -> Operand:
    if x.__class__ is float:
        return None
    mirrored = trace.known(exponential.exp, (x,))  # exp(-y) for y = -x
    if mirrored is not None:
        total = trace.known(add, (1.0, mirrored))
        other = trace.known(div, (1.0, total)) if total is not None else None
        if other is not None:
            return mirrored * other
    return 1.0 / (1.0 + exponential.exp(-x))


def _softplus(trace: Trace, x: Operand) -> Operand:
    return _positive_part(trace, x) + exponential.log1p(exponential.exp(-abs(x)))


def _log_sigmoid(trace: Trace, x: Operand) -> Operand:
    return _if(trace, less, x, 0.0, x, 0.0) - exponential.log1p(exponential.exp(-abs(x)))


def _positive_part(trace: Trace, x: Operand) -> Operand:
    return _if(trace, less_equal, x, 0.0, 0.0, x)


def _relu6(trace: Trace, x: Operand) -> Operand:
    return _if(trace, less_equal, x, 0.0, 0.0, _if(trace, less, 6.0, x, 6.0, x))


def _leaky_relu(trace: Trace, x: Operand, slope: Operand) -> Operand:
    return _if(trace, less, 0.0, x, x, slope * x)


def _step(trace: Trace, x: Operand) -> Operand:
    return _if(trace, less, 0.0, x, 1.0, 0.0)


def _sign(trace: Trace, x: Operand) -> Operand:
    return _if(trace, less, 0.0, x, 1.0, _if(trace, less, x, 0.0, -1.0, 0.0))


def _condition(primitive: Any) -> Callable[..., Operand]:
    """Write a condition as a number; what it combines are truth values."""

    def written(trace: Trace, *operands: Operand) -> Operand:
        if primitive in CONNECTIVES:
            operands = tuple(map(_truth, operands))
        return _number(trace, trace.apply(primitive, operands))

    return written


def _equal(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Write a condition that is compared with 0, which turns it round, with `not`."""
    for condition, number in ((x, y), (y, x)):
        truth = _truth(condition)
        if truth is not condition and is_zero(number):
            return _number(trace, trace.apply(opposite, (truth,)))
    return _number(trace, trace.apply(equal, (x, y)))


def _number(trace: Trace, truth: Operand) -> Operand:
    return trace.apply(select, (truth, 1.0, 0.0))


def _if(
    trace: Trace, comparison: Any, x: Operand, y: Operand, chosen: Operand, otherwise: Operand
) -> Operand:
    return trace.apply(select, (trace.apply(comparison, (x, y)), chosen, otherwise))


def _select(trace: Trace, condition: Operand, chosen: Operand, otherwise: Operand) -> Operand:
    """Take the comparison itself for a condition that was made a number of."""
    return trace.apply(select, (_truth(condition), chosen, otherwise))


def _truth(condition: Operand) -> Operand:
    """Return the comparison that a condition was made a number of."""
    if is_variable(condition, select) and condition.parents[1:] == (1.0, 0.0):
        return condition.parents[0]
    return condition


def _larger(trace: Trace, *terms: Operand) -> Operand:
    return reduce(lambda x, y: _extreme(trace, x, y, larger=True), terms)


def _smaller(trace: Trace, *terms: Operand) -> Operand:
    return reduce(lambda x, y: _extreme(trace, x, y, larger=False), terms)


def _extreme(trace: Trace, x: Operand, y: Operand, larger: bool) -> Operand:
    """Write the larger or smaller of two: if neither is, one is nan, and so is the sum."""
    if larger and (is_zero(x) or is_zero(y)):
        return _positive_part(trace, x if is_zero(y) else y)
    worse, better = ((y, x), (x, y)) if larger else ((x, y), (y, x))
    other = _if(trace, less_equal, *better, y, x + y)
    return _if(trace, less_equal, *worse, x, other)


def _power(trace: Trace, primitive: Any, x: Operand) -> Operand:
    (exponent,) = primitive.family[1]
    if exponent == 1.0:
        return x
    if exponent == 2.0:
        return x * x
    if exponent == 3.0:
        return x * x * x
    if exponent == -1.0:
        return 1.0 / x
    return 1.0 if exponent == 0.0 else trace.apply(primitive, (x,))


def _cross_entropy(trace: Trace, target: Any, logits: Sequence[Operand]) -> Operand:
    """Write the loss in the probabilities that its derivative needs, with all digits where it is near 0."""
    top = trace.apply(largest, tuple(logits))
    weights = [exponential.exp(logit - top) for logit in logits]
    total = sum_p(*weights)
    p = [weight / total for weight in weights]
    others = sum_p(*p[:target], *p[target + 1 :]) if len(p) > 1 else 0.0
    return _if(trace, less_equal, p[target], 0.5, -exponential.log(p[target]), -exponential.log1p(-others))


def _times_choice(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Move a product into a choice between plain numbers, as the derivatives of corners are."""
    if _is_choice_of_numbers(x):
        x, y = y, x
    if not _is_choice_of_numbers(y) or y.name:
        return None
    condition, chosen, otherwise = y.parents
    return trace.apply(select, (condition, _scaled(trace, x, chosen), _scaled(trace, x, otherwise)))


def _scaled(trace: Trace, x: Operand, factor: Operand) -> Operand:
    if factor.__class__ is Variable:
        return _times_choice(trace, x, factor)
    return factor if is_zero(factor) else x * factor


def _is_choice_of_numbers(x: Operand, deepest: int = 4) -> bool:
    return (
        deepest > 0
        and is_variable(x, select)
        and all(arm.__class__ is float or _is_choice_of_numbers(arm, deepest - 1) for arm in x.parents[1:])
    )


def _folded(trace: Trace, primitive: Any, x: Operand, y: Operand) -> Operand:
    """Compute both arms of a choice of plain numbers, where it meets another or a plain number."""
    choices = [o for o in (x, y) if o.__class__ is Variable]
    if not choices or not all(is_variable(choice, select) for choice in choices):
        return None
    condition = choices[0].parents[0]
    if any(choice.parents[0] is not condition or choice.name for choice in choices):
        return None
    arms = [[o if o.__class__ is float else o.parents[arm] for o in (x, y)] for arm in (1, 2)]
    if any(o.__class__ is Variable for arm in arms for o in arm):
        return None
    return trace.apply(select, (condition, *(primitive(*arm) for arm in arms)))


def _plus(trace: Trace, x: Operand, y: Operand) -> Operand:
    if is_zero(x) or is_zero(y):
        return y if is_zero(x) else x
    return _folded(trace, add, x, y)


def _minus(trace: Trace, x: Operand, y: Operand) -> Operand:
    if is_zero(x) or is_zero(y):
        return -y if is_zero(x) else x
    return _folded(trace, sub, x, y)


def _times(trace: Trace, x: Operand, y: Operand) -> Operand:
    if is_zero(x) or is_zero(y):
        return 0.0
    folded = _folded(trace, mul, x, y)
    return _times_choice(trace, x, y) if folded is None else folded


RULES: dict[Any, Callable[..., Operand]] = {
    exponential.sigmoid: _sigmoid,
    exponential.softplus: _softplus,
    exponential.log_sigmoid: _log_sigmoid,
    relu: _positive_part,
    relu6: _relu6,
    leaky_relu_p: _leaky_relu,
    powers.square: lambda trace, x: x * x,
    powers.reciprocal: lambda trace, x: 1.0 / x,
    powers.rsqrt: lambda trace, x: 1.0 / powers.sqrt(x),
    mean_p: lambda trace, *terms: terms[0] if len(terms) == 1 else None,
    sum_p: lambda trace, *terms: terms[0] if len(terms) == 1 else None,
    max_p: _larger,
    min_p: _smaller,
    select: _select,
    **{condition: _condition(condition) for condition in CONDITIONS},
    equal: _equal,
    detached: lambda trace, x: x,
}

BACKWARD: dict[Any, Callable[..., Operand]] = {
    step: _step,
    sign: _sign,
    mul: _times,
    max_p: lambda trace, *terms: trace.apply(largest, terms),
    add: _plus,
    sub: _minus,
    div: lambda trace, x, y: 0.0 if is_zero(x) else None,
}
