"""Where does this gradient, or this nan, come from.

`explain(loss, w)` is the chain rule's ledger. Each operation that uses `w` contributes its own gradient
(upstream) times its local derivative by `w`; the contributions add up to the gradient. Seen from afar,
the gradient is the sum over all paths from the loss to `w`; the ledger shows the heaviest.

`explain_nonfinite(loss)` looks for the operation at which a number stopped being finite.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

from ..anomalies import Finding as Finding
from ..anomalies import in_graph
from ..arrays.variables import checked, named_values
from ..errors import DataError
from ..graph import pull_back, toposort
from ..ieee import describe, whole
from ..signatures import call_form
from ..value import Value
from ..wording import number
from .account import Contribution as Contribution
from .account import Ledger as Ledger
from .account import called
from .paths import Path as Path
from .paths import heaviest

_WITHOUT_GRAPH = "inside no_grad(), or its graph was released since"


@call_form("explain(loss, w)")
def explain(loss: Value, w: Value, paths: int = 3, *, names: Mapping[str, Any] | None = None) -> Ledger:
    """Account for d loss / d w: each use of `w` with its contribution, and the heaviest `paths`.

    The contributions add up, in this order, to what `loss.backward()` gives; no `.grad` is touched.
    With `paths=0` there is the table alone. `names`, a mapping from name to Value, array or list such as
    `locals()`, names what has no name of its own. Where `loss` or `w` is no Value, it is a DataError.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> print(explain(a * b + a, a))
    d loss / d a = -2, where loss is a * b + a
    <BLANKLINE>
    used in    operand  upstream  local  contribution
    ---------  -------  --------  -----  ------------
    a * b + a  2 of 2          1      1             1
    a * b      1 of 2          1     -3            -3
    ---------  -------  --------  -----  ------------
    sum                                            -2
    <BLANKLINE>
    All paths, the heaviest first:
      -3 = 1 * -3
           a * b + a -> a * b -> a
       1 = 1
           a * b + a -> a
    """
    _check(loss, w, paths)
    variables = named_values(checked(names))
    order = toposort(loss)
    told = {loss, w, *order, *_leaves(order)} if variables else set()
    named = {node: name for node, name in variables.items() if node in told}
    adjoints = pull_back(order, {loss: 1.0})
    contributions = tuple(
        Contribution(node, position, adjoints[node] + 0.0, partial, adjoints[node] * partial)
        for node in reversed(order)
        for position, (parent, partial) in enumerate(zip(node.parents, node.partials))
        if parent is w
    )
    gradient = 1.0 if loss is w else 0.0
    for entry in contributions:
        gradient += entry.amount  # one by one: since Python 3.12 the sum of floats rounds otherwise
    found, count = heaviest(loss, w, paths)
    note = "" if contributions else _why_none(loss, w, order, named)
    return Ledger(loss, w, gradient, contributions, found, count, note, named)


@call_form()
def explain_nonfinite(loss: Value) -> Finding:
    """Say where, in the graph of `loss`, a number stopped being finite, going forward, then back.

    The graph is not computed anew. The answer prints as text; its `kind` is value, partial, product, sum,
    input or nothing, and `node`, `operand`, `found` and `advice` tell the rest.

    >>> p = Value(0.0, "p")
    >>> explain_nonfinite((p * p.log()).named("h")).what
    'log(p) is -inf, though p = 0.0 is finite'
    """
    _check_loss(loss, "explain_nonfinite(loss)")
    finding = in_graph(loss)
    if finding.where or finding.node is None or not finding.node.parents:
        return finding
    return replace(
        finding, where="a line that was not recorded; compute it again inside strict() to see it"
    )


def _why_none(loss: Value, w: Value, order: list[Value], names: Mapping[Value, str]) -> str:
    """Say why nothing contributes to the gradient of `w`."""
    what, whose = called(w, "w", names), called(loss, "the loss", names)
    if loss is w:
        return "This is the loss itself: its gradient is 1, and no operation lies between."
    none = f"No path leads from {whose} to {what}"
    if any(parent is loss for node in toposort(w) for parent in node.parents):
        return f"{none}, but one leads back: {what} is computed from {whose}. Write explain(w, loss)."
    if not loss.parents:
        how = (
            "is a leaf, computed from nothing"
            if loss.primitive is None
            else f"was computed {_WITHOUT_GRAPH}"
        )
        return f"{none}: {whose} {how}."
    leaves = _leaves(order)
    for leaf in leaves:
        if leaf.primitive is None and (leaf.data, leaf.name) == (w.data, w.name) and (w.name or w.parents):
            same = "name and number" if w.name else "number"
            return f"{none}, but to a leaf of the same {same}: detach() makes such a copy and ends paths."
    for leaf in leaves:
        if leaf.primitive is not None:
            made = f"a result of {leaf.primitive.name}, {number(leaf.data)}"
            line = f" in {leaf.origin}" if leaf.origin else ""
            return f"{none}; {whose} uses {made}, computed{line} {_WITHOUT_GRAPH}: paths end there."
    for leaf in leaves:
        if w.name and leaf.name == w.name:
            return f"{none}, but to another leaf of this name: was {what} assigned anew in between?"
    return f"{none}: {whose} was computed without it."


def _leaves(order: list[Value]) -> list[Value]:
    """Return the leaves below the nodes of `order`, each once."""
    parents = (parent for node in order for parent in node.parents)
    return list(
        dict.fromkeys(parent for parent in parents if isinstance(parent, Value) and not parent.parents)
    )


def _check(loss: Any, w: Any, paths: Any) -> None:
    usage = "explain(loss, w)"
    _check_loss(loss, usage)
    if not isinstance(w, Value):
        raise DataError(f"w in {usage} must be the Value whose gradient is explained, {_instead(w)}")
    whole(paths, "paths")


def _check_loss(loss: Any, usage: str) -> None:
    if not isinstance(loss, Value):
        remedy = ""
        if isinstance(loss, Real):
            remedy = (
                "; a plain number has no graph, so leave out .data, .item() or float() where it is computed"
            )
        elif isinstance(loss, Iterable) and not isinstance(loss, str):
            remedy = "; of several outputs choose one, or add them up with autograd_scratch.sum(...)"
        raise DataError(f"the loss in {usage} must be one Value, not {describe(loss)}{remedy}")


def _instead(w: Any) -> str:
    """Say what to write instead of something that is no Value."""
    if isinstance(w, str):
        return f"not a name, {describe(w)}; write explain(loss, {w if w.isidentifier() else 'w'})"
    if hasattr(w, "parameters"):
        return f"not {describe(w)}; write [explain(loss, p) for p in model.parameters()]"
    if isinstance(w, Real):
        return f"not {describe(w)}; write w and not w.data, with w = Value(...) before the loss is computed"
    if isinstance(w, Iterable):
        return f"not {describe(w)}; write [explain(loss, w) for w in ...]"
    return f"not {describe(w)}"
