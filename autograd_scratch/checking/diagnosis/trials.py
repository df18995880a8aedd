"""What suspects make of the gradient: many backward passes at once, of which few are looked at closely.

A suspect is worth a look if there is a block of which it may explain what is written by hand, up to
constants. Nearly all are not, and NumPy tells so of dozens at a time; without it all are looked at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from math import inf
from random import Random
from typing import Any, NamedTuple

from ..mistakes.suspects import Suspect, Waiting
from ..passes.forward import Forward
from ..passes.table import Extra, numpy_if_there
from ..progress import tell
from ..runs import quiet_floats
from .hand import Hand, Numbers, unit_rows

_TOGETHER = 63  # backward passes
_NUMBERS = 1 << 20  # of their gradients
_NEAR = 0.3  # ranks of those that are run together
_SOME, _FEWEST = 200, 5  # entries of gradients by which pairs are told
_MANY = 1_500  # suspects that are tried in pairs
_WORK = 100_000_000  # numbers that are gone through for pairs
_CLOSE = 1e-6  # relative: pairs that are worth a look

Gradients = Mapping[str, Numbers]
Pass = tuple[Extra, Mapping[int, float]]
Pair = tuple[tuple[Suspect, float], tuple[Suspect, float]]

_NOTHING: Pass = (Extra(), {})


class Tried(NamedTuple):
    """A suspect, with some entries of its gradients with all that it changes, and without its constant."""

    suspect: Suspect
    full: Any
    rest: Any


class Trials:
    """Runs suspects, on a pass that may have mistakes already."""

    def __init__(
        self, forward: Forward, hand: Hand, order: Sequence[str], most: int, given: Pass | None = None
    ) -> None:
        self._forward = forward
        self._hand = hand
        self._order = order
        self.given = given or _NOTHING
        self.most = most  # passes that may be run
        self.count = 0
        self._known: dict[object, Gradients] = {}
        self._tried: list[Tried] = []
        self._nodes = [i for name in order for i in forward.blocks[name].nodes]
        places = [0]
        for name in order:
            places.append(places[-1] + len(forward.blocks[name].nodes))
        self._slices = {name: slice(a, b) for name, a, b in zip(order, places, places[1:])}
        self.right = self.of(None, _NOTHING)

    def of(self, key: object, own: Pass) -> Gradients:
        """Return the gradients of a pass, which is run once for each key."""
        if key not in self._known:
            self._known[key] = self._apart(self._swept([own]), 0)
        return self._known[key]

    def full(self, suspect: Suspect) -> Gradients:
        """Return the gradients with all that a suspect changes."""
        if not suspect.more and not suspect.fixed:
            return self.right
        return self.of(suspect, (suspect.more, suspect.fixed))

    def rest(self, suspect: Suspect) -> Gradients:
        """Return the gradients without what counts with a constant of its own."""
        key, own = _rest(suspect)
        return self.of(key, own)

    def worth_a_look(self, waiting: Waiting, wrong: Sequence[str], most: float = inf) -> list[Suspect]:
        """Return the next suspects below a rank that may explain a wrong block, if passes may be run."""
        while waiting.rank < most and self.count < self.most:
            together = 1 + min(_TOGETHER, _NUMBERS // (1 + len(self._nodes)))
            group = waiting.up_to(min(waiting.rank + _NEAR, most), together)
            found = [*self._promising(group, wrong)] if group and numpy_if_there() else group
            if found:
                return found
        return []

    def _promising(self, suspects: Sequence[Suspect], wrong: Sequence[str]) -> Iterator[Suspect]:
        """Yield those of some suspects that may explain a wrong block."""
        import numpy

        passes: dict[object, Pass] = {None: _NOTHING}
        for suspect in suspects:
            if suspect.more or suspect.fixed:
                passes[suspect] = (suspect.more, suspect.fixed)
            if suspect.is_family:
                passes.update([_rest(suspect)])
        tell("looking for the mistake: {:,} tried", self.count)
        found = self._swept([*passes.values()])
        column = {key: k for k, key in enumerate(passes)}
        full = found[:, [column[s if s.more or s.fixed else None] for s in suspects]]
        rest = found[:, [column[_rest(s)[0]] if s.is_family else 0 for s in suspects]]
        rows = self._some_rows
        self._tried += map(Tried, suspects, full[rows].T, rest[rows].T)
        families = numpy.array([s.is_family for s in suspects])
        rest[:, ~families] = 0.0
        worth = numpy.zeros(len(suspects), bool)
        with numpy.errstate(all="ignore"):
            for name in wrong:
                worth |= self._hand.may_be(
                    name, full[self._slices[name]], rest[self._slices[name]], found[self._slices[name], :1]
                )
        for k in numpy.flatnonzero(worth).tolist():
            suspect = suspects[k]
            if suspect.more or suspect.fixed:
                self._known[suspect] = self._apart(found, column[suspect])
            if suspect.is_family:
                key, _ = _rest(suspect)
                self._known.setdefault(key, self._apart(found, column[key]))
            yield suspect

    @cached_property
    def _some_rows(self) -> Sequence[int]:
        """Some entries of the gradients, by which pairs are told."""
        rows = range(len(self._nodes))
        return sorted(Random(0).sample(rows, min(len(rows), _SOME)))

    def pairs(self, factor: float) -> list[Pair]:
        """Return two suspects, and how often each counts, where what they change adds up to what is wrong.

        That is so of mistakes of which none is on the way back from the other.
        """
        if numpy_if_there() is None or len(self._some_rows) < _FEWEST:
            return []
        with quiet_floats():
            return [*self._adding_up(factor)]

    def _adding_up(self, factor: float) -> Iterator[Pair]:
        import numpy

        def chosen(gradients: Gradients) -> Any:
            return numpy.array([x for name in self._order for x in gradients[name]])[self._some_rows]

        alone = (each for each in self._tried if not each.suspect.free and each.suspect.telling == 1)
        tried = sorted(alone, key=lambda each: each.suspect.rank)[:_MANY]
        hand = self._hand.divided(factor)
        if not tried or any(len(hand[name]) != len(self.right[name]) for name in self._order):
            return
        right, own = chosen(self.right), chosen(hand)
        units = [
            max(map(abs, (*hand[name], *self.right[name])), default=0.0) or 1.0 for name in self._order
        ]
        sizes = [[unit] * len(hand[name]) for unit, name in zip(units, self._order)]
        scale = numpy.array([x for each in sizes for x in each])[self._some_rows]
        families = numpy.array([each.suspect.is_family for each in tried])
        full = (numpy.array([each.full for each in tried]) - right) / scale
        rest = (numpy.array([each.rest for each in tried]) - right) / scale
        base, slope = numpy.where(families[:, None], rest, full), families[:, None] * (full - rest)
        wanted = (own - right) / scale
        close = _CLOSE * numpy.abs(wanted).max()
        keep = numpy.abs(wanted) <= close  # that neither may change
        some = numpy.flatnonzero((numpy.maximum(abs(base), abs(slope)) <= close)[:, keep].all(1))
        tried, base, slope = [tried[k] for k in some], base[some], slope[some]
        for i in range(min(len(tried), _WORK // (1 + base.size))):
            first = unit_rows(slope[i : i + 1])[0]
            left = wanted - base[i]
            left = left - first * (first @ left) - (base[i:] - numpy.outer(base[i:] @ first, first))
            second = unit_rows(slope[i:] - numpy.outer(slope[i:] @ first, first))
            left = left - second * (second * left).sum(1, keepdims=True)
            for j in (numpy.flatnonzero((numpy.abs(left) <= close).all(1)) + i).tolist():
                if j != i:
                    spans = numpy.array([slope[i], slope[j]]).T
                    counts = numpy.linalg.lstsq(spans, wanted - base[i] - base[j], rcond=None)[0]
                    yield (tried[i].suspect, float(counts[0])), (tried[j].suspect, float(counts[1]))

    def _swept(self, passes: Sequence[Pass]) -> Any:
        """Return the gradients of passes, one after the other in rows, in a column for each pass."""
        self.count += len(passes)
        more, fixed = self.given
        return self._forward.sweeps(
            [(more + own, {**fixed, **others}) for own, others in passes], self._nodes
        )

    def _apart(self, found: Any, k: int) -> Gradients:
        """Return the gradients in a column by the names of the blocks."""
        column = [float(row[k]) for row in found]
        return {name: column[part] for name, part in self._slices.items()}


class Remembered:
    """Suspects that are worth a look, looked for one after the other, and kept for who asks again."""

    def __init__(self, more: Callable[[float], Sequence[Suspect]]) -> None:
        self._more = more
        self._found: list[Suspect] = []

    def up_to(self, most: Callable[[], float]) -> Iterator[Suspect]:
        """Yield them; none is looked for beyond a rank, which may become smaller."""
        place = 0
        while True:
            if place == len(self._found):
                self._found += self._more(most())
            if place == len(self._found):
                return
            yield self._found[place]
            place += 1


def _rest(suspect: Suspect) -> tuple[object, Pass]:
    """Return the pass without what counts with a constant of its own, and what tells it from others."""
    if suspect.free:
        nodes = tuple(suspect.fixed)
        return nodes, (Extra(), dict.fromkeys(nodes, 0.0))
    return id(suspect.rest), (suspect.rest or Extra(), {})
