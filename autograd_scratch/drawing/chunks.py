"""A graph too large for anything finer: what is computed one after the other, counted."""

from collections import Counter

from ..value import Value
from .figures import Figures
from .scene import Scene
from .view import Box, Cell, Edge, View, counted, fitting

COUNT = 10
_KINDS, _LONG = 4, 60


def chunked(scene: Scene, figures: Figures) -> View:
    """Return a box for each part of the computation, in order, with what it applies how often."""
    order = scene.order
    size = -(-len(order) // COUNT)
    place = {node: i // size for i, node in enumerate(order)}
    parts = [order[i : i + size] for i in range(0, len(order), size)]
    roots = set(scene.roots)
    boxes, edges, seen = [], [], set[Value]()
    for i, nodes in enumerate(parts):
        taken = {parent for node in nodes for parent in node.parents if isinstance(parent, Value)}
        leaves = {parent for parent in taken if not parent.parents} - seen
        seen |= leaves
        kinds = Counter(node.primitive.label for node in nodes if node.primitive is not None)
        told = ", ".join(f"{count:,} x {label}" for label, count in kinds.most_common(_KINDS))
        rows = [
            (Cell(counted(len(nodes), "operation"), "name"),),
            (Cell(fitting(told + (", ..." if len(kinds) > _KINDS else ""), _LONG)),),
            *([(Cell(f"of {counted(len(leaves), 'new leaf', 'new leaves')}"),)] if leaves else []),
            figures.pair(nodes[-1]),
        ]
        kind = "part" if roots.isdisjoint(nodes) else "output"
        boxes.append(Box(f"v{i}", kind, tuple(rows)))
        tails = {place[parent] for parent in taken if parent in place}
        edges += [Edge(f"v{tail}", f"v{i}") for tail in sorted(tails - {i})]
    note = (
        f"{len(order):,} operations, in the order of the computation: too many to look for arrays in. "
        "Draw a part, as in draw(h), or one sample."
    )
    return View(tuple(boxes), tuple(edges), "arrays", (note,))
