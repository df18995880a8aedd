"""A box as a table of Graphviz's HTML, for PNG and PDF: colours and bold text as an SVG has them.

The embedded Graphviz, which knows SVG alone, has no such tables; those that make the other forms have.
"""

from collections.abc import Sequence
from html import escape

from .finish import BOLD, COLOURS
from .records import visible
from .view import Box, Cell, Row

_ALIGNED = {"data": "right", "grad": "right"}


def table(box: Box, look: dict[str, str], direction: str) -> str:
    """Return the label of a box: its operands where arrows enter, and its rows, as in a record.

    >>> box = Box("v0", "input", ((Cell("x", "name"),), (Cell("3", "data"), Cell("6", "grad"))))
    >>> table(box, {"shape": "record", "fillcolor": "#d9f0d3"}, "LR").count("<tr>")
    2
    """
    if look["shape"] in ("plaintext", "box"):
        return f"<{_escaped(' '.join(box.texts))}>"
    body = [*box.rows, *box.table, *box.below]
    grid = _beside(box.operands, body) if direction == "LR" else _above(box.operands, body)
    rows = "".join(f"<tr>{''.join(cells)}</tr>" for cells in grid)
    border = "3" if "penwidth" in look else "1"
    rounded = "rounded" if look["shape"] == "Mrecord" else ""
    settings = {
        "border": "0" if box.operands and border == "1" else border,
        "color": "#555555",
        "bgcolor": look["fillcolor"],
        "style": ",".join(filter(None, (rounded, look.get("style", "").partition(",")[2]))),
        "cellspacing": "0",
        "cellpadding": "4",
        # lines between all rows would cross cells that go over several
        **({"cellborder": "1"} if box.operands else {"cellborder": "0", "rows": "*", "columns": "*"}),
    }
    written = " ".join(f'{key}="{text}"' for key, text in settings.items() if text)
    return f"<<table {written}>{rows}</table>>"


def _escaped(text: str) -> str:
    r"""Return a text for a cell, which is not empty; `\N` stays as it is."""
    return escape(visible(text)).replace("\\", "&#92;") or " "


def _beside(operands: Row, body: Sequence[Row]) -> list[list[str]]:
    """Return cells with operands at the left of the rows; the last of what is less goes on downwards."""
    width, height = max(map(len, body)), max(len(operands), len(body))
    grid: list[list[str]] = [[] for _ in range(height)]
    for i, cell in enumerate(operands):
        grid[i].append(_cell(cell, 1, height - i if i == len(operands) - 1 else 1))
    for i, row in enumerate(body):
        grid[i] += _row(row, width, height - i if i == len(body) - 1 else 1)
    return grid


def _above(operands: Row, body: Sequence[Row]) -> list[list[str]]:
    width = max(map(len, (operands, *body)))
    return [_row(row, width, 1) for row in (operands, *body) if row]


def _row(row: Row, width: int, height: int) -> list[str]:
    """Return the cells of a row, of which the last goes on to the right."""
    return [_cell(cell, width - i if i == len(row) - 1 else 1, height) for i, cell in enumerate(row)]


def _cell(cell: Cell, width: int, height: int) -> str:
    text = _escaped(cell.text)
    if cell.role in BOLD:
        text = f"<b>{text}</b>"
    if cell.role in COLOURS:
        text = f'<font color="{COLOURS[cell.role]}">{text}</font>'
    spans = f' colspan="{width}"' * (width > 1) + f' rowspan="{height}"' * (height > 1)
    port = f' port="{cell.port}"' if cell.port else ""
    side = _ALIGNED.get(cell.role, "center") if width == 1 else "center"
    return f'<td{port}{spans} align="{side}">{text}</td>'
