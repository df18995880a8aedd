"""What is known of sums along axes: what can be taken out of them, and to what they add up.

A sum is known if the forward part has computed it, if it only counts, and if it is of a table whose sums
are all 1, or all -1. The last is an assumption about the table, as long as it is an argument of the code.
"""

from collections.abc import Sequence
from math import prod
from sys import float_info
from typing import Any

from ...primitives.arithmetic import div, mul
from ...primitives.reductions import fsum_p, sum_p
from ...stepping.maps import Map, Shape, fitted, identity_map, strides_of
from ..operands import Operand, is_variable
from ..rolled.structure import Put, Take, added_up, inverse, taken
from ..variables import Trace, Variable
from .polynomials import Monomial, Polynomial, merged


class Totals:
    """The sums of a trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.assumptions: list[str] = []
        self._assumed: list[tuple[Variable, float]] = []
        self._along: dict[tuple[Map, Variable], Variable] = {}  # sums of the forward part
        self._takes: dict[Variable, list[Variable]] = {}

    def note_take(self, variable: Variable) -> None:
        """Note what takes entries of an array."""
        self._takes.setdefault(variable.parents[0], []).append(variable)

    def note_put(self, variable: Variable) -> None:
        """Note a sum of the forward part."""
        primitive: Any = variable.primitive
        self._along[primitive.map, variable.parents[0]] = variable

    def note_sum(self, variable: Variable) -> None:
        """Note a sum along the last axis as one of what that axis was turned from."""
        primitive: Any = variable.primitive
        if primitive.inner not in (sum_p, fsum_p) or len(primitive.terms) > 1 or variable.place[0]:
            return
        (operand,) = variable.parents
        map_ = Map(operand.shape, variable.shape, 0, (*strides_of(variable.shape), 0))
        if operand.primitive.__class__ is Take and operand.primitive.map.is_permuted:
            turned = operand.primitive.map
            if turned.table is None:
                map_, operand = map_.then(inverse(turned)), operand.parents[0]
        self._along[map_, operand] = variable

    def is_share(self, x: Variable, total: Variable) -> bool:
        """Say whether one is a sum of the other along axes, so that their quotient is a share."""
        primitive: Any = total.primitive
        if primitive.__class__ is Take:
            return self._along.get((primitive.map, x)) is total.parents[0]
        return self._along.get((Map(x.shape, (), 0, (0,) * len(x.shape)), x)) is total

    def with_quotients(
        self, map_: Map, outer: Monomial, whole: Monomial, rest: Monomial
    ) -> tuple[Monomial, Monomial]:
        """Leave divisors in a sum with which the forward part has divided what is left there."""
        for divisor, exponent in whole:
            if exponent < 0 and any(e > 0 and self.is_quotient(f, divisor) for f, e in rest):
                outside = self.outside(map_, divisor)
                if outside is not None:
                    outer = merged(outer, ((outside, 1),))
                    rest = merged(rest, ((divisor, -1),))
        return outer, rest

    def is_quotient(self, x: Operand, y: Operand) -> bool:
        """Say whether the forward part has divided one by the other."""
        known = self.trace.known(div, (x, y))
        return known is not None and not known.place[0]

    def completes(self, factors: Sequence[Polynomial]) -> bool:
        """Say whether a factor of all monomials meets what the forward part has divided it by."""
        for one, other in (factors, factors[::-1]):
            if len(other) != 1 or not one:
                continue
            ((monomial, _),) = other.items()
            above = [f for f, exponent in monomial if exponent > 0]
            below = set.intersection(*({f for f, exponent in m if exponent < 0} for m in one))
            below.difference_update(f for f, _ in monomial)
            is_known = self.is_share if len(one) < 2 else self.is_quotient
            if any(is_known(x, y) for x in above for y in below):
                return True
        return False

    def begin(self) -> None:
        """Forget which sums were asked for."""
        self._assumed = []

    def outside(self, map_: Map, factor: Variable) -> Variable | None:
        """Return of what a factor is the same for all places that a map adds up; None if it is not."""
        own, inner = identity_map(factor.shape), factor
        primitive: Any = factor.primitive
        if primitive.__class__ is Take:
            own, (inner,) = primitive.map, factor.parents
        if own == map_ and inner is not factor:
            return inner
        if not inner.shape:
            return inner
        for other in self._takes.get(inner, ()):
            taking: Any = other.primitive
            if other.shape == map_.source and taking.map.then(map_) == own:
                return other
        return None

    def total(self, map_: Map, rest: Monomial) -> Operand | None:
        """Return what a product adds up to, if that is known."""
        if not rest:
            return added_up(self.trace, map_, 1.0)
        if len(rest) > 1 or rest[0][1] != 1:
            return None
        factor = rest[0][0]
        known = self._along.get((map_, factor)) or self.trace.known(Put(map_), (factor,))
        if known is not None and not known.place[0]:
            return known
        equal = self._equal_sums(map_, factor)
        return self._moved_on(map_, factor) if equal is None else equal

    def _moved_on(self, map_: Map, factor: Variable) -> Operand | None:
        """Return what a sum adds up that gets one entry each of what was put among zeros."""
        primitive: Any = factor.primitive
        if primitive.__class__ is not Put:
            return None
        both = map_.then(primitive.map)
        both = fitted(both.space, both.source, both.positions())
        return taken(inverse(both), factor.parents[0]) if both.is_permuted else None

    def _equal_sums(self, map_: Map, factor: Variable) -> float | None:
        """Return to what all sums of an array of known numbers add up, if that is one number."""
        numbers = self.numbers(factor)
        primitive: Any = factor.primitive
        is_of_one = primitive.__class__ is not Put and any(
            x.__class__ is Variable and not x.shape for x in (factor, *factor.parents)
        )
        if numbers is None or is_of_one:
            return None
        totals, sizes = [0.0] * prod(map_.source), [0.0] * prod(map_.source)
        for place, number in zip(map_.positions(), numbers):
            totals[place] += number
            sizes[place] += abs(number)
        for sign in (1.0, -1.0):
            if all(abs(t - sign) <= 4.0 * float_info.epsilon * max(s, 1.0) for t, s in zip(totals, sizes)):
                if primitive.__class__ is not Put:  # which only counts
                    self._assumed.append((factor, sign))
                return sign
        return None

    def numbers(self, factor: Variable) -> Sequence[float] | None:
        """Return the numbers of an array, if they are known: of a table, or of places that are counted."""
        numbers = numbers_in(self.trace, factor)
        if numbers is not None:
            return numbers
        primitive: Any = factor.primitive
        if primitive.__class__ not in (Take, Put):
            return None
        (parent,), map_ = factor.parents, primitive.map
        if primitive.__class__ is Take:
            inner = numbers_in(self.trace, parent)
            return None if inner is None else [inner[place] for place in map_.positions()]
        return self._counts(parent, map_)

    def _counts(self, parent: Operand, map_: Map) -> list[float] | None:
        while (
            parent.__class__ is Variable
            and parent.primitive.__class__ is Take
            and not parent.parents[0].shape
        ):
            parent = parent.parents[0]
        numbers = numbers_in(self.trace, parent)
        if numbers is None or len(numbers) != 1:
            return None
        found = [0.0] * prod(map_.source)
        for place in map_.positions():
            found[place] += numbers[0]
        return found

    def assume(self) -> None:
        """Note that the sums that were asked for last are relied on."""
        for factor, total in self._assumed:
            table = factor if factor in self.trace.tables else factor.parents[0]
            numbers = numbers_in(self.trace, table)
            if table.__class__ is Variable and numbers is not None:
                name = table.name or "a table without a name"
                said = f"the {_lines(numbers, table.shape)} of {name} sum to {total:g}"
                if said not in self.assumptions:
                    self.assumptions.append(said)


def numbers_in(trace: Trace, operand: Operand) -> Sequence[float] | None:
    """Return the numbers of a table, or a plain number; None for anything else."""
    numbers: Any = operand if operand.__class__ is float else trace.tables.get(operand)
    return (numbers,) if numbers.__class__ is float else numbers


def is_among_zeros(map_: Map) -> bool:
    """Say whether what is put by a map goes to one entry each."""
    return len({*map_.positions()}) == map_.size


def is_onto(map_: Map) -> bool:
    """Say whether all entries are taken."""
    return map_.is_spread or len({*map_.positions()}) == prod(map_.source)


def _lines(numbers: Sequence[float], shape: Shape) -> str:
    """Say which entries of an array it is that sum to 1, or to -1."""
    if len(shape) == 1:
        return "entries"
    width = shape[-1]
    are_rows = all(
        abs(abs(sum(numbers[i : i + width])) - 1.0) < 1e-9 for i in range(0, len(numbers), width)
    )
    return "rows" if are_rows else "columns"


def is_outer(operand: Operand) -> bool:
    """Say whether an operand is a product of arrays seen in a larger space, as those that `@` sums."""
    return is_variable(operand, mul) and all(
        parent.__class__ is Variable and parent.primitive.__class__ is Take for parent in operand.parents
    )
