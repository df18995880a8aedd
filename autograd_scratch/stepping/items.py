"""The nodes of a graph, put together by what made them at once: the entries of an array, or one by itself.

A chain of adds, as a loop `total = total + term` leaves it, is one sum of many terms.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from .. import graph
from ..primitives import Primitive
from ..primitives.arithmetic import add
from ..primitives.logits import cross_entropy_at, cross_entropy_p
from ..primitives.reductions import sum_p
from .maps import Shape
from .recorder import Recorder
from .sites import Site

CHAIN = 3  # adds, at least


@dataclass(eq=False)
class Item:
    """Nodes that one operation made, in C order, with the parents of each."""

    primitive: Primitive
    shape: Shape
    nodes: tuple[Any, ...]
    site: Site | None
    order: int
    rows: Sequence[tuple[Any, ...]] = field(default=())

    @property
    def first(self) -> tuple[Any, ...]:
        """The parents of the first node."""
        return self.rows[0]


def items_of(roots: Sequence[Any], recorder: Recorder) -> list[Item]:
    """Return what the roots are computed from, each item after those that it is computed from."""
    kind = type(roots[0])
    arrays = [
        (array.shape, entries)
        for array in recorder.arrays
        if (entries := [x for x in array.entries if x.__class__ is kind and x.parents])
        and len(entries) == len(array.entries)
    ]
    nodes = graph.toposort(*roots, *(entry for _, entries in arrays for entry in entries))
    order = {node: i for i, node in enumerate(recorder.sites or nodes)}
    found: list[Item] = []
    claimed: set[Any] = set()
    for shape, entries in arrays:
        if claimed.isdisjoint(entries) and _are_one(entries, order):
            claimed.update(entries)
            found.append(_item(shape, entries, recorder, order))
    found += [_item((), [node], recorder, order) for node in nodes if node not in claimed]
    found.sort(key=lambda item: item.order)
    return _without_chains(found, roots)


def _item(shape: Shape, nodes: list[Any], recorder: Recorder, order: Mapping[Any, int]) -> Item:
    site = recorder.sites.get(nodes[0])
    rows = [node.parents for node in nodes]
    return Item(
        nodes[0].primitive, shape, tuple(nodes), site, max(order.get(node, 0) for node in nodes), rows
    )


def _are_one(entries: Sequence[Any], order: Mapping[Any, int]) -> bool:
    """Say whether entries are nodes that one operation made, of which none depends on another."""
    rule, count = rule_of(entries[0].primitive), len(entries[0].parents)
    if len(set(entries)) < len(entries) or any(
        len(entry.parents) != count or rule_of(entry.primitive) is not rule for entry in entries
    ):
        return False
    begin = min(order.get(entry, -1) for entry in entries)
    return all(order.get(parent, -1) < begin for parent in set().union(*(x.parents for x in entries)))


def rule_of(primitive: Any) -> Any:
    """Return a primitive, or the family of those whose parameter may differ from node to node."""
    return primitive if primitive.family is None else VARYING.get(primitive.family[0], primitive)


VARYING: dict[Any, Any] = {cross_entropy_at: cross_entropy_p}  # which takes the parameter as first operand


def _without_chains(items: list[Item], roots: Sequence[Any]) -> list[Item]:
    """Return items with a sum of many terms for each chain of adds of which nobody uses the links."""
    of = {node: item for item in items if item.primitive is add for node in item.nodes}
    linked = {row[0] for item in items if item.primitive is add for row in item.rows if row[0] in of}
    if not linked:
        return items
    uses = Counter(
        chain.from_iterable(filter(linked.__contains__, row) for item in items for row in item.rows)
    )
    uses.update(roots)
    before: dict[Item, Item] = {}
    for item in items:
        link = of.get(item.first[0]) if item.primitive is add else None
        if link is None or link.primitive is not add or len(link.nodes) != len(item.nodes):
            continue
        if all(row[0] is node and uses[node] == 1 for row, node in zip(item.rows, link.nodes)):
            before[item] = link
    dropped: set[Item] = set()
    for end in before.keys() - {*before.values()}:
        links = [end]
        while links[-1] in before:
            links.append(before[links[-1]])
        if len(links) < CHAIN:
            continue
        dropped.update(links[1:])
        starts = [row[0] for row in links[-1].rows]
        terms = [[row[1] for row in link.rows] for link in reversed(links)]
        is_zero = all(x.__class__ is float and x == 0.0 for x in starts)
        end.primitive = sum_p
        end.rows = [*zip(*([] if is_zero else [starts]), *terms)]
    return [item for item in items if item not in dropped]
