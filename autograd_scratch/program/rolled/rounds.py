"""A loop that was taken out of a trace: one round of it, what it takes, and which arrays it fills."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ...stepping.maps import Shape
from ..operands import Operand
from ..variables import Trace, Variable
from .structure import Structural


class NotNestedError(Exception):
    """A loop of which one round is no equations by itself."""


class Slice(NamedTuple):
    """What a round takes of an array: a row, counted from the number of the round, or all for None."""

    array: Variable
    shift: int | None


class State(NamedTuple):
    """What rounds carry on: as each finds it, before the first, and as each makes it."""

    found: Variable
    start: Operand
    made: Operand
    name: str | None


class Entry(NamedTuple):
    """What a round makes of an array: its row, counted from the number of the round."""

    made: Operand
    shift: int


class Last(NamedTuple):
    """What the last round makes, where nobody asks for others."""

    state: State


@dataclass(eq=False)
class Loop:
    """One round of a loop, what it takes, and which arrays it fills, row by row."""

    count: int
    is_reversed: bool
    trace: Trace = field(default_factory=Trace)
    taken: dict[Variable, Slice] = field(default_factory=dict)
    inputs: tuple[Variable, ...] = ()  # all arrays that it takes
    states: list[State] = field(default_factory=list)
    filled: list[tuple[State | Entry | Last, Variable]] = field(default_factory=list)  # and the array

    @cached_property
    def rounds(self) -> range:
        """The rounds in their order."""
        return range(self.count - 1, -1, -1) if self.is_reversed else range(self.count)


class Filled(Structural):
    """One of the arrays that a loop fills; its operands are all that the loop takes."""

    def __init__(self, loop: Loop, place: int, shape: Shape) -> None:
        super().__init__("filled", (id(loop), place))
        self.loop = loop
        self.place = place
        self._shape = shape

    def shape_of(self, args: Sequence[Any]) -> Shape:
        return self._shape
