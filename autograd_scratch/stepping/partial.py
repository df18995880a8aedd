"""Rounds of a loop of which a part is missing, with what is missing put in.

In the first round `0.9 * s` of `s = 0.0` is a plain number, and no node. In the last nobody may need what
it leaves for the next. Such a round is like all others once these are there: the numbers of the first are
computed as in later rounds, from zeros or ones, and have to be those that the program had. What is dead in
the last takes what comes after what it took before.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from math import prod
from typing import Any

from ..primitives import arithmetic, exponential
from ..primitives.reductions import dot_p, mean_p, sum_p
from .maps import Map
from .operands import Operand
from .sources import Source
from .step import Step

STARTS = (0.0, 1.0)
CALM = frozenset(  # whose slopes are finite, so that no adjoint goes back as none
    (
        *(arithmetic.add, arithmetic.sub, arithmetic.mul, arithmetic.div, arithmetic.neg),
        *(exponential.tanh, exponential.sigmoid, dot_p, sum_p, mean_p),
    )
)

Rounds = Sequence[Sequence[Step]]
Part = Sequence[Step | None]


class MissingError(Exception):
    """What is missing cannot be told."""


def with_last(rounds: Rounds, part: Part) -> list[Step]:
    """Return the round after all others, given that of which the end is missing."""
    example = _Example(rounds, len(rounds) - 2, len(rounds))
    found: list[Step] = []
    for j, step in enumerate(part):
        if step is None:
            like = rounds[-1][j]
            if like.primitive not in CALM:
                raise MissingError
            operands = example.operands(j, [each.result for each in found])
            entries = [object() for _ in like.result.entries]
            result = Source("step", like.result.shape, like.result.name, entries)
            step = replace(like, operands=operands, result=result)
        found.append(step)
    return found


def with_first(rounds: Rounds, part: Part) -> list[Step]:
    """Return the round before all others, given that of which the beginning is missing."""
    for start in STARTS:
        with suppress(MissingError):
            return _with_first(rounds, part, start)
    raise MissingError


def _with_first(rounds: Rounds, part: Part, start: float) -> list[Step]:
    example = _Example(rounds, 1, -1, start)
    found: list[Step] = []
    for j, step in enumerate(part):
        results = [each.result for each in found]
        if step is None:
            like = rounds[1][j]
            operands = example.operands(j, results)
            result = Source("step", like.result.shape, like.result.name, _numbers(like, operands))
            step = replace(like, operands=operands, result=result)
        else:
            step = replace(step, operands=example.with_numbers(j, step, part, results))
        found.append(step)
    return found


class _Example:
    """What two rounds side by side take, and so any other."""

    def __init__(self, rounds: Rounds, one: int, wanted: int, start: float = 0.0) -> None:
        self._rounds = rounds
        self._one = one
        self._wanted = wanted
        self._start = start
        self._places = {step.result: (r, j) for r, own in enumerate(rounds) for j, step in enumerate(own)}
        self._starts: dict[int, Source] = {}

    def operands(self, j: int, results: Sequence[Source]) -> tuple[Operand, ...]:
        """Return what the wanted round takes in a step, given what it has computed before."""
        one, other = self._rounds[self._one][j], self._rounds[self._one + 1][j]
        if len(one.operands) != len(other.operands):
            raise MissingError
        return tuple(self._next(a, b, results) for a, b in zip(one.operands, other.operands))

    def with_numbers(
        self, j: int, step: Step, part: Part, results: Sequence[Source]
    ) -> tuple[Operand, ...]:
        """Return what a step takes, with the numbers in it as results of what is missing."""
        found: list[Operand] = []
        alike = self._rounds[self._one][j].operands
        if len(alike) != len(step.operands):
            raise MissingError
        for operand, like in zip(step.operands, alike):
            r, k = self._places.get(like.source, (0, 0)) if like.source is not None else (0, 0)
            if r != self._one or part[k] is not None or like.map is None:
                found.append(operand)
                continue
            entries = [results[k].entries[place] for place in like.map.positions()]
            numbers = [operand.number] * len(entries)
            if operand.source is not None and operand.map is not None:
                numbers = [operand.source.entries[place] for place in operand.map.positions()]
            if operand.terms != like.terms or [*map(repr, numbers)] != [*map(repr, entries)]:
                raise MissingError
            found.append(like._replace(source=results[k]))
        return tuple(found)

    def _next(self, one: Operand, other: Operand, results: Sequence[Source]) -> Operand:
        if one.source is None or other.source is None or one.map is None or other.map is None:
            if one.source is not other.source or repr(one.number) != repr(other.number):
                raise MissingError
            return other
        source, map_ = self._moved((one.source, one.map), (other.source, other.map), results)
        return other._replace(source=source, map=map_)

    def _moved(
        self, one: tuple[Source, Map], other: tuple[Source, Map], results: Sequence[Source]
    ) -> tuple[Source, Map]:
        """Return source and map of the wanted round, given those of the two."""
        (first, map_), (second, later) = one, other
        if first in self._places:
            r, j = self._places[first]
            if map_ != later or self._places.get(second) != (r + 1, j):
                raise MissingError
            return self._result(self._wanted - (self._one - r), j, results), map_
        if first is second:
            return first, self._further(map_, later, len(first.entries))
        if first.kind != "arrangement" or second.kind != "arrangement" or map_ != later:
            raise MissingError
        whole = Source("arrangement", first.shape, first.name, [object() for _ in first.entries])
        for (a, take, put), (b, taken, put_later) in zip(first.pieces, second.pieces, strict=True):
            if put != put_later:
                raise MissingError
            whole.pieces.append((*self._moved((a, take), (b, taken), results), put))
        return whole, map_

    def _result(self, r: int, j: int, results: Sequence[Source]) -> Source:
        """Return what a step computes in a round: in that before the first, the start."""
        if r == self._wanted:
            if j >= len(results):
                raise MissingError
            return results[j]
        if r >= 0:
            return self._rounds[r][j].result
        if j not in self._starts:
            shape = self._rounds[0][j].result.shape
            self._starts[j] = Source("constants", shape, "", [self._start] * prod(shape))
        return self._starts[j]

    def _further(self, one: Map, other: Map, size: int) -> Map:
        """Return the map of the wanted round, given those of the two, of an array of a size."""
        if one == other:
            return one
        if one.table is not None or other.table is not None or one.strides != other.strides:
            raise MissingError
        offset = one.offset + (self._wanted - self._one) * (other.offset - one.offset)
        found = Map(one.space, one.source, offset, one.strides)
        places = found.positions()
        if min(places) < 0 or max(places) >= size:
            raise MissingError
        return found


def _numbers(step: Step, operands: Sequence[Operand]) -> list[float]:
    """Return what a step computes of plain numbers; of anything else it is not missing."""
    size = prod(step.result.shape)
    columns: list[list[Any]] = []
    for operand in operands:
        count = operand.terms or 1
        entries: list[Any] = [operand.number] * (size * count)
        if operand.source is not None and operand.map is not None:
            entries = [operand.source.entries[place] for place in operand.map.positions()]
        if any(entry.__class__ is not float for entry in entries):
            raise MissingError
        columns += [entries[k::count] for k in range(count)]
    apply: Callable[..., Any] = step.primitive
    try:
        return [float(apply(*row)) for row in zip(*columns, strict=True)]
    except (ArithmeticError, ValueError):
        raise MissingError from None
