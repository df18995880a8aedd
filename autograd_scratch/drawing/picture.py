"""A drawing that shows itself: in a notebook, in a file, as text."""

import re
from base64 import b64encode
from collections.abc import Container
from functools import cached_property
from html import escape
from pathlib import Path

from ..errors import DrawingError
from .dot import digraph
from .files import write_whole
from .layout import FORMATS, lay_out
from .view import View, described

_NOTEBOOK_WIDTH = 1000.0


class Drawing:
    """A computation graph, drawn.

    `source` is its DOT text and `svg` its picture. In a notebook it shows itself; `save` writes it.
    """

    def __init__(self, view: View, direction: str) -> None:
        self.view = view
        self.source: str = digraph(view, direction).source

    @cached_property
    def svg(self) -> str:
        """The picture as SVG."""
        return lay_out(self.source, "svg").decode()

    def save(self, path: str | Path) -> Path:
        """Write the drawing into a file, of the kind its suffix says: .svg, .png, .pdf, .dot or .gv.

        Nothing is written where the picture cannot be made (DrawingError) or the file cannot be
        written (OutputError).
        """
        path = Path(path)
        form = path.suffix.lower().removeprefix(".")
        if form in ("dot", "gv"):
            content = self.source.encode()
        elif form == "svg":
            content = self.svg.encode()
        elif form in FORMATS:
            content = lay_out(self.source, form)
        else:
            known = ", ".join(f".{known}" for known in (*FORMATS, "dot", "gv"))
            raise DrawingError(f"cannot draw into {path.name!r}: the suffix must be one of {known}")
        write_whole(path, content)
        return path

    def __repr__(self) -> str:
        return f"<drawing of {len(self.view.boxes)} boxes; .save('graph.svg') writes it>"

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """Return the drawing in the types of `include` but not of `exclude`, as IPython asks for it.

        A notebook that is not trusted removes SVG, wherever it stands, and keeps an image with a source.
        """
        try:
            shown = {
                "text/html": self._repr_html_(),
                "image/svg+xml": _fitted(self.svg),
                "text/plain": repr(self),
            }
        except DrawingError as fault:
            shown = {"text/plain": f"{fault}\n\n{self.source}"}
        return {
            kind: content
            for kind, content in shown.items()
            if (not include or kind in include) and (not exclude or kind not in exclude)
        }

    def _repr_html_(self) -> str:
        picture = b64encode(self.svg.encode()).decode()
        return (
            f'<img src="data:image/svg+xml;base64,{picture}" alt="{escape(described(self.view))}" '
            'style="max-width:100%;height:auto">'
        )


def _fitted(svg: str) -> str:
    """Scale a picture that is wider than a notebook, which would cut it off."""
    size = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if size is None or float(size[1]) <= _NOTEBOOK_WIDTH:
        return svg
    height = float(size[2]) * _NOTEBOOK_WIDTH / float(size[1])
    return svg.replace(size[0], f'<svg width="{_NOTEBOOK_WIDTH:.0f}pt" height="{height:.0f}pt"', 1)
