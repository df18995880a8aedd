"""A drawing that shows itself: in a notebook, in a file, as text."""

import re
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import DrawingError, OutputError
from ..signatures import call_form, call_forms
from ..tab import hiding
from .dot import digraph
from .layout import FORMATS, lay_out
from .view import View

_NOTEBOOK_WIDTH = 1000.0


@hiding("view")
@call_forms("save")
class Drawing:
    """A computation graph, drawn; made by `draw`.

    >>> from autograd_scratch import Value, draw
    >>> drawing = draw(Value(2.0, "a") * 3.0)
    >>> drawing
    <drawing of 3 boxes; .save('graph.svg') writes it>
    >>> drawing.source.startswith("digraph"), drawing.svg.startswith("<?xml")
    (True, True)

    `source` is its DOT text and `svg` its picture. In a notebook it shows itself; `save` writes it.
    """

    @call_form("draw(value)")
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
        _write(path, content)
        return path

    def __repr__(self) -> str:
        return f"<drawing of {len(self.view.boxes)} boxes; .save('graph.svg') writes it>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {"image/svg+xml": _fitted(self.svg), "text/plain": repr(self)}
        except DrawingError as fault:
            return {"text/plain": f"{fault}\n\n{self.source}"}


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except (OSError, ValueError) as fault:
        with suppress(OSError, ValueError):
            beside.unlink()
        raise OutputError(
            f"cannot write {path}: {getattr(fault, 'strerror', None) or fault}; name a file in a folder "
            "that exists and may be written"
        ) from fault


def _fitted(svg: str) -> str:
    """Scale a picture that is wider than a notebook, which would cut it off."""
    size = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if size is None or float(size[1]) <= _NOTEBOOK_WIDTH:
        return svg
    height = float(size[2]) * _NOTEBOOK_WIDTH / float(size[1])
    return svg.replace(size[0], f'<svg width="{_NOTEBOOK_WIDTH:.0f}pt" height="{height:.0f}pt"', 1)
