"""A document in a terminal, in colour."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

from ...tabular import aligned
from .document import BAD, DOUBTFUL, GOOD, Document, Item, Items, Paragraph, Row, Table
from .text import to_text

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLES = {GOOD: "green", DOUBTFUL: "yellow", BAD: "red"}


def show(document: Document, file: TextIO) -> None:
    """Write a document: in colour where `file` is a terminal and rich is installed, else as plain text."""
    if not _is_terminal(file):
        write(to_text(document), file)
        return
    try:
        from rich.console import Console
    except ImportError:
        write(to_text(document), file)
    else:
        Console(file=file).print(to_rich(document))


def to_rich(document: Document) -> "RenderableType":
    """Return a document as something that rich can print; no text in it is read as markup."""
    from rich.console import Group
    from rich.text import Text

    style = _STYLES.get(document.mood, "")
    title = Text.assemble((document.verdict.upper(), f"bold {style}"), f": {document.why}.")
    return Group(title, *(piece for part in document.words for piece in _pieces(part)))


def _pieces(part: Paragraph | Table | Items) -> "Iterator[RenderableType]":
    from rich.padding import Padding
    from rich.text import Text

    yield Text("")
    if isinstance(part, Paragraph):
        yield Text(part.text)
        return
    if part.title:
        yield Text(f"{part.title}:", style="bold")
    if isinstance(part, Table):
        yield _table(part)
        return
    for i, item in enumerate(part.items):
        mark = f"{i + 1}. " if part.numbered else "- "
        yield Padding(_item(item, mark), (0, 0, 0, 2))


def _item(item: Item, mark: str) -> "RenderableType":
    """Return an entry beside its mark, so that long lines go on below its text."""
    from rich.table import Table as Grid
    from rich.text import Text

    text = Text(item.text, style="bold" if item.details else "")
    for detail in item.details:
        text.append(f"\n{detail}", style="not bold")
    for line in item.lines:
        text.append(f"\n  {line}", style="not bold cyan")
    grid = Grid.grid()
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(mark), text)
    return grid


def _table(table: Table) -> "RenderableType":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    columns = []
    for i, column in enumerate(zip(table.header, *table.rows)):
        title, *cells = column if i < table.left else _to_the_right(column)
        grid.add_column(Text(title), overflow="fold")
        columns.append(cells)
    for row, mood in zip(zip(*columns), table.moods, strict=True):
        grid.add_row(*(Text(cell) for cell in row), style=_STYLES.get(mood, ""))
    return grid


def _to_the_right(column: Row) -> list[str]:
    """Pad the title and the numbers of a column, points below one another; rich would strip them apart."""
    title, *numbers = column
    cells = [title, *aligned(numbers)]
    return [cell.rjust(max(map(len, cells))) for cell in cells]


def _is_terminal(file: Any) -> bool:
    isatty = getattr(file, "isatty", None)
    return isatty is not None and bool(isatty())


def write(text: str, file: TextIO) -> None:
    """Write a text, whatever signs the file knows."""
    encoding = getattr(file, "encoding", None) or "utf-8"
    file.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
