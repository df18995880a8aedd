"""What is written at all: which products are only ever summed, and how often each array is mentioned."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from ...primitives.arithmetic import div, mul, neg
from ...stepping.maps import Map, Shape
from ..structure import Put, Take
from ..variables import Operand, Variable, is_variable
from .elementwise import rectified
from .views import numbering


class Product(NamedTuple):
    """What a sum adds up: the product of some factors in a space, times a plain number."""

    space: Shape
    number: float
    factors: list[Variable]


@dataclass
class Plan:
    """How often each Variable is mentioned, and what sums add up."""

    uses: dict[Variable, int] = field(default_factory=dict)
    products: dict[Variable, Product] = field(default_factory=dict)


def planned(variables: Sequence[Variable], results: Set[Variable]) -> Plan:
    """Return the plan for what some results need."""
    plan = Plan()
    raw: dict[Variable, int] = dict.fromkeys(results, 1)
    for variable in reversed(variables):
        if variable in raw:
            for parent in variable.parents:
                if parent.__class__ is Variable:
                    raw[parent] = raw.get(parent, 0) + 1
    plan.uses = dict.fromkeys(results, 1)
    for variable in reversed(variables):
        count = plan.uses.get(variable, 0)
        if not count:
            continue
        needed: Sequence[Operand] = variable.parents
        if variable.primitive.__class__ is Put:
            plan.products[variable] = _product(variable, raw, results)
            needed = plan.products[variable].factors
        elif rectified(variable) is not None:
            needed = [rectified(variable)]
        for parent in needed:
            if parent.__class__ is Variable:
                plan.uses[parent] = plan.uses.get(parent, 0) + (count if is_free(variable) else 1)
    return plan


def is_free(variable: Variable) -> bool:
    """Say whether a Variable is nothing but another one seen through slices, which costs nothing."""
    primitive: Any = variable.primitive
    if primitive.__class__ is not Take:
        return False
    found = numbering(primitive.map)
    return found is not None and found.is_simple


def _product(put: Variable, raw: dict[Variable, int], results: Set[Variable]) -> Product:
    primitive: Any = put.primitive
    start = put.parents[0]
    if not moving(primitive.map):
        while is_variable_of(start, Take) and start.primitive.map.is_permuted:
            start = start.parents[0]
    number, factors = 1.0, []
    pending: list[Operand] = [start]
    while pending:
        at = pending.pop()
        if at.__class__ is float:
            number *= at
        elif not _is_open(at, raw, results):
            factors.append(at)
        elif is_variable(at, div):
            number /= at.parents[1]
            pending.append(at.parents[0])
        else:
            number = -number if is_variable(at, neg) else number
            pending += reversed(at.parents)
    return Product(start.shape, number, factors)


def _is_open(variable: Variable, raw: dict[Variable, int], results: Set[Variable]) -> bool:
    """Say whether the factors of a product are looked at, of which there is no array then."""
    is_product = (
        is_variable(variable, mul)
        or is_variable(variable, neg)
        or (is_variable(variable, div) and variable.parents[1].__class__ is float)
    )
    if not is_product or variable in results or (variable.name and not variable.place[0]):
        return False
    return (raw[variable] == 1 and not variable.name) or _is_larger(variable)


def _is_larger(variable: Variable) -> bool:
    """Say whether a product is larger than any of its factors."""
    pending: list[Any] = [variable]
    while pending:
        at = pending.pop()
        if at.__class__ is float or at.shape == ():
            continue
        if is_variable(at, mul) or is_variable(at, neg):
            pending += at.parents
        elif is_variable(at, div) and at.parents[1].__class__ is float:
            pending.append(at.parents[0])
        elif not is_variable_of(at, Take) or prod(at.primitive.map.kept.space) == prod(at.shape):
            return False
    return True


def is_variable_of(operand: Operand, kind: type[Any]) -> bool:
    """Say whether an operand is what a primitive of some kind made."""
    return operand.__class__ is Variable and operand.primitive.__class__ is kind


def moving(map: Map) -> list[int]:  # noqa: A002
    """Return the axes of a space along which other entries are taken."""
    if map.table is None:
        return [axis for axis, stride in enumerate(map.strides) if stride and map.space[axis] > 1]
    found = []
    for axis, size in enumerate(map.space):
        inner = prod(map.space[axis + 1 :])
        row = size * inner
        if any(
            map.table[start + i] != map.table[start + i % inner]
            for start in range(0, map.size, row or 1)
            for i in range(inner, row)
        ):
            found.append(axis)
    return found


def moved(map: Map) -> Map:  # noqa: A002
    """Return a map in the space of those axes alone along which other entries are taken.

    >>> moved(Map((2, 3), (3,), 0, (0, 1)))
    Map(space=(3,), source=(3,), offset=0, strides=(1,), table=None)
    """
    axes = moving(map)
    space = tuple(map.space[axis] for axis in axes)
    if map.table is None:
        return Map(space, map.source, map.offset, tuple(map.strides[axis] for axis in axes))
    places = [0]
    for axis in axes:
        inner = prod(map.space[axis + 1 :])
        places = [start + i * inner for start in places for i in range(map.space[axis])]
    return Map(space, map.source, table=tuple(map.table[place] for place in places))


def needs_buffer(variable: Variable) -> bool:
    """Say whether a sum goes to some entries of an array of zeros."""
    primitive: Any = variable.primitive
    return primitive.__class__ is Put and not primitive.map.is_spread
