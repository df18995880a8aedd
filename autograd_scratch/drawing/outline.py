"""A drawing in plain text: a tree from each output back to what it was computed from.

What is used more than once is told where it comes first, and named afterwards.
"""

from collections import defaultdict
from collections.abc import Iterator

from .view import Box, Row, View

MOST_LINES = 2_000


def outlined(view: View) -> str:
    """Return a view as text, in the signs of ASCII as far as names have no others.

    >>> from autograd_scratch import Value, draw
    >>> x = Value(3.0, "x")
    >>> y = (x * x + 1.0).named("y")
    >>> y.backward()
    >>> print(draw(y).text)
    y = +: 10, grad 1
    |-- 1  *: 9, grad 1
    |   |-- 3  x: 3, grad 6
    |   `-- 3  x, as above
    `-- .  1
    """
    lines: list[str] = []
    for line in _lines(view):
        if len(lines) == MOST_LINES:
            lines.append("... and more")
            break
        lines.append(line)
    return "\n".join([*lines, *view.notes])


def _lines(view: View) -> Iterator[str]:
    """Yield the lines of all trees, without recursion, as graphs are deep."""
    boxes = {box.id: box for box in view.boxes}
    tails: defaultdict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for edge in view.edges:
        port = edge.head_port if boxes[edge.head].operands else ""
        tails[edge.head].setdefault((edge.tail, port))
    used = {edge.tail for edge in view.edges}
    told: set[str] = set()
    roots = [box.id for box in view.boxes if box.kind == "output" or box.id not in used]
    pending = [(root, "", "", "") for root in reversed(roots)]
    while pending:
        name, before, below, local = pending.pop()
        box = boxes[name]
        if name in told:
            if before or local:
                yield f"{before}{local}{_title(box)}, as above"
            continue
        told.add(name)
        yield f"{before}{local}{_title(box, is_whole=True)}"
        inner = [*tails[name]]
        yield from _rows(box, below + ("|   " if inner else "    "))
        locals_ = {cell.port: f"{cell.text}  " for cell in box.operands}
        for i, (tail, port) in reversed([*enumerate(inner)]):
            is_last = i == len(inner) - 1
            branch, further = ("`-- ", "    ") if is_last else ("|-- ", "|   ")
            pending.append((tail, below + branch, below + further, locals_.get(port, "")))


def _title(box: Box, is_whole: bool = False) -> str:
    """Return what a box is called; with `is_whole` also the numbers that stand in its rows."""
    rows = box.rows if box.rows else box.table[-1:]
    first, *others = rows
    if not is_whole:
        return _joined(first)
    return ": ".join(filter(None, (_joined(first), ", ".join(map(_joined, (*others, *box.below))))))


def _rows(box: Box, before: str) -> Iterator[str]:
    """Yield the table of a box, its columns in line."""
    widths = [max(len(cell.text) for cell in column) for column in zip(*box.table)]
    for row in box.table if box.rows else box.table[:-1]:
        cells = (
            cell.text.rjust(width) if cell.role in ("data", "grad") else cell.text.ljust(width)
            for cell, width in zip(row, widths)
        )
        yield (before + "  ".join(cells)).rstrip()


def _joined(row: Row) -> str:
    """Return the cells of a row, the gradient by its name."""
    return ", ".join(
        f"grad {cell.text}" if cell.role == "grad" and "grad" not in cell.text else cell.text
        for cell in row
    )
