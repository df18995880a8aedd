"""Plain numbers that are entries of arrays of data: `w * X[0, 0]`, or `y[t]` in a loop.

Such a number has no identity. Where an entry is read as the program is written, and the array has what was
read in one place only, or in one row of places, it is taken from there. So are three numbers in a row that
have so many digits that they are hardly there by chance.
"""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
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
    """Finds the arrays of which numbers are entries, or from which they were computed."""

    def __init__(self, recorder: Recorder, literals: Literals) -> None:
        self._recorder = recorder
        self._literals = literals
        self._arrays = {
            name: _Places(array) for name, array in recorder.plain.items() if array.dtype.kind in "iuf"
        }
        self._mixed: set[str] = set()

    @cached_property
    def _dependence(self) -> Dependence:
        return Dependence(self._recorder)

    @property
    def mixed(self) -> frozenset[tuple[float, ...]]:
        """The arrays of which one cannot tell all that changes with them, by their entries in C order."""
        return self._entries(self._mixed | self._dependence.chosen)

    @property
    def own(self) -> frozenset[tuple[float, ...]]:
        """The arrays that a function made itself, and nobody else has, by their entries in C order."""
        made = self._dependence.own
        return self._entries(made) - self._entries(self._arrays.keys() - made) if made else frozenset()

    def part(self, numbers: Sequence[Any], shape: Shape, site: Site | None, position: int) -> Part | None:
        """Return of which array numbers are entries that an instruction takes as an operand; or None."""
        if not self._arrays or len(shape) > 1:
            return None
        side = self._literals.side(site, position)
        read = {*map(_entry_of, ast.walk(side))} if side is not None else set()
        is_told = len(numbers) > 2 and all(map(_is_rare, numbers))
        for name, places in self._arrays.items():
            rows = [*places.rows(numbers)] if is_told or name in read else []
            if len(rows) == 1:
                map_ = Map(shape, places.array.shape, rows[0].start, (rows[0].step,) * len(shape))
                return Part(name, places.array, map_)
        return None

    def mix(self, numbers: Sequence[Any], site: Site | None, position: int, known: str = "") -> None:
        """Note which arrays an operand of plain numbers may depend on, besides a known one.

        Numbers that are in no array, and were not written down, may have been computed from any.
        """
        if not self._arrays:
            return
        side = self._literals.side(site, position)
        names = self._dependence.of(site.calls[-1].code, used(side)) if side is not None and site else ()
        mixed = (self._arrays.keys() & names) - {known}
        if not mixed and not self._literals.is_plain(site, position):
            written = site.calls[-1].code.co_consts if site is not None and site.calls else ()
            strange = next(
                (x for x in numbers if _is_rare(x) and x not in written and -x not in written), None
            )
            if strange is not None:
                holders = {name for name, places in self._arrays.items() if places.have(strange)}
                mixed = holders or {*self._arrays}
        self._mixed |= mixed

    def _entries(self, names: Collection[str]) -> frozenset[tuple[float, ...]]:
        return frozenset(tuple(self._arrays[name].numbers) for name in names if name in self._arrays)


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
