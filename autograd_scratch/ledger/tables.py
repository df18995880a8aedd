"""How rows of a ledger are laid out: as text with aligned numbers, and as HTML."""

from collections.abc import Sequence
from html import escape

Row = Sequence[str]


def text_table(header: Row, rows: Sequence[Row], last: Row, left: int) -> list[str]:
    """Return the lines of a table whose first `left` columns are texts, and the others numbers.

    >>> lines = text_table(["use", "local"], [["x * y", "2"], ["x", "-0.25"]], ["sum", "1.75"], 1)
    >>> for line in lines:
    ...     print(line)
    use    local
    -----  -----
    x * y   2
    x      -0.25
    -----  -----
    sum     1.75
    """
    columns = list(zip(*rows, last))
    cells = [_padded(column) if i < left else _aligned(column) for i, column in enumerate(columns)]
    widths = [max(len(title), len(column[0])) for title, column in zip(header, cells)]
    body = [
        [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        for row in zip(*cells)
    ]
    titles = [
        t.ljust(width) if i < left else t.rjust(width) for i, (t, width) in enumerate(zip(header, widths))
    ]
    rule = ["-" * width for width in widths]
    return ["  ".join(row).rstrip() for row in (titles, rule, *body[:-1], rule, body[-1])]


def html_table(caption: str, header: Row, rows: Sequence[Row], last: Row, left: int) -> str:
    """Return an HTML table, everything in it escaped."""

    def line(row: Row, tag: str) -> str:
        sides = ("left" if i < left else "right" for i in range(len(row)))
        cells = (
            f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>' for cell, side in zip(row, sides)
        )
        return f"<tr>{''.join(cells)}</tr>"

    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead>{line(header, 'th')}</thead>"
        f"<tbody>{''.join(line(row, 'td') for row in rows)}</tbody>"
        f"<tfoot>{line(last, 'th')}</tfoot></table>"
    )


def _padded(column: Sequence[str]) -> list[str]:
    width = max(map(len, column))
    return [cell.ljust(width) for cell in column]


def _aligned(column: Sequence[str]) -> list[str]:
    """Pad numbers so that their points are below one another."""
    whole = [len(cell.partition("e")[0].partition(".")[0]) for cell in column]
    before = max(whole)
    padded = [" " * (before - size) + cell for size, cell in zip(whole, column)]
    return _padded(padded)
