"""What is noted while a person's forward pass runs on Values.

Of every node its site, of every operation on arrays the array that it gave, the names of local variables,
and which decisions (comparisons, which piece of a relu) were ties. A tie can be broken either way: that is
what a one-sided derivative is.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from operator import mul
from types import CodeType, FrameType
from typing import Any, NamedTuple

from ... import modes
from ...arrays.containers import arrange, entries, is_array
from ...primitives import arithmetic
from ...value import Value
from ...watching import watched
from ...wording import is_users
from ..differences import EPSILON
from ..marks import marking
from ..pieces import is_piecewise
from ..progress import tell
from .sites import Site, Sites

_ROUNDINGS = 8.0  # by which rounding may decide a comparison
_ADDING = frozenset((arithmetic.add, arithmetic.sub, arithmetic.neg))
_OFTEN = 1_000  # operations after which it is told how many there were
_AXES = ("rows", "columns")
_SUMS = 3  # inside each other, of which the terms are looked at


class Array(NamedTuple):
    """An array that an operation gave: its entries, Values and constants, in order."""

    site: Site
    shape: tuple[int, ...]
    entries: tuple[Any, ...]


class Observer:
    """What `modes.observing` tells of a forward pass; with a `tie` of 1 or -1 ties go up or down."""

    def __init__(self, tie: int = 0, rounding: float = EPSILON) -> None:
        self.tie = tie
        self.forget()
        self._near = _ROUNDINGS * rounding
        self._here = Sites(Observer.run.__code__).here

    def forget(self) -> None:
        """Begin anew."""
        self.ties: list[Site] = []
        self.sites: dict[Value, Site] = {}
        self._sizes: dict[Value, float] = {}
        self.arrays: list[Array] = []
        self.marked: dict[str, Any] = {}
        self.marks: dict[str, int] = {}  # how often each name was marked
        self.names: dict[tuple[Any, ...], dict[CodeType | None, str]] = {}  # by the function that has it
        self.returned: dict[tuple[CodeType, tuple[Any, ...]], int] = {}  # of several results
        self.variables: dict[str, dict[tuple[Any, ...], Any]] = {}  # what was called so, by its Values
        self.lengths: dict[int, str] = {}  # of arrays of plain numbers: what is so long

    def run(self, loss: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Call a loss, and note what it computes, its marks and its local variables."""
        with modes.recording(), modes.observing(self), marking(self.mark):
            return watched(self.watch, loss, **arguments)

    def made(self, node: Value) -> None:
        self.sites[node] = self._here()
        if not len(self.sites) % _OFTEN:
            tell("running the loss on Values: {:,} operations", len(self.sites))
        if is_piecewise(node.primitive):
            self._break_tie(node)

    def made_array(self, array: Any) -> None:
        self.arrays.append(Array(self._here(), array.shape, tuple(array.ravel().tolist())))

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
            self.ties.append(self._here())
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
        if node.primitive.name in ("max", "min"):
            near = [
                i
                for i, y in enumerate((x, *rest))
                if abs(y - node._data) <= self._near * self._size(node.parents[i])
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
            self._name(name, each, None)
        self.marked[name] = marked
        self.marks[name] = self.marks.get(name, 0) + 1
        if is_array(marked):
            self.made_array(marked)
        return marked

    def watch(self, frame: FrameType, event: str, result: Any) -> None:
        """Take the names of local variables from a function that returns, and note what it returns."""
        if event != "return" or not is_users(frame):
            return
        if not frame.f_code.co_name.startswith("<"):
            for name, thing in frame.f_locals.items():
                self._name(name, thing, frame.f_code)
            for name, thing in getattr(frame.f_locals.get("self"), "__dict__", {}).items():
                self._name(f"self.{name}", thing, frame.f_code)
            self._measure(frame)
        parts = enumerate(result) if isinstance(result, (tuple, list)) else ()
        for place, thing in ((-1, result), *parts):
            found = _values(thing)
            if found:
                self.returned.setdefault((frame.f_code, found), place)

    def _measure(self, frame: FrameType) -> None:
        """Note how long the arrays of plain numbers are that a function uses."""
        used = {name: frame.f_globals[name] for name in frame.f_code.co_names if name in frame.f_globals}
        for name, thing in (*used.items(), *frame.f_locals.items()):
            if is_array(thing) and thing.dtype.kind in "biuf":
                for size, what in zip(thing.shape, _AXES if thing.ndim == 2 else ("length",)):
                    self.lengths.setdefault(size, f"the {what} of {name}")

    def _name(self, name: str, thing: Any, code: CodeType | None) -> None:
        """Note what the Values in a variable are called: by the first that has them, not by a view.

        What a function returned before it gets as an argument, as a layer does from one of its class.
        """
        found = _values(thing)
        if found:
            if code is None or (code, found) not in self.returned:
                self.names.setdefault(found, {}).setdefault(code, name)
            self.variables.setdefault(name.removeprefix("self."), {})[found] = thing


def _values(thing: Any) -> tuple[Any, ...]:
    """Return the Values in an arrangement."""
    with suppress(RecursionError):  # of a list that contains itself
        return tuple(entry for _, entry in entries(thing) if isinstance(entry, Value))
    return ()


def _own(entry: Any) -> Value:
    return Value.holding(entry) if isinstance(entry, Value) else Value(entry)


def _size(x: Value, sums: int = _SUMS) -> float:
    """Return the sum of the sizes of the terms that a number was computed from: what its rounding is of.

    Terms that are sums themselves, as that to which a bias is added, count with their own terms.
    """
    inner = sums - 1 if x.primitive in _ADDING else 0
    parents: Iterable[Any] = x.parents
    if inner:
        sizes = [_size(y, inner) if isinstance(y, Value) else abs(y) for y in parents]
    else:
        sizes = [y if y.__class__ is float else y._data for y in parents]
    terms = map(abs, map(mul, x.partials, sizes))
    total: float = sum(term for term in terms if term == term)
    return max(abs(x._data), total)
