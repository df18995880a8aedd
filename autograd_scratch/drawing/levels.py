"""How deep a drawing goes: the whole model, its layers, arrays, or scalars.

A level is a quotient of the graph, so it tells nothing that is not so, and has no circles. Without being
asked a drawing goes as deep as one can read: to scalars, else to layers where there are some, else to
arrays, and where these are too many to what is computed in one line, or one after the other.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain

from ..errors import DrawingError, look_up
from ..stepping.rolling import Steps
from . import scalars
from .arrays import Boxes
from .chunks import chunked
from .figures import Figures
from .folding import by_calls, by_layers, by_lines, by_models, deepest_call, in_a_row
from .layers import Layers
from .parts import Part, heads_of, parts_of
from .scene import Scene
from .shorten import shortened
from .sizes import fits
from .view import Box, Cell, Edge, View, counted

DEPTHS = ("model", "layers", "arrays", "scalars")
READABLE, FEW = 60, 8  # boxes
MOST_SCALARS, MOST_PARTS = 5_000, 1_000  # boxes that are laid out where they are asked for
MOST_NODES = 50_000  # of which arrays are looked for, which takes some 50 microseconds each


def view_of(
    scene: Scene, figures: Figures, depth: str | None, unrolled: bool, direction: str | None
) -> View:
    """Return a scene at a level, by default the deepest that can be read."""
    if depth is None:
        return _readable(scene, figures, unrolled, direction)
    look_up(depth, dict.fromkeys(DEPTHS), "depth")
    if depth == "scalars":
        _refuse_many(scalars.count(scene), MOST_SCALARS, depth)
        return shortened(scalars.scalars(scene, figures))
    if len(scene.order) > MOST_NODES:
        raise DrawingError(
            f"there are {len(scene.order):,} operations, too many to look for arrays or layers in; leave "
            "depth out, or draw a part or one sample"
        )
    level = Level(scene, figures, unrolled, direction)
    parts = level.parts(depth)
    _refuse_many(len(parts), MOST_PARTS, depth)
    return level.view(parts, depth)


def _refuse_many(boxes: int, most: int, depth: str) -> None:
    if boxes > most:
        raise DrawingError(
            f"depth={depth!r} would be {boxes:,} boxes, and from {most:,} on nobody can read or lay them "
            "out; leave depth out for what can be read, or draw a part, as in draw(h)"
        )


def _readable(scene: Scene, figures: Figures, unrolled: bool, direction: str | None) -> View:
    """Return the deepest view that is not too large, or else the smallest."""
    if len(scene.order) > MOST_NODES:
        return chunked(scene, figures)
    if scalars.count(scene) <= 2 * READABLE:
        view = shortened(scalars.scalars(scene, figures))
        if len(view.boxes) <= READABLE and fits(view, direction):
            return view
    level = Level(scene, figures, unrolled, direction)
    views = (level.view(parts, depth) for depth, parts in level.coarser() if len(parts) <= READABLE)
    smallest = next(views, None) or level.view(in_a_row(level.parts("arrays"), 3), "arrays")
    for view in chain((smallest,), views):
        if fits(view, direction):
            return view
        smallest = view
    return smallest


class Level:
    """The levels above scalars: parts of a scene, and their boxes."""

    def __init__(self, scene: Scene, figures: Figures, unrolled: bool, direction: str | None) -> None:
        self._scene = scene
        self._figures = figures
        self._direction = direction
        self._unrolled = unrolled
        self._rounds = scene.rounds if unrolled else {}
        self._apart = scene.apart(self._rounds)
        self._has_modules = any(scene.layers)

    @cached_property
    def _steps(self) -> Steps:
        return self._scene.run.steps(has_loops=not self._unrolled, apart=self._apart)

    @cached_property
    def _lines(self) -> list[Part]:
        return by_lines(parts_of(self._steps, self._scene), self._scene)

    @cached_property
    def _written_out(self) -> Steps:
        """All rounds of loops: those of one layer are put together anyway."""
        return self._scene.run.steps(has_loops=False, apart=self._apart)

    def parts(self, depth: str) -> list[Part]:
        """Return the parts of a level; a DrawingError says where there is none."""
        if depth == "arrays":
            return self._lines
        if not self._has_modules:
            raise DrawingError(
                f"depth={depth!r} needs a model made of modules, and there is none in this graph; write "
                "depth='arrays', or draw(loss, names={'model': model}) for a model of your own classes"
            )
        parts = by_lines(parts_of(self._written_out, self._scene), self._scene)
        return (
            by_models(parts, self._scene)
            if depth == "model"
            else by_layers(parts, self._scene, self._rounds)
        )

    def nested(self) -> dict[str, list[Part]]:
        """Return the parts of the levels that there are, from the coarsest; each is of whole lines."""
        lines = by_lines(parts_of(self._written_out, self._scene), self._scene)
        if not self._has_modules:
            return {"array": lines}
        layers = by_layers(lines, self._scene, self._rounds)
        return {"model": by_models(lines, self._scene), "layer": layers, "array": lines}

    def boxes(self, parts: Sequence[Part]) -> Boxes:
        """Return what makes boxes of parts in which no loop is one round."""
        return Boxes(self._scene, self._written_out, self._figures, parts)

    def coarser(self) -> Iterator[tuple[str, list[Part]]]:
        """Yield parts from the deepest level on, each with its name, until there are only a few."""
        if self._has_modules:
            yield "layers", self.parts("layers")
        yield "arrays", self._lines
        base = self._lines
        for calls in range(deepest_call(self._lines), 0, -1):
            base = by_calls(self._lines, calls)
            if len(base) <= READABLE:
                break
        yield "arrays", base
        for count in (24, 16, 12, 10, 8, 6, 5, 4, 3):
            yield "arrays", in_a_row(base, count)

    def view(self, parts: Sequence[Part], depth: str) -> View:
        """Return the view of parts."""
        own = parts if depth == "layers" else []
        layers = Layers(self._scene, self._figures, own, self._direction != "TB")
        heads = heads_of(parts)
        parts = [part for part in parts if not layers.is_told(part, heads[part])]
        ids = {part: f"v{i}" for i, part in enumerate(parts)}
        found = self._steps if depth == "arrays" else self._written_out
        boxes = Boxes(self._scene, found, self._figures, parts)
        drawn = [(layers.box if part in layers.rows else boxes.of)(part, ids[part]) for part in parts]
        edges: list[Edge] = []
        for head in parts:
            for tail in filter(ids.__contains__, head.tails):
                if layers.is_told(tail, [head]):
                    continue
                for edge in layers.lines(head, tail, ids):
                    if not edge.count:
                        edges.append(edge)
                        continue
                    count = Box(f"v{len(drawn)}", "count", ((Cell(counted(edge.count, "weight")),),))
                    drawn.append(count)
                    edges += [Edge(edge.tail, count.id), Edge(count.id, edge.head)]
        return View(tuple(drawn), tuple(edges), depth, tuple(self._notes(parts, depth)))

    def _notes(self, parts: Sequence[Part], depth: str) -> Iterator[str]:
        """Yield what is folded, and how to see it."""
        nodes, boxes = len(self._scene.order), counted(len(parts), "box", "boxes")
        deeper = DEPTHS[DEPTHS.index(depth) + 1]
        is_too_much = deeper == "scalars" and scalars.count(self._scene) > MOST_SCALARS
        how = "a part, as in draw(h)," if is_too_much else f"depth={deeper!r}"
        yield f"{counted(nodes, 'operation')} in {boxes}, by {depth}; {how} shows more."
        is_unnamed = not self._scene.run.recorder.sites and not self._scene.names
        if depth == "arrays" and is_unnamed and len(parts) > FEW:
            yield "draw(function, at) knows lines and names, and draw(loss, names=locals()) the names."
