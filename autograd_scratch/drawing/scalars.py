"""The deepest level: a box for each Value, and an arrow for each use of one, so that x * x has two.

An operation has its operands in the order of the code, each with the local derivative by it. Plain numbers
have a box where they are used; those that are the inputs of a sample have one together, called x1, x2, ...
"""

from collections.abc import Iterator
from typing import Any

from ..nn.clusters import Cluster
from ..primitives.arithmetic import sub
from ..primitives.reductions import dot_p
from ..value import Value
from ..wording import equation
from .figures import Figures, number_in
from .scene import Scene
from .view import Box, Cell, Edge, View, fitting

_TITLE = 40  # signs of a name and an operation
_TOLD = 8  # operands whose derivatives are told in words


def scalars(scene: Scene, figures: Figures) -> View:
    """Return the whole graph as a view."""
    sketch = Sketch(scene, figures)
    return View(tuple(sketch.boxes), tuple(sketch.edges), "scalars")


def count(scene: Scene) -> int:
    """Return how many boxes the scalars of a scene are, at most."""
    leaves = {parent for node in scene.order for parent in node.parents if isinstance(parent, Value)}
    plain = sum(parent.__class__ is float for node in scene.order for parent in node.parents)
    return len(leaves | {*scene.order, *scene.roots}) + plain


class Sketch:
    """A box for each Value, and for each plain number where it is used; `things` are what they show."""

    def __init__(self, scene: Scene, figures: Figures, tells: bool = True) -> None:
        """Make the boxes; with `tells` each has a text of all that is known of it."""
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []
        self.things: list[Any] = []
        self._scene = scene
        self._figures = figures
        self._roots = set(scene.roots)
        self._samples = Samples(scene)
        self._tells = tells
        self._box_of: dict[Any, Box] = {}
        for root in scene.roots:
            if not root.parents:
                self.box_of(root)
        for node in scene.order:
            self._add_node(node)

    def _add_node(self, node: Value) -> None:
        """Add the box of what was computed, after those of its operands, and the arrows from these."""
        tails = [self._operand(node, i) for i in range(len(node.parents))]
        head = self.box_of(node)
        for i, tail in enumerate(tails):
            self.edges.append(Edge(tail.id, head.id, head_port=f"i{i}" if head.operands else ""))

    def box_of(self, value: Value) -> Box:
        """Return the box of a Value."""
        if value not in self._box_of:
            cluster = self._scene.clusters.get(value, ())
            self._box_of[value] = self._add(
                value,
                self._kind(value),
                self._title(value),
                self._figures.pair(value),
                self._partials(value),
                cluster,
                self._about(value) if self._tells else "",
            )
        return self._box_of[value]

    def _operand(self, node: Value, i: int) -> Box:
        """Return the box of an operand: of a plain number one for this use, or for its sample."""
        operand = node.parents[i]
        if isinstance(operand, Value):
            return self.box_of(operand)
        key, name = self._samples.of(node, i)
        if key not in self._box_of:
            cluster = () if name else self._scene.clusters.get(node, ())
            row = (Cell(self._figures.number(operand), "data"),)
            kind = "input" if name else "constant"
            self._box_of[key] = self._add(operand, kind, name, row, (), cluster, f"{operand!r}")
        return self._box_of[key]

    def _add(
        self,
        thing: Any,
        kind: str,
        title: str,
        row: tuple[Cell, ...],
        operands: tuple[Cell, ...],
        cluster: Cluster,
        about: str,
    ) -> Box:
        rows = ((Cell(title, "name"),), row) if title else (row,)
        self.things.append(thing)
        self.boxes.append(Box(f"v{len(self.boxes)}", kind, rows, (), (), operands, cluster, about))
        return self.boxes[-1]

    def _kind(self, value: Value) -> str:
        if value in self._roots:
            return "output"
        if value.primitive is not None:
            return "operation"
        return "parameter" if self._scene.parameter(value) is not None else "input"

    def _title(self, value: Value) -> str:
        label = value.primitive.label if value.primitive else ""
        name = self._scene.name(value)
        return fitting(f"{name} = {label}" if name and label else name or label, _TITLE)

    def _partials(self, value: Value) -> tuple[Cell, ...]:
        """Return a cell for each operand: of a plain number, by which nobody derives, a dot."""
        texts = (
            self._figures.number(partial) if isinstance(parent, Value) else "."
            for parent, partial in zip(value.parents, value.partials)
        )
        return tuple(Cell(text, "local", f"i{i}") for i, text in enumerate(texts))

    def _about(self, value: Value) -> str:
        """Return all digits, the formula, the line, and the derivatives by name."""
        return "\n".join(self._lines(value))

    def _lines(self, value: Value) -> Iterator[str]:
        yield equation(value)
        yield f"data {number_in(value)!r}"
        if self._figures.has_gradient(value):
            slope = self._figures.slope(value)
            yield "no gradient" if slope is None else f"gradient {slope!r}"
        pairs = [(p, d) for p, d in zip(value.parents, value.partials) if isinstance(p, Value)]
        for parent, partial in pairs[:_TOLD]:
            yield f"derivative by {self._scene.name(parent) or equation(parent)}: {partial!r}"
        site = self._scene.run.recorder.sites.get(value)
        line = site.line if site is not None else None
        if line is not None:
            yield f"{line}  {line.source}"


class Samples:
    """Which plain numbers belong together: the inputs of a model, and its target.

    A plain number has no identity. What does is the place: entry j of what a weighted sum takes.
    """

    def __init__(self, scene: Scene) -> None:
        self._clusters = scene.clusters
        found: dict[tuple[int, ...], int] = {}
        self._sample_of: dict[Value, int] = {}
        self._targets: list[Value] = []
        for node in scene.order:
            inputs = node.parents[_half(node) : 2 * _half(node)]
            if node in self._clusters and inputs and not any(isinstance(x, Value) for x in inputs):
                self._sample_of[node] = found.setdefault(tuple(map(id, inputs)), len(found))
            elif node.primitive is sub and self._is_error(node):
                self._targets.append(node)
        self._several = len(found) > 1
        self._number_of = {node: i for i, node in enumerate(self._targets)}

    def of(self, node: Value, i: int) -> tuple[Any, str]:
        """Return what tells the box of a plain operand apart, and its name; '' without one."""
        half = _half(node)
        if node in self._sample_of and half <= i < 2 * half:
            sample = self._sample_of[node]
            name = f"x{i - half + 1}" + (f" [{sample}]" if self._several else "")
            return ("x", sample, i), name
        if node in self._number_of:
            place = self._number_of[node]
            return (node, i), f"y{place + 1}" if len(self._targets) > 1 else "y"
        return (node, i), ""

    def _is_error(self, node: Value) -> bool:
        """Say whether a plain number is subtracted from what a module gives, or this from it."""
        values = [parent for parent in node.parents if isinstance(parent, Value)]
        return len(values) == 1 and values[0] in self._clusters and node not in self._clusters


def _half(node: Value) -> int:
    """Return how many products a weighted sum has; 0 if it is none."""
    return len(node.parents) // 2 if node.primitive is dot_p else 0
