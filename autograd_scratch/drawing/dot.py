"""A view as DOT, the language of Graphviz.

Kinds of boxes differ in colour and in shape, so that a drawing reads without colour too, and weights by
sign in colour and dashes. The font is Courier, whose widths every layout program knows: texts fit their
boxes whatever font the viewer has. All that comes from the user is escaped. Ids begin with one of the
drawing's own, made from all that it shows, so that two of them on a page have nothing in common.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING

from ..errors import MissingPackageError
from .legend import on_an_arrow, samples
from .records import escape, label
from .sizes import HEIGHT, WIDTH
from .tables import table
from .view import Box, Edge, View

if TYPE_CHECKING:
    from graphviz import Digraph

LOOKS: dict[str, dict[str, str]] = {
    "parameter": {"shape": "Mrecord", "fillcolor": "#d3e5f6"},
    "input": {"shape": "record", "fillcolor": "#d9f0d3", "style": "filled,dashed"},
    "constant": {"shape": "plaintext", "fillcolor": "transparent", "width": "0.2"},
    "operation": {"shape": "record", "fillcolor": "#ffffff"},
    "array": {"shape": "record", "fillcolor": "#ffffff"},
    "layer": {"shape": "Mrecord", "fillcolor": "#ffffff"},
    "count": {"shape": "plaintext", "fillcolor": "transparent", "width": "0.2"},
    "part": {"shape": "record", "fillcolor": "#e9e2f4"},
    "output": {"shape": "record", "fillcolor": "#fddcb5", "penwidth": "2.5"},
    "before": {"shape": "record", "fillcolor": "#f2f2f2", "style": "filled,dotted"},
    "reference": {"shape": "box", "fillcolor": "#ffffff", "style": "dotted"},
}
Writer = Callable[[Box, dict[str, str], str], str]
_MOST = f"{WIDTH / 72:.4g},{HEIGHT / 72:.4g}"  # inches
_OWN = "\0own"  # which no text of a person's has
_GRAPH = {"labelloc": "b", "fontname": "Courier", "outputorder": "edgesfirst"}
_NODE = {
    "style": "filled",
    "color": "#555555",
    "fontname": "Courier",
    "height": "0.3",
    "margin": "0.08,0.04",
}
_EDGE = {"fontname": "Courier", "arrowsize": "0.6", "color": "#666666", "fontcolor": "#444444"}
_FRAME = {"peripheries": "1", "fontname": "Courier"}  # also inside of what has a title
_CLUSTER = {**_FRAME, "style": "rounded,filled", "color": "#bbbbbb", "labeljust": "l", "labelloc": "t"}
_CLUSTER_FILLS = ("#f6f6f6", "#ececec")
_TITLE = {"peripheries": "0", "labelloc": "t", "fontname": "Courier-Bold"}
_LEGEND = {**_FRAME, "label": "", "color": "#dddddd", "style": "rounded"}
_SIGNS = {True: {"color": "#1f5fa8cc"}, False: {"color": "#b8321fcc", "style": "dashed"}}
_UNKNOWN = {"color": "#888888", "style": "dotted"}  # of nan
_SIDES = {"LR": ("w", "e"), "TB": ("n", "s")}
_BROADEST, _THINNEST = 2.4, 0.25  # points of a line


@dataclass(frozen=True)
class Style:
    """How a drawing is laid out and what stands around it; `is_bounded` where it must not be too large."""

    direction: str = "LR"
    legend: bool = True
    font_size: float = 11.0
    title: str = ""
    is_broad: bool = True
    is_bounded: bool = True


def digraph(view: View, style: Style, has_tables: bool = False) -> "Digraph":
    """Return the view as a graph of the package graphviz; its boxes are records, or tables in HTML."""
    try:
        from graphviz import Digraph
    except ImportError as error:
        raise MissingPackageError(
            "a drawing needs the package graphviz: pip install graphviz (in Pyodide, await "
            "micropip.install('graphviz'))"
        ) from error
    size, has_lines = f"{style.font_size:g}", any(edge.weight is not None for edge in view.edges)
    explained = on_an_arrow(view, style.direction) if style.legend else ()
    caption = "\n".join((*explained, *view.notes))
    graph = Digraph(
        "computation graph",
        graph_attr={
            **_GRAPH,
            "fontsize": size,
            "rankdir": style.direction,
            "label": escape(caption),
            "id": _OWN,
            "nodesep": "0.1" if has_lines else "0.14",
            "ranksep": "0.9" if has_lines else "0.35",
            **({"splines": "line"} if has_lines else {}),
            **({"size": _MOST} if style.is_bounded else {}),
        },
        node_attr={**_NODE, "fontsize": size},
        edge_attr={**_EDGE, "fontsize": f"{style.font_size - 2:g}"},
    )
    if style.title:
        look = {**_TITLE, "label": escape(style.title), "fontsize": f"{1.3 * style.font_size:g}"}
        with graph.subgraph(name="cluster all", graph_attr={**look, "id": f"{_OWN}_all"}) as whole:
            _add_all(whole, view, style, has_tables)
    else:
        _add_all(graph, view, style, has_tables)
    return graph


def _add_all(graph: "Digraph", view: View, style: Style, has_tables: bool) -> None:
    write = table if has_tables else _as_record
    if style.legend:
        _add_legend(graph, samples(view), style, write)
    _add_boxes(graph, view.boxes, 0, style, write)
    for i, edge in enumerate(view.edges):
        _add_edge(graph, edge, f"e{i}", style.direction)


def with_own_ids(source: str) -> str:
    """Return DOT text whose ids begin with the drawing's own."""
    return source.replace(_OWN, f"g{sha256(source.encode()).hexdigest()[:8]}")


def _add_legend(graph: "Digraph", boxes: Sequence[Box], style: Style, write: Writer) -> None:
    """Add the legend: a row of boxes below a broad drawing, and a column beside another."""
    with graph.subgraph(name="cluster legend", graph_attr={**_LEGEND, "id": f"{_OWN}_legend"}) as legend:
        is_chain = style.is_broad == (style.direction == "LR")
        for box in boxes if is_chain else reversed(boxes):
            _add_box(legend, box, style.direction, write)
        for one, other in pairwise(boxes) if is_chain else ():
            legend.edge(one.id, other.id, style="invis")


def _add_boxes(graph: "Digraph", boxes: Sequence[Box], level: int, style: Style, write: Writer) -> None:
    """Add the boxes whose cluster ends at `level`, and a subgraph for each cluster that goes on."""
    inner: dict[str, list[Box]] = {}
    for box in boxes:
        if len(box.cluster) == level:
            _add_box(graph, box, style.direction, write)
        else:
            inner.setdefault(box.cluster[level], []).append(box)
    size = f"{style.font_size:g}"
    for name, members in inner.items():
        path = escape(".".join(members[0].cluster[: level + 1]))
        look = _CLUSTER | {"label": escape(name), "fillcolor": _CLUSTER_FILLS[level % 2], "fontsize": size}
        look["id"] = f"{_OWN}_{members[0].id}_frame{level}"
        with graph.subgraph(name=f"cluster {path}", graph_attr=look) as cluster:
            _add_boxes(cluster, members, level + 1, style, write)


def _add_box(graph: "Digraph", box: Box, direction: str, write: Writer) -> None:
    look = LOOKS[box.kind]
    about = {"tooltip": escape(box.about)} if box.about else {}
    text = write(box, look, direction)
    if text.startswith("<"):  # a table has its colours and borders itself
        look = {"shape": "plain", "style": "solid"}
    graph.node(box.id, label=text, id=f"{_OWN}_{box.id}", **about, **look)


def _as_record(box: Box, look: dict[str, str], direction: str) -> str:
    if "record" in look["shape"]:
        return label(box, direction)
    return escape(" ".join(box.texts))


def _add_edge(graph: "Digraph", edge: Edge, name: str, direction: str) -> None:
    into, out = _SIDES[direction]
    tail = f"{edge.tail}:{edge.tail_port}:{out}" if edge.tail_port else f"{edge.tail}:{out}"
    head = f"{edge.head}:{edge.head_port}:{into}" if edge.head_port else f"{edge.head}:{into}"
    look = {"id": f"{_OWN}_{name}"} | ({"tooltip": escape(edge.about)} if edge.about else {})
    if edge.weight is not None:
        width = 1.0 if isnan(edge.weight) else max(_BROADEST * abs(edge.weight), _THINNEST)
        sign = _UNKNOWN if isnan(edge.weight) else _SIGNS[edge.weight >= 0]
        look |= {"arrowhead": "none", "penwidth": f"{width:.2g}", **sign}
    graph.edge(tail, head, **look)
