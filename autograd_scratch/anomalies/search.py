"""Where a number that is not finite is first made out of finite ones: in an operation, a sweep, a graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..errors import NonFiniteError
from ..graph import toposort
from ..primitives import is_node
from ..wording import Line, cut, equation, expression, formula, number, users_line
from .advice import LARGEST, Numbers, remedy, remedy_for_partial

_MANY = 6


@dataclass(frozen=True, eq=False)
class Finding:
    """Where a number stopped being finite.

    `kind` is value, input, partial, product, sum or nothing. The fault is at `node`, for all but a value
    at its operand number `operand`, counted from 0, and made the number `found`. `what` says so in
    words, `outcome` what came of it; `where` is the line of the program, if it was recorded; `advice` is
    a remedy, if one is well known. The whole prints as text.
    """

    kind: str
    node: Any
    operand: int | None
    found: float
    what: str
    where: str = ""
    advice: str = ""
    outcome: str = ""

    def __str__(self) -> str:
        where = f"at {self.where}" if self.where else ""
        return "\n    ".join(filter(None, (self.what, where, self.outcome, self.advice)))

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.what}>"


def check_operation(node: Any) -> None:
    """Raise if this new node's value or a partial is not finite and its operands are; keep its line."""
    line = users_line()
    node.origin = str(line)
    finding = in_operation(node, line)
    if finding is not None:
        raise NonFiniteError(str(finding))


def check_sweep(root: Any) -> None:
    """Raise if `root.backward()` would make a gradient that is not finite out of finite numbers."""
    finding = in_sweep(root, accumulating=True)
    if finding is not None:
        raise NonFiniteError(f"{finding}\n    No gradient was written.")


def in_operation(node: Any, line: Line | None = None) -> Finding | None:
    """Say what an operation made that is not finite, if its operands are."""
    if isfinite(node._data) and all(map(isfinite, node.partials)):
        return None
    operands = _data(node)
    if not all(map(isfinite, operands)):
        return None
    if not isfinite(node._data):
        what = f"{equation(node)} is {number(node._data)}, though {_given(node)}"
        return Finding("value", node, None, node._data, what, _where(node, line), remedy(node, operands))
    position = _bad_partial(node)
    if position is None:
        return None
    found = node.partials[position]
    by = expression(node.parents[position])
    what = f"the local derivative of {formula(node)} by {by} is {number(found)}, though {_given(node)}"
    advice = remedy_for_partial(node, operands, position)
    return Finding("partial", node, position, found, what, _where(node, line), advice)


def in_sweep(root: Any, *, accumulating: bool = False) -> Finding | None:
    """Say where a backward sweep makes an adjoint that is not finite out of finite numbers.

    `accumulating`, it adds to the gradients that the leaves have, as `backward()` does.
    """
    adjoints: dict[Any, float] = {root: 1.0}
    for node in reversed(toposort(root)):
        upstream = adjoints[node]
        for position, (parent, partial) in enumerate(zip(node.parents, node.partials)):
            if parent.__class__ is float:
                continue
            if parent not in adjoints:
                former: Any = parent._grad if accumulating and not parent.parents else 0.0
                adjoints[parent] = former._data if is_node(former) else former
            before, part = adjoints[parent], upstream * partial
            adjoints[parent] = before + part
            if not isfinite(before + part):
                finding = _in_step(node, position, upstream, before)
                if finding is not None:
                    return finding
    return None


def in_graph(root: Any) -> Finding:
    """Say where, below `root`, a number stopped being finite: going forward, then back."""
    order = toposort(root)
    return (
        _first(map(_in_value, order))
        or _in_leaf(root)
        or _first(_in_input(node, [node._data]) for node in order)
        or _first(map(in_operation, order))
        or _first(_in_input(node, _partials(node)) for node in order)
        or in_sweep(root)
        or _nothing(root)
    )


def _first(findings: Iterable[Finding | None]) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)


def _in_value(node: Any) -> Finding | None:
    return None if isfinite(node._data) else in_operation(node)


def _in_leaf(root: Any) -> Finding | None:
    if root.parents or isfinite(root._data):
        return None
    return Finding("input", root, None, root._data, f"{_leaf(root)} is {number(root._data)}")


def _in_input(node: Any, results: Iterable[float]) -> Finding | None:
    """Say which operand that is not finite made `results` (the value, or partials) that are not."""
    if all(map(isfinite, results)):
        return None
    operands = _data(node)
    position = next(i for i, x in enumerate(operands) if not isfinite(x))
    operand = node.parents[position]
    came = f"{_leaf(operand)} came in as {number(operands[position])}"
    became = f"the first result of it that is not finite: {equation(node)} = {number(node._data)}"
    return Finding(
        "input",
        node,
        position,
        operands[position],
        came,
        _where(node, None),
        remedy(node, operands),
        became,
    )


def _in_step(node: Any, position: int, upstream: float, before: float) -> Finding | None:
    """Say whether one step of a sweep made its result not finite out of finite numbers, and how."""
    partial = node.partials[position]
    part = upstream * partial
    if not (isfinite(upstream) and isfinite(before)):
        return None
    if not isfinite(partial):
        return in_operation(node)
    whose = f"the gradient of {expression(node.parents[position])}"
    if isfinite(part):
        what = f"{whose} overflows: {number(before)} + {number(part)}, added at {equation(node)}"
        advice = f"A sum of contributions is beyond {LARGEST}: scale the loss down."
        return Finding("sum", node, position, before + part, what, _where(node, None), advice)
    what = (
        f"{whose} overflows at {equation(node)}: upstream {number(upstream)} times local derivative "
        f"{number(partial)} is {number(part)}"
    )
    advice = (
        f"The product of the local derivatives along a path is beyond {LARGEST}: start from smaller "
        "weights, or scale inputs down; the paths of explain(loss, w) show the factors."
    )
    return Finding("product", node, position, part, what, _where(node, None), advice)


def _nothing(root: Any) -> Finding:
    what = f"all finite: {expression(root)}, the values below it, the local derivatives, the gradients"
    return Finding("nothing", None, None, root._data, what)


def _data(node: Any) -> Numbers:
    return [parent if parent.__class__ is float else parent._data for parent in node.parents]


def _partials(node: Any) -> Numbers:
    """Return the partials by nodes: those by constants go nowhere."""
    return [
        partial for parent, partial in zip(node.parents, node.partials) if parent.__class__ is not float
    ]


def _bad_partial(node: Any) -> int | None:
    return next(
        (
            position
            for position, (parent, partial) in enumerate(zip(node.parents, node.partials))
            if parent.__class__ is not float and not isfinite(partial)
        ),
        None,
    )


def _given(node: Any) -> str:
    """Tell the operands of a node, each once, with their numbers."""
    told = {
        f"{expression(parent)} = {parent._data!r}": None
        for parent in node.parents
        if parent.__class__ is not float and (parent.name or parent.primitive is not None)
    }
    if not told:
        return "its operands are finite"
    shown = list(told)[:_MANY]
    rest = [f"{len(told) - _MANY:,} more"] if len(told) > _MANY else []
    return f"{', '.join(shown + rest)} {'is' if len(told) == 1 else 'are'} finite"


def _leaf(operand: Any) -> str:
    if operand.__class__ is float:
        return "a constant"
    if operand.primitive is not None:
        return f"{expression(operand)}, made inside no_grad() or released since,"
    return f"the leaf {cut(str(operand.name), 40)}" if operand.name else "a leaf without name"


def _where(node: Any, line: Line | None) -> str:
    if line is None:
        return node.origin or ""
    return f"{line}: {cut(line.source, 100)}" if line.source else str(line)
