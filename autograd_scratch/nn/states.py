"""What the state of a model is: its numbers by path, arrays of parameters as a whole, as PyTorch has them.

Beside the parameters it has what a module carries from call to call, its buffers.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from ..arrays.containers import arrange, is_array
from ..errors import DataError, ShapeError, StateError
from ..ieee import describe, real
from ..node import set_data
from ..value import Value
from .parameter import Parameter
from .search import found, models_by_path, models_in
from .shapes import as_lists, flattened, in_shape

BUFFERS = "_names_of_buffers"  # where a Module keeps which of its attributes are some

_Place = tuple[int, int]


class Buffer:
    """Numbers that a module carries: one of its attributes."""

    def __init__(self, module: Any, name: str) -> None:
        self.module = module
        self.name = name

    @property
    def data(self) -> Any:
        """The numbers, in nested lists."""
        return copied(self.held)

    @property
    def held(self) -> Any:
        """What the attribute holds: numbers, or Values while a function of them is recorded."""
        return getattr(self.module, self.name)

    @held.setter
    def held(self, new: Any) -> None:
        setattr(self.module, self.name, new)

    def filled(self, numbers: Iterator[float]) -> Any:
        """Return the next of some numbers, as many as it holds, as it holds them: counts are whole."""
        new = arrange(self.held, numbers)
        return int(new) if isinstance(self.held, int) else new

    def shaped(self, new: Any, path: str) -> Any:
        """Return numbers or Values of the same shape, in nested lists, or say that it is another one."""
        _, shape = as_lists(self.data, path)
        return copied(in_shape(new, shape, f"the state of {path!r}"))


@contextmanager
def undoing(buffers: Iterable[Buffer]) -> Iterator[None]:
    """Have buffers hold again what they held if something fails."""
    go_back = way_back(buffers)
    try:
        yield
    except BaseException:
        go_back()
        raise


@contextmanager
def keeping(buffers: Iterable[Buffer]) -> Iterator[None]:
    """Have buffers hold again what they held, whatever a model is called with."""
    go_back = way_back(buffers)
    try:
        yield
    finally:
        go_back()


def way_back(buffers: Iterable[Buffer]) -> Callable[[], None]:
    """Return what makes buffers hold again what they hold now."""
    before = [(buffer, buffer.data) for buffer in buffers]

    def go() -> None:
        for buffer, held in before:
            buffer.held = held

    return go


def buffers_of(model: Any) -> list[Buffer]:
    """Return the buffers of a model and of those below it."""
    return [Buffer(part, name) for part in models_in(model) for name in _buffers_in(part)]


def entries_of(model: Any) -> dict[str, Value | Parameter | Buffer]:
    """Return the parameters and buffers of a model by their paths: of each module its buffers last."""
    leaves = found(model, frozen=True)
    modules = models_by_path(model)
    arrays = {path: array for prefix, each in modules for path, array in _arrays_in(prefix, each)}
    held = {leaf for array in arrays.values() for leaf in array.leaves}
    order = {leaf: i for i, leaf in enumerate(leaves)}
    entries: list[tuple[_Place, str, Any]] = [
        *(((order[leaf], 0), path, leaf) for leaf, path in leaves.items() if leaf not in held),
        *(((order.get(array.leaves[0], len(order)), 0), path, array) for path, array in arrays.items()),
    ]
    ranks = {prefix: rank for rank, (prefix, _) in enumerate(modules)}
    before = [(_rank(path, ranks), place) for (place, _), path, _ in entries]
    for rank, (prefix, each) in enumerate(modules):
        names = _buffers_in(each)
        place = max((place for other, place in before if other <= rank), default=-1) if names else -1
        entries += [((place, rank + 1), f"{prefix}{name}", Buffer(each, name)) for name in names]
    return {path: thing for _, path, thing in sorted(entries, key=itemgetter(0))}


def load(entries: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Set parameters and buffers from a state that has all of their paths: all of them, or none."""
    leaves: list[Value] = []
    numbers: list[float] = []
    buffers: list[tuple[Buffer, Any]] = []
    try:
        for path, entry in entries.items():
            what = f"the state of {path!r}"
            if isinstance(entry, Parameter):
                leaves += entry.leaves
                numbers += entry.numbers_for(state[path], what)
            elif isinstance(entry, Buffer):
                buffers.append((entry, _numbers(entry, state[path], path)))
            else:
                leaves.append(entry)
                numbers.append(real(state[path], what))
    except (DataError, ShapeError) as fault:
        raise StateError(str(fault)) from fault
    any(map(set_data, leaves, numbers))
    for buffer, new in buffers:
        buffer.held = new


def numbers_of(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state that parameters and buffers have now."""
    return {path: copied(entry.data) for path, entry in entries.items()}


def leaves_of(path: str, entry: Any, new: Any) -> list[tuple[Value, Any]]:
    """Return the leaves of a parameter, each with what a state has for it: a number or a Value."""
    if isinstance(entry, Buffer):
        return []
    if not isinstance(entry, Parameter):
        return [(entry, new)]
    rows, shape = as_lists(new, f"the state of {path!r}")
    if shape != entry.shape:
        raise StateError(f"the state of {path!r} must have the shape {entry.shape}, not {shape}")
    return [*zip(entry.leaves, flattened(rows, shape))]


def copied(numbers: Any) -> Any:
    """Return nested lists of numbers anew."""
    if is_array(numbers):
        numbers = numbers.tolist()
    return [copied(row) for row in numbers] if isinstance(numbers, list) else numbers


def _numbers(buffer: Buffer, new: Any, path: str) -> Any:
    """Return numbers in the shape of others, and counts as whole numbers."""
    rows = buffer.shaped(new, path)
    if not isinstance(buffer.held, int):
        return rows
    if not (rows >= 0.0 and rows < math.inf and rows == int(rows)):
        raise DataError(f"the state of {path!r} is a count, not {describe(rows)}")
    return int(rows)


def _buffers_in(model: Any) -> tuple[str, ...]:
    """Return the names of those of a model itself."""
    names: tuple[str, ...] = getattr(model, "__dict__", {}).get(BUFFERS, ())
    return names


def _arrays_in(prefix: str, model: Any) -> list[tuple[str, Parameter]]:
    """Return the arrays of parameters of a model, but not those of the models in it."""
    arrays = []
    pending: list[tuple[str, Any]] = [*vars(model).items()] if hasattr(model, "__dict__") else []
    while pending:
        path, thing = pending.pop(0)
        if isinstance(thing, Parameter):
            arrays.append((f"{prefix}{path}", thing))
        elif isinstance(thing, (list, tuple)) and any(isinstance(each, (list, dict)) for each in thing):
            pending += [(f"{path}.{i}", each) for i, each in enumerate(thing)]
        elif isinstance(thing, dict):
            pending += [(f"{path}.{key}", each) for key, each in thing.items()]
    return arrays


def _rank(path: str, ranks: Mapping[str, int]) -> int:
    """Return the place of the module that a path leads to."""
    while path:
        path = path.rpartition(".")[0]
        prefix = f"{path}." if path else ""
        if prefix in ranks:
            return ranks[prefix]
    return 0
