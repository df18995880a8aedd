"""A document as HTML, every text in it escaped."""

from html import escape

from ...ledger.tables import html_table
from .document import BAD, DOUBTFUL, GOOD, Document, Item, Items, Paragraph, Part

_STYLES = {GOOD: "color: #1a7f37", DOUBTFUL: "color: #9a6700", BAD: "color: #cf222e"}


def to_html(document: Document) -> str:
    """Return a document as the HTML that a notebook shows.

    >>> to_html(Document("wrong", "W < 0", BAD, (Paragraph("a & b"),)))
    '<p style="color: #cf222e"><b>wrong</b>: W &lt; 0.</p><p>a &amp; b</p>'
    """
    style = _STYLES.get(document.mood, "")
    title = f'<p style="{style}"><b>{escape(document.verdict)}</b>: {escape(document.why)}.</p>'
    return title + "".join(map(_part, document.parts))


def to_page(document: Document) -> str:
    """Return a document as a page of its own."""
    title = f"<title>{escape(document.verdict)}</title>"
    head = f'<head><meta charset="utf-8">{title}</head>'
    return f"<!DOCTYPE html>\n<html>{head}<body>{to_html(document)}</body></html>"


def _part(part: Part) -> str:
    if isinstance(part, Paragraph):
        return f"<p>{escape(part.text).replace(chr(10), '<br>')}</p>"
    if isinstance(part, Items):
        tag = "ol" if part.numbered else "ul"
        title = f"<p>{escape(part.title)}:</p>" if part.title else ""
        return f"{title}<{tag}>{''.join(map(_item, part.items))}</{tag}>"
    styles = [_STYLES.get(mood, "") for mood in part.moods]
    return html_table(part.title, part.header, part.rows, None, part.left, styles)


def _item(item: Item) -> str:
    lines = "<br>".join(map(escape, (item.text, *item.details)))
    code = f"<pre>{escape(chr(10).join(item.lines))}</pre>" if item.formulas else ""
    return f"<li>{lines}{code}</li>"
