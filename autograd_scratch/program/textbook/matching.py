"""Where the left side of an equality stands in a trace, and the trace once more with right sides."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...primitives.arithmetic import add, mul
from ...stepping.maps import Map, strides_of
from ..operands import Operand
from ..rolled.carried import Carried, begun, close
from ..rolled.structure import Along, Put, Take, added_up, taken
from ..variables import Trace, Variable
from .table import Equality

Rule = Callable[[Operand], Operand]


class Pattern:
    """An equality, its left side written once on symbols."""

    def __init__(self, equality: Equality) -> None:
        self.trace = Trace()
        self.right = equality.right
        count = (
            len(inspect.signature(equality.left).parameters) if not hasattr(equality.left, "arity") else 0
        )
        count = count or equality.left.arity  # type: ignore[attr-defined]
        self.symbols = [self.trace.leaf(None) for _ in range(count)]
        self.left = equality.left(*self.symbols)

    def found(self, operand: Operand) -> list[Operand] | None:
        """Return what stands for the symbols where an operand is the left side; None where it is not."""
        options: list[tuple[dict[Any, Operand], list[tuple[Any, Operand]]]] = [({}, [(self.left, operand)])]
        while options:
            bound, pairs = options.pop()
            if not pairs:
                return [bound[symbol] for symbol in self.symbols]
            (left, thing), rest = pairs[0], pairs[1:]
            if left in self.symbols:
                if bound.get(left, thing) is thing:
                    options.append(({**bound, left: thing}, rest))
            elif left.__class__ is float:
                if thing.__class__ is float and thing == left:
                    options.append((bound, rest))
            elif thing.__class__ is Variable:
                primitive, parents = unrolled(thing)
                if primitive == left.primitive and len(parents) == len(left.parents):
                    orders = [parents, parents[::-1]] if primitive in (add, mul) else [parents]
                    options += [(bound, [*zip(left.parents, order), *rest]) for order in reversed(orders)]
        return None


def unrolled(variable: Variable) -> tuple[Any, Sequence[Operand]]:
    """Return primitive and operands; a primitive of many terms that has one of each is taken by itself."""
    primitive, parents = variable.primitive, variable.parents
    if primitive.__class__ is not Along or any(count > 1 for count in primitive.terms):
        return primitive, parents
    return primitive.inner, [
        taken(Map(x.shape[:-1], x.shape, 0, strides_of(x.shape)[:-1]), x)
        if count and x.__class__ is Variable and x.shape
        else x
        for x, count in zip(parents, primitive.terms)
    ]


class Equalities:
    """A table of equalities, as a rule that rewrites what is a left side."""

    def __init__(self, table: Iterable[Equality]) -> None:
        self.patterns: dict[Any, list[Pattern]] = {}
        for equality in table:
            pattern = Pattern(equality)
            self.patterns.setdefault(pattern.left.primitive, []).append(pattern)

    def __call__(self, operand: Operand) -> Operand:
        """Return the right side for an operand that is a left side; others as they are."""
        if operand.__class__ is not Variable or operand.primitive is None:
            return operand
        primitive = operand.primitive
        for pattern in self.patterns.get(
            primitive.inner if primitive.__class__ is Along else primitive, ()
        ):
            found = pattern.found(operand)
            if found is not None and any(each.__class__ is Variable for each in found):
                return pattern.right(*found)
        return operand


def rewritten(
    trace: Trace, results: Iterable[Operand], rule: Rule, known: dict[Variable, Operand]
) -> dict[Variable, Operand]:
    """Write what results need once more, by a rule, and return what became of each Variable.

    Names go with what becomes of a Variable. `known` says of some what they become.
    """
    results = [*results]
    loops = [loop for loop in trace.needed(results) if loop in trace.loops and loop not in known]
    given = dict(known)
    while True:
        _rewrite(trace, results, rule, known)
        changed = (
            loop
            for loop in loops
            if loop not in given and not known.keys().isdisjoint((loop.parents[0], trace.loops[loop]))
        )
        loop = next(changed, None)  # the starts of later ones may depend on it
        if loop is None:
            break
        primitive: Any = loop.primitive
        start = known.get(loop.parents[0], loop.parents[0])
        given[loop] = begun(trace, start, *primitive.key[1:])
        given[loop].name, given[loop].place = loop.name, loop.place
        known.clear()
        known.update(given)
    for loop in loops:
        if loop in given:
            close(given[loop], known.get(trace.loops[loop], trace.loops[loop]))
    return known


def _rewrite(trace: Trace, results: Iterable[Operand], rule: Rule, known: dict[Variable, Operand]) -> None:
    former = trace.place
    for variable in trace.needed(results):
        if variable in known or variable.primitive is None or variable.primitive.__class__ is Carried:
            continue
        trace.place = variable.place
        made = rule(again(trace, variable, [known.get(parent, parent) for parent in variable.parents]))
        if made is not variable:
            known[variable] = made
            if (
                made.__class__ is Variable
                and made.parents
                and not made.name
                and made.place == variable.place
            ):
                made.name = variable.name
    trace.place = former


def again(trace: Trace, variable: Variable, parents: Sequence[Operand]) -> Operand:
    """Return what the primitive of a Variable makes of other parents."""
    if all(one is other for one, other in zip(parents, variable.parents)):
        return variable
    primitive: Any = variable.primitive
    if primitive.__class__ is Take:
        return taken(primitive.map, parents[0])
    if primitive.__class__ is Put:
        return added_up(trace, primitive.map, parents[0])
    return trace.apply(primitive, tuple(parents))
