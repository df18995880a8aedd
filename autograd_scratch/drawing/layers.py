"""A layer as one box with a row a neuron, and its weights as lines between rows.

Rows keep their order. From 32 on the middle is folded; above some 4,000 weights one arrow has their number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import isfinite, isnan, nan
from typing import Any, NamedTuple

from ..nn.clusters import Cluster
from ..primitives.arithmetic import mul
from ..primitives.reductions import dot_p
from ..value import Value
from .figures import Figures
from .parts import Part
from .scene import Scene
from .view import Box, Cell, Edge, Row, counted, fitting

MOST_ROWS, KEPT = 32, 8  # from so many rows on only the first and the last so many are shown
MOST_LINES = 4_000
MOST_USES = 200_000  # products of weights that are looked at in a layer
_TITLE = 30
_TOLD = 32  # parameters that are told one by one


class Use(NamedTuple):
    """A weight of a neuron, what it is multiplied by, as which of its inputs, and in which row."""

    weight: Value
    x: Any
    position: int
    row: int


class Line(NamedTuple):
    """A weight, and the rows between which its line is drawn."""

    weight: Value
    tail: int
    head: int


@dataclass(eq=False)
class Rows:
    """The rows of a box: what each is called, and what was computed in it for each sample."""

    labels: list[str]
    entries: list[list[Any]]

    @cached_property
    def place(self) -> dict[int, int]:
        """The row of each entry, by its identity; plain numbers have none."""
        return {id(x): i for i, row in enumerate(self.entries) for x in row if isinstance(x, Value)}

    @cached_property
    def shown(self) -> dict[int, None]:
        """The rows that are shown."""
        count = len(self.labels)
        ends = (*range(KEPT), *range(count - KEPT, count))
        return dict.fromkeys(range(count) if count < MOST_ROWS else ends)

    @cached_property
    def are_several(self) -> bool:
        """Whether a row has numbers of several samples."""
        return any(len(row) > 1 for row in self.entries)

    def table(self, figures: Figures) -> tuple[Row, ...]:
        """Return a row of cells for each that is shown, with ports at both ends."""
        rows = [self._cells(i, figures) for i in self.shown]
        hidden = len(self.labels) - len(self.shown)
        if self.are_several:
            names = ("row", "mean", "least", "largest", "grad norm")
            rows.insert(0, tuple(Cell(name, cell.role) for name, cell in zip(names, rows[0])))
        if hidden:
            others = (Cell("...", cell.role) for cell in rows[0][1:])
            place = KEPT + len(rows) - len(self.shown)
            rows.insert(place, (Cell(f"... {hidden} more"), *others))
        return tuple(rows)

    def _cells(self, i: int, figures: Figures) -> Row:
        *inner, last = figures.together(self.entries[i], self.are_several)
        return (Cell(self.labels[i], "text", f"i{i}"), *inner, Cell(last.text, last.role, f"o{i}"))


class Layers:
    """The boxes of layers and of what is put into them, and the lines between these."""

    def __init__(self, scene: Scene, figures: Figures, parts: Sequence[Part], has_lines: bool) -> None:
        self._has_lines = has_lines
        self._scene = scene
        self._figures = figures
        self._uses: dict[Part, list[Use]] = {}
        self.rows: dict[Part, Rows] = {}
        for part in filter(is_layer, parts):
            self._add_layer(part)
        for part in parts:
            for tail in part.tails if part in self._uses else ():
                if not tail.steps and tail not in self.rows:
                    self._add_inputs(tail, part)

    def _add_layer(self, part: Part) -> None:
        """Find the rows of a layer: its neurons, which are modules in a list of it."""
        nodes = [x for step in part.steps for x in step.result.entries if isinstance(x, Value)]
        homes: defaultdict[Any, list[Value]] = defaultdict(list)
        for node in nodes:
            homes[self._scene.clusters.get(node, ())].append(node)
        if not homes.keys() <= self._scene.neurons:
            return
        homes = defaultdict(list, sorted(homes.items(), key=lambda item: _number(item[0])))
        outputs = [[x for x in own if x in self._scene.outputs] for own in homes.values()]
        if not all(outputs):  # they are in another part
            return
        self.rows[part] = Rows([str(_number(home)) for home in homes], outputs)
        uses = (
            Use(weight, x, i, row)
            for row, own in enumerate(homes.values())
            for i, weight, x in self._products(own)
        )
        self._uses[part] = [*islice(uses, MOST_USES)]

    def _products(self, nodes: Sequence[Value]) -> Iterator[tuple[int, Value, Any]]:
        """Yield the weights of a neuron, each with its place and what it is multiplied by, in each use."""
        for node in nodes:
            if node.primitive is dot_p:
                half = len(node.parents) // 2
                pairs = zip(node.parents[:half], node.parents[half : 2 * half])
                yield from ((i, w, x) for i, (w, x) in enumerate(pairs) if isinstance(w, Value))
        places: dict[Value, int] = {}
        for node in nodes:
            if node.primitive is mul:
                weights = [p for p in node.parents if self._scene.parameter(p) is not None]
                if len(weights) == 1:
                    (weight,) = weights
                    place = places.setdefault(weight, len(places))
                    yield place, weight, next(x for x in node.parents if x is not weight)

    def _add_inputs(self, tail: Part, head: Part) -> None:
        """Find the rows of an array that is all that a layer takes: its last axis."""
        source = tail.sources[0]
        uses = self._uses[head]
        count = 1 + max((use.position for use in uses), default=-1)
        if source.kind == "carried" or not source.shape or source.shape[-1] != count or count < 1:
            return
        rows = [source.entries[i::count] for i in range(count)]
        if self._scene.holds_parameters(source.entries) or not self._fits(rows, uses):
            return
        names = [self._scene.name(row[0]) if isinstance(row[0], Value) else "" for row in rows]
        self.rows[tail] = Rows(
            [name or f"x{i}" for i, name in enumerate(names, 1)], [list(row) for row in rows]
        )

    def _fits(self, rows: Sequence[Sequence[Any]], uses: Sequence[Use]) -> bool:
        """Say whether what a layer takes of plain numbers is in the row of its place."""
        return all(isinstance(x, Value) or x in rows[position] for _, x, position, _ in uses)

    def is_told(self, part: Part, heads: Sequence[Part]) -> bool:
        """Say whether the lines to layers tell all of a part: the weights and biases of these."""
        is_given = not part.steps and self._scene.holds_parameters(part.sources[0].entries)
        return is_given and all(head in self._uses for head in heads)

    def box(self, part: Part, name: str) -> Box:
        """Return the box of a part that has rows."""
        table = self.rows[part].table(self._figures)
        if not part.steps:
            title = fitting(part.sources[0].name or "x", _TITLE)
            return Box(name, "input", ((Cell(title, "name"),),), table)
        counts = sorted({len(row) for row in self.rows[part].entries})
        is_root = not self.rows[part].place.keys().isdisjoint(map(id, self._scene.roots))
        titles = [
            (Cell(fitting(str(part.key), _TITLE), "name"),),
            (Cell(fitting(self._kind(part), _TITLE)),),
        ]
        if counts[-1] > 1:
            ends = dict.fromkeys((counts[0], counts[-1]))
            titles.append((Cell("x " + " to ".join(f"{count:,}" for count in ends)),))
        kind = "output" if is_root else "layer"
        return Box(name, kind, tuple(titles), table, about=self._about(part))

    def _kind(self, part: Part) -> str:
        """Return what a layer is: how many inputs and outputs, and its activation."""
        count = 1 + max((use.position for use in self._uses[part]), default=-1)
        labels = dict.fromkeys(step.primitive.label for step in part.steps if step.primitive is not dot_p)
        sizes = f"{count} to {len(self.rows[part].labels)}" if count else ""
        return ", ".join(filter(None, (sizes, *labels))) or "linear"

    def _about(self, part: Part) -> str:
        own = [x for source in part.sources for x in source.entries]
        named = ((self._scene.path(x), x) for x in dict.fromkeys(own))
        told = [f"{name} = {x.data!r}" for name, x in named if not name.rpartition(".")[2].isdigit()]
        more = f"\n... {len(told) - _TOLD} more" if len(told) > _TOLD else ""
        return f"{counted(len(own), 'parameter')}\n" + "\n".join(told[:_TOLD]) + more

    def lines(self, head: Part, tail: Part, ids: Mapping[Part, str]) -> Iterator[Edge]:
        """Yield what leads from one part to a layer: weights as lines, or an arrow with their number."""
        uses, rows = self._uses.get(head, []), self.rows.get(tail)
        if rows is not None and not tail.steps and not self._fits(rows.entries, uses):
            rows = None
        found: dict[Line, None] = {}
        for use in uses if rows is not None else ():
            row = rows.place.get(id(use.x)) if rows and isinstance(use.x, Value) else None
            if row is None and not isinstance(use.x, Value) and not tail.steps:
                row = use.position
            if row is not None:
                found[Line(use.weight, row, use.row)] = None
        if not found or rows is None:
            yield Edge(ids[tail], ids[head])
        elif len(found) > MOST_LINES or not self._has_lines:
            yield Edge(ids[tail], ids[head], count=len(found))
        else:
            yield from self._drawn(rows, self.rows[head], found, ids[tail], ids[head])

    def _drawn(
        self, left: Rows, right: Rows, found: Iterable[Line], tail: str, head: str
    ) -> Iterator[Edge]:
        """Yield a line for each weight between rows that are shown."""
        sizes = [abs(line.weight.data) for line in found if isfinite(line.weight.data)]
        largest = max(sizes, default=0.0) or 1.0
        for weight, i, j in found:
            if i in left.shown and j in right.shown:
                about = [f"{self._scene.path(weight)} = {weight.data!r}"]
                if self._figures.has_gradient(weight):
                    about.append(f"gradient {self._figures.gradient(weight)}")
                share = max(-1.0, min(1.0, weight.data / largest)) if not isnan(weight.data) else nan
                yield Edge(tail, head, f"o{i}", f"i{j}", weight=share, about="\n".join(about))


def _number(home: Cluster) -> int:
    """Return the number of a neuron in its layer."""
    return int(home[-1].rpartition(".")[2])


def is_layer(part: Part) -> bool:
    """Say whether a part is a layer of a model."""
    return bool(part.steps) and isinstance(part.key, str)
