"""A person's loss, run again and again with one block of numbers a little changed.

A block is an argument, or an intermediate result that the forward pass marks: that one is changed as it
passes. Every run gets copies of all containers, so that nothing of the person's is changed, and arguments
in double precision. The numbers may be complex, where the person's functions take them. Code that calls
methods of Values gets Values, which record no graph.
"""

import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from itertools import islice
from math import prod
from typing import Any, cast

from .. import modes
from ..arrays.containers import arrange, arrange_blocks, blocks, entries, is_array, shape_of
from ..arrays.conversion import data, number_of
from ..collector import without_collector
from ..errors import DataError, ShapeError, look_up
from ..ieee import describe, is_array_of_one, real
from ..value import Value
from .marks import marking
from .pieces import is_piecewise
from .sides import tried

Curve = Callable[[Any], Any]  # the loss by one number, real or complex


class Block:
    """The numbers of an argument, or of what was marked, and how they are arranged."""

    def __init__(self, name: str, like: Any, call: int = 0) -> None:
        self.like = like
        self.call = call  # which call of `mark` with this name passed it; the last one counts
        self.numbers = [number_of(entry, place) for place, entry in entries(like, name)]
        self._is_array = is_array(like)
        self._whole: Any = self.direction(self.numbers)

    def with_entry(self, i: int, number: Any) -> Any:
        """Return a copy with another number in place `i`."""
        if self._is_array:
            changed = self._whole.astype(type(number))
            changed.flat[i] = number
            return changed
        return self._filled([*self.numbers[:i], number, *self.numbers[i + 1 :]])

    def shifted(self, direction: Any, by: Any) -> Any:
        """Return a copy that is moved by so much in a direction."""
        if self._is_array:
            return self._whole + by * direction
        return self._filled([x + by * d for x, d in zip(self.numbers, direction)])

    def direction(self, numbers: Sequence[float]) -> Any:
        """Return a direction in the form in which `shifted` is quick with it."""
        if not self._is_array:
            return numbers
        import numpy

        return numpy.array(numbers, float).reshape(self.like.shape)

    def copy(self) -> Any:
        """Return a copy as it is."""
        return self._whole.copy() if self._is_array else self._filled(self.numbers)

    def _filled(self, numbers: Sequence[Any]) -> Any:
        """Return containers like these with other numbers; a NumPy scalar stays one."""
        if not hasattr(self.like, "dtype") and not any(is_array(block) for _, block in blocks(self.like)):
            return arrange(self.like, numbers)
        import numpy

        if hasattr(self.like, "dtype"):
            return numpy.array(numbers[0])[()]
        parts, filled = iter(numbers), []
        for _, block in blocks(self.like):
            part = list(islice(parts, prod(shape_of(block))))
            filled.append(numpy.array(part).reshape(block.shape) if is_array(block) else part[0])
        return arrange_blocks(self.like, filled)


class Runs:
    """A loss with its arguments: `along` and `by_entry` give it as a function of one number."""

    def __init__(self, loss: Callable[..., Any], at: Mapping[str, Any], others: Mapping[str, Any]) -> None:
        if not callable(loss):
            raise DataError(f"a slope is measured of a function, not of {describe(loss)}")
        self._loss = loss
        self._others = others
        self.blocks = {name: Block(name, like) for name, like in at.items()}
        self._arguments = self.blocks.copy()
        self.on_values = False
        try:
            self._mark_blocks()
        except (AttributeError, TypeError) as fault:
            self.on_values = True
            try:
                self._mark_blocks()
            except (AttributeError, TypeError):
                raise fault from None

    def _mark_blocks(self) -> None:
        """Run the loss as it is, and note what it marks."""
        calls: dict[str, int] = {}
        last: dict[str, Any] = {}

        def note(array: Any, name: str) -> Any:
            calls[name] = calls.get(name, 0) + 1
            last[name] = copied(array)
            return array

        with marking(note):
            self.value = real(self._run({}), "the loss")
        self.blocks |= {
            name: Block(name, like, calls[name]) for name, like in last.items() if name not in self.blocks
        }

    def block(self, name: str) -> Block:
        """Return a block by its name, or say which ones there are."""
        return look_up(name, self.blocks, "argument, or marked intermediate result,")

    def is_argument(self, name: str) -> bool:
        """Say whether a block is an argument, and nothing that is marked on the way."""
        return name in self._arguments

    def by_entry(self, name: str, i: int) -> Curve:
        """Return the loss as a function of one entry of a block."""
        block = self.block(name)
        return lambda x: self._changed(name, block.with_entry(i, x))

    def along(self, name: str, direction: Sequence[float]) -> Curve:
        """Return the loss as a function of how far a block goes in a direction."""
        block = self.block(name)
        vector = block.direction(direction)
        return lambda t: self._changed(name, block.shifted(vector, t))

    def together(self, directions: Mapping[str, Sequence[float]]) -> Curve:
        """Return the loss as a function of how far arguments go in directions, all of them at once."""
        moving = [(name, self.block(name)) for name in directions]
        ways = [(name, block, block.direction(directions[name])) for name, block in moving]
        return lambda t: self._run({name: block.shifted(way, t) for name, block, way in ways})

    def moved(self, directions: Mapping[str, Sequence[float]]) -> "Runs":
        """Return runs that start from a point to which arguments went in directions."""
        moved = copy(self)
        ways = {name: (self.block(name), way) for name, way in directions.items()}
        there = {name: block.shifted(block.direction(way), 1.0) for name, (block, way) in ways.items()}
        moved._arguments = self._arguments | {name: Block(name, like) for name, like in there.items()}
        moved.blocks = self.blocks | moved._arguments
        moved.value = tried(lambda _: moved._run({}), 0.0)
        return moved

    @without_collector
    def decisions(self, name: str, i: int, x: float) -> list[Any]:
        """Return which branches the loss takes with another number for an entry; on Values, so slow."""
        observer = _Decisions()
        self._changed(name, self.block(name).with_entry(i, x), observer)
        return observer.taken

    @without_collector
    def nodes(self) -> int:
        """Return how many nodes a run on Values makes."""
        observer = _Decisions()
        self._run({}, observer)
        return observer.nodes

    def _changed(self, name: str, changed: Any, observer: modes.Observer | None = None) -> Any:
        """Run the loss with another container for a block."""
        if name in self._arguments:
            return self._run({name: changed}, observer)
        calls = 0

        def replace(array: Any, marked: str) -> Any:
            nonlocal calls
            calls += marked == name
            if marked != name or calls != self.blocks[name].call:
                return array
            return _as_values(changed) if self.on_values or observer else changed

        with marking(replace):
            return self._run({}, observer)

    def _run(self, changed: Mapping[str, Any], observer: modes.Observer | None = None) -> Any:
        """Call the loss with copies of its arguments, and return the number that it gives."""
        at = {
            name: changed[name] if name in changed else block.copy()
            for name, block in self._arguments.items()
        }
        others = {name: copied(other) for name, other in self._others.items()}
        if observer is None and not self.on_values:
            result = self._loss(**at, **others)
            self.on_values = isinstance(result, Value)  # of a model, say: from now on without a graph
            return _number(result)
        at = {name: _as_values(block) for name, block in at.items()}
        if observer is None:
            with modes.no_grad():
                return _number(self._loss(**at, **others))
        with modes.recording(), modes.observing(observer):
            return _number(self._loss(**at, **others))


class _Decisions:
    """Counts nodes; notes which branch each comparison takes, and which piece each piecewise function."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.taken: list[Any] = []
        self.nodes = 0

    def made(self, node: Any) -> None:
        self.nodes += 1
        if is_piecewise(node.primitive):
            sides = [getattr(parent, "data", parent) > 0.0 for parent in node.parents]
            self.taken.append((sides, [(d > 0.0, d < 0.0, d == 1.0) for d in node.partials]))

    def made_array(self, array: Any) -> None:
        """Let arrays pass: their nodes were heard of one by one."""

    def read(self, array: Any) -> Any:
        return array

    def compared(self, compare: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        answer = compare(data(x), data(y))  # of Values, it would ask this observer again
        self.taken.append(answer.tobytes() if hasattr(answer, "tobytes") else answer)
        return answer


def _as_values(container: Any) -> Any:
    return arrange(container, [Value(number_of(entry, place)) for place, entry in entries(container)])


def copied(tree: Any) -> Any:
    """Return containers of their own, with arrays copied; entries stay."""
    if is_array(tree) or is_array_of_one(tree):
        return tree.copy()
    if not isinstance(tree, (dict, list, tuple)):
        return tree
    return arrange_blocks(tree, [block.copy() if is_array(block) else block for _, block in blocks(tree)])


def _number(result: Any) -> Any:
    """Return what a loss gives as a float, or as a complex number where that is what it gives."""
    if isinstance(result, float):  # of NumPy's, too
        return float(result)
    if isinstance(result, complex):
        return complex(result)
    found = [entry for _, entry in entries(result)]
    if len(found) != 1:
        raise ShapeError(f"the loss must give one number, not {describe(result)}; add them up")
    return complex(found[0]) if isinstance(found[0], complex) else number_of(found[0], "the loss")


def quiet_floats() -> AbstractContextManager[Any]:
    """Keep NumPy from warning of overflows and the like in this block, and in this thread alone."""
    numpy = sys.modules.get("numpy")
    return nullcontext() if numpy is None else numpy.errstate(all="ignore")


def without_casts(curve: Curve, x: Any) -> Any:
    """Return what a curve gives, without NumPy's warning that the imaginary part of a number is dropped.

    Filters of warnings belong to the process, and `warnings.catch_warnings` puts back, at its end, the list
    that it found: two threads that do so at once may leave the wrong one behind. So one entry is added
    here, and taken away from that list again, and from the one in use by then. Other threads lose this one
    kind of warning meanwhile, and nothing else. An interrupt comes between calls, and there is none between
    the addition and the `try`, or the `finally` and the removal.
    """
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return curve(x)
    entry: Any = ("ignore", None, numpy.exceptions.ComplexWarning, None, 0)
    filters: Any = warnings.filters
    try:
        filters.insert(0, entry)
        return curve(x)
    finally:
        try:
            if entry in filters:  # the person's code may have reset them
                filters.remove(entry)
        finally:
            if warnings.filters is not filters and entry in warnings.filters:
                cast(list[Any], warnings.filters).remove(entry)
