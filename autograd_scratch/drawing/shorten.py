"""Arrows that reach far, cut short.

Graphviz lays a drawing out in ranks, and an arrow that crosses many of them costs as much as that many
boxes: a chain of 60 steps that all use one leaf takes more than 20 seconds. Where such arrows add up,
each of them starts from a box of its own, beside its head, that names the Value it stands for.
"""

from collections import defaultdict
from dataclasses import replace

from .view import Box, View

STRETCH = 300
FAR = 3


def shortened(view: View) -> View:
    """Return `view`, its far arrows cut if together they cross more than `STRETCH` ranks."""
    ranks = ranks_of(view)
    crossed = [ranks[edge.head] - ranks[edge.tail] - 1 for edge in view.edges]
    if sum(crossed) <= STRETCH:
        return view
    by_id = {box.id: box for box in view.boxes}
    boxes, edges = list(view.boxes), []
    for edge, ranks_crossed in zip(view.edges, crossed):
        if ranks_crossed > FAR:
            tail, head = by_id[edge.tail], by_id[edge.head]
            boxes.append(Box(f"r{len(boxes)}", "reference", tail.rows[:2], cluster=head.cluster))
            edge = replace(edge, tail=boxes[-1].id, tail_port="")
        edges.append(edge)
    if len(boxes) == len(view.boxes):
        return view
    note = "A dotted box stands for a Value that is drawn elsewhere."
    return replace(view, boxes=tuple(boxes), edges=tuple(edges), notes=(*view.notes, note))


def ranks_of(view: View) -> dict[str, int]:
    """Return the rank of each box: one after its tails, and without tails one before its heads."""
    heads: defaultdict[str, list[str]] = defaultdict(list)
    waiting = {box.id: 0 for box in view.boxes}
    for edge in view.edges:
        heads[edge.tail].append(edge.head)
        waiting[edge.head] += 1
    ranks = dict.fromkeys(waiting, 0)
    sources = [name for name, count in waiting.items() if not count]
    ready = list(sources)
    for tail in ready:
        for head in heads[tail]:
            ranks[head] = max(ranks[head], ranks[tail] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    for source in sources:
        ranks[source] = min((ranks[head] for head in heads[source]), default=1) - 1
    return ranks
