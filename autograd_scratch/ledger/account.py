"""The account of one gradient, as data, as text, and as a table in a notebook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from ..fragments import html_table, text
from ..tabular import text_table
from ..value import Value
from ..wording import equation, expression, name_of, number
from .paths import Path, nodes_told
from .typesetting import Use, latex_of

_ROWS = 20


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
    contributions, where there are none, and `names` are those of Values that have none of their own. It
    prints as text, and shows itself as a table in notebooks.
    """

    loss: Value
    w: Value
    gradient: float
    contributions: tuple[Contribution, ...]
    paths: tuple[Path, ...]
    path_count: float
    note: str = ""
    names: Mapping[Value, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.contributions:
            return f"{self._title()}\n{self.note}"
        lines = [self._title(), "", *text_table(*self._table())]
        if self.paths:
            lines += ["", self._paths_title()]
            products = [number(path.product) for path in self.paths]
            width = max(map(len, products))
            for text, path in zip(products, self.paths):
                lines += [
                    f"  {text:>{width}} = {path.factors_text}",
                    f"  {'':{width}}   {nodes_told(path.nodes, self.names)}",
                ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<ledger: {self._title()}; print it>"

    def _repr_html_(self) -> str:
        if not self.contributions:
            return f"<p>{text(self._title())}<br>{text(self.note)}</p>"
        table = html_table(self._title(), *self._table())
        if not self.paths:
            return table
        items = "".join(
            f"<li>{text(f'{number(path.product)} = {path.factors_text}')}<br>"
            f"<small>{text(nodes_told(path.nodes, self.names))}</small></li>"
            for path in self.paths[:_ROWS]
        )
        left_out = len(self.paths) - _ROWS
        more = f"<p>... {left_out:,} more paths; print the ledger</p>" if left_out > 0 else ""
        return f"{table}<p>{text(self._paths_title())}</p><ol>{items}</ol>{more}"

    def to_latex(self, numbers: bool = False) -> str:
        r"""Return the chain rule as LaTeX: the sum over all uses of `w`, a line for each.

        The text is one `aligned` block for math mode, as that of `Program.to_latex`. What uses `w` and has
        no name is called u; of an operation that uses `w` twice, `w^{(2)}` is its second operand. At the
        right stand what it is and its local derivative, where that is a short formula. With `numbers`,
        each line tells its contribution, upstream times local, in four digits, and the last
        line the sum. Of more than 20 contributions the smaller ones are told together.

        >>> from autograd_scratch import explain
        >>> w, x = Value(0.5, "w"), Value(3.0, "x")
        >>> h = (w * x).named("h")
        >>> print(explain(2.0 * h, w).to_latex(numbers=True))  # doctest: +NORMALIZE_WHITESPACE
        \begin{aligned}
        \frac{\partial L}{\partial w} &= \frac{\partial L}{\partial h} \frac{\partial h}{\partial w}
            && 2 \cdot 3 = 6 && h = w x && \frac{\partial h}{\partial w} = x
        \end{aligned}
        """
        entries = self.contributions
        shown, rest = _largest(entries) if len(entries) > _ROWS else ([*range(len(entries))], [])
        uses = [Use(entries[i], _is_repeated(entries, entries[i])) for i in shown]
        return latex_of(self.loss, self.w, self.gradient, uses, rest, numbers, self.names)

    def to_dict(self) -> dict[str, Any]:
        """Return the ledger as dicts, lists, texts and numbers, ready for `json.dumps`.

        >>> x = Value(3.0, "x")
        >>> from autograd_scratch import explain
        >>> explain(x * 2.0, x).to_dict()["contributions"]
        [{'consumer': 'x * 2', 'operand': 0, 'upstream': 1.0, 'local': 2.0, 'amount': 2.0, 'origin': None}]
        """
        return {
            "loss": expression(self.loss, names=self.names),
            "w": expression(self.w, names=self.names),
            "gradient": self.gradient,
            "contributions": [
                {
                    "consumer": equation(entry.consumer, names=self.names),
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
                    "nodes": [expression(node, names=self.names) for node in path.nodes],
                }
                for path in self.paths
            ],
            "path_count": self.path_count,
            "note": self.note,
        }

    def _title(self) -> str:
        names = self.names
        loss, w = called(self.loss, "loss", names), called(self.w, "w", names)
        unnamed = {loss: self.loss} if not name_of(self.loss, names) else {}
        unnamed |= {w: self.w} if not name_of(self.w, names) and self.w is not self.loss else {}
        if self.w is self.loss:
            w = loss
        given = " and ".join(f"{letter} is {told(node, names)}" for letter, node in unnamed.items())
        return f"d {loss} / d {w} = {number(self.gradient)}{', where ' if given else ''}{given}"

    def _paths_title(self) -> str:
        if len(self.paths) == self.path_count:
            return "The only path:" if len(self.paths) == 1 else "All paths, the heaviest first:"
        count = f"{self.path_count:,.0f}" if self.path_count < 2**53 else f"about {self.path_count:.3g}"
        return f"The {f'{len(self.paths)} ' if len(self.paths) > 1 else ''}heaviest of {count} paths:"

    def _table(self) -> tuple[list[str], list[list[str]], list[str], int]:
        """Return header, rows and last row, and how many columns are text."""
        has_lines = any(entry.consumer.origin for entry in self.contributions)
        rows = [_row(entry, has_lines, self.names) for entry in self.contributions]
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


def _row(entry: Contribution, has_lines: bool, names: Mapping[Value, str]) -> list[str]:
    consumer = entry.consumer
    return [
        equation(consumer, names=names),
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


def _is_repeated(entries: Sequence[Contribution], entry: Contribution) -> bool:
    """Say whether the consumer of an entry has `w` as another operand, too."""
    return sum(parent is entry.consumer.parents[entry.operand] for parent in entry.consumer.parents) > 1


def _size(amount: float) -> float:
    return abs(amount) if amount == amount else inf


def called(node: Value, otherwise: str, names: Mapping[Value, str]) -> str:
    """Return a node's name; without one, `otherwise`."""
    return expression(node, names=names) if name_of(node, names) else otherwise


def told(node: Value, names: Mapping[Value, str]) -> str:
    """Say what a node without name is."""
    return f"a leaf, {number(node.data)}" if node.primitive is None else expression(node, names=names)
