"""A rule of many terms, rolled along them: from what it writes for each term to arrays.

A primitive of many terms writes its formula, or its partials, term by term: for a softmax `exp(x[k] - top)`
for each k. Where all terms of a result differ in nothing but the term that they read, they are one
array with an axis for the terms. Where they differ otherwise, each is taken by itself.

So a rule is run once on symbols at full arity, and what it wrote is read from its results down: `row` makes
an array of results that differ so, `one` a result of all of them.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import accumulate, groupby
from typing import Any

from ...primitives.arithmetic import add, div, mul
from ...primitives.norms import norm_of, norm_slope, norm_slope_at
from ...primitives.reductions import dot_p, fsum_p, mean_p, prod_p, sum_p
from ...stepping.maps import Map, Shape, fitted, strides_of
from ..operands import Operand, is_variable, is_zero
from ..variables import Trace, Variable, shape_of
from .structure import (
    Along,
    added_up,
    is_single,
    over_all_but_last,
    over_terms,
    product,
    summed,
    table_of,
    taken,
)

SUMS = (sum_p, fsum_p)
DEEPEST = 30  # operations inside each other, of results that are alike
MOST = 2_000  # terms of all sums together, which are otherwise written one by one


class NotAlikeError(Exception):
    """Results that differ by more than the term that they read."""


class Roller:
    """What a rule wrote on symbols for the terms of some arrays, made a part of the trace of these."""

    def __init__(self, trace: Trace, operands: Sequence[Operand], terms: Sequence[int]) -> None:
        self.trace = trace
        self.scratch = Trace()
        self.scratch.place = trace.place
        self.space = shape_of(Along(sum_p, tuple(terms)), operands)
        self.symbols: list[Any] = []
        self._sources: dict[Any, tuple[Operand, int | None]] = {}
        for operand, count in zip(operands, terms):
            if operand.__class__ is float or not operand.shape:
                self.symbols += [self.one_more(operand)] * (count or 1)
                continue
            for k in range(count or 1):
                symbol = self.scratch.leaf(None)
                self._sources[symbol] = operand, k if count else None
                self.symbols.append(symbol)
        self._depth = 0
        self._ones: dict[Any, Operand] = {}
        self._tried: set[Any] = set()
        self._rows: dict[tuple[Any, ...], Operand | None] = {}  # None where they are not alike

    def one_more(self, operand: Operand) -> Any:
        """Return a symbol for an operand that has no terms."""
        if operand.__class__ is float:
            return operand
        symbol = self.scratch.leaf(None)
        self._sources[symbol] = operand, None
        return symbol

    def one(self, result: Any) -> Operand:
        """Return the array that a result stands for, which has no axis of terms."""
        pending = [result]
        while pending:
            at = pending[-1]
            if at.__class__ is float or at in self._ones:
                pending.pop()
            elif at in self._sources:
                operand, k = self._sources[at]
                self._ones[at] = operand if k is None else self._column(operand, k)
            else:
                terms = None if at in self._tried else self._terms(at)
                self._tried.add(at)
                found = None if terms is None else self._reduced(*terms)
                if found is not None:
                    self._ones[at] = found
                    continue
                missing = [p for p in at.parents if p.__class__ is Variable and p not in self._ones]
                if missing:
                    pending += missing
                    continue
                self._ones[at] = self.trace.apply(
                    at.primitive, tuple(self._ones.get(parent, parent) for parent in at.parents)
                )
        return result if result.__class__ is float else self._ones[result]

    def _terms(self, variable: Variable) -> tuple[Any, list[Any], list[Any]] | None:
        """Return the reduction that a Variable is, its terms and what is added to it; or None."""
        primitive, parents = variable.primitive, list(variable.parents)
        if primitive is not add:
            is_of_many = primitive is not None and primitive.arity is None and len(parents) > 1
            return (primitive, parents, []) if is_of_many else None
        terms: list[Any] = []
        at: Any = variable
        while at.__class__ is Variable and at.primitive is add and at not in self._sources:
            at, term = at.parents
            terms.append(term)
        if len(terms) < 2:
            return None
        if at.__class__ is float:
            return sum_p, terms[::-1], [at] if at else []
        return sum_p, [at, *terms[::-1]], []

    def _reduced(self, primitive: Any, terms: list[Any], more: list[Any]) -> Operand | None:
        """Return a reduction of terms that are alike; None for others."""
        count = len(terms)
        try:
            if primitive is dot_p:
                count //= 2
                row = product(self.row(terms[:count]), self.row(terms[count : 2 * count]))
                more = terms[2 * count :]
                if is_zero(row):
                    return reduce(add, map(self.one, more), 0.0) if more else 0.0
            else:
                row = self.row(terms)
        except NotAlikeError:
            return self._in_runs(terms, more) if primitive in SUMS else None
        if is_single(row, (*self.space, count)):
            return None
        if primitive not in SUMS and primitive not in (mean_p, dot_p):
            return self.trace.apply(Along(primitive, (count,)), (row,))
        total = summed(self._without_terms(count), row)
        for each in more:
            total = total + self.one(each)
        return self.trace.apply(div, (total, float(count))) if primitive is mean_p else total

    def _in_runs(self, terms: list[Any], more: list[Any]) -> Operand | None:
        """Return a sum of terms of which those of one origin are alike; None where none are."""
        runs = [list(run) for _, run in groupby(terms, self._origin)]
        if not 1 < len(runs) < len(terms):
            return None
        parts: list[Operand] = []
        for run in runs:
            total = self._reduced(sum_p, run, []) if len(run) > 1 else None
            parts += map(self.one, run) if total is None else [total]
        return reduce(add, [*parts, *map(self.one, more)])

    def _origin(self, term: Any) -> Any:
        """Return what tells apart where terms come from: an array, or a primitive."""
        if term.__class__ is float:
            return None
        return id(self._sources[term][0]) if term in self._sources else term.primitive

    def _without_terms(self, count: int) -> Map:
        return Map((*self.space, count), self.space, 0, (*strides_of(self.space), 0))

    def row(self, results: Sequence[Any]) -> Operand:
        """Return the array with an axis for results that differ by the term that they read."""
        key = tuple(results)
        if key not in self._rows:
            if self._depth == DEEPEST:
                raise NotAlikeError
            self._depth += 1
            try:
                found = self._row(key)
            except NotAlikeError:
                found = self._sums(key)
            self._depth -= 1
            self._rows[key] = found
        if self._rows[key] is None:
            raise NotAlikeError
        return self._rows[key]

    def _row(self, results: tuple[Any, ...]) -> Operand:
        count, first = len(results), results[0]
        if all(result is first for result in results) or (
            first.__class__ is float
            and all(r.__class__ is float and repr(r) == repr(first) for r in results)
        ):
            return over_terms(self.one(first), (*self.space, count))
        if all(result.__class__ is float for result in results):
            table = table_of(self.trace, tuple(results), (count,))
            return over_all_but_last(table, (*self.space, count))
        if any(result.__class__ is float for result in results):
            raise NotAlikeError
        if all(result in self._sources for result in results):
            return self._terms_of(results)
        slopes = self._slopes_of_norms(results)
        if slopes is not None:
            return slopes
        if len({result.primitive for result in results}) > 1 or any(r in self._sources for r in results):
            raise NotAlikeError
        if len({len(result.parents) for result in results}) > 1:
            raise NotAlikeError
        parts = tuple(self.row(parts) for parts in zip(*(result.parents for result in results)))
        primitive = first.primitive
        return self.trace.apply(primitive, parts)

    def _slopes_of_norms(self, results: tuple[Any, ...]) -> Operand | None:
        """Return the array of slopes of a norm by all its coordinates, each a primitive of its own."""
        families: list[Any] = [
            getattr(result.primitive, "family", None) or (None, ()) for result in results
        ]
        terms = results[0].parents
        if any(maker is not norm_slope_at for maker, _ in families) or len(terms) != len(results):
            return None
        p = families[0][1][1]
        if any(r.parents != terms or f[1] != (k, p) for k, (r, f) in enumerate(zip(results, families))):
            return None
        length = over_terms(self.one(self.scratch.apply(norm_of(p), terms)), (*self.space, len(terms)))
        return self.trace.apply(norm_slope(p), (self.row(terms), length))

    def _sums(self, results: tuple[Any, ...]) -> Operand | None:
        """Return the array of sums of equally many of some terms that are alike, as of all others.

        Or of products.
        """
        primitive = getattr(results[0], "primitive", None)
        if primitive not in (add, mul):
            return None
        sums = [self._flat(result, primitive) for result in results if is_variable(result, primitive)]
        count = len(sums[0]) if sums else 0
        if len(sums) < len(results) or len(sums) * count > MOST or any(len(own) != count for own in sums):
            return None
        distinct = dict.fromkeys(term for own in sums for term in own)
        if len(distinct) > len(results):
            return None
        places = {term: i for i, term in enumerate(distinct)}
        try:
            row = self.row(tuple(distinct))
        except NotAlikeError:
            return None
        space = (*self.space, len(distinct))
        if is_single(row, space):
            return None
        each = [places[term] for own in sums for term in own]
        column = fitted((len(sums), count), (len(distinct),), each)
        each_sum = taken(_along_last(space, column), row)
        if primitive is mul:
            return self.trace.apply(Along(prod_p, (count,)), (each_sum,))
        inner = (*self.space, len(sums))
        return summed(Map((*inner, count), inner, 0, (*strides_of(inner), 0)), each_sum)

    def _flat(self, variable: Variable, primitive: Any) -> list[Any]:
        """Return all terms of a sum of sums, from left to right, or of a product of products."""
        found: list[Any] = []
        pending: list[Any] = [variable]
        while pending and len(found) <= MOST:
            at = pending.pop()
            if is_variable(at, primitive) and at not in self._sources:
                pending += reversed(at.parents)
            else:
                found.append(at)
        return found

    def _terms_of(self, symbols: Sequence[Any]) -> Operand:
        """Return some terms of one array, as an array."""
        operands = {id(self._sources[symbol][0]) for symbol in symbols}
        places = [self._sources[symbol][1] for symbol in symbols]
        if len(operands) > 1 or None in places:
            raise NotAlikeError
        operand: Any = self._sources[symbols[0]][0]
        column = fitted((len(symbols),), operand.shape[-1:], [place or 0 for place in places])
        return taken(_along_last(operand.shape, column), operand)

    def _column(self, operand: Any, k: int) -> Operand:
        return taken(Map(operand.shape[:-1], operand.shape, k, strides_of(operand.shape)[:-1]), operand)

    def together(self, results: Sequence[Any]) -> Operand:
        """Return the array with an axis for results, alike or not."""
        try:
            return self.row(results)
        except NotAlikeError:
            pass
        shape = (*self.space, len(results))
        groups: dict[Any, list[int]] = {}
        for k, result in enumerate(results):
            groups.setdefault(_outline(result), []).append(k)
        parts = []
        for group in groups.values():
            parts += self._scattered([results[k] for k in group], group, shape)
        return list(accumulate(parts, lambda x, y: x + y))[-1]

    def _scattered(self, results: Sequence[Any], places: Sequence[int], shape: Shape) -> list[Operand]:
        """Return arrays that add up to one with these results in these places, and zeros elsewhere."""
        try:
            row = self.row(results)
        except NotAlikeError:
            columns = [Map(self.space, shape, k, strides_of(shape)[:-1]) for k in places]
            ones = map(self.one, results)
            return [added_up(self.trace, column, one) for column, one in zip(columns, ones)]
        column = fitted((len(places),), shape[-1:], places)
        return [added_up(self.trace, _along_last(shape, column), row)]


def _outline(result: Any) -> Any:
    """Return what results that are alike have in common: their primitive, and those of operands."""
    if result.__class__ is float:
        return None
    return result.primitive, *(getattr(parent, "primitive", None) for parent in result.parents)


def _along_last(shape: tuple[int, ...], column: Map) -> Map:
    """Return the map that takes some entries along the last axis of an array."""
    space = (*shape[:-1], *column.space)
    if column.table is None:
        return Map(space, shape, column.offset, (*strides_of(shape)[:-1], *column.strides))
    rows = Map(shape[:-1], shape, 0, strides_of(shape)[:-1]).positions()
    return fitted(space, shape, [row + place for row in rows for place in column.table])
