"""What a report keeps of the pass that it is about, so that this can be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..collector import without_collector
from ..errors import DataError
from ..nn.module import Module, ParameterName
from ..stepping.tracing import Run
from ..value import Value
from .judgement import Comparison
from .parameters import paths_of
from .passes.forward import Forward
from .passes.observer import Observer

MOST_KEPT = 5_000  # numbers of a graph; a page steps through no more
_NOT_KEPT = (
    "this report has no graph to draw: it was read from a file or from another process, or is a copy. Draw "
    "the one that compare returned: draw(compare(loss, at=..., hand=...))"
)


@dataclass(frozen=True)
class KeptBlock:
    """The Values of a block, and their gradients by hand, which are fewer or more in another shape."""

    values: tuple[Value, ...]
    hand: tuple[float, ...]


@dataclass(frozen=True)
class Kept:
    """A forward pass: the graph, where that is small, its blocks, and the step that went wrong first."""

    size: int
    run: Run | None = None
    blocks: Mapping[str, KeptBlock] = field(default_factory=dict)
    first: tuple[Value, ...] = ()
    parameters: Mapping[Value, ParameterName] = field(default_factory=dict)

    def of_model(self, model: Module) -> "Kept":
        """Return the same with the names that the model's parameters have in it."""
        if self.run is None:
            return self
        paths = paths_of(model)
        named = {
            value: ParameterName.of(None, path, model)
            for name, (_, values) in self.run.arguments.items()
            for value, path in zip(values, paths.get(name, ()))
        }
        return replace(self, parameters=named)


@without_collector
def kept_of(
    forward: Forward, observer: Observer, compared: Mapping[str, Comparison], place: int | None
) -> Kept:
    """Return what is kept of a pass; `place` is the node at which gradients part ways, if they do."""
    size = len(forward.nodes)
    if size > MOST_KEPT:
        return Kept(size)
    nodes: Sequence[Value] = forward.nodes
    values = {
        name: [nodes[i] if i >= 0 else Value(number) for i, number in zip(block.nodes, block.numbers)]
        for name, block in forward.blocks.items()
    }
    arguments = {
        name: (block.shape, values[name]) for name, block in forward.blocks.items() if block.is_parameter
    }
    blocks = {name: KeptBlock(tuple(values[name]), tuple(each.numbers)) for name, each in compared.items()}
    run = Run("the loss", [nodes[forward.loss]], arguments, observer)
    return Kept(size, run, blocks, tuple(nodes[i] for i in _step_of(forward, place)))


def run_of(kept: Kept | None) -> tuple[Run, Mapping[Value, ParameterName]]:
    """Return a forward pass that was kept, and its parameters; a DataError says why there is none."""
    if kept is None:
        raise DataError(_NOT_KEPT)
    if kept.run is None:
        raise DataError(
            f"the loss of this report computed {kept.size:,} numbers, and a report keeps up to "
            f"{MOST_KEPT:,} of them to draw; compare with fewer samples or smaller arrays, and draw that. "
            "The report alone is a page, too: write report.to_html()"
        )
    return kept.run, kept.parameters


def _step_of(forward: Forward, place: int | None) -> Sequence[int]:
    """Return the nodes of the array or the step in which a node is."""
    if place is None or place < 0:
        return ()
    for block in forward.blocks.values():
        if place in block.nodes:
            return [i for i in block.nodes if i >= 0]
    step = forward.steps.of.get(place)
    return step.alive if step is not None else (place,)
