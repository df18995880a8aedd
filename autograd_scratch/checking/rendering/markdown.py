"""A document as Markdown, as GitHub reads it."""

import re

from .document import Document, Item, Items, Paragraph, Table

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def to_markdown(document: Document) -> str:
    """Return a document as Markdown, a blank line between its parts."""
    title = f"**{escaped(document.verdict)}**: {escaped(document.why)}."
    return "\n\n".join((title, *map(_part, document.words)))


def escaped(text: str) -> str:
    r"""Return a text in which no sign means anything to Markdown.

    >>> print(escaped("a | b * <c>"))
    a \| b \* &lt;c&gt;
    """
    text = re.sub(r"([\\`*_\[\]|~$#])", r"\\\1", text)
    return re.sub("[&<>]", lambda sign: _ENTITIES[sign[0]], text)


def _line(text: str) -> str:
    r"""Return a text as a line of its own, which does not begin a list, nor underline a title.

    >>> print(_line("1. # no heading"))
    1\. \# no heading
    """
    return re.sub(r"^(\s*)(\d*)([-+=]|(?<=\d)[.)])", r"\1\2\\\3", escaped(text))


def _part(part: Paragraph | Table | Items) -> str:
    if isinstance(part, Paragraph):
        return "  \n".join(map(_line, part.text.split("\n")))
    title = f"{escaped(part.title)}:\n\n" if part.title else ""
    if isinstance(part, Items):
        return title + "\n".join(_item(part, i) for i, _ in enumerate(part.items))
    return title + _table(part)


def _table(table: Table) -> str:
    sides = [":--" if i < table.left else "--:" for i in range(len(table.header))]
    rows = [map(escaped, table.header), sides, *(map(escaped, row) for row in table.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _item(items: Items, i: int) -> str:
    item = items.items[i]
    mark = f"{i + 1}. " if items.numbered else "- "
    margin = " " * len(mark)
    lines = [*map(_line, (item.text, *item.details))]
    return mark + f"  \n{margin}".join(lines) + "".join(f"\n{margin}{line}" for line in _code(item))


def _code(item: Item) -> list[str]:
    """Return the formulas between fences that are longer than what stands in them."""
    if not item.formulas:
        return []
    ticks = max(map(len, re.findall("`+", "".join(item.lines))), default=0)
    fence = "`" * max(3, ticks + 1)
    return [fence, *item.lines, fence]
