"""Another number for an operand: what a product multiplies by is left out, squared, or another array's.

A gradient flows back through a product times the other operand: a weight, a gate, a mask, the input of a
layer. In its place may stand nothing, or another array of the same shape.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from ...stepping.groups import Key, Step
from ...wording import number
from ..passes.forward import Forward
from ..passes.table import Extra
from .suspects import Formula, Lead, Suspect

_EDGES = 300_000  # that are changed in all suspects together


class Factor(NamedTuple):
    """An edge of a product: the node, the edge's place, what it leads to, and the other operand there."""

    node: int
    place: int
    parent: Any  # a node of the program
    other: Any  # a node of the program, or a float

    @property
    def number(self) -> float:
        return float(getattr(self.other, "_data", self.other))


def factors_of(forward: Forward, i: int) -> Iterator[Factor]:
    """Yield the edges of a product of nodes or numbers, but for the bias of a neuron."""
    parents = forward.nodes[i].parents
    half = len(parents) // 2
    place = 0
    for k, parent in enumerate(parents):
        if parent.__class__ is not float:
            if k < 2 * half:
                yield Factor(i, place, parent, parents[(k + half) % (2 * half)])
            place += 1


class _Home(NamedTuple):
    """Where a node stands: what made it, or the block, in which round, and the place in that array."""

    key: Key | str
    time: int
    place: int


class _Array(NamedTuple):
    """An array of one round."""

    shape: tuple[int, ...]
    numbers: Sequence[float]


@dataclass(frozen=True, eq=False)
class Operands:
    """The passes in which one operand of a product is another one on the way back."""

    forward: Forward

    def leads(self) -> Iterator[Lead]:
        """Yield what may stand in the place of each operand of each product."""
        spent, sizes = 0, self.forward.sizes
        for steps in self.forward.steps.at.values():
            for group in self.forward.steps.groups(steps) if steps[0].primitive in ("mul", "dot") else ():
                spent += sum(sizes[i] for step in group for i in step.alive)
                if spent > _EDGES:
                    return
                yield Lead(1.48, partial(self._of_group, group))

    def _of_group(self, group: Sequence[Step]) -> Iterator[Lead]:
        """Yield what may stand there on the way to each of the arrays that a product comes from."""
        edges = self.forward.edges
        ways: dict[Key | str | None, list[Factor]] = {}
        for i in (i for step in group for i in step.alive):
            for factor in factors_of(self.forward, i):
                ways.setdefault(self._origin(edges[i][factor.place][0]), []).append(factor)
        for origin, factors in ways.items():
            reach = self.forward.reach(edges[factor.node][factor.place][0] for factor in factors)
            yield Lead(1.48, partial(self._on_one_way, group[0], self._called(origin), factors), reach)

    def _on_one_way(self, step: Step, origin: str, factors: Sequence[Factor]) -> Iterator[Lead | Suspect]:
        """Yield passes with another operand on the way to an array."""
        numbers = [factor.number for factor in factors]
        sizes = {abs(x) for x in numbers}
        if sizes != {1.0} and (len(sizes) > 1 or factors[0].other.__class__ is not float):
            ones, squares = [1.0] * len(numbers), [x * x for x in numbers]
            yield self._suspect(step, origin, factors, "factor_missing", "left out", 1.48, "", ones)
            what, implied = "applied twice", " * its square"
            yield self._suspect(step, origin, factors, "factor_twice", what, 1.8, implied, squares)
        if len(sizes) > 1 and 0.0 in sizes:
            most = max(numbers, key=abs)
            what, kept = "taken for that of the kept entries", [most] * len(numbers)
            implied = f" * {number(most)}"
            yield self._suspect(step, origin, factors, "factor_missing", what, 1.7, implied, kept)
        yield Lead(1.75, partial(self._with_others, step, origin, factors))

    def _with_others(self, step: Step, origin: str, factors: Sequence[Factor]) -> Iterator[Suspect]:
        """Yield passes with another array of the same shape as the operand."""
        homes = [self._homes.get(self.forward.numbers.get(f.other, -1)) for f in factors]
        known = [home for home in homes if home is not None]
        if len(known) < len(homes) or len({home.key for home in known}) > 1:
            return
        mine = self._arrays.get(known[0].key, [])
        for key, arrays in self._arrays.items() if mine else ():
            alike = [array.shape for array in arrays] == [array.shape for array in mine]
            if key != known[0].key and alike and self._called(key):
                others = [arrays[home.time].numbers[home.place] for home in known]
                what, implied = f"taken for {self._called(key)}", f" * {self._called(key)}"
                yield self._suspect(step, origin, factors, "other_operand", what, 1.75, implied, others)

    def _suspect(
        self,
        step: Step,
        origin: str,
        factors: Sequence[Factor],
        kind: str,
        what: str,
        rank: float,
        implied: str,
        others: Sequence[float],
    ) -> Suspect:
        """Return the pass with other numbers for an operand."""
        steps, more = self.forward.steps, Extra()
        for factor, x in zip(factors, others):
            parent, slope = self.forward.edges[factor.node][factor.place]
            more.add(factor.node, parent, x - slope)
        homes = {self._origin(self.forward.numbers.get(factor.other, -1)) for factor in factors}
        called = self._called(homes.pop()) if len(homes) == 1 else ""
        told = f"the factor {called}" if called else "what multiplies each entry"
        to = f" on the way to {origin}" if origin else ""
        derived = f"d{origin.strip('`') or 'x'} = d{steps.symbol(step, 'a')}"
        return Suspect(
            kind,
            f"with {told}{step.where} {what}{to}",
            rank,
            more,
            layer=steps.called(step),
            line=step.line,
            formula=Formula(
                f"{derived} * {called.strip('`') or 'its factor'}", derived + implied.replace("`", "")
            ),
        )

    @cached_property
    def _arrays(self) -> Mapping[Key | str, list[_Array]]:
        """The arrays of each round by what made them, and the blocks."""
        found: dict[Key | str, list[_Array]] = {}
        for key, steps in self.forward.steps.at.items():
            if min(min(step.nodes) for step in steps) >= 0:
                nodes = self.forward.nodes
                found[key] = [_Array(step.shape, [nodes[i]._data for i in step.nodes]) for step in steps]
        for name, block in self.forward.blocks.items():
            found[name] = [_Array(block.shape, block.numbers)]
        return found

    @cached_property
    def _homes(self) -> Mapping[int, _Home]:
        found: dict[int, _Home] = {}
        for key, steps in self.forward.steps.at.items():
            for time, step in enumerate(steps):
                found.update({i: _Home(key, time, place) for place, i in enumerate(step.nodes) if i >= 0})
        for name, block in self.forward.blocks.items():
            if block.is_parameter:
                found.update({i: _Home(name, 0, place) for place, i in enumerate(block.nodes) if i >= 0})
        return found

    def _origin(self, node: int) -> Key | str | None:
        home = self._homes.get(node)
        return home.key if home else None

    def _called(self, origin: Key | str | None) -> str:
        """Return what an array is called: the name of a block, or a quoted expression."""
        if origin is None or isinstance(origin, str):
            return origin or ""
        called = self.forward.steps.called(self.forward.steps.at[origin][0])
        return f"`{called}`" if called else ""
