"""How a backward pass leaves its gradients in the graph, as numbers or as nodes.

A gradient that is to be differentiated again is made of nodes, so the partials along its way are computed
once more, on nodes: the same rules give a graph where they gave numbers before.
"""

from typing import Any

from . import graph, modes
from .errors import GraphError
from .ieee import real
from .primitives import is_node
from .primitives.arithmetic import add


def accumulate(root: Any, gradient: float) -> None:
    """Add d root / d leaf, times `gradient`, to the `.grad` of every leaf, and set that of interior nodes.

    The adjoint of an interior node belongs to one sweep and starts from zero in the next; leaves
    keep what earlier sweeps gave them. This is `graph.pull_back` once more, into slots, which cost a
    quarter of dictionary entries.

    Ctrl-C comes before the sweep, or after it: one that is interrupted is finished first. The interpreter
    looks for it at the turns of loops and after the call of `zip`, and the iterators know where they are.
    No loop ends with an `if`: CPython from 3.12 on turns back from there outside of the `try`.
    """
    order = graph.toposort(root)
    if not order:
        root._grad += gradient
        return
    unset, unswept, pairs = iter(order), reversed(order), zip()
    kind, adjoint, interrupt = root.__class__, 0.0, None
    wide = None  # a node of many parents, whose `pairs` are to be made
    while True:
        try:
            for node in unset:
                node._grad = 0.0
            root._grad = 0.0 + gradient
            while True:
                if wide is not None:
                    adjoint, pairs, wide = wide._grad, zip(wide._first, wide._first_partial), None
                for parent, partial in pairs:
                    if parent.__class__ is kind:
                        parent._grad += adjoint * partial
                    parent = None
                for node in unswept:
                    first = node._first
                    if first.__class__ is kind:
                        first._grad += node._grad * node._first_partial
                    elif first.__class__ is not float:
                        wide = node
                        break
                    second = node._second
                    if second.__class__ is kind:
                        second._grad += node._grad * node._second_partial
                    second = None
                else:
                    break
            break
        except BaseException as fault:
            interrupt = fault
    if interrupt is not None:
        raise interrupt


def accumulate_nodes(root: Any, gradient: Any) -> None:
    """Do as `accumulate`, with nodes for the gradients of leaves."""
    with modes.deriving():
        adjoints = graph.pull_back(graph.toposort(root), {root: gradient}, partials_of=partials_as_nodes)
        gradients = []
        for node, adjoint in adjoints.items():
            if node._first is not None:
                gradients.append(adjoint._data if is_node(adjoint) else adjoint)
                continue
            # a node of its own: the adjoint of x in x * w is the leaf w itself, and that of w is x
            slope = type(node).holding(adjoint)
            gradients.append(node._grad + slope if node.is_reached else slope)
    any(map(type(root)._grad.__set__, adjoints, gradients))  # in C: Ctrl-C comes before or after


def partials_as_nodes(node: Any) -> tuple[Any, ...]:
    """Return the partials of `node` once more, computed from its parents as they are now.

    Raises GraphError where a leaf has another number than when the node was computed.

    >>> from autograd_scratch import Value
    >>> x = Value(3.0)
    >>> (slope,) = partials_as_nodes(x.square())
    >>> slope.parents == (2.0, x)
    True
    """
    parents, partials = node.parents, node.partials
    if not parents:
        return ()
    if node._data != node._data and all(partial != partial for partial in partials):
        return (node,) * len(parents)  # nan at every order, outside of a function's domain
    intervals = node.primitive.intervals(len(parents))
    args = [_inside(parent, low) for parent, (low, _) in zip(parents, intervals)]
    try:
        rule = node.primitive.partials(node, *args)
    except (ArithmeticError, ValueError):  # of plain numbers: as nodes these answer as IEEE 754 does
        rule = node.primitive.partials(node, *map(type(node).holding, args))
    again: tuple[Any, ...] = tuple(
        partial if is_node(partial) else real(partial, f"a partial of {node.primitive.name}")
        for partial in rule
    )
    for stored, partial in zip(partials, again, strict=True):
        number = partial._data if is_node(partial) else partial
        if number != stored and not (number != number and stored != stored):
            raise GraphError(_changed(node))
    return again


def _inside(parent: Any, low: float) -> Any:
    """Take -0.0 for 0.0 at the edge of a domain, which is approached from inside."""
    if low == 0.0 and is_node(parent) and parent._data == 0.0:
        return type(parent).record(add, (parent, 0.0))
    return parent


def _changed(node: Any) -> str:
    leaves = [parent for parent in node.parents if is_node(parent) and parent.primitive is None]
    what = " or ".join(dict.fromkeys(map(repr, leaves))) or "a leaf below it"
    return (
        f"{what} has another number now than when {node.primitive!r} was applied to it, so the "
        "gradient's own graph cannot be made; compute the loss again before backward(create_graph=True)"
    )
