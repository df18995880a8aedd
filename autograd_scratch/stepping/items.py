"""The nodes of a graph, put together by what made them at once: the entries of an array, or one by itself.

A chain of adds, as a loop `total = total + term` leaves it, is one sum of many terms.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import graph
from ..primitives import Primitive
from ..primitives.arithmetic import add
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
    """Return what the roots are computed from, in the order in which it was made."""
    kind = type(roots[0])
    arrays = [
        (entries, array)
        for array in recorder.arrays
        if (entries := [x for x in array.entries if x.__class__ is kind and x.primitive is not None])
    ]
    nodes = graph.toposort(*roots, *(x for entries, _ in arrays for x in entries if x.parents))
    made = {node: i for i, node in enumerate(recorder.sites)} if recorder.sites else {}
    found: list[Item] = []
    claimed: set[Any] = set()
    for entries, array in arrays:
        if len(entries) != len(array.entries) or not _are_one(entries, claimed):
            continue
        claimed.update(entries)
        order = made.get(entries[0], len(found))
        first = entries[0].primitive
        found.append(
            Item(first, array.shape, tuple(entries), recorder.sites.get(entries[0]), order, _rows(entries))
        )
    for i, node in enumerate(nodes):
        if node not in claimed:
            found.append(
                Item(
                    node.primitive, (), (node,), recorder.sites.get(node), made.get(node, i), (node.parents,)
                )
            )
    found.sort(key=lambda item: item.order)
    return _without_chains(found, roots)


def _rows(entries: Iterable[Any]) -> list[tuple[Any, ...]]:
    return [entry.parents for entry in entries]


def _are_one(entries: Sequence[Any], claimed: set[Any]) -> bool:
    """Say whether entries are new nodes of one primitive, none of them twice."""
    first = entries[0]
    rule = rule_of(first.primitive)
    return (
        all(rule_of(entry.primitive) is rule and entry.parents for entry in entries)
        and claimed.isdisjoint(entries)
        and len(set(entries)) == len(entries)
        and len({len(entry.parents) for entry in entries}) == 1
    )


def rule_of(primitive: Any) -> Any:
    """Return a primitive, or the family of those whose parameter may differ from node to node."""
    return primitive if primitive.family is None else VARYING.get(primitive.family[0], primitive)


VARYING: dict[Any, Any] = {}  # families, and the primitive that takes their parameter as its first operand


def _without_chains(items: list[Item], roots: Sequence[Any]) -> list[Item]:
    """Return items with a sum of many terms for each chain of adds of which nobody uses the links."""
    uses = Counter(parent for item in items for row in item.rows for parent in row)
    uses.update(roots)
    of = {node: item for item in items for node in item.nodes}
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
