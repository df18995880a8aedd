"""What a drawing shows, before any program lays it out: boxes, edges, and what is written on them.

One box a Value: its name or operation, its number, its gradient. One edge a use, with the local
derivative on it, so that x * x has two. Boxes are numbered in the order of the computation, so equal
graphs give equal drawings.

Parameters stand in the clusters that their names tell of: `layers.0.neurons.1.w.0` is `w.0` in
`neurons.1` in `layers.0`. What is computed from them joins them: the weighted sum, and the activation
right behind it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..graph import toposort
from ..nn.module import ParameterName
from ..value import Value

Cluster = tuple[str, ...]

ON_AN_ARROW = "On an arrow: the local derivative of its head by its tail."


@dataclass(frozen=True)
class Box:
    """A node of the drawing; `kind` is parameter, input, constant, operation, output or group."""

    id: str
    kind: str
    fields: tuple[str, ...]
    cluster: Cluster = ()


@dataclass(frozen=True)
class Edge:
    """An arrow from the box `tail` to the box `head`."""

    tail: str
    head: str
    label: str = ""


@dataclass(frozen=True)
class View:
    """All that a drawing shows; `notes` stand below it."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]


def view_of(roots: Sequence[Value], parameters: Iterable[Value], names: Mapping[str, Any]) -> View:
    """Return the whole graph below `roots` as a view.

    `parameters` are known to be such, besides those that their names tell; `names` are for Values
    that have none of their own.
    """
    order = toposort(*roots)
    known = {id(parameter) for parameter in parameters}
    called = _names_by_id(names)
    reached = any(root.is_reached for root in roots)
    clusters = clusters_of(order)
    ids: dict[int, str] = {}
    boxes: list[Box] = []
    edges: list[Edge] = []

    def add(kind: str, fields: Iterable[str], cluster: Cluster = ()) -> str:
        boxes.append(Box(f"v{len(boxes)}", kind, tuple(fields), cluster))
        return boxes[-1].id

    def add_value(value: Value) -> str:
        cluster = clusters.get(value, ())
        name = value.name or called.get(id(value))
        if cluster and isinstance(value.name, ParameterName):
            name = value.name.removeprefix(".".join(cluster) + ".")
        if any(value is root for root in roots):
            kind = "output"
        elif value.primitive is not None:
            kind = "operation"
        elif id(value) in known or isinstance(value.name, ParameterName):
            kind = "parameter"
        else:
            kind = "input"
        label = _label(value)
        title = f"{name} = {label}" if name and label else name or label
        fields = [title] if title else []
        fields.append(f"data {number(value.data)}")
        if reached:
            fields.append(f"grad {number(value.grad)}" if value.is_reached else "grad not reached")
        return add(kind, fields, cluster)

    for node in [*order, *(root for root in roots if not root.parents)]:
        tails = []
        for parent in node.parents:
            if not isinstance(parent, Value):
                tails.append(add("constant", [number(parent)], clusters.get(node, ())))
            elif id(parent) in ids:
                tails.append(ids[id(parent)])
            else:
                tails.append(ids.setdefault(id(parent), add_value(parent)))
        if id(node) not in ids:
            ids[id(node)] = add_value(node)
        for tail, parent, partial in zip(tails, node.parents, node.partials):
            label = number(partial) if isinstance(parent, Value) else ""
            edges.append(Edge(tail, ids[id(node)], label))
    missing = () if reached else ("No gradients yet: call .backward() on the output, then draw.",)
    return View(tuple(boxes), tuple(edges), (*missing, ON_AN_ARROW))


def number(x: float) -> str:
    """Write a number in at most four digits.

    >>> number(1234567.0), number(-0.0)
    ('1.235e+06', '0')
    """
    return f"{x + 0.0:.4g}"


def clusters_of(order: Sequence[Value]) -> dict[Value, Cluster]:
    """Return the cluster of each Value that belongs to a module, told by the names of parameters alone.

    With a parameter belong: what is computed from it and something else; what joins several of those;
    and a function of one of them that nothing else uses, its activation.
    """
    uses = Counter(parent for node in order for parent in node.parents if isinstance(parent, Value))
    homes = {leaf: _levels(leaf.name) for leaf in uses if isinstance(leaf.name, ParameterName)}
    parameters = set(homes)
    sums: set[Value] = set()
    for node in order:
        values = {parent for parent in node.parents if isinstance(parent, Value)}
        own = [homes[value] for value in values & parameters]
        joined = {homes.get(value, ()) for value in values}
        first = node.parents[0]
        if own and any(parent not in parameters for parent in node.parents):
            homes[node] = _common(own)
            sums.add(node)
        elif len(values) > 1 and len(joined) == 1 and values <= sums:
            homes[node] = joined.pop()
            sums.add(node)
        elif len(node.parents) == 1 and first in sums and uses[first] == 1 and _label(node) != "-":
            homes[node] = homes[first]
    return {value: home for value, home in homes.items() if home}


def _label(value: Value) -> str:
    return value.primitive.label if value.primitive else ""


def _levels(path: str) -> Cluster:
    """Return the modules on a parameter's path.

    >>> _levels("layers.0.neurons.1.w.0")
    ('layers.0', 'neurons.1')
    """
    attribute = path.rstrip("0123456789.").rpartition(".")[0]
    levels: list[str] = []
    for part in attribute.split(".") if attribute else ():
        if part.isdigit() and levels:
            levels[-1] += f".{part}"
        else:
            levels.append(part)
    return tuple(levels)


def _common(clusters: Sequence[Cluster]) -> Cluster:
    """Return the levels that all clusters begin with."""
    same = [level for level, *others in zip(*clusters) if all(level == other for other in others)]
    return tuple(same)


def _names_by_id(names: Mapping[str, Any]) -> dict[int, str]:
    """Name Values after the variables that hold them, also in lists: `W[0][1]`."""
    called: dict[int, str] = {}
    pending = [(name, thing) for name, thing in reversed([*names.items()]) if not name.startswith("_")]
    while pending:
        name, thing = pending.pop()
        if isinstance(thing, Value):
            called.setdefault(id(thing), name)
        elif isinstance(thing, (list, tuple)):
            pending += [(f"{name}[{i}]", entry) for i, entry in reversed([*enumerate(thing)])]
    return called
