"""Mistakes with the weights through which a gradient flows back: transposed, left out, already updated."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from ...wording import Line, number
from ..passes.forward import Block, Edges, Forward
from ..passes.steps import Step
from .suspects import Formula, Suspect

Gradients = Mapping[str, Sequence[float]]
Use = tuple[int, int, int]  # a node, the place of an edge, and the weight that is its local derivative
Direction = Callable[[int, int], float]  # by weight and node


def weight_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes that use weights in another order, or none, at one line."""
    for block, line, uses in _uses_by_line(forward):
        where = f" in line {line}" if line else ""
        name, place = block.name, {node: k for k, node in enumerate(block.nodes)}
        flows = f"what flows back is d @ {name}.T"

        def suspect(
            kind: str,
            what: str,
            rank: float,
            implied: str,
            weight: Callable[[tuple[int, ...]], float],
            block: Block = block,
            place: Mapping[int, int] = place,
            uses: Sequence[Use] = uses,
            flows: str = flows,
        ) -> Suspect:
            return Suspect(
                kind,
                what,
                rank,
                _with_factors(forward, uses, lambda leaf: weight(_index(block.shape, place[leaf]))),
                block=block.name,
                line=_line(forward, uses),
                formula=Formula(flows, implied),
            )

        for i, j in combinations(range(len(block.shape)), 2):
            if block.shape[i] == block.shape[j] > 1:
                yield suspect(
                    "transposed",
                    f"with {name} for {name}.T{where}",
                    1.1 + 0.2 * (len(block.shape) > 2),
                    f"d @ {name}",
                    lambda index, i=i, j=j, block=block: block.at(_swapped(index, i, j)),
                )
        long = [axis for axis, size in enumerate(block.shape) if size > 1]
        for axes in [*([axis] for axis in long), *([long[-2:]] if len(long) > 1 else [])]:
            yield suspect(
                "permuted",
                f"with {name}{where} in reverse order along axis {' and '.join(map(str, axes))}",
                1.6,
                f"d @ {name} reversed",
                lambda index, axes=axes, block=block: block.at(_reversed(block.shape, index, axes)),
            )
        if len(block.shape) == 2 and (block.shape[0] == block.shape[1] or 1 in block.shape):
            yield suspect(
                "factor_missing",
                f"with the factor {name}{where} left out",
                1.5,
                "d",
                lambda index, block=block: float(index[0] == index[1] or 1 in block.shape),
            )


def _index(shape: Sequence[int], place: int) -> tuple[int, ...]:
    """Return the index of the entry at a place."""
    index = []
    for size in reversed(shape):
        place, k = divmod(place, size)
        index.append(k)
    return tuple(reversed(index))


def _swapped(index: tuple[int, ...], i: int, j: int) -> tuple[int, ...]:
    turned = list(index)
    turned[i], turned[j] = turned[j], turned[i]
    return tuple(turned)


def _reversed(shape: Sequence[int], index: tuple[int, ...], axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(shape[k] - 1 - i if k in axes else i for k, i in enumerate(index))


def transposed_results(forward: Forward) -> Iterator[Suspect]:
    """Yield passes with the gradient of a square intermediate array transposed."""
    for steps in forward.steps.at.values():
        shape = steps[0].shape
        if (
            len({step.shape for step in steps}) > 1
            or len(shape) < 2
            or shape[-1] != shape[-2]
            or shape[-1] < 2
            or any(min(s.nodes) < 0 for s in steps)
        ):
            continue
        sources = list(
            dict.fromkeys(forward.steps.key_of(parent) for parent, _ in forward.edges[steps[0].nodes[0]])
        )
        for only in [None, *sources] if len(sources) > 1 else [None]:
            a, line = forward.steps.called(steps[0]), steps[0].line
            yield Suspect(
                "transposed",
                f"with d{a}.T for d{a}{f' of line {line.number}' if line else ''}",
                1.6,
                _with_transposed(forward, steps, only),
                layer=a,
                line=line,
                formula=Formula(f"d{a}", f"d{a}.T"),
            )


def _with_transposed(forward: Forward, steps: Sequence[Step], only: object) -> dict[int, Edges]:
    """Return the edges of entries (i, j) for those of entries (j, i): all, or those to one instruction."""
    edits: dict[int, Edges] = {}
    for step in steps:
        size = step.shape[-1]
        for place, node in enumerate(step.nodes):
            matrix, (i, j) = place // size**2 * size**2, divmod(place % size**2, size)
            other = forward.edges[step.nodes[matrix + j * size + i]]
            if i != j and only is None:
                edits[node] = other
            elif i != j:
                kept = [edge for edge in forward.edges[node] if forward.steps.key_of(edge[0]) != only]
                edits[node] = (*kept, *(edge for edge in other if forward.steps.key_of(edge[0]) == only))
    return edits


def stale_weights(
    forward: Forward, hand: Gradients, penalty: Sequence[float], wrong: Sequence[str]
) -> Iterator[Suspect]:
    """Yield passes that use weights after a step of descent, whose length the first wrong block tells.

    The step goes along the gradient written by hand, or that without the regularization term, or the part of
    it that comes from the same use: one sample's, or one line's.
    """
    by_block: dict[str, list[Use]] = defaultdict(list)
    for block, line, uses in _uses_by_line(forward):
        if line or block.name not in by_block:
            by_block[block.name] += uses
    names = [
        name for name in by_block if name in hand and len(hand[name]) == len(forward.blocks[name].nodes)
    ]
    for group in [[name] for name in names] + ([names] if len(names) > 1 else []):
        uses = [use for name in group for use in by_block[name]]
        blocks = [forward.blocks[name] for name in group]
        known = {node: x for block in blocks for node, x in zip(block.nodes, block.numbers)}
        whole = {node: g for block in blocks for node, g in zip(block.nodes, hand[block.name])}
        data = {node: g - penalty[node] if node >= 0 else g for node, g in whole.items()}
        directions: list[Direction] = [lambda leaf, use, whole=whole: whole[leaf]]
        if data != whole:
            directions.append(lambda leaf, use, data=data: data[leaf])
        own = _own_parts(forward, uses)
        if own:
            directions.append(lambda leaf, use, own=own: own.get((leaf, use), 0.0))
        for direction in directions:
            suspect = _stale(forward, group, uses, known, direction, hand, wrong)
            if suspect is not None:
                yield suspect


def _own_parts(forward: Forward, uses: Sequence[Use]) -> dict[tuple[int, int], float]:
    """Return what flows into each weight from each step that uses it, by weight and node."""
    steps = forward.steps
    parts: dict[tuple[int, int], float] = defaultdict(float)
    owners = {(leaf, id(steps.of.get(i))) for i, _, leaf in uses}
    if len({step for _, step in owners}) < 2:
        return {}
    for leaf in {leaf for leaf, _ in owners}:
        for i in forward.consumers[leaf]:
            flow = forward.adjoints[i] * sum(
                partial for parent, partial in forward.edges[i] if parent == leaf
            )
            parts[leaf, id(steps.of.get(i))] += flow
    return {(leaf, i): parts[leaf, id(steps.of.get(i))] for i, _, leaf in uses}


def _stale(
    forward: Forward,
    group: Sequence[str],
    uses: Sequence[Use],
    known: Mapping[int, float],
    direction: Direction,
    hand: Gradients,
    wrong: Sequence[str],
) -> Suspect | None:
    """Return the pass with weights moved along a direction, as far as suits the first wrong block."""
    block = forward.blocks[wrong[0]]

    def moved(lr: float) -> dict[int, Edges]:
        return _with_factors(
            forward, uses, lambda leaf: known[leaf], lambda leaf, i: lr * direction(leaf, i)
        )

    longest = max((abs(direction(leaf, i)) for i, _, leaf in uses), default=0.0)
    size = max(map(abs, known.values()), default=0.0) / (longest or 1.0)
    if not size or len(hand[wrong[0]]) != len(block.nodes):
        return None
    here = forward.gradient(block, forward.adjoints)
    ahead = forward.gradient(block, forward.sweep(moved(size)))
    slope = [(b - a) / size for a, b in zip(here, ahead)]
    length = sum(d * d for d in slope)
    lr = sum(d * (h - a) for d, h, a in zip(slope, hand[wrong[0]], here)) / length if length else 0.0
    if not lr:
        return None
    name = group[0]
    return Suspect(
        "stale_weights",
        f"with {' and '.join(group)} already updated, by a step of {number(lr)} times the gradient",
        1.3 + 0.1 * (len(group) > 1) + (lr < 0.0),
        moved(lr),
        block=name,
        line=_line(forward, uses),
        factor=lr,
        formula=Formula(f"what flows back is d @ {name}.T", f"d @ ({name} - {number(lr)} * d{name}).T"),
    )


def _uses_by_line(forward: Forward) -> list[tuple[Block, int, list[Use]]]:
    """Return, for each block and line, the edges whose local derivative is a weight of that block.

    An edge is given by its node, its place among the edges, and the weight.
    """
    owner = {i: block for block in forward.blocks.values() if block.is_parameter for i in block.nodes}
    found: dict[tuple[str, int], list[Use]] = defaultdict(list)
    for i, node in enumerate(forward.nodes):
        if node.primitive is None or node.primitive.name not in ("dot", "mul"):
            continue
        ids = [forward.numbers.get(x, -1) if x.__class__ is not float else -1 for x in node.parents]
        half = len(ids) // 2
        place = 0
        for k, parent in enumerate(ids):
            if parent < 0:
                continue
            other = ids[(k + half) % (2 * half)] if k < 2 * half else -1
            if other in owner and parent not in owner:
                step = forward.steps.of.get(i)
                line = step.line.number if step and step.line else 0
                found[owner[other].name, line].append((i, place, other))
            place += 1
    by_block: dict[str, list[Use]] = defaultdict(list)
    for (name, _), uses in found.items():
        by_block[name] += uses
    several = [name for name in by_block if sum(key[0] == name for key in found) > 1]
    return [
        *((forward.blocks[name], line, uses) for (name, line), uses in found.items()),
        *((forward.blocks[name], 0, by_block[name]) for name in several),
    ]


def _with_factors(
    forward: Forward,
    uses: Sequence[Use],
    weight: Callable[[int], float],
    step: Direction = lambda leaf, i: 0.0,
) -> dict[int, Edges]:
    """Return edges with other numbers for some weights, less a step."""
    edits: dict[int, list[tuple[int, float]]] = {}
    for i, place, leaf in uses:
        edges = edits.setdefault(i, list(forward.edges[i]))
        edges[place] = (edges[place][0], weight(leaf) - step(leaf, i))
    return {i: tuple(edges) for i, edges in edits.items()}


def _line(forward: Forward, uses: Sequence[Use]) -> Line | None:
    step = forward.steps.of.get(uses[0][0])
    return step.line if step else None
