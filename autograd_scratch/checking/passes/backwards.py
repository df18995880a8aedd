"""In which order a backward pass comes to the blocks: that in which a report tells them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import inf

from ...stepping.groups import Key, Step
from ...stepping.rows import united
from .forward import Forward


def backwards(forward: Forward, names: Iterable[str]) -> list[str]:
    """Return names of blocks, the nearest to the loss first, by the longest way to it.

    Of what a loop over time uses in every round the last round counts, where the backward pass begins.
    """
    depth = {name: max(_levels(forward, name), default=0) for name in names if forward.uses(name)}
    return sorted(names, key=lambda name: depth.get(name, inf))


def _levels(forward: Forward, name: str) -> Iterator[int]:
    """Yield how far from the loss the uses of a block are."""
    rounds: dict[Key, dict[Step, list[int]]] = defaultdict(lambda: defaultdict(list))
    nodes = [i for i in forward.blocks[name].nodes if i >= 0]
    yield from (forward.levels[i] for i in nodes if i == forward.loss)
    for user in united(forward.consumers, nodes):
        step, level = forward.steps.of.get(user), forward.levels[user] + 1
        if step is None:
            yield level
        else:
            rounds[step.key][step].append(level)
    for steps in rounds.values():
        in_order = sorted(steps, key=lambda step: step.alive[0])
        is_time = forward.steps.meet(in_order) or forward.steps.are_rounds(in_order)
        last = in_order[-1:] if is_time else in_order
        yield from (level for step in last for level in steps[step])


def ordered(forward: Forward, names: Iterable[str]) -> list[str]:
    """Return names of blocks in the order of the backward pass: the nearest to the loss first."""
    depth = {}
    for name in names:
        known = [forward.levels[i] for i in forward.blocks[name].nodes if i >= 0]
        depth[name] = max(known, default=0) if forward.uses(name) else inf
    return sorted(depth, key=depth.__getitem__)
