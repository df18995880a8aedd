"""What is written at all: which products are only ever summed, and how often each array is mentioned."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from ...primitives.arithmetic import add, div, mul, neg, sub
from ...primitives.piecewise import select
from ...stepping.maps import Map, Shape
from ..operands import Operand, is_variable, is_zero
from ..rolled.rounds import Filled
from ..rolled.structure import Put, Take, inverse, is_made_by
from ..variables import Variable
from .elementwise import argument_of, shares
from .moves import moving, needs_buffer
from .views import numbering


class Addend(NamedTuple):
    """One of the terms of a sum: whether it goes to a part of the entries only."""

    sign: str
    operand: Operand
    is_put: bool


class Product(NamedTuple):
    """What a sum adds up by a map: the product of some factors in a space, times a plain number."""

    map: Map
    space: Shape
    number: float
    factors: list[Variable]
    gates: list[tuple[Variable, bool]]  # conditions with which, or without which, it is not zero
    is_backward: bool

    @property
    def mentioned(self) -> list[Variable]:
        """All that is written in it."""
        return [*self.factors, *(condition for condition, _ in self.gates)]


@dataclass
class Plan:
    """How often each Variable is mentioned, what sums add up, and what goes into a buffer one by one."""

    results: Set[Variable]
    raw: dict[Variable, int]  # how often each Variable is an operand
    uses: dict[Variable, int] = field(default_factory=dict)
    users: dict[Variable, list[Variable]] = field(default_factory=dict)
    products: dict[Variable, Product] = field(default_factory=dict)
    sums: dict[Variable, list[tuple[str, Product]]] = field(default_factory=dict)  # of several products
    chains: dict[Variable, list[Addend]] = field(default_factory=dict)
    dense: set[Variable] = field(default_factory=set)  # sums of what has all entries
    means: Set[Variable] = frozenset()
    averaged: Set[Operand] = frozenset()  # what is added up for them
    kept: set[Operand] = field(default_factory=set)  # what rounds of a loop take

    def is_mean(self, quotient: Variable) -> bool:
        """Say whether a quotient is a sum, of which nothing else is made, over how many it adds up."""
        total, count = quotient.parents
        if not is_made_by(total, Put) or count != total.primitive.count or not self._is_inner(total):
            return False
        return not is_variable(total.parents[0], mul) or not _is_larger(total.parents[0])

    def is_free(self, variable: Variable) -> bool:
        """Say whether a Variable is nothing but another one seen through slices, which costs nothing."""
        if variable in self.products or not is_made_by(variable, Take):
            return False
        primitive: Any = variable.primitive
        found = numbering(primitive.map)
        return found is not None and found.is_simple

    def add(self, variable: Variable) -> None:
        """Note what a Variable mentions."""
        needed: Sequence[Operand] = variable.parents
        if isinstance(variable.primitive, Filled):
            for array, _ in variable.primitive.loop.taken.values():
                self.kept.add(array)
                while is_made_by(array, Take):
                    array = array.parents[0]
                    self.kept.add(array)
        chain = self._chain(variable)
        product = self._product(variable)
        if chain:
            self.chains[variable] = chain
            needed = []
            for addend in chain:
                inner = self._product(addend.operand) if addend.is_put else None
                if inner is None:
                    needed = [*needed, addend.operand]
                else:
                    self.products[addend.operand] = inner
                    needed = [*needed, *inner.mentioned]
        elif product is not None and (products := self._several(variable, product)):
            self.sums[variable] = products
            needed = [x for _, each in products for x in each.mentioned]
        elif product is not None and not (
            is_made_by(variable, Take) and product.factors == [variable.parents[0]]
        ):
            self.products[variable] = product
            needed = product.mentioned
        elif (x := argument_of(variable)) is not None:
            needed = [x]
        elif (found := shares(variable)) is not None:
            needed = [found.x, found.y, found.x, found.y]  # each is written twice
        count = self.uses[variable] if self.is_free(variable) else 1
        for parent in needed:
            if parent.__class__ is Variable:
                self.uses[parent] = self.uses.get(parent, 0) + count
                self.users.setdefault(parent, []).append(variable)

    def _chain(self, variable: Variable) -> list[Addend]:
        """Return the addends of a sum, if some of them go to a part of its entries only; else none."""
        if not variable.shape or not (is_variable(variable, add) or is_variable(variable, sub)):
            return []
        if variable in self.dense:
            return []
        addends: list[Addend] = []
        inner: list[Variable] = []
        pending = [(variable, "+")]
        while pending:
            at, sign = pending.pop()
            is_sum = is_variable(at, add) or is_variable(at, sub)
            if is_sum and (at is variable or (self._is_inner(at) and not self._is_put_together(at))):
                other = sign if is_variable(at, add) else "-" if sign == "+" else "+"
                pending += [(at.parents[1], other), (at.parents[0], sign)]
                inner.append(at)
                continue
            addends.append(Addend(sign, at, needs_buffer(at) and self._is_inner(at)))
        if any(addend.is_put for addend in addends):
            return addends
        self.dense.update(inner)
        return []

    def _is_put_together(self, variable: Variable) -> bool:
        """Say whether a sum has each entry from one of its terms: these are parts of an array."""
        maps: list[Map] = []
        pending: list[Any] = [variable]
        while pending:
            at = pending.pop()
            if is_variable(at, add) and (at is variable or self._is_inner(at)):
                pending += at.parents
            elif needs_buffer(at) and self._is_inner(at):
                maps.append(at.primitive.map)
            else:
                return False
        size = prod(variable.shape)
        if sum(map_.size for map_ in maps) != size:
            return False
        return len({place for map_ in maps for place in map_.positions()}) == size

    def _is_sum(self, variable: Variable) -> bool:
        return self._is_inner(variable) and (is_variable(variable, add) or is_variable(variable, sub))

    def _is_inner(self, variable: Variable) -> bool:
        return self.raw[variable] == 1 and variable not in self.results and not variable.name

    def _product(self, variable: Variable) -> Product | None:
        """Return what a sum adds up; for a product that is turned, that it adds up nothing."""
        primitive: Any = variable.primitive
        start: Any = variable.parents[0] if variable.parents else None
        if primitive.__class__ is Take:
            is_turned = primitive.map.table is None and primitive.map.is_permuted
            if (
                not is_turned
                or start.__class__ is float
                or not (self._is_open(start) or self._is_sum(start))
            ):
                return None
            map_ = inverse(primitive.map)
        elif primitive.__class__ is Put:
            map_ = primitive.map
        else:
            return None
        if not moving(map_):
            while is_made_by(start, Take) and start.primitive.map.is_permuted and not start.name:
                start = start.parents[0]
                first = map_.offset if map_.table is None else map_.table[0]
                map_ = Map(start.shape, map_.source, first, (0,) * len(start.shape))
        elif primitive.__class__ is Put:
            while is_made_by(start, Take) and self._is_inner(start) and start.primitive.map.is_permuted:
                if start.primitive.map.table is not None:
                    break
                turned = map_.then(inverse(start.primitive.map))
                if turned.table is not None or not (
                    is_variable(start.parents[0], mul) and self._is_open(start.parents[0])
                ):
                    break
                start, map_ = start.parents[0], turned
        return self._factored(map_, start, variable.place[0])

    def _several(self, variable: Variable, whole: Product) -> list[tuple[str, Product]]:
        """Return the products of a sum of some that are larger than their factors, to be summed each."""
        if len(whole.factors) != 1 or whole.number != 1.0 or needs_buffer(variable):
            return []
        start: Any = whole.factors[0]
        if not self._is_inner(start) or not (is_variable(start, add) or is_variable(start, sub)):
            return []
        is_summing = whole.map.size > prod(whole.map.source)
        found: list[tuple[str, Product]] = []
        pending: list[tuple[Any, str]] = [(start, "+")]
        while pending:
            at, sign = pending.pop()
            if at.__class__ is float:
                return []
            if self._is_inner(at) and (is_variable(at, add) or is_variable(at, sub)):
                other = sign if is_variable(at, add) else "-" if sign == "+" else "+"
                pending += [(at.parents[1], other), (at.parents[0], sign)]
            elif self._is_open(at) and (_is_larger(at) or (is_summing and _has_new_axes(at))):
                found.append((sign, self._factored(whole.map, at, whole.is_backward)))
            else:
                return []
        return found

    def _factored(self, map: Map, start: Variable, is_backward: bool) -> Product:  # noqa: A002
        """Return a product that is summed by a map, with all its factors."""
        number, factors, gates = 1.0, [], []
        pending: list[Operand] = [start]
        while pending:
            at = pending.pop()
            if at.__class__ is float:
                number *= at
            elif self._is_gate(at):
                condition, chosen, otherwise = at.parents
                gates.append((condition, is_zero(otherwise)))
                pending.append(chosen if is_zero(otherwise) else otherwise)
            elif not self._is_open(at):
                factors.append(at)
            elif is_variable(at, div):
                number /= at.parents[1]
                pending.append(at.parents[0])
            else:
                number = -number if is_variable(at, neg) else number
                pending += reversed(at.parents)
        return Product(map, start.shape, number, factors, gates, is_backward)

    def _is_gate(self, variable: Variable) -> bool:
        """Say whether a choice lets through a product that is larger than its factors, or nothing."""
        if not is_variable(variable, select) or not variable.place[0] or not self._is_inner(variable):
            return False
        condition, *arms = variable.parents
        products = [arm for arm in arms if not is_zero(arm)]
        if len(products) != 1 or products[0].__class__ is float or condition.__class__ is float:
            return False
        return condition.primitive is not None and self._is_open(products[0]) and _is_larger(products[0])

    def _is_open(self, variable: Variable) -> bool:
        """Say whether the factors of a product are looked at, of which there is no array then."""
        is_quotient = is_variable(variable, div) and variable.parents[1].__class__ is float
        if not (is_quotient or is_variable(variable, mul) or is_variable(variable, neg)):
            return False
        if variable in self.results or (variable.name and not variable.place[0]):
            return False
        if variable in self.averaged:
            return False
        return (self.raw[variable] == 1 and not variable.name) or _is_larger(variable)


def planned(
    variables: Sequence[Variable], results: Set[Variable], means: Set[Variable] = frozenset()
) -> Plan:
    """Return the plan for what some results need; quotients that are means are written as such."""
    raw: dict[Variable, int] = dict.fromkeys(results, 1)
    for variable in reversed(variables):
        if variable in raw:
            for parent in variable.parents:
                if parent.__class__ is Variable:
                    raw[parent] = raw.get(parent, 0) + 1
    plan = Plan(results, raw, dict.fromkeys(results, 1))
    plan.means = {mean for mean in means if mean in raw and plan.is_mean(mean)}
    plan.averaged = {mean.parents[0].parents[0] for mean in plan.means}
    for variable in reversed(variables):
        if plan.uses.get(variable):
            plan.add(variable)
    return plan


def _is_larger(variable: Variable) -> bool:
    """Say whether a product is larger than any of its factors."""
    if variable.shape == ():
        return False
    pending: list[Any] = [variable]
    while pending:
        at = pending.pop()
        if at.__class__ is float or at.shape == ():
            continue
        if is_variable(at, mul) or is_variable(at, neg):
            pending += at.parents
        elif is_variable(at, div) and at.parents[1].__class__ is float:
            pending.append(at.parents[0])
        elif not is_made_by(at, Take) or prod(at.primitive.map.kept.space) == prod(at.shape):
            return False
    return True


def _has_new_axes(variable: Variable) -> bool:
    """Say whether arrays are multiplied of which one has more axes there than it had."""
    found: list[Any] = [p for p in variable.parents if p.__class__ is Variable and p.shape]
    return len(found) == 2 and any(
        is_made_by(p, Take) and len(p.primitive.map.space) > len(p.primitive.map.source) for p in found
    )
