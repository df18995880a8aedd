"""How the entries of outputs and targets are paired, and what becomes of what each of them costs."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, NamedTuple

from ...arrays.containers import is_array
from ...arrays.conversion import number_of
from ...arrays.subclass import block_of
from ...errors import RangeError, ShapeError, look_up
from ...ieee import INF, is_array_of_one, real
from ...primitives import mean, sum_
from ...primitives.arguments import is_node, is_row, is_unknown
from ...primitives.piecewise import clamp_p, detached
from ..lists import Array, Shape
from ..shapes import nested

Reduce = Callable[[list[Any]], Any]

REDUCTIONS: dict[str, Reduce | None] = {"mean": mean, "sum": sum_, "none": None}


class Entries(NamedTuple):
    """The entries of nested sequences in order, and what these were: their shape, and whether an array."""

    shape: Shape
    flat: list[Any]
    is_array: bool

    def like(self, terms: list[Any]) -> Any:
        """Return other entries as these: in an array, in lists that compute as such, or the one number."""
        if self.is_array or not self.shape:
            return block_of(self.shape, terms)
        return Array(nested(terms, self.shape))

    def reduced(self, terms: list[Any], reduction: str) -> Any:
        """Return the mean or the sum of what each entry costs, or these numbers as the entries were."""
        reduce = reduction_of(reduction)
        return self.like(terms) if reduce is None else reduce(terms)


def reduction_of(reduction: Any) -> Reduce | None:
    """Return the function of a reduction by its name; None for "none".

    >>> reduction_of("avg")
    Traceback (most recent call last):
    autograd_scratch.errors.UnknownNameError: no reduction is called 'avg'; known: mean, sum, none
    """
    return look_up(reduction, REDUCTIONS, "reduction")


def entries_of(given: Any, what: str) -> Entries:
    """Return the entries of a number, nested sequences or an array; `what` names them in errors."""
    shape: list[int] = []
    flat = [given]
    while flat and has_rows(flat):
        try:
            rows = [list(entry) for entry in flat]
        except TypeError:
            if all(map(is_row, flat)):  # it comes from inside of one of them
                raise
            raise ShapeError(f"the {what} mix numbers and sequences") from None
        shape.append(len(rows[0]))
        if any(len(row) != shape[-1] for row in rows):
            raise ShapeError(f"the {what} have rows of different lengths")
        flat = [entry for row in rows for entry in row]
    return Entries(tuple(shape), numbers(flat, what), is_array(given))


def numbers(entries: list[Any], what: str) -> list[Any]:
    """Return entries that are numbers of any type as nodes and floats; `what` names them in errors."""
    if all(kind is float or hasattr(kind, "record") for kind in {*map(type, entries)}):
        return entries
    bare = (entry.item() if is_array_of_one(entry) else entry for entry in entries)
    return [entry if is_node(entry) else real(entry, f"each of the {what}") for entry in bare]


def has_rows(entries: list[Any]) -> bool:
    """Say whether an entry is a sequence; each type is looked at first, which is quick for numbers."""
    kinds = {*map(type, entries)}
    return any(issubclass(kind, Iterable) for kind in kinds) and any(map(is_row, entries))


def paired(outputs: Any, targets: Any, loss: str, hint: str = "") -> tuple[Entries, list[tuple[Any, Any]]]:
    """Return the entries of the outputs, and each with that of the targets; `hint` ends the error."""
    found, wanted = entries_of(outputs, f"outputs of {loss}"), entries_of(targets, f"targets of {loss}")
    shape, other = without_ones(found.shape), without_ones(wanted.shape)
    if shape != other:
        classes = hint if len(shape) == len(other) + 1 else ""
        raise ShapeError(
            f"{loss} needs as many outputs as targets, not shapes {shape} and {other}{classes}"
        )
    if not found.flat:
        raise ShapeError(f"{loss} of nothing: there is no output")
    return found, [*zip(found.flat, wanted.flat)]


def without_ones(shape: Shape) -> Shape:
    """Return a shape without lengths of 1 at its end.

    >>> without_ones((4, 1)), without_ones((4, 1, 2)), without_ones((1,))
    ((4,), (4, 1, 2), ())
    """
    while shape and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def spread(weight: Any, shape: Shape, what: str) -> list[Any]:
    """Return a weight for each entry of a shape, to which those given are broadcast as NumPy does.

    >>> spread([1.0, 2.0], (2, 2), "weight"), spread(3.0, (2,), "weight")
    ([1.0, 2.0, 1.0, 2.0], [3.0, 3.0])
    """
    given = entries_of(weight, what)
    if without_ones(given.shape) == without_ones(shape):
        return given.flat
    own = (1,) * (len(shape) - len(given.shape)) + given.shape
    if len(own) != len(shape) or any(size not in (1, whole) for size, whole in zip(own, shape)):
        raise ShapeError(
            f"the {what} is one number, one for each entry, or one for each column of them, not of shape "
            f"{given.shape} for entries of shape {shape}"
        )
    rows = nested(given.flat, own)
    return [
        _at(rows, [min(i, size - 1) for i, size in zip(place, own)])
        for place in product(*map(range, shape))
    ]


def _at(rows: Any, place: Iterable[int]) -> Any:
    for i in place:
        rows = rows[i]
    return rows


def at_least(x: Any, least: Any) -> Any:
    """Return `x`, or `least` where that is more, with the derivative of `x` even so, as PyTorch's losses.

    >>> at_least(0.0, 0.5), at_least(2.0, 0.5)
    (0.5, 2.0)
    """
    return x + detached(clamp_p(x, least, INF) - x)


def refuse_outside(entries: Iterable[Any], low: float, high: float, what: str, remedy: str) -> None:
    """Refuse a number that is not from `low` to `high`; nan, which tells of its origin itself, passes."""
    for entry in entries:
        if not is_unknown(entry):
            found = number_of(entry, what)
            if found < low or found > high:
                span = f"from {low:g} to {high:g}" if high < INF else f"at least {low:g}"
                raise RangeError(f"{what} must be {span}, not {found!r}{remedy}")
