"""A graph too large to read, drawn by modules and by kinds of operations."""

from collections import Counter

from .view import Box, Edge, View

FULL_UP_TO = 1_500
READABLE_BOXES = 300
READABLE_ARROWS = 150


def collapsed(view: View) -> View:
    """Return `view` with all that belongs to one module in one box, and what is alike elsewhere in one.

    Modules are taken as small as a readable number of boxes allows. Outputs stay by themselves.
    """
    deepest = max((len(box.cluster) for box in view.boxes), default=0)
    for level in range(deepest, -1, -1):
        groups = {box.id: _group(box, level) for box in view.boxes}
        counts = Counter((groups[edge.tail], groups[edge.head]) for edge in view.edges)
        if len(set(groups.values())) <= READABLE_BOXES and len(counts) <= READABLE_ARROWS:
            break
    members: dict[str, list[Box]] = {}
    for box in view.boxes:
        members.setdefault(groups[box.id], []).append(box)
    ids = {group: f"g{i}" for i, group in enumerate(members)}
    boxes = tuple(_box(ids[group], group, inside) for group, inside in members.items())
    edges = tuple(
        Edge(ids[tail], ids[head], f"{count:,}") for (tail, head), count in counts.items() if tail != head
    )
    note = f"{len(view.boxes):,} values, drawn by modules and kinds of operations; full=True draws each."
    return View(boxes, edges, "On an arrow: how many uses it stands for.", (*view.notes, note))


def _group(box: Box, level: int) -> str:
    if box.kind == "output":
        return box.id
    return ".".join(box.cluster[:level]) or box.sort


def _box(name: str, group: str, inside: list[Box]) -> Box:
    if len(inside) == 1:
        return Box(name, inside[0].kind, inside[0].fields)
    parameters = sum(box.kind == "parameter" for box in inside)
    fields = [group, f"{len(inside):,} values"]
    if 0 < parameters < len(inside):
        fields.append(f"{parameters:,} of them parameters")
    return Box(name, "group", tuple(fields))
