"""What stands in one nest: reads, operations, sums and stores, and on which axes each depends."""

from dataclasses import dataclass, field

from ...primitives import Primitive
from ...stepping.maps import Map
from ..variables import Variable
from .loops import Axis, Local, Operand


@dataclass(frozen=True)
class Reference:
    """The entries of a Variable that a map takes, by the axes of the map's space."""

    variable: Variable
    map: Map
    axes: tuple[Axis | None, ...]  # None of length 1


@dataclass(eq=False)
class Item:
    """An operation: a read of memory, or a primitive.

    It depends on `axes`; `stage` is how many sums, one after the other, must be complete before.
    """

    target: Local
    read: Reference | None
    primitive: Primitive | None
    operands: tuple[Operand, ...]
    axes: frozenset[Axis]
    stage: int


@dataclass(eq=False)
class Reduction:
    """A sum along some axes, or what else takes many terms."""

    target: Local
    primitive: Primitive
    value: Operand
    axes: tuple[Axis, ...]
    stage: int
    folds: bool = False  # each lane has the sum of its own terms


@dataclass(eq=False)
class Store:
    """A value that goes to memory, or is added to what is there."""

    reference: Reference
    value: Operand
    adds: bool
    stage: int


@dataclass(eq=False)
class Group:
    """What stands in one nest, whose outer axes are `home`."""

    home: tuple[Axis, ...]
    items: list[Item] = field(default_factory=list)
    reductions: list[Reduction] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
