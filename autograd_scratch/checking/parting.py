"""Where derived and hand-written gradients part ways, on the way back from the loss.

That is the array whose gradient is the first wrong one: what the mistake is said to do changes it. Where no
mistake is known, all that is known to be wrong is the first wrong block, in the line that uses it.
"""

from collections.abc import Container, Iterator, Sequence

from ..wording import Line
from .diagnosis import Explanation
from .findings import Where
from .mistakes.suspects import Rewrite, Suspect
from .passes.forward import Forward

Place = tuple[int, Where]  # a node that is the nearer to the loss the larger it is


def parting_of(forward: Forward, first: str, found: Sequence[Explanation], right: Container[str]) -> Place:
    """Return the place, given the first wrong block, what explains it, and the blocks that are right."""
    known = {i for name, block in forward.blocks.items() if name in right for i in block.nodes}
    mistakes = found[0].mistakes if found else ()
    places = [place for mistake in mistakes for place in _places(forward, mistake, known)]
    return max(places, key=lambda place: place[0]) if places else use_of(forward, first)


def place_of(block: str, layer: str, line: Line | None) -> Where:
    """Return a place in a line, or in none that is known."""
    if line is None:
        return Where(block, layer)
    return Where(block, layer, line.number, line.file, line.source)


def _places(forward: Forward, mistake: Suspect | Rewrite, known: Container[int]) -> Iterator[Place]:
    """Yield what a mistake makes wrong first, unless that is known to be right."""
    if isinstance(mistake, Rewrite):
        if mistake.block in forward.blocks:
            yield use_of(forward, mistake.block)
        return
    if mistake.line is None:
        return
    nodes = max((*mistake.fixed, *_changed(forward, mistake)), default=-1)
    step = forward.steps.of.get(nodes)
    if nodes < 0 or nodes in known:
        return
    block = next((name for name, block in forward.blocks.items() if nodes in block.nodes), "")
    layer = forward.steps.called(step) if step is not None and not block else ""
    if block or layer:
        yield nodes, place_of(block, layer, mistake.line)


def _changed(forward: Forward, suspect: Suspect) -> Sequence[int]:
    """Return the nodes to which another gradient flows back along an edge; or those to which none does."""
    more = suspect.more
    edges = [*zip(more.nodes, more.parents, more.partials)]
    new = [parent for i, parent, slope in edges if (parent, -slope) not in forward.edges[i]]
    return new or more.parents


def use_of(forward: Forward, name: str) -> Place:
    """Return a block, in the line that uses it last, or that marks it."""
    block = forward.blocks[name]
    nodes = [i for i in block.nodes if i >= 0]
    uses = nodes if not block.is_parameter else [user for i in nodes for user in forward.consumers[i]]
    for user in sorted(uses, reverse=True):
        step = forward.steps.of.get(user)
        if step is not None and step.line is not None:
            return user, place_of(name, "", step.line)
    return max(nodes, default=-1), Where(name)
