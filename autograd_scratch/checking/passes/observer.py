"""What the checker notes, beside steps, while a person's forward pass runs on Values.

What is marked, and which decisions (comparisons, which piece of a relu) were ties. A tie can be broken
either way: that is what a one-sided derivative is.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, repeat
from operator import mul
from typing import Any

from ...arrays.containers import arrange, entries, is_array
from ...primitives import arithmetic, reductions
from ...stepping.recorder import Recorder
from ...stepping.sites import Site
from ...value import Value
from ..differences import EPSILON
from ..marks import marking
from ..pieces import EXTREMES, is_piecewise
from ..progress import tell

_ROUNDINGS = 8.0  # by which rounding may decide a comparison
_ADDING = frozenset((arithmetic.add, arithmetic.sub, arithmetic.neg))
_OFTEN = 1_000  # operations after which it is told how many there were
_SUMS = 3  # inside each other, of which the terms are looked at


class Observer(Recorder):
    """A recorder that notes marks and ties, too; with a `tie` of 1 or -1 these go up or down."""

    def __init__(self, tie: int = 0, rounding: float = EPSILON) -> None:
        super().__init__()
        self.tie = tie
        self._near = _ROUNDINGS * rounding

    def forget(self) -> None:
        """Begin anew."""
        super().forget()
        self.ties: list[Site] = []
        self._sizes: dict[Value, float] = {}
        self.marked: dict[str, Any] = {}
        self.marks: dict[str, int] = {}  # how often each name was marked

    def run(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Call a loss, and note what it computes, its marks and its local variables."""
        with marking(self.mark):
            return super().run(function, arguments)

    def made(self, node: Value) -> None:
        super().made(node)
        if not len(self.sites) % _OFTEN:
            tell("running the loss on Values: {:,} operations", len(self.sites))
        if is_piecewise(node.primitive):
            self._break_tie(node)

    def compared(self, compare: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        if getattr(x, "shape", ()) == getattr(y, "shape", ()) == ():
            return self._compared(compare, x, y)
        import numpy

        pairs = numpy.broadcast(x, y)
        answers = [self._compared(compare, a, b) for a, b in pairs]
        return numpy.array(answers, bool).reshape(pairs.shape)

    def _compared(self, compare: Callable[[Any, Any], Any], x: Any, y: Any) -> bool:
        """Compare two numbers, of which rounding may decide which is the larger one."""
        a, b = (z._data if isinstance(z, Value) else float(z) for z in (x, y))
        if abs(a - b) <= self._near * (self._size(x) + self._size(y)):
            self.ties.append(self._places.here())
            a, b = (a, b) if not self.tie else (float(self.tie), 0.0)
        return bool(compare(a, b))

    def _break_tie(self, node: Value) -> None:
        """Note whether the next piece of a function begins right here, and take the one wanted."""
        nearby = {side: self._beside(node, side) for side in (1, -1)}
        if any(abs(a - b) > 1e-6 * (abs(a) + abs(b)) for a, b in zip(nearby[1], nearby[-1], strict=True)):
            self.ties.append(self.sites[node])
            if self.tie:
                node.connect(node.parents, nearby[self.tie])

    def _beside(self, node: Any, side: int) -> tuple[float, ...]:
        """Return the partials where the argument is moved by some roundings, or another equal term wins."""
        x, *rest = (x._data if isinstance(x, Value) else x for x in node.parents)
        if node.primitive.name in EXTREMES:
            near = [
                i
                for i, y in enumerate((x, *rest))
                if y == node._data or abs(y - node._data) <= self._near * self._size(node.parents[i])
            ]
            winner = (near or [0])[0 if side > 0 else -1]
            return tuple(float(i == winner) for i in range(len(node.partials)))
        moved = x + side * (self._near * self._size(node.parents[0]) or sys.float_info.min)
        partials: tuple[float, ...] = node.primitive.linearize(moved, *rest)[1]
        return partials

    def _size(self, x: Any) -> float:
        """Return what the rounding of a number is of, which is computed once."""
        if not isinstance(x, Value):
            return abs(float(x))
        if x not in self._sizes:
            self._sizes[x] = _size(x)
        return self._sizes[x]

    def mark(self, array: Any, name: str) -> Any:
        """Give what is marked nodes of its own: nothing else goes through them."""
        found = [entry for _, entry in entries(array)]
        marked = arrange(array, [_own(entry) for entry in found])
        for each in (array, marked):
            self.named(name, each)
        self.marked[name] = marked
        self.marks[name] = self.marks.get(name, 0) + 1
        if is_array(marked):
            self.made_array(marked)
        return marked


def _own(entry: Any) -> Value:
    return Value.holding(entry) if isinstance(entry, Value) else Value(entry)


def _size(x: Value, sums: int = _SUMS) -> float:
    """Return the sum of the sizes of the terms that a number was computed from: what its rounding is of.

    Terms that are sums themselves, as that to which a bias is added, count with their own terms.
    """
    terms = [*map(abs, _terms(x, sums - 1 if x.primitive in _ADDING else 0))]
    total = sum(terms)
    return max(abs(x._data), total if total == total else sum(term for term in terms if term == term))


def _terms(x: Value, inner: int) -> Iterable[float]:
    """Return what is added up: each partial times a number, or times the size of its terms."""
    partials, parents = x.partials, x.parents
    if x.primitive is reductions.dot_p:  # each factor is the partial of the other one, and both count
        half = len(parents) // 2
        doubled = map(mul, map(mul, partials[:half], partials[half : 2 * half]), repeat(2.0))
        return chain(doubled, (y if y.__class__ is float else y._data for y in parents[2 * half :]))
    if inner:
        sizes = [_size(y, inner) if isinstance(y, Value) else abs(y) for y in parents]
        return map(mul, partials, sizes)
    return map(mul, partials, [y if y.__class__ is float else y._data for y in parents])
