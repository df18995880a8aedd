"""The nodes of a graph, put together by what made them at once: the entries of an array, or one by itself.

A chain of adds, as a loop `total = total + term` leaves it, is one sum of many terms.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from .. import graph
from ..primitives import Primitive
from ..primitives.arithmetic import add, sub
from ..primitives.logits import cross_entropy_at, cross_entropy_p
from ..primitives.reductions import dot_p, sum_p
from .maps import Shape
from .recorder import Recorder
from .sites import Site, Within

CHAIN = 3  # adds, at least; or one less, of one instruction


@dataclass(eq=False)
class Total:
    """A sum that a program does not have: of what it subtracts one after the other."""

    parents: tuple[Any, ...]
    primitive: Primitive = sum_p
    name: None = None


@dataclass(eq=False)
class Item:
    """Nodes that one operation made, in C order, with the parents of each."""

    primitive: Primitive
    shape: Shape
    nodes: tuple[Any, ...]
    site: Site | None
    within: Within
    order: int
    rows: Sequence[tuple[Any, ...]] = field(default=())

    @cached_property
    def parents(self) -> set[Any]:
        """The parents of all nodes, each once."""
        return set().union(*self.rows)

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
    if recorder.arrays and not recorder.sites:  # named afterwards: what is equally deep may be one array
        nodes.sort(key=graph.depths(nodes).__getitem__)
    order = {node: i for i, node in enumerate(recorder.sites or nodes)}
    found: list[Item] = []
    claimed: set[Any] = set()
    for shape, entries in arrays:
        if claimed.isdisjoint(entries) and _are_alike(entries):
            item = _item(shape, entries, recorder, order)
            if _are_apart(item, order, bool(recorder.sites)):
                claimed.update(entries)
                found.append(item)
    found += [_item((), [node], recorder, order) for node in nodes if node not in claimed]
    found.sort(key=lambda item: item.order)
    return _without_chains(_needed(found, roots), roots)


def _needed(items: Sequence[Item], roots: Sequence[Any]) -> list[Item]:
    """Return the items of which some node is needed for the roots: arrays are kept as a whole."""
    needed, found = {*roots}, []
    for item in reversed(items):
        if not needed.isdisjoint(item.nodes):
            found.append(item)
            needed |= item.parents
    return found[::-1]


def _item(shape: Shape, nodes: list[Any], recorder: Recorder, order: Mapping[Any, int]) -> Item:
    first, rows = nodes[0], [node.parents for node in nodes]
    site, within = recorder.sites.get(first), recorder.within.get(first, ())
    latest = max(order.get(node, 0) for node in nodes)
    return Item(first.primitive, shape, tuple(nodes), site, within, latest, rows)


def _are_alike(entries: Sequence[Any]) -> bool:
    """Say whether entries are different nodes that a same operation may have made."""
    rule, count = rule_of(entries[0].primitive), len(entries[0].parents)
    return len(set(entries)) == len(entries) and all(
        len(entry.parents) == count and rule_of(entry.primitive) is rule for entry in entries
    )


def _are_apart(item: Item, order: Mapping[Any, int], is_recorded: bool) -> bool:
    """Say whether an item's nodes were made at once: one after the other, and none of them of another.

    Which came after which is known only where it was recorded.
    """
    places = [order.get(node, -1) for node in item.nodes]
    begin = min(places)
    is_one_run = max(places) - begin < len(places) or not is_recorded
    return is_one_run and all(order.get(parent, -1) < begin for parent in item.parents)


def rule_of(primitive: Any) -> Any:
    """Return a primitive, or the family of those whose parameter may differ from node to node."""
    return primitive if primitive.family is None else VARYING.get(primitive.family[0], primitive)


def vectors_of(primitive: Primitive, count: int) -> list[tuple[int, int]]:
    """Return from where to where operands are terms of one kind: weights, inputs and bias of a product.

    >>> vectors_of(dot_p, 7), vectors_of(sum_p, 3)
    ([(0, 3), (3, 6), (6, 7)], [(0, 3)])
    """
    half = count // 2 if primitive is dot_p else 0
    return [*pairwise(sorted({0, half, 2 * half, count}))]


VARYING: dict[Any, Any] = {cross_entropy_at: cross_entropy_p}  # which takes the parameter as first operand


def _without_chains(items: list[Item], roots: Sequence[Any]) -> list[Item]:
    """Return items with a sum of many terms for each chain of adds of which nobody uses the links.

    A chain of subtractions is the start less such a sum.
    """
    of = {node: item for item in items if item.primitive in (add, sub) for node in item.nodes}
    linked = {
        item: link
        for item in items
        if item.primitive in (add, sub)
        and (link := of.get(item.first[0])) is not None
        and link.primitive is item.primitive
        and len(link.nodes) == len(item.nodes)
        and all(row[0] is node for row, node in zip(item.rows, link.nodes))
    }
    inner = {node for link in linked.values() for node in link.nodes}
    users = (item for item in items if not inner.isdisjoint(item.parents))
    uses = Counter(parent for item in users for row in item.rows for parent in row if parent in inner)
    uses.update(roots)
    before = {item: link for item, link in linked.items() if all(uses[node] == 1 for node in link.nodes)}
    dropped: set[Item] = set()
    totals: dict[Item, Item] = {}
    for end in before.keys() - {*before.values()}:
        links = [end]
        while links[-1] in before:
            links.append(before[links[-1]])
        if len(links) < CHAIN - (len({link.site for link in links}) == 1):
            continue
        dropped.update(links[1:])
        starts = [row[0] for row in links[-1].rows]
        terms = [[row[1] for row in link.rows] for link in reversed(links)]
        del end.parents
        if end.primitive is sub:
            rows = [*zip(*terms)]
            nodes = tuple(map(Total, rows))
            totals[end] = Item(sum_p, end.shape, nodes, end.site, end.within, end.order, rows)
            end.rows = [*zip(starts, nodes)]
            continue
        is_zero = all(x.__class__ is float and x == 0.0 for x in starts)
        end.primitive = sum_p
        end.rows = [*zip(*([] if is_zero else [starts]), *terms)]
    kept = (item for item in items if item not in dropped)
    return [each for item in kept for each in ((totals[item], item) if item in totals else (item,))]
