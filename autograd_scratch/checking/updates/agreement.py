"""Do two courses of steps agree: what a person's step makes of each entry, held against another's numbers.

A difference counts by how far the entry has moved until then, and by what rounding does to its size.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import isfinite

from ..differences import EPSILON
from ..judgement import EXACT, ROUNDED
from ..precision import SINGLE_EPSILON
from .running import Course, Entry, Path

_SINGLE = 1e-5  # of the way, where the numbers are of float32
_FEW = 3  # roundings besides one for each step


@dataclass(frozen=True)
class Taken:
    """What a person's step made of the entries of a course, and whether in float32."""

    course: Course
    paths: Sequence[Path]
    is_single: bool = False

    def of(self, parameters: Sequence[str]) -> "Taken":
        """Return what it made of some of the parameters."""
        kept = [
            path for entry, path in zip(self.course.entries, self.paths) if entry.parameter in parameters
        ]
        return Taken(self.course.of(parameters), kept, self.is_single)

    @cached_property
    def _by_entry(self) -> Mapping[tuple[str, int], int]:
        return {(entry.parameter, entry.place): i for i, entry in enumerate(self.course.entries)}

    def path(self, entry: Entry) -> Path:
        """Return the numbers of one entry, step by step."""
        return self.paths[self._by_entry[entry.parameter, entry.place]]

    @cached_property
    def _ways(self) -> list[tuple[Path, Path]]:
        """Of each entry and step how far it has come, and its largest size until then."""
        ways = []
        for entry, path in zip(self.course.entries, self.paths):
            sizes = accumulate([abs(entry.start), *map(abs, path)], max)
            ways.append((_way(entry.start, path), [*sizes][1:]))
        return ways

    def parting(self, entry: Entry, other: Path, *, exact: bool = False) -> int | None:
        """Return the first step, from 0 on, at which an entry's numbers differ from others; or None."""
        i = self._by_entry[entry.parameter, entry.place]
        moved, sizes = self._ways[i]
        share, unit = (_SINGLE, SINGLE_EPSILON) if self.is_single else (ROUNDED, EPSILON)
        share = EXACT if exact else share
        for t, (x, y) in enumerate(zip(self.paths[i], other)):
            if x == y or not (isfinite(x) or isfinite(y)):
                continue
            if not abs(x - y) <= share * moved[t] + (t + _FEW) * unit * sizes[t]:
                return t
        return None

    def error(self, entry: Entry, other: Path) -> float:
        """Return the largest difference from others, relative to how far either has come."""
        i = self._by_entry[entry.parameter, entry.place]
        ways = zip(self._ways[i][0], _way(entry.start, other))
        pairs = zip(self.paths[i], other, map(max, ways))
        return max(
            (abs(x - y) / (way or abs(x) or 1.0) for x, y, way in pairs if isfinite(x) and isfinite(y)),
            default=0.0,
        )

    def fits(self, paths: Iterable[tuple[Entry, Path]]) -> bool:
        """Say whether other numbers are those of the person for all entries; they are asked one by one."""
        return all(self.parting(entry, path) is None for entry, path in paths)


def _way(start: float, path: Path) -> Path:
    """Return how far an entry has come after each step, there and back counted."""
    return [*accumulate(abs(x - y) for x, y in zip(path, [start, *path]))]


def agreeing(taken: Taken, tries: Callable[[], Iterable[tuple[Entry, Path]]]) -> float | None:
    """Return the largest error of what agrees with a person's numbers; None if it does not."""
    if not taken.fits(tries()):
        return None
    return max((taken.error(entry, path) for entry, path in tries()), default=0.0)
