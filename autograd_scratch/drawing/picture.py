"""A drawing that shows itself: in a notebook, in a file, as text."""

import re
from collections.abc import Container
from functools import cached_property
from os import PathLike
from pathlib import Path

from ..elsewhere import named_elsewhere
from ..errors import DataError, DrawingError
from ..files import write_whole
from ..fragments import image
from ..ieee import describe
from ..signatures import call_form, call_forms
from .dot import Style, digraph, with_own_ids
from .explorer.explored import Explorer, Subject
from .finish import finished
from .layout import FORMATS, PIXELS_AN_INCH, lay_out
from .legend import samples
from .outline import outlined
from .view import View, counted, described

_NOTEBOOK_WIDTH = 1000.0
_SAVE = 'write .save("graph.svg"), or .png, .pdf, .dot'
_LOOK = 'a notebook shows it by itself; elsewhere write .save("graph.svg"), and open that file'
INSTEAD = {  # what people know from the package graphviz, or from other pictures
    **dict.fromkeys(("render", "savefig", "write", "write_svg", "write_png", "png", "pdf"), _SAVE),
    **dict.fromkeys(("view", "show", "display"), _LOOK),
    **dict.fromkeys(
        ("attr", "node", "edge"), "its DOT text is .source, to be changed and given to graphviz"
    ),
    "dot": "its DOT text is .source",
    "html": "a page of it is .explore().html; the picture as text is .svg",
    "format": 'the suffix of the file says it: write .save("graph.png")',
    "pipe": 'the picture as text is .svg; others are files: write .save("graph.png")',
}


@call_forms("save")
@named_elsewhere("a drawing", INSTEAD)
class Drawing:
    """A computation graph, drawn; made by `draw`.

    >>> from autograd_scratch import Value, draw
    >>> drawing = draw(Value(2.0, "a") * 3.0)
    >>> drawing
    <drawing of 3 boxes; .save('graph.svg') writes it>
    >>> drawing.source.startswith("digraph"), drawing.svg.startswith("<?xml")
    (True, True)

    `source` is its DOT text, `svg` its picture, `text` a tree in plain text, `contents` its boxes and
    arrows. In a notebook it shows itself; `save` writes it, and `explore` makes a page to step through.
    """

    @call_form("draw(value)")
    def __init__(self, view: View, style: Style, subject: Subject, dpi: int | None = None) -> None:
        self.contents = view
        self._style = style
        self._subject = subject
        self._dpi = dpi

    @cached_property
    def source(self) -> str:
        """The DOT text."""
        return with_own_ids(digraph(self.contents, self._style).source)

    @cached_property
    def svg(self) -> str:
        """The picture as SVG."""
        boxes = (*self.contents.boxes, *samples(self.contents))
        return finished(lay_out(self.source, "svg").decode(), boxes)

    @property
    def text(self) -> str:
        """The drawing as a tree in plain text, for a terminal."""
        return outlined(self.contents)

    def save(self, path: str | PathLike[str] = "graph.svg") -> Path:
        """Write the drawing into a file, of the kind its suffix says: .svg, .png, .pdf, .dot or .gv.

        With the suffix .html it is a page to step through, as `explore` makes it.
        Nothing is written where the picture cannot be made (DrawingError) or the file cannot be
        written (OutputError).
        """
        if not isinstance(path, (str, PathLike)):
            raise DataError(
                f"a drawing is saved under a file's name, as in .save('graph.svg'), not {describe(path)}"
            )
        path = Path(path)
        form = path.suffix.lower().removeprefix(".")
        if form in ("html", "htm"):
            return self.explore().save(path)
        if form in ("dot", "gv"):
            content = self.source.encode()
        elif form == "svg":
            content = self.svg.encode()
        elif form in FORMATS:
            tables = with_own_ids(digraph(self.contents, self._style, has_tables=True).source)
            content = lay_out(tables, form, self._dpi or PIXELS_AN_INCH)
        else:
            known = ", ".join(f".{known}" for known in (*FORMATS, "dot", "gv", "html"))
            better = f"{path.stem or 'graph'}.svg"
            raise DrawingError(
                f"cannot draw into {path.name!r}: the suffix must be one of {known}; "
                f"write .save({better!r})"
            )
        write_whole(path, content)
        return path

    def explore(self, beside: "Drawing | None" = None) -> Explorer:
        """Return a page that steps through the graph, forwards, backwards, and along its gradients.

        Another drawing stands `beside` it, and both are stepped through at once: before and after a step of
        training, a loss that is wrong and one that is right, tanh and relu. Boxes are the same where their
        names or operations are; the page says where the graphs part, and marks what differs. A leaf is
        dragged in both where it had the same number. The titles of the drawings tell them apart.
        """
        if beside is not None and not isinstance(beside, Drawing):
            raise DataError(
                f"beside a drawing stands another one, as in beside=draw(after), not {describe(beside)}"
            )
        drawings = [drawing for drawing in (self, beside) if drawing is not None]
        return Explorer([drawing._subject for drawing in drawings], drawings)

    def __repr__(self) -> str:
        size = counted(len(self.contents.boxes), "box", "boxes")
        return f"<drawing of {size}; .save('graph.svg') writes it>"

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """Return the drawing in the types of `include` but not of `exclude`, as IPython asks for it."""
        try:
            shown = {
                "text/html": self.image,
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

    def _repr_html_(self) -> str | None:
        """Return the drawing for tools that know HTML alone; None where nothing can lay it out."""
        return self._repr_mimebundle_().get("text/html")

    @property
    def image(self) -> str:
        """The picture as an image with words; an SVG alone vanishes from a notebook not trusted."""
        return image(self.svg, described(self.contents, self._style.title))


def _fitted(svg: str) -> str:
    """Scale a picture that is wider than a notebook, which would cut it off."""
    size = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if size is None or float(size[1]) <= _NOTEBOOK_WIDTH:
        return svg
    height = float(size[2]) * _NOTEBOOK_WIDTH / float(size[1])
    return svg.replace(size[0], f'<svg width="{_NOTEBOOK_WIDTH:.0f}pt" height="{height:.0f}pt"', 1)
