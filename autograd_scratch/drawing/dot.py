"""A view as DOT, the language of Graphviz.

Kinds of boxes differ in colour and in shape, so that a drawing reads without colour too. The font is
Courier, whose widths every layout program knows: texts fit their boxes whatever font the viewer has.
All that comes from the user is escaped.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import MissingPackageError, look_up
from .view import Box, View

if TYPE_CHECKING:
    from graphviz import Digraph

LOOKS: dict[str, dict[str, str]] = {
    "parameter": {"shape": "Mrecord", "fillcolor": "#d3e5f6"},
    "input": {"shape": "cds", "fillcolor": "#d9f0d3"},
    "constant": {"shape": "plaintext", "fillcolor": "transparent", "width": "0.2"},
    "operation": {"shape": "record", "fillcolor": "#ffffff"},
    "output": {"shape": "record", "fillcolor": "#fddcb5", "penwidth": "2.5"},
    "reference": {"shape": "box", "fillcolor": "#ffffff", "style": "dashed"},
    "group": {"shape": "folder", "fillcolor": "#e9e2f4"},
}
_GRAPH = {"labelloc": "b", "nodesep": "0.12", "ranksep": "0.6", "fontname": "Courier", "fontsize": "11"}
_NODE = {"style": "filled", "fontname": "Courier", "fontsize": "11", "height": "0.3", "margin": "0.08,0.04"}
_EDGE = {
    "fontname": "Courier",
    "fontsize": "9",
    "arrowsize": "0.6",
    "color": "#666666",
    "fontcolor": "#444444",
}
_CLUSTER = {"style": "rounded,filled", "color": "#bbbbbb", "labeljust": "l", "labelloc": "t"}
_CLUSTER_FILLS = ("#f6f6f6", "#ececec")
_LEGEND = {"label": "", "color": "#dddddd", "style": "rounded"}
_PORTS = {"LR": {"tailport": "e"}, "TB": {"tailport": "s"}}


def digraph(view: View, direction: str) -> "Digraph":
    """Return the view as a graph of the package graphviz, laid out in `direction`, LR or TB."""
    try:
        from graphviz import Digraph
    except ImportError as error:
        raise MissingPackageError(
            "a drawing needs the package graphviz: pip install graphviz (in Pyodide, await "
            "micropip.install('graphviz'))"
        ) from error
    graph = Digraph(
        "computation graph",
        graph_attr={
            **_GRAPH,
            "rankdir": direction,
            "label": escape("\n".join((view.on_an_arrow, *view.notes))),
        },
        node_attr=_NODE,
        edge_attr=_EDGE | look_up(direction, _PORTS, "direction"),
    )
    _add_legend(graph, [kind for kind in LOOKS if any(box.kind == kind for box in view.boxes)])
    _add_boxes(graph, view.boxes, 0)
    for edge in view.edges:
        graph.edge(edge.tail, edge.head, label=escape(edge.label) or None)
    return graph


def escape(text: str, record: bool = False) -> str:
    r"""Return `text` as it must stand in a label, in one of shape record if `record`, to be shown as it is.

    >>> print(escape("a\\b & <c|d>", record=True))
    a\\b &amp; &lt;c\|d&gt;
    """
    visible = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    escaped = visible.replace("\\", "\\\\").replace("&", "&amp;").replace("\n", "\\n")
    escaped = escaped.replace("<", "&lt;").replace(">", "&gt;")
    if record:
        for special in "{}|":
            escaped = escaped.replace(special, "\\" + special)
    return escaped


def _add_legend(graph: "Digraph", kinds: Sequence[str]) -> None:
    with graph.subgraph(name="cluster legend", graph_attr=_LEGEND) as legend:
        for kind in reversed(kinds):
            legend.node(f"legend {kind}", label=kind, **LOOKS[kind])


def _add_boxes(graph: "Digraph", boxes: Sequence[Box], level: int) -> None:
    """Add the boxes whose cluster ends at `level`, and a subgraph for each cluster that goes on."""
    inner: dict[str, list[Box]] = {}
    for box in boxes:
        if len(box.cluster) == level:
            graph.node(box.id, label=_label(box), **LOOKS[box.kind])
        else:
            inner.setdefault(box.cluster[level], []).append(box)
    for name, members in inner.items():
        path = escape(".".join(members[0].cluster[: level + 1]))
        look = _CLUSTER | {"label": escape(name), "fillcolor": _CLUSTER_FILLS[level % 2]}
        with graph.subgraph(name=f"cluster {path}", graph_attr=look) as cluster:
            _add_boxes(cluster, members, level + 1)


def _label(box: Box) -> str:
    if box.kind == "parameter":
        return "{" + "|".join(escape(field, record=True) for field in box.fields) + "}"
    if LOOKS[box.kind]["shape"] == "record":
        return "|".join(escape(field, record=True) for field in box.fields)
    return escape(" │ ".join(box.fields))
