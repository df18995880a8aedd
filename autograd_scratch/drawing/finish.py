"""The SVG of a layout program, finished: gradients and local derivatives in colours of their own.

A record has one colour of text in DOT. In the SVG each field is a text of its own, in the order of the
record, so what it is for decides.
"""

import re
from collections.abc import Iterable

from .records import roles
from .view import Box

COLOURS = {"grad": "#a33b00", "local": "#6a3d9a"}
BOLD = ("name",)


def finished(svg: str, boxes: Iterable[Box]) -> str:
    """Return an SVG with the colours of all cells, and which is never wider than the page it is in."""
    svg = re.sub(
        r'<svg width="[^"]*" height="[^"]*"', r'\g<0> style="max-width:100%;height:auto"', svg, count=1
    )
    by_id = {box.id: roles(box) for box in boxes}

    def of_box(found: re.Match[str]) -> str:
        box = by_id.get(found[1])
        texts = found[0].count("<text ")
        if box is None or len(box) != texts:
            return found[0]
        each = iter(box)
        return re.sub(
            r"<text ([^>]*?)( fill=\"[^\"]*\")?>", lambda text: _coloured(text, next(each)), found[0]
        )

    return re.sub(
        r'<g id="g[0-9a-f]{8}_(\w+)" class="node">.*?(?=\n<!-- |\n</g>\n</svg>)', of_box, svg, flags=re.S
    )


def _coloured(text: re.Match[str], role: str) -> str:
    colour = f' fill="{COLOURS[role]}"' if role in COLOURS else text[2] or ""
    weight = ' font-weight="bold"' if role in BOLD else ""
    return f"<text {text[1]}{colour}{weight}>"
