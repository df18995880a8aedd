"""A forward pass as steps: what one instruction of a person's program computed.

The scalar graph is the truth; a step is a group of its nodes with a shape. The entries of an array that
one operation gave are a step, and so are the nodes that one instruction made outside of arrays, at
the same distance from the loss: a loop over scalars is like an array. An instruction inside a loop has
several steps, its occurrences.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

from ..wording import Line, cut
from .names import Namer
from .recorder import Recorder
from .rows import turned, united
from .sites import Site

_SUMS = ("add", "sub", "sum", "mean", "neg", "mul", "div", "fsum", "")
_SHORT, _WIDTH = 24, 48  # signs of an expression in a formula, and outside of one
_NEAR = 5  # operations within which the rounds of a loop meet

Key = tuple[Site, str]  # an instruction, and what it applies: a mean is a sum and a division


@dataclass(frozen=True, eq=False)
class Step:
    """Nodes that one instruction made at once, by their numbers in the graph; -1 for a constant."""

    site: Site
    primitive: str
    nodes: tuple[int, ...]
    shape: tuple[int, ...]
    name: str = ""

    @cached_property
    def alive(self) -> tuple[int, ...]:
        """The nodes without the constants, each once: equal entries of equal origin are one node."""
        return tuple(dict.fromkeys(node for node in self.nodes if node >= 0))

    @property
    def key(self) -> Key:
        """The instruction."""
        return self.site, self.primitive

    @cached_property
    def line(self) -> Line | None:
        """The line of the person's program."""
        return self.site.line

    @cached_property
    def where(self) -> str:
        """The line in words, to be added to what is said of the step; '' where it is not known."""
        return f" in {self.line.short}" if self.line else ""

    def rows(self, axis: int) -> list[list[int]]:
        """Return the nodes for each index along an axis."""
        inner, size = prod(self.shape[axis + 1 :]), self.shape[axis]
        groups: list[list[int]] = [[] for _ in range(size)]
        for place, node in enumerate(self.nodes):
            if node >= 0:
                groups[place // inner % size].append(node)
        return groups


class Steps:
    """The steps of a forward pass, in the order in which they were computed."""

    def __init__(
        self,
        recorder: Recorder,
        numbers: dict[Any, int],
        nodes: Sequence[Any],
        parents: Sequence[Sequence[int]],
        inner: Sequence[Sequence[int]],
        levels: Sequence[int],
        reached: Container[int],
        masks: Sequence[int],
    ) -> None:
        """Begin with the parents of each node, and those of them that have some themselves.

        What is not reached from the loss is in no step.
        """
        self._reached = reached
        self._parents = parents
        self._inner = inner
        self._masks = masks
        self._names_of = [node.primitive.name if node.primitive is not None else "" for node in nodes]
        self._namer = Namer(recorder)
        self._nodes = nodes
        self._expressions: dict[Step, str] = {}
        self._called: dict[Step, str] = {}
        self._symbols: dict[Step, str] = {}
        self.all: list[Step] = []
        self.of: dict[int, Step] = {}
        self._add_arrays(recorder, numbers, nodes)
        self._add_scalars(recorder, nodes, levels)
        self.all.sort(key=lambda step: step.alive[0])
        self.at: dict[Key, list[Step]] = defaultdict(list)
        for step in self.all:
            self.at[step.key].append(step)

    def _add_arrays(self, recorder: Recorder, numbers: dict[Any, int], nodes: Sequence[Any]) -> None:
        """Add a step for each array that an operation made; a view of it, or a part, is none."""
        for site, shape, found in recorder.arrays:
            ids = tuple(numbers.get(entry, -1) if entry.__class__ is not float else -1 for entry in found)
            alive = [i for i in ids if i >= 0]
            if any(i in self._reached for i in alive) and not any(i in self.of for i in alive):
                first = nodes[alive[0]]
                if first.primitive is not None and recorder.sites.get(first) is site:
                    self._add(Step(site, first.primitive.name, ids, shape, self._namer.name(site, found)))

    def _add_scalars(self, recorder: Recorder, nodes: Sequence[Any], levels: Sequence[int]) -> None:
        """Add a step for the nodes in no array that one instruction made, as far from the loss."""
        groups: dict[tuple[Site, str, int], list[int]] = defaultdict(list)
        for i, node in enumerate(nodes):
            if i not in self.of and i in self._reached and node in recorder.sites:
                groups[recorder.sites[node], node.primitive.name, levels[i]].append(i)
        for (site, primitive, _), ids in groups.items():
            name = self._namer.name(site, [nodes[i] for i in ids])
            self._add(Step(site, primitive, tuple(ids), (len(ids),), name))

    def _add(self, step: Step) -> None:
        self.all.append(step)
        self.of.update(dict.fromkeys(step.alive, step))

    def occurrences(self, step: Step) -> list[Step]:
        """Return the steps that the same instruction made."""
        return self.at[step.key]

    def layers(self, steps: Sequence[Step]) -> list[list[Step]]:
        """Return the steps of one instruction, apart by what they depend on, as in a loop over layers."""
        found: dict[int, list[Step]] = defaultdict(list)
        for step in steps:
            found[self._masks[step.alive[0]]].append(step)
        return list(found.values())

    def groups(self, steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
        """Yield the steps of one instruction, and apart those of each layer of a loop over layers."""
        yield steps
        layers = self.layers(steps)
        yield from layers if len(layers) > 1 else ()

    def joined(self, steps: Sequence[Step]) -> Step:
        """Return several steps as one: a loop over samples is like a batch."""
        if len(steps) == 1:
            return steps[0]
        shapes = {step.shape for step in steps}
        shape = (len(steps), *shapes.pop()) if len(shapes) == 1 else ()
        nodes = tuple(node for step in steps for node in step.nodes)
        return Step(steps[0].site, steps[0].primitive, nodes, shape or (len(nodes),), steps[0].name)

    def are_rounds(self, steps: Sequence[Step]) -> bool:
        """Say whether steps are rounds of a loop over time: what the first gives goes into the last."""
        if len(steps) < 2:
            return False
        if self._share_their_past(steps[0], steps[-1]):
            return True
        above = set(self._upwards(steps[0].alive, len(self._nodes)))
        met = (node for node in self._upwards(steps[-1].alive, _NEAR) if node in above)
        states = {
            self.of[node].key for node in met if self._names_of[node] not in _SUMS and node in self.of
        }
        return any(self.feed_each_other(self.at[key]) for key in states)

    def feed_each_other(self, steps: Sequence[Step]) -> bool:
        """Say whether the last step is computed from the first, as the states of a loop over time are."""
        return len(steps) > 1 and self._depends(steps[-1], set(steps[0].alive))

    def meet(self, steps: Sequence[Step]) -> bool:
        """Say whether the first and the last step depend on a same result, as rounds over time do."""
        pending, past = list(steps[0].alive), set(steps[0].alive)
        while pending:
            for parent in self._inner[pending.pop()]:
                if parent not in past:
                    past.add(parent)
                    pending.append(parent)
        return len(steps) > 1 and self._depends(steps[-1], past)

    def _share_their_past(self, first: Step, last: Step) -> bool:
        """Say whether the last step depends on what the first one was computed from, weights left out."""
        return self._depends(last, {parent for node in first.alive for parent in self._inner[node]})

    def _depends(self, step: Step, sources: set[int]) -> bool:
        """Say whether a step is computed from any of some nodes."""
        seen, pending = set(step.alive), list(step.alive)
        while pending:
            for parent in self._inner[pending.pop()]:
                if parent in sources:
                    return True
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return False

    def _upwards(self, nodes: Iterable[int], steps: int) -> Iterator[int]:
        """Yield nodes and what is computed from them, up to so many operations away."""
        level, seen = list(nodes), set(nodes)
        while level and steps:
            yield from level
            level = [user for node in level for user in self.consumers[node] if user not in seen]
            level = list(dict.fromkeys(level))
            seen.update(level)
            steps -= 1

    @cached_property
    def consumers(self) -> Sequence[Sequence[int]]:
        """For each node, the nodes that are computed from it."""
        return turned(self._parents)

    @cached_property
    def feeds(self) -> dict[Key, dict[Key, None]]:
        """For each instruction those whose results it uses."""
        feeds: dict[Key, dict[Key, None]] = defaultdict(dict)
        for step in self.all:
            for source in self._sources(step.alive):
                feeds[step.key][source.key] = None
        return feeds

    @cached_property
    def users(self) -> dict[Key, dict[Key, None]]:
        """For each instruction those that use its results."""
        users: dict[Key, dict[Key, None]] = defaultdict(dict)
        for user, sources in self.feeds.items():
            for source in sources:
                users[source][user] = None
        return users

    def key_of(self, node: int) -> Key | None:
        """Return the instruction that made a node; None for a leaf."""
        step = self.of.get(node)
        return None if step is None else step.key

    def below(self, key: Key) -> set[Key]:
        """Return the instructions whose results an instruction uses, directly or not."""
        seen: set[Key] = set()
        pending = [key]
        while pending:
            for below in self.feeds.get(pending.pop(), ()):
                if below not in seen:
                    seen.add(below)
                    pending.append(below)
        return seen

    def _sources(self, nodes: Iterable[int]) -> list[Step]:
        """Return the steps from which nodes are computed directly."""
        found = (self.of[parent] for parent in united(self._parents, nodes) if parent in self.of)
        return list(dict.fromkeys(found))

    def symbol(self, step: Step, default: str) -> str:
        """Return what holds a step, to be used in formulas: a variable, or a short expression, or a letter.

        An attribute is written without its object, and an entry of a dict as its key.
        """
        if step not in self._symbols:
            name = self._name(step).rpartition(".")[2]
            key, expression = re.fullmatch(r"\w+\['(\w+)'\]", name), "" if name else self._expression(step)
            short = f"({expression})" if 0 < len(expression) <= _SHORT else ""
            self._symbols[step] = key[1] if key else name or short
        return self._symbols[step] or default

    def called(self, step: Step) -> str:
        """Return what a person calls the result of a step: the variable, or the expression; or ''."""
        if step not in self._called:
            self._called[step] = self._name(step) or cut(self._expression(step), _WIDTH)
        return self._called[step]

    def written(self, step: Step) -> str:
        """Return the expression that a step computes, in the innermost function; or ''."""
        return cut(self._namer.written(step.site), _WIDTH)

    def told(self, step: Step) -> str:
        """Return what a person calls the result of a step, with its line."""
        name = self.called(step)
        return f"`{name}`{step.where}" if name else f"the {step.primitive}{step.where}"

    def _name(self, step: Step) -> str:
        return step.name or next((other.name for other in self.occurrences(step) if other.name), "")

    def _expression(self, step: Step) -> str:
        if step not in self._expressions:
            values = (self._nodes[i] for i in step.nodes if i >= 0)
            self._expressions[step] = self._namer.expression(step.site, values)
        return self._expressions[step]
