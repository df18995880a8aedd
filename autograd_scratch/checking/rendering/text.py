"""A document as plain text."""

from ...tabular import text_table
from .document import Document, Items, Paragraph, Table


def to_text(document: Document) -> str:
    """Return a document as text, a blank line between its parts."""
    title = f"{document.verdict.upper()}: {document.why}."
    return "\n\n".join((title, *("\n".join(_lines(part)) for part in document.words)))


def _lines(part: Paragraph | Table | Items) -> list[str]:
    if isinstance(part, Paragraph):
        return [part.text]
    title = [f"{part.title}:"] if part.title else []
    if isinstance(part, Items):
        return [*title, *(line for i, _ in enumerate(part.items) for line in _item(part, i))]
    return [*title, *text_table(part.header, part.rows, None, part.left)]


def _item(items: Items, i: int) -> list[str]:
    """Return the lines of an entry, those after the first below its text."""
    item = items.items[i]
    mark = f"{i + 1}. " if items.numbered else "- "
    below = [*item.details, *(f"  {line}" for line in item.lines)]
    return [f"  {mark}{item.text}", *(f"  {'':{len(mark)}}{line}" for line in below)]
