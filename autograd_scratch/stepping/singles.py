"""Plain numbers that are entries of arrays of data: `w * X[0, 0]`, or `y[t]` in a loop.

Such a number has no identity. Where an entry is read as the program is written, and the array has what was
read in one place only, or in one row of places, it is taken from there. So are three numbers in a row that
have so many digits that they are hardly there by chance.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from .dependence import Dependence, name_of, used
from .literals import Literals
from .maps import Map, Shape
from .recorder import Recorder
from .sites import Site

DIGITS = 8  # and more, of a number that stands in two places: it was written once
MANY = 100  # rows that begin with the same two numbers: more are not looked at


class Part(NamedTuple):
    """Some entries of an array that has a name."""

    name: str
    array: Any
    map: Map


class Singles:
    """Finds the arrays of which numbers are entries, or from which they were computed.

    `mixed` are arrays of which one cannot tell all that changes with them, by their entries in C order, and
    `own` those that a function made itself.
    """

    def __init__(self, recorder: Recorder, literals: Literals) -> None:
        self._literals = literals
        self._arrays = {
            name: _Places(array) for name, array in recorder.plain.items() if array.dtype.kind in "iuf"
        }
        self._dependence = Dependence(recorder)
        chosen = (self._arrays[name] for name in self._dependence.chosen if name in self._arrays)
        self.mixed: set[tuple[float, ...]] = {tuple(places.numbers) for places in chosen}
        own = self._dependence.own
        outer = {tuple(places.numbers) for name, places in self._arrays.items() if name not in own}
        self.own = {tuple(self._arrays[name].numbers) for name in own if name in self._arrays} - outer

    def part(self, numbers: Sequence[Any], shape: Shape, site: Site | None, position: int) -> Part | None:
        """Return of which array numbers are entries that an instruction takes as an operand; or None."""
        if not self._arrays:
            return None
        side = self._literals.side(site, position)
        read = {*map(_entry_of, ast.walk(side))} if side is not None else set()
        is_told = len(numbers) > 2 and all(map(_is_rare, numbers))
        found = None
        for name, places in self._arrays.items():
            rows = [*places.rows(numbers)] if len(shape) < 2 and (is_told or name in read) else []
            if len(rows) == 1 and found is None:
                map_ = Map(shape, places.array.shape, rows[0].start, (rows[0].step,) * len(shape))
                found = Part(name, places.array, map_)
        self.mix(() if found else numbers, site, position, found.name if found else "")
        return found

    def mix(self, numbers: Sequence[Any], site: Site | None, position: int, known: str = "") -> None:
        """Note which arrays an operand of plain numbers may depend on, besides a known one.

        Numbers that are in no array, and were not written down, may have been computed from any.
        """
        side = self._literals.side(site, position)
        names = self._dependence.of(site.calls[-1].code, used(side)) if side is not None and site else ()
        mixed = [places for name, places in self._arrays.items() if name in names and name != known]
        strange = next((x for x in numbers if _is_rare(x) and not self._explains(site, position, x)), None)
        if strange is not None and not mixed:
            every = self._arrays.values()
            mixed = [places for places in every if places.have(strange)] or [*every]
        self.mixed.update(tuple(places.numbers) for places in mixed)

    def _explains(self, site: Site | None, position: int, number: Any) -> bool:
        return self._literals.explains(site, position, float(number))


def _is_rare(number: Any) -> bool:
    return len(repr(abs(number))) > DIGITS


def _entry_of(part: ast.AST) -> str:
    return name_of(part.value) if isinstance(part, ast.Subscript) else ""


class _Places:
    """Where an array has which number."""

    def __init__(self, array: Any) -> None:
        self.array = array
        self._of: dict[float, list[int]] = {}

    @property
    def numbers(self) -> list[float]:
        """All entries, in C order."""
        numbers: list[float] = self.array.ravel().tolist()
        return numbers

    def have(self, number: float) -> bool:
        """Say whether a number, or its negative, is there."""
        return number in self._all or -number in self._all

    def rows(self, numbers: Sequence[float]) -> Iterator[range]:
        """Yield the places, as far from each other, at which these numbers are."""
        first, *others = numbers
        if not others:
            yield from (range(place, place + 1) for place in self._all.get(first, ()))
            return
        begins, seconds = self._all.get(first, ()), self._all.get(others[0], ())
        for begin, second in product(begins, seconds) if len(begins) * len(seconds) <= MANY else ():
            step = second - begin
            row = range(begin, begin + step * len(numbers), step) if step else range(0)
            if all(place in self._all.get(number, ()) for place, number in zip(row, numbers)) and row:
                yield row

    @property
    def _all(self) -> dict[float, list[int]]:
        if not self._of:
            self._of = defaultdict(list)
            for place, number in enumerate(self.numbers):
                self._of[number].append(place)
        return self._of
