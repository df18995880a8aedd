"""A graph as data for a page: its boxes and arrows, numbers, groups, and the module that computes it.

Boxes are numbered in an order of computation, and edges box by box, operand by operand. Numbers are float64
in base64: values of boxes, partials and contributions of edges, and adjoints of boxes. What a module gives
has the same order.
"""

from array import array
from base64 import b64encode
from collections.abc import Mapping, Sequence
from math import isfinite, nan
from sys import byteorder
from typing import Any
from zlib import compress

from ...errors import MissingPackageError
from ...graph import pull_back
from ...optim import Optimizer
from ...program.wasm.graphs import GraphModule, Operation, Update
from ...program.wasm.operations import NoFormError
from ...value import Value
from ..figures import Figures, number_in
from ..levels import MOST_SCALARS, Level, view_of
from ..scalars import Sketch, count
from ..scene import Scene
from ..view import Box, Edge, Row, View
from .nesting import nested
from .stale import stale
from .updates import moving, updates_of
from .wordings import sentences

KINDS = ("input", "parameter", "constant", "operation", "output")
NO_OPERATIONS = "nothing was computed"


def graph_of(
    scene: Scene,
    figures: Figures,
    optimizer: Optimizer,
    marked: Mapping[str, Sequence[Value]],
    leaves: Mapping[Value, float],
) -> dict[str, Any]:
    """Return a scene as data; of one that is too large for scalars the boxes that can be read.

    `marked` has Values whose boxes are told by name, and `leaves` the numbers of leaves.
    """
    if count(scene) > MOST_SCALARS:
        return _view(view_of(scene, figures, None, False, None))
    sketch = Sketch(scene, figures, tells=False)
    parents = _parents(sketch.boxes, sketch.edges)
    places = {thing: i for i, thing in enumerate(sketch.things) if isinstance(thing, Value)}
    groups, homes = nested(scene, sketch, Level(scene, figures, False, None))
    code: dict[str, int] = {}
    names, equations = sentences(scene, sketch)
    moves = moving(sketch, optimizer, scene.frozen)
    module = _module(sketch.things, parents, moves, optimizer)
    numbers = _numbers(scene, sketch.things, leaves)
    return {
        "titles": [_title(box.rows) for box in sketch.boxes],
        "names": names,
        "plain": [i for i, thing in enumerate(sketch.things) if not isinstance(thing, Value)],
        "kinds": [KINDS.index(box.kind) for box in sketch.boxes],
        "equations": equations,
        "lines": [_line(scene, thing, code) for thing in sketch.things],
        "code": [*code],
        "parents": parents,
        "groups": homes,
        "group": [vars(group) for group in groups],
        "root": places[scene.roots[0]],
        "roots": [places[root] for root in scene.roots],
        "numbers": packed(numbers),
        **{name: [places.get(value, -1) for value in values] for name, values in marked.items()},
        "moving": moves,
        "optimizer": repr(optimizer),
        **module,
        "notes": [*stale(sketch.things, numbers, names), *module["notes"]],
    }


def in_json(number: float) -> float | str:
    """Return a number as JSON has it, which knows no nan.

    >>> in_json(0.5), in_json(nan)
    (0.5, 'nan')
    """
    return number if isfinite(number) else str(number)


def packed(numbers: Sequence[float]) -> str:
    """Return float64 numbers in base64.

    >>> packed([1.0])
    'AAAAAAAA8D8='
    """
    found = array("d", numbers)
    if byteorder == "big":
        found.byteswap()
    return b64encode(found.tobytes()).decode()


def _parents(boxes: Sequence[Box], edges: Sequence[Edge]) -> list[list[int]]:
    """Return the numbers of the boxes from which arrows lead to each."""
    number = {box.id: i for i, box in enumerate(boxes)}
    parents: list[list[int]] = [[] for _ in boxes]
    for edge in edges:
        parents[number[edge.head]].append(number[edge.tail])
    return parents


def _title(rows: Sequence[Row]) -> str:
    """Return the name of a box; a plain number without one has none."""
    (first, *_), *_ = rows
    return first.text if first.role == "name" else ""


def _line(scene: Scene, thing: Any, code: dict[str, int]) -> int:
    """Return the number of the line that computed something, which becomes known; -1 for none."""
    site = scene.run.recorder.sites.get(thing) if isinstance(thing, Value) else None
    line = site.line if site is not None else None
    return -1 if line is None else code.setdefault(f"{line}  {line.source}", len(code))


def _numbers(scene: Scene, things: Sequence[Any], leaves: Mapping[Value, float]) -> list[float]:
    """Return what the engine has computed, and a backward pass from the first root."""
    adjoints = pull_back(scene.order, {scene.roots[0]: 1.0})
    nodes = [thing for thing in things if isinstance(thing, Value) and thing.parents]
    ends = [
        (node, parent, partial) for node in nodes for parent, partial in zip(node.parents, node.partials)
    ]
    contributions = [
        adjoints[node] * partial if node in adjoints and isinstance(parent, Value) else nan
        for node, parent, partial in ends
    ]
    return [
        *(leaves[x] if x in leaves else number_in(x) for x in things),
        *(float(partial) for _, _, partial in ends),
        *contributions,
        *(adjoints.get(thing, nan) if isinstance(thing, Value) else nan for thing in things),
    ]


def _module(
    things: Sequence[Any], parents: Sequence[Sequence[int]], moves: Sequence[int], optimizer: Optimizer
) -> dict[str, Any]:
    """Return the module of a graph and where what is in its memory, or why there is none."""
    operations = [
        Operation(i, x.primitive, (*own,), (*(not isinstance(things[p], Value) for p in own),))
        for i, (x, own) in enumerate(zip(things, parents))
        if isinstance(x, Value) and x.primitive is not None
    ]
    try:
        if not operations:
            raise NoFormError(NO_OPERATIONS)
        found, notes = _with_updates(
            len(things), operations, updates_of(things, moves, optimizer), optimizer
        )
        content = found.binary
    except (NoFormError, MissingPackageError) as fault:
        return {"module": None, "lacks": _lacks(fault), "places": {}, "notes": []}
    packed_content = b64encode(compress(content, 9)).decode()
    return {"module": packed_content, "lacks": "", "places": found.places, "notes": notes}


def _with_updates(
    nodes: int, operations: Sequence[Operation], updates: Sequence[Update], optimizer: Optimizer
) -> tuple[GraphModule, list[str]]:
    """Return a module, and why it takes no steps, if the optimizer has no form in it."""
    try:
        return GraphModule(nodes, operations, updates), []
    except NoFormError as fault:
        graph = GraphModule(nodes, operations)  # which says what has no form in the graph itself
        return graph, [f"There are no steps of {type(optimizer).__name__}: {_lacks(fault)}."]


def _lacks(fault: Exception) -> str:
    """Return what is missing, without what may be written instead where there is no page."""
    if isinstance(fault, MissingPackageError):
        return "the package wasmtime was missing when the page was written"
    return str(fault).partition("; ")[0]


def _view(view: View) -> dict[str, Any]:
    """Return boxes that have texts alone."""
    return {
        "titles": [_title(box.rows or box.table) for box in view.boxes],
        "told": [_texts(box) for box in view.boxes],
        "parents": _parents(view.boxes, view.edges),
        "notes": [*view.notes],
        "lacks": "there are too many numbers for a page",
    }


def _texts(box: Box) -> list[str]:
    rows = (*box.rows, *box.table, *box.below)[1:]
    return [" ".join(cell.text for cell in row) for row in rows]
