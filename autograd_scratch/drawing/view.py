"""What a drawing shows, before any program lays it out: boxes, edges, and what is written on them.

One box a Value: its name or operation, its number, its gradient. One edge a use, with the local
derivative on it, so that x * x has two. Boxes are numbered in the order of the computation, so equal
graphs give equal drawings.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..arrays.conversion import number_of
from ..graph import toposort
from ..nn.clusters import Cluster, clusters_of
from ..nn.module import ParameterName
from ..value import Value
from ..wording import cut, printable

ON_AN_ARROW = "On an arrow: the local derivative of its head by its tail."
NO_GRADIENTS = "No gradients yet: call .backward() on the output, then draw the output."
_OUTPUTS_TOLD, _TOLD_UP_TO = 3, 80  # in words: outputs, and characters of each


@dataclass(frozen=True)
class Box:
    """A node of the drawing; boxes of one `kind` and `sort` are alike where only a summary is drawn.

    Kinds are parameter, input, constant, operation, output, group and reference.
    """

    id: str
    kind: str
    fields: tuple[str, ...]
    cluster: Cluster = ()
    sort: str = ""


@dataclass(frozen=True)
class Edge:
    """An arrow from the box `tail` to the box `head`."""

    tail: str
    head: str
    label: str = ""


@dataclass(frozen=True)
class View:
    """All that a drawing shows; `on_an_arrow` says what stands on arrows, `notes` what else to know."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    on_an_arrow: str
    notes: tuple[str, ...] = ()


def view_of(
    roots: Sequence[Value], parameters: Mapping[Value, ParameterName], names: Mapping[str, Any]
) -> View:
    """Return the whole graph below `roots` as a view.

    `parameters` are known to be such, besides those that their names tell; `names` are for Values
    that have none of their own.
    """
    order = toposort(*roots)
    sketch = _Sketch(roots, clusters_of(order, parameters), parameters, names)
    for root in roots:
        if not root.parents:
            sketch.box_of(root)
    for node in order:
        tails = [sketch.box_of(parent, node) for parent in node.parents]
        head = sketch.box_of(node)
        for tail, parent, partial in zip(tails, node.parents, node.partials):
            label = number(partial) if isinstance(parent, Value) else ""
            sketch.edges.append(Edge(tail.id, head.id, label))
    notes = () if sketch.reached else (NO_GRADIENTS,)
    return View(tuple(sketch.boxes), tuple(sketch.edges), ON_AN_ARROW, notes)


def described(view: View) -> str:
    """Say in words what a drawing shows, for those who do not see it.

    >>> described(view_of([(Value(2.0, "x") * 3.0).named("y")], {}, {}))
    'Computation graph of y = *, data 6: 3 boxes (1 input, 1 constant, 1 output), 2 arrows. \
No gradients yet: call .backward() on the output, then draw the output.'
    """
    outputs = [cut(", ".join(box.fields), _TOLD_UP_TO) for box in view.boxes if box.kind == "output"]
    if len(outputs) > _OUTPUTS_TOLD:
        outputs[_OUTPUTS_TOLD:] = [counted(len(outputs) - _OUTPUTS_TOLD, "other")]
    kinds = Counter(box.kind for box in view.boxes)
    counts = ", ".join(counted(count, kind) for kind, count in kinds.items())
    size = f"{counted(len(view.boxes), 'box', 'boxes')} ({counts}), {counted(len(view.edges), 'arrow')}"
    return printable(" ".join((f"Computation graph of {'; '.join(outputs)}: {size}.", *view.notes)))


def counted(count: int, one: str, several: str = "") -> str:
    """Write a count of things.

    >>> counted(1, "box", "boxes"), counted(2_000, "arrow")
    ('1 box', '2,000 arrows')
    """
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def number(x: float) -> str:
    """Write a number in at most four digits.

    >>> number(1234567.0), number(-0.0)
    ('1.235e+06', '0')
    """
    return f"{x + 0.0:.4g}"


class _Sketch:
    """A view in the making: it gives each Value one box, at the first time it is asked for it."""

    def __init__(
        self,
        roots: Sequence[Value],
        clusters: Mapping[Value, Cluster],
        parameters: Mapping[Value, ParameterName],
        names: Mapping[str, Any],
    ) -> None:
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []
        self.reached = any(root.is_reached for root in roots)
        self._roots = set(roots)
        self._parameters = parameters
        self._names = _names_by_id(names)
        self._clusters = clusters
        self._box_of: dict[Value, Box] = {}

    def box_of(self, thing: Value | float, consumer: Value | None = None) -> Box:
        """Return the box of a Value, or a new one for a constant that `consumer` uses."""
        if not isinstance(thing, Value):
            cluster = self._clusters.get(consumer, ()) if consumer is not None else ()
            return self._add("constant", [number(thing)], cluster, "constants")
        if thing not in self._box_of:
            cluster = self._clusters.get(thing, ())
            label = thing.primitive.label if thing.primitive else ""
            kind = self._kind(thing)
            self._box_of[thing] = self._add(kind, self._fields(thing, label), cluster, label or f"{kind}s")
        return self._box_of[thing]

    def _add(self, kind: str, fields: Sequence[str], cluster: Cluster, sort: str) -> Box:
        self.boxes.append(Box(f"v{len(self.boxes)}", kind, tuple(fields), cluster, sort))
        return self.boxes[-1]

    def _kind(self, value: Value) -> str:
        if value in self._roots:
            return "output"
        if value.primitive is not None:
            return "operation"
        known = value in self._parameters or isinstance(value.name, ParameterName)
        return "parameter" if known else "input"

    def _fields(self, value: Value, label: str) -> list[str]:
        called = self._parameters.get(value, value.name)
        name = str(called) if called else self._names.get(id(value))
        if isinstance(called, ParameterName) and called == called.path:
            name = called.removeprefix(called.module + ".")
        title = f"{name} = {label}" if name and label else name or label
        fields = [title] if title else []
        fields.append(f"data {number(value.data)}")
        if self.reached:
            gradient = number(number_of(value.grad, "a gradient"))
            fields.append(f"grad {gradient}" if value.is_reached else "grad not reached")
        return fields


def _names_by_id(names: Mapping[str, Any]) -> dict[int, str]:
    """Name Values after the variables that hold them, also in containers: `W[0][1]`, `state['b']`."""
    called: dict[int, str] = {}
    seen: set[int] = set()
    pending = [(name, thing) for name, thing in reversed([*names.items()]) if not str(name).startswith("_")]
    while pending:
        name, thing = pending.pop()
        if isinstance(thing, Value):
            called.setdefault(id(thing), name)
        elif isinstance(thing, (list, tuple, dict)) and id(thing) not in seen:
            seen.add(id(thing))
            entries = thing.items() if isinstance(thing, dict) else enumerate(thing)
            pending += [(f"{name}[{key!r}]", entry) for key, entry in reversed([*entries])]
    return called
