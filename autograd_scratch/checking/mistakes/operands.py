"""Another number for an operand: what a product multiplies by is left out, squared, or another array's.

A gradient flows back through a product times the other operand: a weight, a gate, a mask, the input of a
layer. In its place may stand nothing, or another array of the same shape, or that of another round.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from ...stepping.groups import Step
from ..passes.forward import Forward
from ..passes.table import Extra
from .suspects import Formula, Lead, Suspect

_EDGES = 300_000  # that are changed in all suspects together


class Factor(NamedTuple):
    """An edge of a product: the node, its place among the edges, and the other operand there."""

    node: int
    place: int
    other: Any  # a node of the program, or a float

    @property
    def data(self) -> float:
        return float(getattr(self.other, "_data", self.other))


@dataclass(frozen=True, eq=False)
class Operands:
    """The passes in which one operand of a product is another one on the way back."""

    forward: Forward

    def leads(self) -> Iterator[Lead]:
        """Yield what may stand in the place of each operand of each product."""
        spent, sizes = 0, self.forward.sizes
        for steps in self.forward.steps.at.values():
            if steps[0].primitive not in ("mul", "dot"):
                continue
            for group in self.forward.steps.groups(steps):
                spent += sum(sizes[i] for step in group for i in step.alive)
                if spent > _EDGES:
                    return
                yield Lead(1.48, partial(self._of_group, group))

    def _of_group(self, group: Sequence[Step]) -> Iterator[Lead]:
        edge = self.forward.edge
        for origin, factors in self._by_origin(group).items():
            reach = self.forward.reach(edge(i, place)[0] for i, place, _ in factors)
            yield Lead(1.48, partial(self._of_use, group, origin, factors), reach)

    def _by_origin(self, group: Sequence[Step]) -> dict[object, list[Factor]]:
        """Return the edges of products by what they lead to."""
        found: dict[object, list[Factor]] = {}
        for i in (i for step in group for i in step.alive):
            for factor in factors_of(self.forward, i):
                parent, _ = self.forward.edge(i, factor.place)
                found.setdefault(self._origin(parent), []).append(factor)
        return found

    def _of_use(
        self, group: Sequence[Step], origin: object, factors: Sequence[Factor]
    ) -> Iterator[Lead | Suspect]:
        """Yield passes with another operand on the way to an array."""
        numbers = [factor.data for factor in factors]
        sizes = {abs(x) for x in numbers}
        x, a = self._symbol(origin), self.forward.steps.symbol(group[0], "a")
        told = self._told(factors)

        def suspect(kind: str, what: str, rank: float, text: str, others: Sequence[float]) -> Suspect:
            to = f" on the way to {self._called(origin)}" if self._called(origin) else ""
            return Suspect(
                kind,
                f"with {told}{group[0].where} {what}{to}",
                rank,
                self._with(factors, others),
                layer=self.forward.steps.called(group[0]),
                line=group[0].line,
                formula=Formula(f"d{x} = d{a} times {told.strip('`')}", f"d{x} = d{a}{text}"),
            )

        if len(sizes) > 1:
            yield suspect("factor_missing", "left out", 1.48, "", [1.0] * len(numbers))
            if 0.0 in sizes:
                most = max(numbers, key=abs)
                kept = [most] * len(numbers)
                yield suspect("factor_missing", "taken for that of the kept entries", 1.7, f" * {most:g}", kept)
            twice = f" times {told.strip('`')} ** 2"
            yield suspect("factor_twice", "applied twice", 1.8, twice, [n * n for n in numbers])

        def others() -> Iterator[Suspect]:
            for name, own in self._in_its_place(factors):
                yield suspect("other_operand", f"taken for {name}", 1.75, f" times {name.strip('`')}", own)

        yield Lead(1.75, others)

    def _with(self, factors: Sequence[Factor], others: Sequence[float]) -> Extra:
        """Return what other operands change."""
        more = Extra()
        for factor, x in zip(factors, others):
            parent, partial = self.forward.edge(factor.node, factor.place)
            more.add(factor.node, parent, x - partial)
        return more

    def _in_its_place(self, factors: Sequence[Factor]) -> Iterator[tuple[str, list[float]]]:
        """Yield arrays whose entries may be taken for an operand, with these, for each edge."""
        homes = [self._homes.get(self.forward.numbers.get(f.other, -1)) for f in factors]
        known = [home for home in homes if home is not None]
        if len(known) == len(homes) and len({home.key for home in known}) == 1:
            mine = known[0].key
            shape = self._arrays[mine][0][0] if mine in self._arrays else None
            for key, arrays in self._alike.get(shape, {}).items():
                if key != mine and len(arrays) == len(self._arrays[mine]):
                    name = self._name(key)
                    if len({*arrays}) and name:
                        yield name, [arrays[home.time][1][home.place] for home in known]

    @cached_property
    def _arrays(self) -> dict[object, list[tuple[tuple[int, ...], tuple[float, ...]]]]:
        """The arrays by their instruction or block: shape and numbers, of each round."""
        found: dict[object, list[tuple[tuple[int, ...], tuple[float, ...]]]] = {}
        for key, steps in self.forward.steps.at.items():
            if min(min(step.nodes) for step in steps) >= 0:
                found[key] = [
                    (step.shape, tuple(self.forward.nodes[i]._data for i in step.nodes)) for step in steps
                ]
        for name, block in self.forward.blocks.items():
            found[name] = [(block.shape, block.numbers)]
        return found

    @cached_property
    def _alike(self) -> Mapping[tuple[int, ...], dict[object, list[tuple[tuple[int, ...], tuple[float, ...]]]]]:
        """The arrays by their shapes."""
        found: dict[tuple[int, ...], dict[object, list[Any]]] = {}
        for key, arrays in self._arrays.items():
            if len({shape for shape, _ in arrays}) == 1:
                found.setdefault(arrays[0][0], {})[key] = arrays
        return found

    @cached_property
    def _homes(self) -> Mapping[int, "_Home"]:
        """For each node its array: the instruction or block, the round, and the place."""
        found: dict[int, _Home] = {}
        for key, steps in self.forward.steps.at.items():
            for time, step in enumerate(steps):
                found.update({i: _Home(key, time, place) for place, i in enumerate(step.nodes) if i >= 0})
        for name, block in self.forward.blocks.items():
            if block.is_parameter:
                found.update({i: _Home(name, 0, place) for place, i in enumerate(block.nodes) if i >= 0})
        return found

    def _origin(self, node: int) -> object:
        home = self._homes.get(node)
        return home.key if home else None

    def _called(self, origin: object) -> str:
        if isinstance(origin, str):
            return origin
        found = self.forward.steps.at.get(origin)  # type: ignore[call-overload]
        called = self.forward.steps.called(found[0]) if found else ""
        return f"`{called}`" if called else ""

    _name = _called

    def _symbol(self, origin: object) -> str:
        return origin if isinstance(origin, str) else self._called(origin).strip("`") or "x"

    def _told(self, factors: Sequence[Factor]) -> str:
        """Say what the other operand is."""
        homes = {self._origin(self.forward.numbers.get(f.other, -1)) for f in factors}
        called = self._called(homes.pop()) if len(homes) == 1 else ""
        return f"the factor {called}" if called else "what multiplies each entry"


class _Home(NamedTuple):
    key: Any
    time: int
    place: int


def factors_of(forward: Forward, i: int) -> Iterator[Factor]:
    """Yield the edges of a product of nodes or numbers, but for the bias of a neuron."""
    parents = forward.nodes[i].parents
    half = len(parents) // 2
    place = 0
    for k, parent in enumerate(parents):
        if parent.__class__ is not float:
            if k < 2 * half:
                yield Factor(i, place, parents[(k + half) % (2 * half)])
            place += 1
