"""A document as HTML, every text in it escaped.

There are two forms of one content: a page of its own, with a style sheet, and a part of a notebook, where
nothing is certain to be left but plain elements: what cleans a page that is not trusted takes style sheets
away, and often all attributes. So no meaning lies in a colour or a place alone.
"""

import re
from collections.abc import Iterable
from html import escape

from ...fragments import frame
from .document import Document, Excerpt, Item, Paragraph, Part, Table
from .style import INLINE, POLICY, SHEET

_ARROW = "\N{RIGHTWARDS ARROW}"


def to_html(document: Document) -> str:
    """Return a document as the HTML that a notebook shows.

    >>> to_html(Document("right", "1 < 2", "", (Paragraph("a & b"),)))
    '<div><p><b>RIGHT</b>: 1 &lt; 2.</p><p>a &amp; b</p></div>'
    """
    write = _Part()
    verdict = write.element("b", escape(document.verdict.upper()), document.mood)
    return f"<div><p>{verdict}: {escape(document.why)}.</p>{write.all(document.parts)}</div>"


def to_page(document: Document) -> str:
    """Return a document as a page of its own, which asks for nothing from elsewhere, and runs nothing."""
    write = _Page()
    verdict = write.element("b", escape(document.verdict.upper()), document.mood)
    why = escape(document.why)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(document.verdict.upper())}: {why}</title>\n<style>{SHEET}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{verdict} {why}.</h1>\n{write.all(document.parts)}\n"
        f"<footer><p>{escape(document.reading)}</p></footer>\n</main>\n"
        "</body>\n</html>\n"
    )


def _prose(text: str) -> str:
    """Return a text in which what stands between backticks is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


class _Part:
    """Writes what goes into a notebook: the kind of an element is its style."""

    heading = "h4"

    def attribute(self, kind: str) -> str:
        """Return how the kind of an element is written."""
        return f' style="{INLINE[kind]}"' if kind in INLINE else ""

    def scrolled(self, inside: str, label: str, rows: int = 0) -> str:
        """Return something wide, which is moved below a narrow window, or high."""
        return f'<div style="{frame(rows)}">{inside}</div>'

    def element(self, tag: str, inside: str, kind: str = "", more: str = "") -> str:
        """Return an element around what is escaped already."""
        return f"<{tag}{more}{self.attribute(kind)}>{inside}</{tag}>"

    def all(self, parts: Iterable[Part]) -> str:
        """Return all parts."""
        return "".join(map(self._part, parts))

    def _part(self, part: Part) -> str:
        if isinstance(part, Paragraph):
            return f"<p>{_prose(part.text).replace(chr(10), '<br>')}</p>"
        title = f"<{self.heading}>{_prose(part.title)}</{self.heading}>" if part.title else ""
        if isinstance(part, Excerpt):
            return title + self._source(part)
        if isinstance(part, Table):
            return title + self._table(part) + self._meanings(part)
        tag = "ol" if part.numbered else "ul"
        return f"{title}<{tag}>{''.join(map(self._item, part.items))}</{tag}>"

    def _source(self, excerpt: Excerpt) -> str:
        """Return lines of source with their numbers, the marked one bold and behind an arrow."""
        width = len(str(excerpt.first + len(excerpt.lines)))
        written = []
        for number, line in enumerate(excerpt.lines, excerpt.first):
            is_marked = number == excerpt.marked
            text = f"{_ARROW if is_marked else ' '} {number:{width}}  {line}\n"
            written.append(f"<b>{escape(text)}</b>" if is_marked else f"<span>{escape(text)}</span>")
        return self.scrolled(f"<pre>{''.join(written)}</pre>", excerpt.title)

    def _table(self, table: Table) -> str:
        titles = (
            f'<abbr title="{escape(meaning)}">{escape(title)}</abbr>'
            for title, meaning in zip(table.header, table.meanings, strict=True)
        )
        kinds = ("words" if i < table.left else "number" for i in range(len(table.header)))
        heads = (self._cell("th", title, kind, "col") for title, kind in zip(titles, kinds))
        rows = "".join(
            f"<tr>{self._row(table, row, mood)}</tr>"
            for row, mood in zip(table.rows, table.moods, strict=True)
        )
        return self._framed(table.caption, "".join(heads), rows, len(table.rows))

    def _row(self, table: Table, row: tuple[str, ...], mood: str) -> str:
        """Return the cells of a row: the first names it, and the last of the words is its verdict."""
        cells = []
        for i, text in enumerate(map(escape, row)):
            inside = self.element("b", text, mood) if mood and i == table.left - 1 else text
            kind = "words" if i < table.left else "number"
            cells.append(self._cell("td" if i else "th", inside, kind, "" if i else "row"))
        return "".join(cells)

    def _cell(self, tag: str, inside: str, kind: str, scope: str = "") -> str:
        return self.element(tag, inside, kind, f' scope="{scope}"' if scope else "")

    def _framed(self, caption: str, heads: str, rows: str, count: int = 0) -> str:
        told = self.element("caption", f"<span>{escape(caption)}</span>", "words")
        inside = f"{told}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
        return self.scrolled(f"<table>{inside}</table>", caption, count)

    def _meanings(self, table: Table) -> str:
        """Return what the columns mean, for who cannot point at their titles."""
        pairs = zip(map(escape, table.header), map(escape, table.meanings), strict=True)
        listed = "".join(f"<dt>{title}</dt><dd>{meaning}</dd>" for title, meaning in pairs)
        return f"<details{self.unfolded}><summary>What the columns say</summary><dl>{listed}</dl></details>"

    unfolded = ""

    def _item(self, item: Item) -> str:
        text = f"<b>{_prose(item.text)}</b>" if item.details else _prose(item.text)
        lines = "<br>".join((text, *map(_prose, item.details)))
        return f"<li>{lines}{self._formulas(item)}</li>"

    def _formulas(self, item: Item) -> str:
        """Return formulas side by side, under their labels."""
        labels = [*dict.fromkeys(label for label, _ in item.formulas)]
        if not labels:
            return ""
        codes = [f"<code>{escape(formula)}</code>" for _, formula in item.formulas]
        rows = zip(*[iter(codes)] * len(labels))
        heads = "".join(self._cell("th", escape(label), "formula", "col") for label in labels)
        body = "".join(
            f"<tr>{''.join(self._cell('td', code, 'formula') for code in row)}</tr>" for row in rows
        )
        return self._framed(item.caption, heads, body)


class _Page(_Part):
    """Writes what goes into a page of its own: the kind of an element is its class."""

    heading = "h2"
    unfolded = " open"

    def attribute(self, kind: str) -> str:
        return f' class="{kind}"' if kind else ""

    def scrolled(self, inside: str, label: str, rows: int = 0) -> str:
        """Return something wide, which can be moved by keys as well."""
        return f'<div class="scroll" role="region" aria-label="{escape(label)}" tabindex="0">{inside}</div>'
