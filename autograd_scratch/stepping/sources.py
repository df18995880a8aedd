"""The arrays that steps take entries from, found by the identity of these.

An entry is a Value, or an object that stands for a plain number (see `tables`). Each has a home: the array,
and the place in it, where it was given or made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .maps import Map, Shape, fitted, strides_of


@dataclass(eq=False)
class Source:
    """An array: an argument, a table of plain numbers, what a step made, or an arrangement of these.

    One that is carried is an arrangement of a start and of what the rounds of a loop make of it.
    """

    kind: str
    shape: Shape
    name: str
    entries: Sequence[Any]
    number: int = -1  # among all sources
    pieces: list[tuple["Source", Map, Map]] = field(default_factory=list)  # of an arrangement: take, put


class Homes:
    """Where each entry is at home."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._of: dict[int, tuple[Source, int]] = {}
        self._arrangements: dict[int, list[Source]] = {}

    def add(self, source: Source) -> Source:
        """Add a source, whose entries are at home in it unless they are elsewhere already."""
        source.number = len(self.sources)
        self.sources.append(source)
        self.join(source, source.entries)
        return source

    def join(self, source: Source, entries: Iterable[Any]) -> None:
        """Let the entries of an equal array be at home in a source, too."""
        for place, entry in enumerate(entries):
            self._of.setdefault(id(entry), (source, place))

    def move(self, source: Source) -> None:
        """Add a source in which its entries are at home from now on, and nowhere else."""
        for entry in source.entries:
            self._of.pop(id(entry), None)
            for arrangement in self._arrangements.get(id(entry), ()):
                arrangement.pieces = []
        self.add(source)

    def __contains__(self, entry: Any) -> bool:
        return id(entry) in self._of

    def of(self, entry: Any) -> tuple[Source, int] | None:
        """Return the home of an entry, or None."""
        return self._of.get(id(entry))

    def arrange(self, shape: Shape, entries: Sequence[Any], name: str) -> None:
        """Note that a program has entries of several homes in one array, as `np.concatenate` gives."""
        source = Source("arrangement", shape, name, entries)
        for entry in {id(entry): entry for entry in entries}.values():
            self._arrangements.setdefault(id(entry), []).append(source)

    def arrangement(self, entries: Sequence[Any], space: Shape) -> tuple[Source, Map] | None:
        """Return an array of entries of several homes that has all of these, and where; None if none is."""
        first = next((entry for entry in entries if entry.__class__ is not float), None)
        for source in self._arrangements.get(id(first), ()):
            found = _found_in(source, entries, space) if self._is_there(source) else None
            if found is not None:
                return source, found
        return None

    def _is_there(self, source: Source) -> bool:
        """Say whether all entries of an array are there: some may be computed later, as it was filled."""
        return bool(source.pieces) or all(
            entry in self or not getattr(entry, "parents", ()) for entry in source.entries
        )


def _found_in(source: Source, entries: Sequence[Any], space: Shape) -> Map | None:
    """Return the map by which entries are in an array; some, as zeros, may be in several places of it."""
    places: dict[int, int] = {}
    repeated: set[int] = set()
    for place, entry in enumerate(source.entries):
        if places.setdefault(id(entry), place) != place:
            repeated.add(id(entry))
    if any(id(entry) not in places for entry in entries):
        return None
    known = [-1 if id(entry) in repeated else places[id(entry)] for entry in entries]
    if -1 not in known:
        return fitted(space, source.shape, known)
    steps = strides_of(space)
    strides = []
    for size, step in zip(space, steps):
        pairs = (
            (known[i], known[i + step])
            for i in range(len(known) - step)
            if known[i] >= 0 and known[i + step] >= 0 and (i // step) % size + 1 < size
        )
        a, b = next(pairs, (0, 0)) if size > 1 else (0, 0)
        strides.append(b - a)
    anchor = next((i for i, place in enumerate(known) if place >= 0), None)
    if anchor is None:
        return None
    index = [anchor // step % size if size > 1 else 0 for size, step in zip(space, steps)]
    offset = known[anchor] - sum(i * stride for i, stride in zip(index, strides))
    found = Map(space, source.shape, offset, tuple(strides))
    taken = found.positions()
    if min(taken) < 0 or max(taken) >= len(source.entries):
        return None
    fits = all(source.entries[place] is entry for place, entry in zip(taken, entries))
    return found if fits else None


def distinct(entries: Iterable[Any]) -> list[Any]:
    """Return entries, each once, in the order in which they are met first."""
    return list({id(entry): entry for entry in entries}.values())
