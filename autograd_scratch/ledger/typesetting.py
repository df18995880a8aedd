"""The chain rule of one gradient as LaTeX: the sum over all uses, each upstream times local."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from ..errors import AutogradError
from ..latex.formulas import DIGITS, Typesetter
from ..latex.fractions import constant
from ..latex.lines import Line, aligned
from ..latex.pieces import PRODUCT, signed_terms
from ..latex.symbols import Derivative, Symbol, is_rounded, number, symbol, verbatim
from ..value import Value
from ..wording import WIDTH, formula, marked, name_of, parsed

_PLAIN = str.maketrans("", "", "{}")  # u_{1} as a name is u_1
MANY = 8  # operands of what is written out


class Entry(Protocol):
    """What one use adds to a gradient."""

    @property
    def consumer(self) -> Value: ...
    @property
    def operand(self) -> int: ...
    @property
    def upstream(self) -> float: ...
    @property
    def local(self) -> float: ...
    @property
    def amount(self) -> float: ...


class Use(NamedTuple):
    """A contribution, and whether its consumer has `w` as another operand, too."""

    entry: Entry
    is_repeated: bool


class Symbols:
    """What nodes are set as: by their names, and if they have none as u with a number; all apart."""

    def __init__(self, loss: Value, w: Value, names: Mapping[Value, str]) -> None:
        is_called = bool(name_of(w, names)) or "w" in names.values()
        self.names = names if is_called else {**names, w: "w"}
        self._taken: dict[str, Value] = {}
        self._known: dict[Value, Symbol] = {}
        self._unnamed = 0
        self.w = self._apart(w, self._own(w) or Symbol("w"))
        self.loss = self.w if w is loss else self._apart(loss, self._own(loss) or Symbol("L"))
        self._loss = loss

    def of(self, node: Value) -> Symbol:
        """Return the symbol of what uses `w`."""
        if node not in self._known:
            wanted = self._own(node) if node is not self._loss else None
            if wanted is None:
                self._unnamed += 1
                wanted = Symbol("u", (str(self._unnamed),))
            self._known[node] = self._apart(node, wanted)
        return self._known[node]

    def called(self, nodes: Iterable[Value]) -> dict[Value, str]:
        """Return all names that there are, and what these nodes are called that have none."""
        unnamed = {node: self.of(node).text.translate(_PLAIN) for node in nodes}
        return {**unnamed, **self.names}

    def _own(self, node: Value) -> Symbol | None:
        """Return the symbol of a node's name; a loss that is called so is L."""
        name = name_of(node, self.names)
        return (Symbol("L") if name == "loss" else symbol(name)) if name else None

    def _apart(self, node: Value, wanted: Symbol) -> Symbol:
        found, count = wanted, 1
        while self._taken.setdefault(found.text, node) is not node:
            count += 1
            found = Symbol(f"{{{wanted.text}}}^{{[{count}]}}")
        return found


def latex_of(
    loss: Value,
    w: Value,
    gradient: float,
    uses: Sequence[Use],
    rest: Sequence[float],
    numbers: bool,
    names: Mapping[Value, str],
) -> str:
    """Return a gradient as the sum of its contributions; `rest` are the amounts of those not shown."""
    symbols = Symbols(loss, w, names)
    left = Derivative(symbols.loss.text, (symbols.w,)).text
    if not uses:
        return aligned([Line(left, "=", [number(gradient, DIGITS)])])
    lines = [*_contributions(symbols, loss, uses, rest, numbers)]
    if len(uses) + len(rest) > 1:
        upstream, local = _factors(symbols.loss, Symbol("u"), symbols.w)
        lines.insert(0, Line(left, "=", [rf"\sum_{{u}} {upstream} {local}"]))
    else:
        lines[0].left = left
    if numbers and len(lines) > 1:
        lines.append(_sum([use.entry.amount for use in uses], rest, gradient))
    return aligned(lines)


def _contributions(
    symbols: Symbols, loss: Value, uses: Sequence[Use], rest: Sequence[float], numbers: bool
) -> Iterator[Line]:
    names = symbols.called(use.entry.consumer for use in uses)
    for i, (entry, is_repeated) in enumerate(uses):
        node = symbols.of(entry.consumer)
        w = Symbol(f"{{{symbols.w.text}}}^{{({entry.operand + 1})}}") if is_repeated else symbols.w
        remarks = [_amount(entry)] if numbers else []
        remarks.append(_told(entry.consumer, node, symbols.loss if entry.consumer is loss else None, names))
        upstream, local = _factors(symbols.loss, node, w)
        slope = _slope(entry, names)
        remarks += [f"{local} = {slope}"] if slope else []
        term = f"{upstream} {local}"
        yield Line("", r"\quad {}+" if i else "=", [term], " && ".join(remarks))
    if rest:
        remarks = [number(sum(rest), DIGITS)] if numbers else []
        remarks.append(rf"{len(rest)} \text{{ smaller ones}}")
        yield Line("", r"\quad {}+", [r"\cdots"], " && ".join(remarks))


def _factors(loss: Symbol, node: Symbol, w: Symbol) -> tuple[str, str]:
    return Derivative(loss.text, (node,)).text, Derivative(node.text, (w,)).text


def _amount(entry: Entry) -> str:
    """Return upstream times local, and what that is."""
    factors = [constant(x, DIGITS) for x in (entry.upstream, entry.local)]
    told = (entry.upstream, entry.local, entry.amount)
    are_rounded = bool(entry.amount) and any(is_rounded(x, DIGITS) for x in told)
    text = rf"{factors[0].inside(PRODUCT)} \cdot {factors[1].inside(PRODUCT)}"
    return rf"{text} {_equals(are_rounded)} {number(entry.amount, DIGITS)}"


def _sum(amounts: Sequence[float], rest: Sequence[float], gradient: float) -> Line:
    shown = [*amounts, *([sum(rest)] if rest else [])]
    result = number(gradient, DIGITS)
    is_exact = not any(is_rounded(x, DIGITS) for x in (*shown, gradient))
    terms = signed_terms([("+", constant(x, DIGITS)) for x in shown])
    return Line(
        "",
        _equals(any(is_rounded(x, DIGITS) for x in shown)),
        terms,
        more=[(_equals(not is_exact), result)],
    )


def _equals(is_about: bool) -> str:
    return r"\approx" if is_about else "="


def _told(node: Value, called: Symbol, loss: Symbol | None, names: Mapping[Value, str]) -> str:
    """Return what a node was computed from, as an equation."""
    middle = f"{loss.text} = " if loss is not None else ""
    return f"{called.text} = {middle}{_formula(node, names) or verbatim(formula(node, names=names)).text}"


def _slope(entry: Entry, names: Mapping[Value, str]) -> str:
    """Return the local derivative as a formula; nothing where that is long."""
    node = entry.consumer
    if node.primitive is None or len(node.parents) > MANY:
        return ""
    slope: Any = ""
    with suppress(AutogradError):  # of a derivative that is not finite, inside strict()
        slope = node.primitive.partials(node, *node.parents)[entry.operand]
    if slope == "":
        return ""
    if not isinstance(slope, Value):
        return number(slope)
    if slope is node or not slope.parents or name_of(slope, names):
        return symbol(name).text if (name := name_of(slope, names)) else number(slope.data)
    text = _formula(slope, names)
    return text if r"\dots" not in text else ""


def _formula(node: Value, names: Mapping[Value, str]) -> str:
    """Return what a node was computed from; nothing where that has no notation."""
    if not 0 < len(node.parents) <= MANY:
        return ""
    written = (marked(node, depth, names) for depth in (3, 2, 1))
    text, called = next((one for one in written if len(one[0]) <= WIDTH), marked(node, 1, names))
    marks = {f"_{i}_": Symbol(r"\dots") if name == "..." else symbol(name) for i, name in enumerate(called)}
    first = {name: i for i, name in reversed([*enumerate(called)])}
    text = re.sub(r"\b_(\d+)_\b", lambda mark: f"_{_same(mark, called, first)}_", text)
    try:
        tree = parsed(text, "eval").body
    except (SyntaxError, ValueError):  # somebody writes a primitive in another way
        return ""
    return Typesetter(marks, lambda part: ()).whole(tree).text


def _same(mark: re.Match[str], names: Sequence[str], first: Mapping[str, int]) -> int:
    """Return the first mark with the name of this one, so that equal factors are seen to be equal."""
    i = int(mark[1])
    return first[names[i]] if i < len(names) and names[i] != "..." else i
