"""What goes through a model while it is handed over: arrays of an example, laid out as tensors are.

A model is run on a few rows, and each of its parts on what the part before gave. So it is known what shapes
come to a part, which entries of them are one row's, and what the answer must be.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import ModelError, ShapeError
from ..ieee import describe
from ..nn.batches import takes_batches
from ..nn.multihead import MultiheadAttention
from ..nn.search import models_in
from ..nn.shapes import as_lists, flattened
from ..value import Value
from .layers import CHAINS, like, name_of
from .packages import package

Flows = Any  # a Flow, or a tuple of such


@dataclass(frozen=True)
class Flow:
    """An array with all rows, and the axis along which they are."""

    array: Any
    axis: int

    @property
    def rows(self) -> Any:
        """The same with the rows along the first axis."""
        return package("numpy", "an example").moveaxis(self.array, self.axis, 0)

    @property
    def entry(self) -> tuple[int, ...]:
        """The shape of what belongs to one row."""
        return tuple(self.rows.shape[1:])


class Calling(NamedTuple):
    """How a model is called: with a batch or with each row, and whether rows are along the second axis."""

    is_batch: bool
    is_turned: bool

    @classmethod
    def of(cls, model: Any) -> "Calling":
        """Return how a model is called."""
        return cls(takes_batches(model), _is_turned(model))

    def axis(self, axes: int, is_whole: bool = False) -> int:
        """Return the axis of the rows in an array of several rows, each of which has so many axes.

        Whole numbers choose rows of a table, and have one axis less than what comes out.
        """
        return int(self.is_turned and axes + is_whole > 1)

    def flow(self, rows: Sequence[Any]) -> Flow:
        """Return the array of some rows."""
        numpy = package("numpy", "an example")
        arrays = [numpy.asarray(row) for row in rows]
        if len({array.shape for array in arrays}) != 1:
            raise ShapeError("the rows of an example have one shape; fill them up to one length")
        axis = self.axis(arrays[0].ndim, arrays[0].dtype.kind in "iu")
        return Flow(numpy.stack(arrays, axis), axis)

    def answers(self, part: Any, given: Sequence[Flows]) -> Flows:
        """Return what a part of the model gives."""
        count = len(next(leaves_of(given)).rows)
        if not self.is_batch:
            found = self._gathered([part(*(row_of(each, i) for each in given)) for i in range(count)])
            if isinstance(part, MultiheadAttention):  # whose weights always have the rows first
                return found[0], Flow(found[1].rows, 0)
            return found
        numpy = package("numpy", "an example")
        whole, less = (
            over(
                lambda answer: numpy.array(numbers_in(answer)),
                part(*(batch_of(each, rows) for each in given)),
            )
            for rows in (count, count - 1)
        )
        return together(lambda one, other: Flow(one, _axis_of_rows(one.shape, other.shape)), whole, less)

    def _gathered(self, answers: Sequence[Any]) -> Flows:
        if isinstance(answers[0], tuple):
            return tuple(self._gathered(parts) for parts in zip(*answers))
        return self.flow([numbers_in(answer) for answer in answers])


def _is_turned(model: Any) -> bool:
    """Say whether a layer has rows along the second axis; those in an own forward get one row."""
    if like(model, CHAINS):
        return any(_is_turned(part) for part in model)
    if name_of(model) is None:
        return False
    return any(getattr(part, "batch_first", True) is False for part in models_in(model))


def over(function: Callable[[Any], Any], thing: Any) -> Any:
    """Apply a function to a thing, or to each in a tuple of tuples.

    >>> over(abs, (-1.0, (-2.0,)))
    (1.0, (2.0,))
    """
    return tuple(over(function, each) for each in thing) if isinstance(thing, tuple) else function(thing)


def together(function: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    """Apply a function to two things, or to those at the same places of two tuples of tuples.

    >>> together(max, (1, (2, 3)), (3, (2, 1)))
    (3, (2, 3))
    """
    if isinstance(one, tuple):
        return tuple(together(function, *both) for both in zip(one, other))
    return function(one, other)


def leaves_of(things: Any) -> Iterator[Any]:
    """Yield the things in a tuple of tuples, in order.

    >>> [*leaves_of((1, (2, 3)))]
    [1, 2, 3]
    """
    if isinstance(things, (tuple, list)):
        for each in things:
            yield from leaves_of(each)
    else:
        yield things


def row_of(given: Flows, i: int) -> Any:
    """Return what belongs to row i, in nested lists."""
    return over(lambda flow: flow.rows[i].tolist(), given)


def batch_of(given: Flows, count: int) -> Any:
    """Return the first rows as a batch, in nested lists."""
    numpy = package("numpy", "an example")
    return over(lambda flow: numpy.take(flow.array, range(count), flow.axis).tolist(), given)


def numbers_in(answer: Any) -> Any:
    """Return the numbers of an answer, in nested lists."""
    if isinstance(answer, Value):
        return answer.data
    rows, shape = as_lists(answer, "an answer of the model")
    numpy = package("numpy", "an example")
    numbers = [entry.data if isinstance(entry, Value) else entry for entry in flattened(rows, shape)]
    return numpy.array(numbers, dtype=float).reshape(shape)


def _axis_of_rows(shape: Iterable[int], other: Iterable[int]) -> int:
    """Return the one axis along which two shapes differ."""
    axes = [i for i, (size, less) in enumerate(zip(shape, other)) if size != less]
    if len(axes) != 1:
        raise ModelError(
            f"the model is called with a batch, and gives an answer of shape {tuple(shape)} that "
            "has no entry for each row; return one for each, or write wants_batch = False in its class"
        )
    return axes[0]


def refuse_no_rows(rows: Any) -> None:
    """Refuse an example that is no list of rows."""
    if not hasattr(rows, "__len__") or not len(rows):
        raise ShapeError(f"an example is some rows, as X[:2], and not {describe(rows)}")
