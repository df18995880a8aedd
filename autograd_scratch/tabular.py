"""How rows of a table are laid out: as text, with aligned numbers."""

from collections.abc import Sequence

Row = Sequence[str]


def text_table(header: Row, rows: Sequence[Row], last: Row | None, left: int) -> list[str]:
    """Return the lines of a table whose first `left` columns are texts, and the others numbers.

    There is at least one row, or a `last` one, which is set apart.

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
    columns = list(zip(*rows, *filter(None, (last,))))
    cells = [_padded(column) if i < left else aligned(column) for i, column in enumerate(columns)]
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
    lines = [titles, rule, *body] if last is None else [titles, rule, *body[:-1], rule, body[-1]]
    return ["  ".join(line).rstrip() for line in lines]


def _padded(column: Sequence[str]) -> list[str]:
    width = max(map(len, column))
    return [cell.ljust(width) for cell in column]


def aligned(column: Sequence[str]) -> list[str]:
    """Pad numbers so that their points are below one another."""
    whole = [len(cell.partition("e")[0].partition(".")[0]) for cell in column]
    before = max(whole)
    padded = [" " * (before - size) + cell for size, cell in zip(whole, column)]
    return _padded(padded)
