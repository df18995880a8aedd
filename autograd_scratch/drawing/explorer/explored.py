"""A page that shows itself: in a file that any browser opens, and in a notebook."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from ...collector import without_collector
from ...errors import DataError, DrawingError, MissingPackageError
from ...files import write_whole
from ...ieee import describe
from ...optim import SGD, Optimizer
from ...signatures import call_forms
from ...value import Value
from ..figures import Figures
from ..levels import MOST_SCALARS
from ..scalars import Sketch, count
from ..scene import Scene
from .graphs import graph_of, in_json
from .hand import told
from .page import as_html, page
from .updates import refuse_strange

DEFAULT_RATE = 0.1  # of the step in a page, where nobody gave an optimizer
_HEIGHT = 640  # pixels in a notebook
_FRAME = (
    '<iframe srcdoc="{page}" title="{title}" sandbox="allow-scripts" style="width: 100%; '
    'height: {height}px; border: 1px solid rgba(128, 128, 128, 0.4)"></iframe>'
)


class Lesson(Protocol):
    """What a model is trained on in a page, and which Values stand for a row of it and for the weights."""

    @property
    def training(self) -> Mapping[str, Any]: ...
    @property
    def row(self) -> Sequence[Value]: ...
    @property
    def rows(self) -> Sequence[Sequence[float]]: ...
    @property
    def first(self) -> int: ...
    @property
    def inputs(self) -> int: ...
    @property
    def weights(self) -> Sequence[Value]: ...
    @property
    def notes(self) -> Sequence[str]: ...


class Subject:
    """What a page shows: a scene with its numbers of now, and what steps along its gradients and trains.

    Copied or pickled, it is the data of its page.
    """

    def __init__(
        self,
        scene: Scene,
        figures: Figures,
        title: str,
        words: str,
        optimizer: Optimizer | None = None,
        lesson: Lesson | None = None,
        depth: str | None = None,
    ) -> None:
        self.title = title
        self._depth = depth
        self.words = words
        self.scene = scene
        self.figures = figures
        kept = optimizer or SGD(DEFAULT_RATE)
        self._optimizer = kept.with_scopes(kept.scopes())  # a step that is taken later does not count
        self._lesson = lesson
        parents = (parent for node in scene.order for parent in node.parents)
        self._leaves = {x: x.data for x in parents if isinstance(x, Value) and not x.parents}
        if optimizer is not None and lesson is None and self._leaves:
            refuse_strange(optimizer, self._leaves)

    @cached_property
    @without_collector
    def data(self) -> dict[str, Any]:
        """The graph, the rows and the training, and what a report of `compare` tells beside the graph."""
        lesson = self._lesson
        marked = {} if lesson is None else {"row": lesson.row, "weights": lesson.weights}
        graph = graph_of(self.scene, self.figures, self._optimizer, marked, self._leaves)
        rows = lesson and {
            "first": lesson.first,
            "inputs": lesson.inputs,
            "numbers": [[*map(in_json, row)] for row in lesson.rows],
        }
        if lesson is not None:
            graph["notes"] = [*graph.get("notes", ()), *lesson.notes]
        return {
            "graph": {"title": self.title, "depth": self._depth and self._depth.removesuffix("s"), **graph},
            "rows": rows,
            "training": lesson and lesson.training,
            "report": self._report(),
        }

    def _report(self) -> dict[str, Any] | None:
        scene = self.scene
        if scene.report is None:
            return None
        sketch = Sketch(scene, self.figures, tells=False) if count(scene) <= MOST_SCALARS else None
        return told(scene.report, sketch)

    def __getstate__(self) -> dict[str, Any]:
        return {"title": self.title, "words": self.words, "data": self.data}


class Pictured(Protocol):
    """What has a picture, as an element of HTML."""

    @property
    def image(self) -> str: ...


@call_forms("save")
class Explorer:
    """A page that steps through a graph forwards, backwards and along its gradients.

    It is one file, which needs no network. Levels open and close, inputs and weights are dragged, and what
    is selected tells its ledger; everything can be done from the keyboard. In a notebook it shows itself.

    >>> from autograd_scratch import Value, draw
    >>> x = Value(3.0, "x")
    >>> draw(x * x + x).explore()
    <page of a graph of 3 boxes; .save('graph.html') writes it>
    """

    def __init__(self, subjects: Sequence[Subject], pictured: Sequence[Pictured] = ()) -> None:
        self._subjects = subjects
        self._pictured = pictured

    @cached_property
    def content(self) -> dict[str, Any]:
        """All that the page shows, as data."""
        data = [subject.data for subject in self._subjects]
        graphs = [{**own["graph"]} for own in data]
        return {
            "title": self._title(),
            "words": " ".join(subject.words for subject in self._subjects),
            "notes": [note for graph in graphs for note in graph.pop("notes", ())],
            "graphs": graphs,
            **{part: data[0][part] for part in ("rows", "training", "report")},
        }

    def _title(self) -> str:
        first, *others = self._subjects
        titles = [subject.title for subject in self._subjects]
        if others:
            return " and ".join(titles) if all(titles) else first.title or "Two computation graphs"
        return first.title or ("Hand against derived" if first.data["report"] else "Computation graph")

    @cached_property
    def html(self) -> str:
        """The page."""
        return page(self.content)

    def save(self, path: str | PathLike[str] = "graph.html") -> Path:
        """Write the page into a file, whole or not at all (OutputError)."""
        if not isinstance(path, (str, PathLike)):
            raise DataError(
                f"a page is saved under a file's name, as in .save('graph.html'), not {describe(path)}"
            )
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            better = f"{path.stem or 'graph'}.html"
            raise DrawingError(f"a page is a file of HTML: write .save({better!r})")
        write_whole(path, self.html.encode())
        return path

    def __repr__(self) -> str:
        sizes = [f"{len(graph['titles']):,} boxes" for graph in self.content["graphs"]]
        graphs = " and ".join(f"a graph of {size}" for size in sizes)
        return f"<page of {graphs}; .save('graph.html') writes it>"

    def _repr_html_(self) -> str:
        """Return the page in a frame, and a picture for where frames are cut out."""
        frame = _FRAME.format(page=escape(self.html), title=as_html(self.content["title"]), height=_HEIGHT)
        try:
            pictures = "".join(drawing.image for drawing in self._pictured)
        except (
            DrawingError,
            MissingPackageError,
        ):  # nothing here can lay it out, and the page needs no layout
            return frame
        return f"{frame}<details><summary>Picture</summary>{pictures}</details>"
