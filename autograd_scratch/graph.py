"""In which order a graph is walked.

A node has `.parents`, the ordered tuple of what it was computed from, and `.partials`, one local
derivative a parent. A node without parents is a leaf. Plain floats among the parents are
constants: they take part in no walk. Every walk is iterative, so depth is bounded by memory alone.

The walks are the whole of automatic differentiation:

    toposort        parents before the nodes that are computed from them
    pull_back       reverse mode: from the outputs' cotangents to the adjoints of the nodes below
    push_forward    forward mode: from the leaves' tangents to the tangent of every node above them

    >>> from autograd_scratch import Value
    >>> x = Value(3.0)
    >>> y = x * x + 2.0 * x
    >>> pull_back(toposort(y), {y: 1.0})[x]              # dy/dx = 2 x + 2
    8.0
    >>> push_forward(toposort(y), {x: 1.0})[y]
    8.0

`release` takes a graph apart whose numbers are still wanted.

Reference: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 3.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from .edges import Edges


class Node(Hashable, Protocol):
    """What a walk knows of a node: its parents (nodes or constants), and a partial for each."""

    @property
    def parents(self) -> tuple[Any, ...]: ...

    @property
    def partials(self) -> tuple[Any, ...]: ...


NodeT = TypeVar("NodeT", bound=Node)
EdgesT = TypeVar("EdgesT", bound=Edges)


def depths(order: Sequence[Any]) -> dict[Any, int]:
    """Return how many operations are above each node, of nodes that come after their parents.

    >>> from autograd_scratch import Value
    >>> a = Value(2.0)
    >>> b = a * a
    >>> [*depths(toposort(b + a)).values()]
    [1, 2]
    """
    found: dict[Any, int] = {}
    for node in order:
        parents = (parent for parent in node.parents if parent.__class__ is not float)
        found[node] = 1 + max((found.get(parent, 0) for parent in parents), default=0)
    return found


def toposort(*roots: EdgesT) -> list[EdgesT]:
    """List the interior nodes below `roots` (and the roots), each after all of its parents.

    Leaves need no place in the order and are left out. The first parent's part comes first: where
    operands are computed just before they are used, this is the order in which they were written.

    >>> from autograd_scratch import Value
    >>> a = Value(2.0)
    >>> b = a * a
    >>> c = b + a
    >>> toposort(c) == [b, c]
    True
    """
    order: list[EdgesT] = []
    seen: set[EdgesT] = set()
    entered: list[EdgesT] = []
    pending: list[Any] = [root for root in reversed(roots) if root._first is not None]
    kind = roots[0].__class__ if roots else None
    while pending:
        node = pending.pop()
        if node is None:  # all that was pushed above this mark is done: so is the node entered last
            order.append(entered.pop())
            continue
        if node in seen:
            continue
        seen.add(node)
        first, second = node._first, node._second
        is_second = second.__class__ is kind and second._first is not None and second not in seen
        if first.__class__ is kind:
            if first._first is not None and first not in seen:
                entered.append(node)
                pending += (None, second, first) if is_second else (None, first)
                continue
        elif first.__class__ is not float:
            bottom = 0
            for parent in first:
                if parent.__class__ is kind and parent._first is not None and parent not in seen:
                    if not bottom:
                        entered.append(node)
                        pending.append(None)
                        bottom = len(pending)
                    pending.append(parent)
            if bottom:
                pending[bottom:] = pending[: bottom - 1 : -1]  # the first parent is to be popped first
                continue
        if is_second:
            entered.append(node)
            pending += (None, second)
        else:
            order.append(node)
    return order


def stored_partials(node: Node) -> tuple[Any, ...]:
    """Return the partials that were computed with the value of `node`."""
    return node.partials


def pull_back(
    order: Sequence[NodeT],
    cotangents: Mapping[NodeT, Any],
    wrt: Iterable[NodeT] | None = None,
    partials_of: Callable[[Any], tuple[Any, ...]] = stored_partials,
) -> dict[NodeT, Any]:
    """Return the adjoints of the nodes of `order` and of their leaves, given those of some outputs.

    With `wrt`, only what lies on a path from an output to one of those is visited. Nothing is written
    into the graph. Adjoints are made of cotangents and partials by `*` and `+` alone, so they may be
    any kind of number. A node that no output depends on has no adjoint: it is absent from the answer.
    """
    path = None if wrt is None else above(wrt, order)
    adjoints = dict(cotangents)
    for node in reversed(order):
        adjoint = adjoints.get(node)
        if adjoint is None or (path is not None and node not in path):
            continue
        for parent, partial in zip(node.parents, partials_of(node), strict=True):
            if parent.__class__ is not float and (path is None or parent in path):
                part = _times(adjoint, partial)
                former = adjoints.get(parent)
                adjoints[parent] = part if former is None else former + part
    return adjoints


def push_forward(
    order: Iterable[NodeT],
    tangents: Mapping[NodeT, Any],
    partials_of: Callable[[Any], tuple[Any, ...]] = stored_partials,
) -> dict[NodeT, Any]:
    """Return the tangents of the nodes of `order`, given those of (some of) the leaves.

    A node that no given leaf reaches has no tangent: it is absent from the answer, not zero.
    """
    result = dict(tangents)
    for node in order:
        moved = partials = None
        for i, parent in enumerate(node.parents):
            tangent = None if parent.__class__ is float else result.get(parent)
            if tangent is not None:
                partials = partials or partials_of(node)
                part = _times(tangent, partials[i])
                moved = part if moved is None else moved + part
        if moved is not None:
            result[node] = moved
    return result


def above(wrt: Iterable[NodeT], order: Iterable[NodeT]) -> set[NodeT]:
    """Return `wrt` and the nodes of `order` that depend on it."""
    found = set(wrt)
    for node in order:
        for parent in node.parents:
            if parent.__class__ is not float and parent in found:
                found.add(node)
                break
    return found


def _times(factor: Any, partial: Any) -> Any:
    """Multiply, leaving out what is the constant one."""
    if partial.__class__ is float and partial == 1.0:
        return factor
    return partial if factor.__class__ is float and factor == 1.0 else factor * partial


def release(root: Edges) -> None:
    """Take the graph below `root` apart: whoever keeps a node of it keeps its number and gradient alone.

    A graph to which nobody refers is freed without this, whatever its depth (see `freeing`).
    """
    for node in toposort(root):
        node.connect((), ())
