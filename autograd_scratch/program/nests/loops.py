"""What loop nests are made of: loops over axes, and statements on scalars in them.

Nothing in here knows a language. A `Local` is a float64 in a register; an `Array` is a run of float64 in
memory; a `Place` is an entry of an array, at an offset and a stride for each axis of the loops around it,
and where a table says so. A printer writes them in Python for numba, or as WebAssembly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...primitives import Primitive


@dataclass(eq=False)
class Axis:
    """The index of a loop, which counts from 0."""

    size: int


class Lane(Axis):
    """The index of what is computed at once."""


@dataclass(eq=False)
class Array:
    """Some floats in memory."""

    name: str | None
    size: int


@dataclass(eq=False)
class Local:
    """A float, or a truth value, that lives in a register."""

    name: str | None = None


Operand = Local | float


class Place(NamedTuple):
    """An entry of an array: `offset`, a stride for each axis, and an entry of a table of whole numbers.

    The entry of the table is at `table_offset` and the indices times `table_strides`.
    """

    array: Array
    offset: int = 0
    strides: tuple[tuple[Axis, int], ...] = ()
    table: tuple[int, ...] | None = None
    table_strides: tuple[tuple[Axis, int], ...] = ()
    table_offset: int = 0

    @property
    def axes(self) -> set[Axis]:
        """The axes that it depends on."""
        return {axis for axis, _ in (*self.strides, *self.table_strides)}

    def stride(self, axis: Axis) -> int | None:
        """Return how many entries further the next one along an axis is; None where a table says it."""
        if any(axis is other for other, _ in self.table_strides):
            return None
        return next((stride for other, stride in self.strides if other is axis), 0)


@dataclass(eq=False)
class Read:
    """target = the entry at a place."""

    target: Local
    place: Place


@dataclass(eq=False)
class Let:
    """target = primitive(operands), or the operand itself without a primitive."""

    target: Local
    primitive: Primitive | None
    operands: tuple[Operand, ...]


@dataclass(eq=False)
class Update:
    """target = primitive(target, value), of a primitive of many terms, whose order is free."""

    target: Local
    primitive: Primitive
    value: Operand


@dataclass(eq=False)
class Fold:
    """target = primitive of the numbers that all lanes have for it."""

    target: Local
    primitive: Primitive


@dataclass(eq=False)
class Write:
    """The entry at a place = value."""

    place: Place
    value: Operand


@dataclass(eq=False)
class AddTo:
    """The entry at a place += value."""

    place: Place
    value: Operand


@dataclass(eq=False)
class Loop:
    """A body for each index of an axis."""

    axis: Axis
    body: list["Statement"] = field(default_factory=list)


Statement = Read | Let | Update | Fold | Write | AddTo | Loop


@dataclass(eq=False)
class Nests:
    """Loop nests, one after the other, the arrays that they read and write, and where results stand.

    `arguments` are arrays that somebody fills, and `strides` how far apart their entries are; `tables` are
    filled with constants. Of `results` each is an array, or a plain number.
    """

    body: list[Statement]
    arguments: list[Array]
    tables: dict[Array, tuple[float, ...]]
    results: list[Array | float]
    buffers: list[Array]  # of what is computed; results among them
    strides: dict[Array, tuple[int, ...]]

    @property
    def arrays(self) -> list[Array]:
        """All arrays."""
        return [*self.arguments, *self.tables, *self.buffers]


def statements(body: Sequence[Statement]) -> Iterator[Statement]:
    """Yield all statements, those in loops after their loop."""
    pending: list[Statement] = list(reversed(body))
    while pending:
        statement = pending.pop()
        yield statement
        if isinstance(statement, Loop):
            pending += reversed(statement.body)


def operands(statement: Any) -> tuple[Operand, ...]:
    """Return what a statement reads of registers."""
    if isinstance(statement, Let):
        return statement.operands
    if isinstance(statement, Update):
        return (statement.target, statement.value)
    if isinstance(statement, Fold):
        return (statement.target,)
    return (statement.value,) if isinstance(statement, (Write, AddTo)) else ()
