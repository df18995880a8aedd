"""What a notebook shows: pieces of HTML, with every text in them escaped.

A notebook that somebody else opens is not trusted: scripts, style sheets, ids and drawn shapes are cut out
of it, and of inline styles only plain values stay. So these are elements with such styles; their text has
the colour of the page, by day and by night, and what is long stands in a box of bounded height.
"""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from .tabular import Row
from .wording import printable

CELL = "padding: 0.25em 0.7em"
_ROWS = 25  # of a table without a box
_OPEN = 40  # lines of a text that is not folded
_LINES, _SIGNS = 400, 200  # of a text that are shown
_WIDE = "overflow-x: auto"  # something that may be wider than the page
_BOX = "max-height: 30em; overflow: auto"
_LINE = "1px solid rgba(128, 128, 128, 0.4)"


def text(thing: object) -> str:
    r"""Return a text as HTML, on one line and without control characters.

    >>> text("a <b>\n& c")
    'a &lt;b&gt; &amp; c'
    """
    return escape(printable(thing))


def frame(rows: int) -> str:
    """Return the style of what is around a table: one of many rows is in a box.

    >>> frame(3), frame(1_000)
    ('overflow-x: auto', 'max-height: 30em; overflow: auto')
    """
    return _BOX if rows > _ROWS else _WIDE


def html_table(caption: str, header: Row, rows: Sequence[Row], last: Row | None, left: int) -> str:
    """Return a table whose first `left` columns are texts, and the others numbers; a long one in a box.

    Spaces in texts stay.

    >>> html_table("", ["x"], [["<"]], None, 1).count("&lt;")
    1
    """
    sides = [
        f"{CELL}; white-space: pre-wrap; text-align: {'left' if i < left else 'right'}"
        for i in range(len(header))
    ]

    def line(row: Row, tag: str, more: str = "") -> str:
        cells = (f'<{tag} style="{side}{more}">{text(cell)}</{tag}>' for side, cell in zip(sides, row))
        return f"<tr>{''.join(cells)}</tr>"

    title = f'<caption style="{CELL}; text-align: left">{text(caption)}</caption>' if caption else ""
    head = f"<thead>{line(header, 'th', f'; border-bottom: {_LINE}')}</thead>"
    body = f"<tbody>{''.join(line(row, 'td') for row in rows)}</tbody>"
    foot = f"<tfoot>{line(last, 'th', f'; border-top: {_LINE}')}</tfoot>" if last else ""
    table = f'<table style="border-collapse: collapse; margin: 0">{title}{head}{body}{foot}</table>'
    return f'<div style="{frame(len(rows))}">{table}</div>'


def folded_text(title: str, lines: Sequence[str], elsewhere: str) -> str:
    """Return lines of code under their title, open if they are few; of many the first.

    `elsewhere` says where the others are.

    >>> "1 &lt; 2" in folded_text("a text", ["1 < 2"], "print it")
    True
    """
    shown = [line if len(line) <= _SIGNS else f"{line[:_SIGNS]} ..." for line in lines[:_LINES]]
    is_short = len(lines) <= _OPEN
    size = "" if is_short else f", {len(lines):,} lines"
    left_out = len(lines) - _LINES
    more = f"<p>{text(f'... {left_out:,} more lines; {elsewhere}')}</p>" if left_out > 0 else ""
    return (
        f"<details{' open' * is_short}><summary>{text(title)}{size}</summary>"
        f'<div style="{_BOX}"><pre style="margin: 0">{chr(10).join(map(text, shown))}</pre>{more}</div>'
        "</details>"
    )


def image(svg: str, words: str) -> str:
    """Return a picture, and the words for who cannot see it; never wider than the page.

    >>> image("<svg/>", 'a "b"')
    '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="a &quot;b&quot;" style="max-width: 100%; \
height: auto">'
    """
    content = b64encode(svg.encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{content}" alt="{text(words)}" '
        'style="max-width: 100%; height: auto">'
    )
