"""Equations in lines: aligned at their signs, long sums broken, with remarks at the right."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WIDTH = 64  # signs in a line, about
INVISIBLE = re.compile(r"\\(?:left|right|mathrm|mathtt|mathbf|text|operatorname|frac|begin|end|quad)\b|\\,")


@dataclass
class Line:
    """An equation: what is told, the sign, the terms of what it is with their signs, and a remark.

    `more` are what it is equal to further, each with its sign: its numbers, and its result.
    """

    left: str
    sign: str
    terms: Sequence[str]
    remark: str = ""
    more: Sequence[tuple[str, str]] = ()
    is_apart: bool = False  # whether there is room above it


@dataclass
class Group:
    """Lines that belong together, as those of a loop, with a brace at their right, and a remark there."""

    lines: "Sequence[Line | Group]"
    remark: str
    is_apart: bool = False


def aligned(lines: Iterable[Line | Group]) -> str:
    r"""Return lines as one aligned block.

    >>> print(aligned([Line("z", "=", ["w x", "+ b"]), Line("p", "=", ["\\tanh(z)"], "t = 1")]))
    \begin{aligned}
    z &= w x + b \\
    p &= \tanh(z) && t = 1
    \end{aligned}
    """
    rows: list[str] = []
    for line in lines:
        if rows:
            rows[-1] += r" \\[2ex]" if line.is_apart else r" \\"
        if isinstance(line, Group):
            inner = aligned(line.lines)
            rows.append(rf"&\left.{inner}\;\right\}}\; {line.remark}")
        else:
            rows.append(" \\\\\n".join(_rows(line)))
    return "\n".join([r"\begin{aligned}", *rows, r"\end{aligned}"])


def _rows(line: Line) -> Iterator[str]:
    first, *others = _packed(line.terms)
    row = f"{line.left} &{line.sign} {first}".strip()
    width = visible(line.left) + visible(first)
    remark = f" && {line.remark}" if line.remark else ""
    for other in others:
        yield row + remark
        row, remark, width = rf"&\quad {{}}{other}", "", visible(other)
    for sign, text in line.more:
        if width + visible(text) > WIDTH:
            yield row + remark
            row, remark, width = f"&{sign} {text}", "", visible(text)
        else:
            row, width = f"{row} {sign} {text}", width + visible(text) + 2
    yield row + remark


def _packed(terms: Sequence[str]) -> list[str]:
    """Return terms in as few rows as have room for them."""
    rows = [terms[0]]
    for term in terms[1:]:
        if visible(rows[-1]) + visible(term) <= WIDTH:
            rows[-1] += f" {term}"
        else:
            rows.append(term)
    return rows


def visible(text: str) -> int:
    r"""Return about how many signs of a text are seen.

    >>> visible("\\frac{\\partial L}{\\partial z} + x_{12}")
    8
    """
    seen = re.sub(r"\\[a-zA-Z]+|\\.", "x", INVISIBLE.sub("", text))
    return len(re.sub(r"[{}_^&\s]", "", seen))
