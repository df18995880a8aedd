"""What cancels in a backward part, cancelled.

The chain rule divides by what the forward part has multiplied by. Here each Variable of the backward part
is a sum of products of what is no such sum itself. Where factors or terms cancel, it is written anew; else
it stays as it is. Sums along axes are taken out of by what is constant along these. So for
p = e / e.sum(axis=1) and the loss -(y * log(p)).sum(), nothing has to be known of softmax to find p - y:

    (-y / p) / s * e  and  (y / p * e / s / s).sum() * e  are  -y  and  y.sum() * p

That the rows of y sum to 1 is found in the numbers of its table, and noted as an assumption.
"""

from collections import Counter
from fractions import Fraction
from typing import Any

from ...primitives.arithmetic import add, neg, sub
from ...primitives.reductions import sum_p
from ...stepping.maps import Map
from ..operands import Operand
from ..rolled.structure import Along, Put, Take, added_up, taken
from ..variables import Trace, Variable
from .polynomials import (
    LONGEST,
    Monomial,
    Polynomial,
    added,
    factors_of,
    has_cancelled,
    is_less,
    merged,
    of,
    product,
    scaled,
    size,
    written,
)
from .totals import Totals, is_among_zeros, is_onto, is_outer, numbers_in

FEW = 3  # terms of a textbook's form; and sums that are multiplied out in one monomial


class Algebra:
    """What is known of the Variables of one trace; called in their order, it says what each becomes."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.totals = Totals(trace)
        self._forms: dict[Variable, Polynomial] = {}
        self._sums: dict[Variable, Polynomial] = {}  # what a sum adds up
        self._shorter: set[Variable] = set()  # in whose form something has cancelled
        self._touched: set[Variable] = set()  # or in what it is made of
        self._places = {variable: i for i, variable in enumerate(trace.variables)}
        self._costs: dict[Any, int] = {}
        self._divisors: set[Variable] = set()  # some entries of which the forward part may not divide by

    def __call__(self, variable: Operand) -> Operand:
        """Note what a Variable is, and return it, or what it is when what cancels is gone."""
        if variable.__class__ is not Variable or not variable.parents:
            return variable
        is_new = variable not in self._forms
        self._learn(variable)
        form = self._forms[variable]
        if not is_new or not variable.place[0]:
            return variable
        shorter = self._multiplied_out(form)
        is_shorter = variable in self._shorter or shorter is not form
        is_as_good = variable.primitive.__class__ is Take or not (is_shorter or variable in self._touched)
        if shorter and (is_as_good or len(shorter) > FEW or self._divides_anew(shorter)):
            return variable
        made = written(self.trace, shorter, self._place)
        if made.__class__ is not Variable:
            return made
        self._learn(made)
        is_filled = is_outer(variable) and not is_outer(made)
        if is_filled or self._costs[made] > self._costs[variable] - (not is_shorter):
            return variable
        self._forms[variable] = shorter
        self._touched.add(made)
        return made

    def _learn(self, variable: Variable) -> None:
        """Note what a Variable is, and what it is made of."""
        pending = [variable]
        while pending:
            at = pending[-1]
            missing = [p for p in at.parents if p.__class__ is Variable and p not in self._forms]
            if at not in self._forms and missing:
                pending += missing
                continue
            pending.pop()
            if at not in self._forms:
                self._place(at)
                form, is_shorter = self._form(at)
                self._forms[at] = {((at, 1),): Fraction(1)} if form is None else form
                self._costs[at] = self._cost(at)
                if is_shorter:
                    self._shorter.add(at)
                if is_shorter or not self._touched.isdisjoint(at.parents):
                    self._touched.add(at)

    def _divides_anew(self, form: Polynomial) -> bool:
        """Say whether entries may be divided by that nothing was divided by before."""
        return any(exponent < 0 and f in self._divisors for monomial in form for f, exponent in monomial)

    def _cost(self, variable: Variable) -> int:
        """Return how many operations the backward part needs for a Variable, if none is shared."""
        if not variable.place[0] or not variable.parents:
            return 0
        own = variable.primitive.__class__ is not Take
        return own + sum(self._costs.get(parent, 0) for parent in variable.parents)

    def _atom(self, operand: Operand) -> Polynomial:
        """Return the form of an operand, which is itself if nothing else is known yet."""
        if operand.__class__ is Variable:
            if operand not in self._forms:
                for parent in operand.parents:
                    self._of(parent)
                self._forms[operand] = {((operand, 1),): Fraction(1)}
                self._costs[operand] = self._cost(operand)
            return self._forms[operand]
        return of(operand) or {}

    def _place(self, variable: Any) -> int:
        return (
            self._places.setdefault(variable, len(self._places)) if variable.__class__ is Variable else -1
        )

    def _of(self, operand: Operand) -> Polynomial | None:
        if operand.__class__ is float:
            return of(operand)
        numbers = numbers_in(self.trace, operand)
        if numbers is not None and not operand.shape and not operand.name:
            return of(numbers[0])
        self._learn(operand)
        return self._forms[operand]

    def _form(self, variable: Variable) -> tuple[Polynomial | None, bool]:
        """Return a Variable as a polynomial, and whether something cancelled in it; None if it is none."""
        primitive: Any = variable.primitive
        if primitive.__class__ is Along:
            self.totals.note_sum(variable)
            return None, False
        if primitive.__class__ is Put:
            if not variable.place[0]:
                self.totals.note_put(variable)
                return None, False
            return self._put(primitive.map, variable.parents[0])
        parents = [form for parent in variable.parents if (form := self._of(parent)) is not None]
        if not parents or len(parents) < len(variable.parents):
            return None, False
        if primitive.__class__ is Take:
            return self._taken(variable, parents[0])
        if primitive in (add, sub, sum_p):
            signs = [1, -1 if primitive is sub else 1, *[1] * (len(parents) - 2)]
            return self._sum(variable, [scaled(p, Fraction(s)) for p, s in zip(parents, signs)])
        if primitive is neg:
            return scaled(parents[0], Fraction(-1)), False
        factors = factors_of(primitive, parents)
        if factors is None:
            return None, False
        found = product(*factors)
        if found is None or (not variable.place[0] and len(found) > 1):
            return None, False
        return found, has_cancelled(factors, found) or (
            variable.place[0] and self.totals.completes(factors)
        )

    def _sum(self, variable: Variable, parts: list[Polynomial]) -> tuple[Polynomial | None, bool]:
        if sum(map(len, parts)) > LONGEST:
            return None, False
        total = added(parts)
        if variable.place[0]:
            folded = self._without_tables(self._folded(total))
            return folded, is_less(folded, parts)
        inner = [
            self._sums.get(p, part) if p.__class__ is Variable and not p.name and len(part) == 1 else part
            for p, part in zip(variable.parents, parts)
        ]
        signs = [1, -1 if variable.primitive is sub else 1, *[1] * (len(parts) - 2)]
        inner = [
            scaled(i, Fraction(sign)) if i is not part else part
            for i, part, sign in zip(inner, parts, signs)
        ]
        if sum(map(len, inner)) <= LONGEST:
            self._sums[variable] = added(inner)
        return None, False

    def _folded(self, polynomial: Polynomial) -> Polynomial:
        """Take the terms of a sum over the sum itself together: they are 1."""
        if len(polynomial) < 2:
            return polynomial
        divisors = Counter(
            f for monomial in polynomial for f, exponent in monomial if exponent < 0 and f in self._sums
        )
        for divisor in sorted(divisors, key=self._place):
            terms = self._sums[divisor]
            if not 1 < len(terms) <= divisors[divisor]:
                continue
            lead, weight = next(iter(terms.items()))
            undone = tuple((factor, -exponent) for factor, exponent in lead)
            for monomial, number in [*polynomial.items()]:
                if dict(monomial).get(divisor, 0) >= 0:
                    continue
                rest, ratio = merged(monomial, undone), number / weight
                if all(polynomial.get(merged(rest, term)) == ratio * own for term, own in terms.items()):
                    gone = {merged(rest, term): -ratio * own for term, own in terms.items()}
                    polynomial = added([polynomial, gone, {merged(rest, ((divisor, 1),)): ratio}])
        return polynomial

    def _without_tables(self, polynomial: Polynomial) -> Polynomial:
        """Take terms together that are the same but for arrays of numbers that add up to one number."""
        groups: dict[Monomial, list[tuple[Variable, Fraction]]] = {}
        for monomial, number in polynomial.items():
            for factor, exponent in monomial:
                if exponent == 1 and self.totals.numbers(factor) is not None:
                    rest = tuple((f, e) for f, e in monomial if f is not factor)
                    groups.setdefault(rest, []).append((factor, number))
        for rest, terms in groups.items():
            if len(terms) < 2:
                continue
            columns = zip(*(self.totals.numbers(table) or () for table, _ in terms))
            unit = terms[0][1]
            weights = [float(number / unit) for _, number in terms]
            totals = {sum(w * x for w, x in zip(weights, column)) for column in columns}
            if len(totals) == 1:
                gone = {merged(rest, ((table, 1),)): -number for table, number in terms}
                polynomial = added([polynomial, gone, {rest: unit * Fraction(totals.pop())}])
        return polynomial

    def _multiplied_out(self, polynomial: Polynomial) -> Polynomial:
        """Multiply sums out, if that makes a polynomial shorter."""
        sums = {f for m in polynomial for f, exponent in m if exponent == 1 and f in self._sums}
        if not 0 < len(sums) <= FEW or len(polynomial) < 2:
            return polynomial
        best = polynomial
        for chosen in (sums, *({each} for each in sorted(sums, key=self._place))):
            parts: list[Polynomial] = []
            for monomial, number in polynomial.items():
                part: Polynomial | None = {tuple((f, e) for f, e in monomial if f not in chosen): number}
                for factor, exponent in monomial:
                    if factor in chosen and part is not None:
                        one = self._sums[factor] if exponent == 1 else of(factor, exponent)
                        part = product(part, one or {})
                if part is None:
                    break
                parts.append(part)
            else:
                total = self._without_tables(added(parts))
                best = min(best, total, key=size) if is_less(total, parts) else best
        return best

    def _taken(self, variable: Variable, inner: Polynomial) -> tuple[Polynomial | None, bool]:
        """Take from each factor what is taken from a product."""
        (parent,), map_ = variable.parents, variable.primitive.map  # type: ignore[union-attr]
        self.totals.note_take(variable)
        if parent in self._sums:
            terms = self._sums[parent].items()
            self._sums[variable] = added({self._moved(term, map_): number} for term, number in terms)
        if [*inner] == [((parent, 1),)] or (len(inner) > 1 and not variable.place[0]):
            return None, False
        return {self._moved(monomial, map_): number for monomial, number in inner.items()}, False

    def _moved(self, monomial: Monomial, map_: Map) -> Monomial:
        moved: Monomial = ()
        for factor, exponent in monomial:
            moved = merged(moved, ((self._take(map_, factor), exponent),))
        return moved

    def _take(self, map_: Map, factor: Variable) -> Variable:
        found: Variable = taken(map_, factor)
        self._learn(found)
        return found

    def _put(self, map_: Map, operand: Operand) -> tuple[Polynomial | None, bool]:
        """Return a sum along axes: what is constant along them taken out, and the rest if it is known."""
        form = self._of(operand)
        if form is None or len(form) > FEW:
            return None, False
        if not any(factor.shape for monomial in form for factor, _ in monomial) and map_.space:
            return product(form, self._atom(added_up(self.trace, map_, 1.0))), False
        parts: list[Polynomial] = []
        are_taken_out = are_known = True
        self.totals.begin()
        for monomial, number in form.items():
            outer, rest = self._split(map_, monomial)
            total = self.totals.total(map_, rest)
            if total is None:
                are_known = False
                outer, rest = self.totals.with_quotients(map_, outer, monomial, rest)
                is_scaled = number != 1 and is_among_zeros(map_) and all(e > 0 for _, e in rest)
                are_taken_out = are_taken_out and (bool(outer) or is_scaled)
                total = added_up(self.trace, map_, written(self.trace, {rest: Fraction(1)}, self._place))
            is_view = total.__class__ is Variable and total.primitive.__class__ is Take
            whole = product({outer: number}, (self._of(total) if is_view else None) or self._atom(total))
            if whole is None:
                return None, False
            parts.append(whole)
        found = added(parts)
        is_split = not are_known and len(form) > 1 and is_outer(operand)
        if is_split or (not are_taken_out and len(found) == len(form)):
            return None, False
        self.totals.assume()
        return found, are_known and size(found) < size(form)

    def _split(self, map_: Map, monomial: Monomial) -> tuple[Monomial, Monomial]:
        """Return what is the same for all places that a map adds up, as it is there, and the rest."""
        outer: Monomial = ()
        rest: Monomial = ()
        for factor, exponent in monomial:
            constant = self.totals.outside(map_, factor)
            if constant is not None and exponent < 0 and constant.shape and not is_onto(map_):
                self._divisors.add(constant)
            if constant is None:
                rest = merged(rest, ((factor, exponent),))
            else:
                outer = merged(outer, ((constant, exponent),))
        return outer, rest
