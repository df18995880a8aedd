"""How equations are written for speed: in operators, comparisons and functions of `math`.

Primitives are written out as `formulas`, and what comes of that is made shorter: products and sums of
choices between plain numbers, as the derivatives of corners are, become choices.

What is written here is right where it gives finite numbers. It may raise, or give an infinity or nan,
where the primitive itself has an answer: then the Program asks the primitives (see `replay`). In the
backward part an operand may be taken to be a number: a nan would have shown up in the forward part.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from ..primitives import Primitive
from ..primitives.activations import FAR
from ..primitives.arithmetic import add, div, mul, sub
from ..primitives.conditions import CONDITIONS, both, either, opposite
from ..primitives.piecewise import abs_, equal, less, less_equal, select, sign, step
from ..primitives.powers import power, square
from ..primitives.reductions import max_p, min_p
from .choices import folded, is_finite, merged, times_choice
from .equations import Equation, Index, leaf_of
from .finiteness import Finiteness
from .formulas import FAMILIES, FORMULAS, NAN_FAR_OUT, choice, largest_of
from .hiding import hidden, tells_zeros
from .operands import Operand, is_variable, is_zero
from .record import EXACT, TEXTBOOK
from .rolled.along import rolled
from .rolled.carried import Carried, begun, close
from .rolled.structure import Along, Put, Take, added_up, taken
from .variables import Trace, Variable

Rules = Mapping[Any, Callable[..., Operand]]

WHOLE = frozenset((max_p, min_p))  # which arrays have themselves

COMPARISONS = frozenset((less, less_equal, equal))


def lower(
    equations: Sequence[Equation],
    style: str = EXACT,
    more: Rules | None = None,
    frozen: Mapping[int, Any] | None = None,
) -> tuple[Trace, Callable[[Index], Operand]]:
    """Return these equations written for speed, by `more` rules first, and what is where in that trace.

    A rule takes the trace and the operands; that of a family of primitives its member before these.
    """
    trace = Trace()
    made: list[Operand] = []
    loops: dict[int, Variable] = {}
    watched = hidden(equations)
    written, backward = ({**rules, **(more or {})} for rules in STYLED[style])
    forward = _without(written, {add, max_p}) if tells_zeros(equations) else written
    safe = _without(forward, NAN_FAR_OUT)

    def at(index: Index) -> Operand:
        return made[index] if isinstance(index, int) else index

    for i, equation in enumerate(equations):
        trace.place = equation.place
        if equation.primitive is None:
            made.append(leaf_of(trace, equation, (frozen or {}).get(i)))
            continue
        rules = backward if equation.place[0] else safe if i in watched else forward
        if equation.shape and not equation.place[0]:
            rules = _without(rules, WHOLE)
        primitive: Any = equation.primitive
        if primitive.__class__ is Carried:
            loops[i] = begun(trace, at(equation.operands[0]), *primitive.key[1:])
            loops[i].name = equation.name
            made.append(loops[i])
            continue
        operands = [at(index) for index in equation.operands]
        if primitive.__class__ is Take:
            result = taken(primitive.map, operands[0])
        elif primitive.__class__ is Put:
            result = added_up(trace, primitive.map, operands[0])
        elif primitive.__class__ is Along:
            result = _lowered_along(trace, equation.primitive, operands, rules)
        else:
            result = _lowered(trace, equation.primitive, operands, rules)
        if equation.name and result.__class__ is Variable and not result.name and result.parents:
            result.name = equation.name
        made.append(result)
    for i, loop in loops.items():
        close(loop, at(equations[i].operands[1]))
    return trace, at


def _without(rules: Rules, primitives: Set[Primitive]) -> Rules:
    return {primitive: rule for primitive, rule in rules.items() if primitive not in primitives}


def _lowered_along(trace: Trace, primitive: Any, operands: Sequence[Operand], rules: Rules) -> Operand:
    """Write a primitive of many terms out, with all terms at once."""
    inner = primitive.inner
    written = _without(rules, WHOLE) if inner in WHOLE else rules
    return rolled(trace, primitive, operands, lambda terms, all_: [_lowered(terms, inner, all_, written)])


def _lowered(trace: Trace, primitive: Any, operands: Sequence[Operand], rules: Rules) -> Operand:
    try:
        written = _written_out(trace, primitive, operands, rules)
    except (ArithmeticError, ValueError):  # of plain numbers, in a formula that is not made for them
        written = None
    return trace.apply(primitive, tuple(operands)) if written is None else written


def _written_out(trace: Trace, primitive: Any, operands: Sequence[Operand], rules: Rules) -> Operand | None:
    rule = rules.get(primitive)
    if rule is not None:
        return rule(trace, *operands)
    if primitive.family is None:
        return None
    formula = rules.get(primitive.family[0]) or FAMILIES.get(primitive.family[0])
    return formula(trace, primitive, *operands) if formula is not None else None


def _step(trace: Trace, x: Operand) -> Operand:
    return choice(trace, less, 0.0, x, 1.0, 0.0)


def _sign(trace: Trace, x: Operand) -> Operand:
    return choice(trace, less, 0.0, x, 1.0, choice(trace, less, x, 0.0, -1.0, 0.0))


def _condition(primitive: Any) -> Callable[..., Operand]:
    """Write a condition as a number; what it combines are truth values."""

    def written(trace: Trace, *operands: Operand) -> Operand:
        if primitive in (both, either):
            operands = tuple(map(_truth, operands))
            if operands[0] is operands[1]:
                return _number(trace, operands[0])
        if primitive is both and all(is_variable(operand, less_equal) for operand in operands):
            x, y = operands[0].parents
            if operands[1].parents == (y, x):
                return _number(trace, trace.apply(equal, (x, y)))
        return _number(trace, trace.apply(primitive, operands))

    return written


def _equal(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Write a condition compared with 0, which turns it round, with `not`; nan is not even itself."""
    for compared, number in ((x, y), (y, x)):
        truth = _truth(compared)
        if truth is not compared and is_zero(number):
            return _opposite(trace, truth)
        if number.__class__ is float and number != number:
            return _opposite(trace, trace.apply(equal, (compared, compared)))
    return _number(trace, trace.apply(equal, (x, y)))


def _opposite(trace: Trace, condition: Operand) -> Operand:
    """Write `not`, and nothing for the second of two."""
    truth = _truth(condition)
    if is_variable(truth, opposite):
        return _number(trace, truth.parents[0])
    return _number(trace, trace.apply(opposite, (truth,)))


def _number(trace: Trace, truth: Operand) -> Operand:
    return trace.apply(select, (truth, 1.0, 0.0))


def _select(trace: Trace, condition: Operand, chosen: Operand, otherwise: Operand) -> Operand:
    """Take the comparison itself for a condition that was made a number of."""
    return trace.apply(select, (_truth(condition), chosen, otherwise))


def _select_near(trace: Trace, condition: Operand, chosen: Operand, otherwise: Operand) -> Operand:
    """Leave out the limits of a slope far out: where its formula is no number there, they are asked for.

    And leave out that a slope is nan where the function is.
    """
    if otherwise.__class__ is float and otherwise != otherwise:
        return chosen
    if chosen.__class__ is float and chosen != chosen:
        return otherwise
    if is_zero(otherwise) and _is_path(condition):  # a zero already, unless it met what is not finite
        return chosen
    truth = _truth(condition)
    is_near = is_variable(truth, less_equal) and truth.parents[1] == FAR
    if is_near and is_variable(truth.parents[0], abs_):
        return chosen
    return _select(trace, condition, chosen, otherwise)


def _is_path(condition: Operand) -> bool:
    """Say whether a condition is the number of paths to each entry of an array."""
    while condition.__class__ is Variable and condition.primitive.__class__ is Take:
        condition = condition.parents[0]
    return condition.__class__ is Variable and condition.primitive.__class__ is Put and condition.place[0]


def _truth(condition: Operand) -> Operand:
    """Return the comparison that a condition was made a number of."""
    if is_variable(condition, select) and condition.parents[1:] == (1.0, 0.0):
        return condition.parents[0]
    if condition.__class__ is Variable and condition.primitive.__class__ is Take:
        inner = _truth(condition.parents[0])
        if inner is condition.parents[0]:
            return condition
        map_: Any = condition.primitive.map
        if inner.primitive in COMPARISONS and all(p.__class__ is float or p.shape for p in inner.parents):
            compared = (p if p.__class__ is float else taken(map_, p) for p in inner.parents)
            return condition.trace.apply(inner.primitive, tuple(compared))
        return taken(map_, inner)
    return condition


def _without_zero(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Leave out the zero that Python's `sum` begins with: only the sign of a zero may depend on it."""
    if is_zero(x) or is_zero(y):
        return y if is_zero(x) else x
    return None


def _plus(trace: Trace, x: Operand, y: Operand) -> Operand:
    if x is y and x.__class__ is Variable and x.shape:
        return 2.0 * x
    for shorter in (_without_zero, merged):
        written = shorter(trace, x, y)
        if written is not None:
            return written
    return folded(trace, add, x, y)


def _minus(trace: Trace, x: Operand, y: Operand) -> Operand:
    if is_zero(x) or is_zero(y):
        return -y if is_zero(x) else x
    return folded(trace, sub, x, y)


def _times(trace: Trace, x: Operand, y: Operand) -> Operand:
    for factor, other in ((x, y), (y, x)):
        if is_zero(factor):
            return 0.0 if is_finite(trace, other) else trace.apply(mul, (0.0, other))
    written = folded(trace, mul, x, y)
    return times_choice(trace, x, y) if written is None else written


def _with_condition(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Write a product with a condition as such, as in da * (z > 0)."""
    for factor, other in ((x, y), (y, x)):
        if is_variable(factor, select) and factor.parents[1:] == (1.0, 0.0) and other.__class__ is Variable:
            return trace.apply(mul, (other, factor.parents[0]))
    return None


def _factor_by_factor(trace: Trace, x: Operand, y: Operand) -> Operand:
    """Write a product as lectures do: da * a * (1 - a)."""
    written = _with_condition(trace, x, y)
    if written is not None:
        return written
    if is_variable(y, mul) and not y.name and y.place[0] and x.__class__ is Variable:
        return x * y.parents[0] * y.parents[1]
    return _times(trace, x, y)


def _over(trace: Trace, x: Operand, y: Operand) -> Operand:
    return 0.0 if is_zero(x) and Finiteness.of(trace).is_clear_of_zero(y) and is_finite(trace, y) else None


RULES: Rules = {
    **FORMULAS,
    add: _without_zero,
    select: _select,
    **{condition: _condition(condition) for condition in CONDITIONS},
    equal: _equal,
    opposite: _opposite,
}

BACKWARD: Rules = {
    **RULES,
    step: _step,
    sign: _sign,
    mul: _times,
    max_p: largest_of,
    select: _select_near,
    add: _plus,
    sub: _minus,
    div: _over,
}

AS_WRITTEN: Rules = {power(2.0): lambda trace, x: square(x), square: lambda trace, x: None}

STYLED: dict[str, tuple[Rules, Rules]] = {  # the rules of the forward and of the backward part
    EXACT: (RULES, BACKWARD),
    TEXTBOOK: (
        {**RULES, **AS_WRITTEN, mul: _with_condition},
        {**BACKWARD, **AS_WRITTEN, mul: _factor_by_factor},
    ),
}
