"""Where does this gradient, or this nan, come from.

`explain(loss, w)` is the chain rule's ledger. Each operation that uses `w` contributes its own gradient
(upstream) times its local derivative by `w`; the contributions add up to the gradient. Seen from afar,
the gradient is the sum over all paths from the loss to `w`; the ledger shows the heaviest.

`explain_nonfinite(loss)` looks for the operation at which a number stopped being finite.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import inf
from numbers import Integral, Real
from typing import Any

from ..anomalies import Finding, in_graph
from ..errors import DataError
from ..graph import pull_back, toposort
from ..ieee import describe
from ..value import Value
from ..wording import equation, expression, number
from .paths import Path, heaviest
from .tables import html_table, text_table

_ROWS = 20
_WITHOUT_GRAPH = "inside no_grad(), or its graph was released since"


@dataclass(frozen=True, eq=False, repr=False)
class Contribution:
    """What one use of `w` adds to its gradient: `amount`, which is `upstream * local`.

    `consumer` is the node that has `w` as its operand number `operand`, counted from 0; `upstream` is
    the adjoint of the consumer, and `local` its partial by that operand.
    """

    consumer: Value
    operand: int
    upstream: float
    local: float
    amount: float

    def __repr__(self) -> str:
        return f"<contribution of {equation(self.consumer)}: {number(self.amount)}>"


@dataclass(frozen=True, eq=False, repr=False)
class Ledger:
    """The account of one gradient: `contributions`, in the order in which `backward()` adds them.

    `paths` are the heaviest of all `path_count` paths from the loss to `w`. `note` says why there are no
    contributions, where there are none. It prints as text, and shows itself as a table in notebooks.
    """

    loss: Value
    w: Value
    gradient: float
    contributions: tuple[Contribution, ...]
    paths: tuple[Path, ...]
    path_count: float
    note: str = ""

    def __str__(self) -> str:
        if not self.contributions:
            return f"{self._title()}\n{self.note}"
        lines = [self._title(), "", *text_table(*self._table())]
        if self.paths:
            lines += ["", self._paths_title()]
            products = [number(path.product) for path in self.paths]
            width = max(map(len, products))
            for text, path in zip(products, self.paths):
                lines += [f"  {text:>{width}} = {path.factors_text}", f"  {'':{width}}   {path.nodes_text}"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<ledger: {self._title()}; print it>"

    def _repr_html_(self) -> str:
        if not self.contributions:
            return f"<p>{escape(self._title())}<br>{escape(self.note)}</p>"
        table = html_table(self._title(), *self._table())
        if not self.paths:
            return table
        items = (
            f"<li>{escape(f'{number(path.product)} = {path.factors_text}')}<br>"
            f"<small>{escape(path.nodes_text)}</small></li>"
            for path in self.paths
        )
        return f"{table}<p>{escape(self._paths_title())}</p><ol>{''.join(items)}</ol>"

    def to_dict(self) -> dict[str, Any]:
        """Return the ledger as dicts, lists, texts and numbers, as JSON has them.

        >>> x = Value(3.0, "x")
        >>> explain(x * 2.0, x).to_dict()["contributions"]
        [{'consumer': 'x * 2', 'operand': 0, 'upstream': 1.0, 'local': 2.0, 'amount': 2.0, 'origin': None}]
        """
        return {
            "loss": expression(self.loss),
            "w": expression(self.w),
            "gradient": self.gradient,
            "contributions": [
                {
                    "consumer": equation(entry.consumer),
                    "operand": entry.operand,
                    "upstream": entry.upstream,
                    "local": entry.local,
                    "amount": entry.amount,
                    "origin": entry.consumer.origin,
                }
                for entry in self.contributions
            ],
            "paths": [
                {
                    "product": path.product,
                    "factors": [*path.factors],
                    "nodes": [expression(node) for node in path.nodes],
                }
                for path in self.paths
            ],
            "path_count": self.path_count,
            "note": self.note,
        }

    def _title(self) -> str:
        loss, w = _called(self.loss, "loss"), _called(self.w, "w")
        unnamed = {loss: self.loss} if not self.loss.name else {}
        unnamed |= {w: self.w} if not self.w.name and self.w is not self.loss else {}
        if self.w is self.loss:
            w = loss
        told = " and ".join(f"{letter} is {_told(node)}" for letter, node in unnamed.items())
        return f"d {loss} / d {w} = {number(self.gradient)}{', where ' if told else ''}{told}"

    def _paths_title(self) -> str:
        if len(self.paths) == self.path_count:
            return "The only path:" if len(self.paths) == 1 else "All paths, the heaviest first:"
        count = f"{self.path_count:,.0f}" if self.path_count < 2**53 else f"about {self.path_count:.3g}"
        return f"The {f'{len(self.paths)} ' if len(self.paths) > 1 else ''}heaviest of {count} paths:"

    def _table(self) -> tuple[list[str], list[list[str]], list[str], int]:
        """Return header, rows and last row, and how many columns are text."""
        has_lines = any(entry.consumer.origin for entry in self.contributions)
        rows = [_row(entry, has_lines) for entry in self.contributions]
        if len(rows) > _ROWS:
            shown, rest = _largest(self.contributions)
            rows = [rows[i] for i in shown]
            blank = ["", ""] if has_lines else [""]
            rows.append([f"{len(rest):,} smaller ones", *blank, "", "", number(sum(rest))])
        header = [
            "used in",
            "operand",
            *(["line"] if has_lines else []),
            "upstream",
            "local",
            "contribution",
        ]
        last = ["sum", *[""] * (len(header) - 2), number(self.gradient)]
        return header, rows, last, len(header) - 3


def explain(loss: Value, w: Value, paths: int = 3) -> Ledger:
    """Account for d loss / d w: each use of `w` with its contribution, and the heaviest `paths`.

    The contributions add up, in this order, to what `loss.backward()` gives; no `.grad` is touched.

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
    order = toposort(loss)
    adjoints = pull_back(loss, 1.0)
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
    note = "" if contributions else _why_none(loss, w, order)
    return Ledger(loss, w, gradient, contributions, found, count, note)


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
    if finding.kind == "nothing" or finding.where:
        return finding
    return replace(
        finding, where="a line that was not recorded; compute it again inside strict() to see it"
    )


def _why_none(loss: Value, w: Value, order: list[Value]) -> str:
    """Say why nothing contributes to the gradient of `w`."""
    what, whose = _called(w, "w"), _called(loss, "the loss")
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


def _row(entry: Contribution, has_lines: bool) -> list[str]:
    consumer = entry.consumer
    return [
        equation(consumer),
        f"{entry.operand + 1} of {len(consumer.parents)}",
        *([consumer.origin or ""] if has_lines else []),
        number(entry.upstream),
        number(entry.local),
        number(entry.amount),
    ]


def _largest(entries: Sequence[Contribution]) -> tuple[list[int], list[float]]:
    """Return the places of the largest contributions, nan among them, and the amounts of the others."""
    places = sorted(range(len(entries)), key=lambda i: -_size(entries[i].amount))
    return sorted(places[:_ROWS]), [entries[i].amount for i in places[_ROWS:]]


def _size(amount: float) -> float:
    return abs(amount) if amount == amount else inf


def _called(node: Value, otherwise: str) -> str:
    return expression(node) if node.name else otherwise


def _told(node: Value) -> str:
    return f"a leaf, {number(node.data)}" if node.primitive is None else expression(node)


def _check(loss: Any, w: Any, paths: Any) -> None:
    usage = "explain(loss, w)"
    _check_loss(loss, usage)
    if not isinstance(w, Value):
        raise DataError(f"w in {usage} must be the Value whose gradient is explained, {_instead(w)}")
    if not isinstance(paths, Integral) or paths < 0:
        raise DataError(f"paths must be a whole number from 0 on, not {describe(paths)}")


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
