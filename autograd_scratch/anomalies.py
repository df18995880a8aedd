"""Which operation made a number that is not finite out of finite ones.

Infinities and nan spread: once there is one, half the graph has it. What helps is where the first one
came from. It is looked for in this order:

    value       an operation whose operands are finite has a result that is not
    input       a leaf or a constant was infinite or nan from the beginning
    partial     an operation whose operands are finite has a local derivative that is not
    product     in the backward sweep, a finite adjoint times a finite partial overflows
    sum         there, the sum of finite contributions overflows

Inside `strict()` each operation asks as it runs, and `backward()` before it writes; afterwards
`explain_nonfinite` asks a whole graph.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from .errors import NonFiniteError
from .graph import toposort
from .wording import Line, cut, equation, expression, formula, number, users_line

_MANY = 6
_LARGEST = "the largest float, 1.8e308"

Numbers = list[float]


@dataclass(frozen=True, eq=False)
class Finding:
    """Where a number stopped being finite.

    `kind` is one of those above, or 'nothing'. The fault is at `node`, for a partial and in the sweep
    at its `operand` (counted from 0), and made the number `found`. `advice` is a remedy, if one is
    well known. `where` is the line of the program, if it was recorded. The text has it all.
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
    operands = _data(node)
    if not all(map(isfinite, operands)):
        return None
    given = _given(node)
    if not isfinite(node.data):
        what = f"{equation(node)} is {number(node.data)}, though {given}"
        return Finding("value", node, None, node.data, what, _where(node, line), _advice(node, operands))
    position = _bad_partial(node)
    if position is None:
        return None
    found = node.partials[position]
    by = expression(node.parents[position])
    what = f"the local derivative of {formula(node)} by {by} is {number(found)}, though {given}"
    advice = _advice_on_partial(node, operands, position)
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
                adjoints[parent] = parent.grad if accumulating and not parent.parents else 0.0
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
        or _first(_in_input(node, [node.data]) for node in order)
        or _first(map(in_operation, order))
        or _first(_in_input(node, _partials(node)) for node in order)
        or in_sweep(root)
        or _nothing(root)
    )


def _first(findings: Iterable[Finding | None]) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)


def _in_value(node: Any) -> Finding | None:
    return None if isfinite(node.data) else in_operation(node)


def _in_leaf(root: Any) -> Finding | None:
    if root.parents or isfinite(root.data):
        return None
    return Finding("input", root, None, root.data, f"{_leaf(root)} is {number(root.data)}")


def _in_input(node: Any, results: Iterable[float]) -> Finding | None:
    """Say which operand that is not finite made `results` (the value, or partials) that are not."""
    if all(map(isfinite, results)):
        return None
    operands = _data(node)
    position = next(i for i, x in enumerate(operands) if not isfinite(x))
    operand = node.parents[position]
    came = f"{_leaf(operand)} came in as {number(operands[position])}"
    became = f"the first result of it that is not finite: {equation(node)} = {number(node.data)}"
    return Finding(
        "input",
        node,
        position,
        operands[position],
        came,
        _where(node, None),
        _advice(node, operands),
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
        advice = f"A sum of contributions is beyond {_LARGEST}: scale the loss down."
        return Finding("sum", node, position, before + part, what, _where(node, None), advice)
    what = (
        f"{whose} overflows at {equation(node)}: upstream {number(upstream)} times local derivative "
        f"{number(partial)} is {number(part)}"
    )
    advice = (
        f"The product of the local derivatives along a path is beyond {_LARGEST}: start from smaller "
        "weights, or scale inputs down; the paths of explain(loss, w) show the factors."
    )
    return Finding("product", node, position, part, what, _where(node, None), advice)


def _nothing(root: Any) -> Finding:
    what = f"all finite: {expression(root)}, the values below it, the local derivatives, the gradients"
    return Finding("nothing", None, None, root.data, what)


def _data(node: Any) -> Numbers:
    return [parent if parent.__class__ is float else parent.data for parent in node.parents]


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
        f"{expression(parent)} = {parent.data!r}": None
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


def _name(node: Any) -> str:
    return str(node.primitive.name.partition("[")[0])


def _is_ours(node: Any) -> bool:
    """Say whether the primitive is of this package, and not somebody's own of the same name."""
    return str(node.primitive.__module__).startswith(__name__.partition(".")[0] + ".")


def _power(node: Any, operands: Numbers) -> tuple[float, float]:
    """Return base and exponent of a power; sqrt is one."""
    if len(operands) == 2:
        return operands[0], operands[1]
    return operands[0], node.primitive.family[1][0] if node.primitive.family else 0.5


def _advice(node: Any, operands: Numbers) -> str:
    """Return the remedy for a value that is not finite, if one is well known."""
    name, out = _name(node), node.data
    if not _is_ours(node):
        return ""
    for names, applies, remedy in _ADVICE:
        if name in names and applies(out, *operands):
            return remedy
    if name in ("pow", "power"):
        base, exponent = _power(node, operands)
        if base < 0.0 and not exponent.is_integer():
            return "A negative number has no real power with a fraction in the exponent."
        if base == 0.0 and exponent < 0.0:
            return "0 to a negative power divides by 0: keep the base away from 0."
    if name in _OVERFLOWING and abs(out) == inf and all(map(isfinite, operands)):
        return f"The result is beyond {_LARGEST}: scale the numbers down, or compute with logarithms."
    low, high = node.primitive.domain[0]
    if len(operands) == 1 and not low <= operands[0] <= high:
        return f"{name} is defined from {number(low)} to {number(high)}."
    return ""


def _advice_on_partial(node: Any, operands: Numbers, position: int) -> str:
    """Return the remedy for a partial that is not finite, if one is well known."""
    if not _is_ours(node) or _name(node) not in ("sqrt", "pow", "power"):
        return ""
    base, exponent = _power(node, operands)
    if position == 1:
        return (
            "The derivative by the exponent needs the logarithm of the base. An exponent that is not to be "
            "differentiated is written as a plain number: x ** 3."
            if base < 0.0
            else ""
        )
    if base != 0.0 or not 0.0 < exponent < 1.0:
        return ""
    under = node.parents[0].primitive
    if exponent == 0.5 and under is not None and under.name in ("add", "sum", "dot"):
        return (
            "A root is infinitely steep at 0. For the length sqrt(a*a + b*b) use one operation (hypot, "
            "norm), whose derivative at (0, 0) is 0; or add a small number under the root."
        )
    return "A root is infinitely steep at 0: add a small number under it, or keep it away from 0."


_OVERFLOWING = ("add", "sub", "mul", "div", "pow", "power", "sum", "mean", "dot", "prod")

_ADVICE: tuple[tuple[tuple[str, ...], Callable[..., bool], str], ...] = (
    (
        ("exp",),
        lambda out, x: isfinite(x),
        "exp(x) overflows from about x = 709.8 on. In a sigmoid or softplus use the functions of these "
        "names, which do not; in a softmax subtract the largest x from all first (logsumexp).",
    ),
    (
        ("log",),
        lambda out, x: x == 0.0,
        "log(0) is -inf. A loss on logits takes no log of a probability: binary_cross_entropy_with_logits "
        "after a sigmoid's place, log_softmax after a softmax's.",
    ),
    (
        ("div",),
        lambda out, x, y: x == y == 0.0,
        "0 / 0 has no value: find the limit that is meant, and compute it where both are 0.",
    ),
    (
        ("div",),
        lambda out, x, y: y == 0.0,
        "A division by 0: keep the divisor away from 0, as by adding a small number to a positive one.",
    ),
    (
        ("mul", "dot"),
        lambda out, *xs: out != out and 0.0 in xs and (inf in xs or -inf in xs),
        "0 * inf has no value: a factor of 0 does not mask an infinity; choose with `if` instead.",
    ),
    (
        ("add", "sub", "sum", "mean", "dot"),
        lambda out, *xs: out != out and all(x == x for x in xs),
        "inf - inf has no value; where the infinities come from an overflow, scale the numbers down.",
    ),
)
