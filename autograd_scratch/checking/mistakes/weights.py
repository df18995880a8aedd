"""Mistakes with the weights through which a gradient flows back: transposed, left out, already updated."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...wording import number
from ..passes.forward import Block, Edges, Forward
from ..passes.steps import Step
from .suspects import Formula, Suspect

Gradients = Mapping[str, Sequence[float]]


def weight_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes that use the transpose of a weight matrix, or none, at one line."""
    for block, line, uses in _uses_by_line(forward):
        if len(block.shape) == 1 and len(block.nodes) > 1:
            turned_round = dict(zip(block.nodes, reversed(block.numbers)))
            yield Suspect(
                "permuted",
                f"with {block.name}{f' in line {line}' if line else ''} in reverse order",
                1.6,
                _with_factors(forward, uses, turned_round.__getitem__),
                block=block.name,
                line=_line(forward, uses),
            )
        if len(block.shape) != 2:
            continue
        rows, columns = block.shape
        place = {node: k for k, node in enumerate(block.nodes)}

        def turned(leaf: int, block: Block = block, place: dict[int, int] = place) -> float:
            i, j = divmod(place[leaf], block.shape[1])
            return block.numbers[j * block.shape[0] + i]

        def unit(leaf: int, block: Block = block, place: dict[int, int] = place) -> float:
            i, j = divmod(place[leaf], block.shape[1])
            return float(i == j or 1 in block.shape)

        where = f" in line {line}" if line else ""
        name = block.name
        if rows == columns > 1:
            yield Suspect(
                "transposed",
                f"with {name} for {name}.T{where}",
                1.1,
                _with_factors(forward, uses, turned),
                block=name,
                line=_line(forward, uses),
                formula=Formula(f"what flows back is d @ {name}.T", f"d @ {name}"),
            )
            for k in range(2):
                yield Suspect(
                    "permuted",
                    f"with the {'columns' if k else 'rows'} of {name}{where} in reverse order",
                    1.6,
                    _with_factors(
                        forward,
                        uses,
                        lambda leaf, k=k, block=block, place=place: _reversed(block, place[leaf], k),
                    ),
                    block=name,
                    line=_line(forward, uses),
                )
        if rows == columns or 1 in block.shape:
            yield Suspect(
                "factor_missing",
                f"with the factor {name}{where} left out",
                1.5,
                _with_factors(forward, uses, unit),
                block=name,
                line=_line(forward, uses),
                formula=Formula(f"what flows back is d @ {name}.T", "d"),
            )


def _reversed(block: Block, place: int, axis: int) -> float:
    """Return the weight that stands at a place when one axis is turned round."""
    i, j = divmod(place, block.shape[1])
    i, j = (i, block.shape[1] - 1 - j) if axis else (block.shape[0] - 1 - i, j)
    return block.numbers[i * block.shape[1] + j]


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


def stale_weights(forward: Forward, hand: Gradients, wrong: Sequence[str]) -> Iterator[Suspect]:
    """Yield passes that use weights after a step of descent, whose length the first wrong block tells."""
    by_block: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for block, _, uses in _uses_by_line(forward):
        by_block[block.name] += uses
    names = [name for name in by_block if name in hand]
    target = next((name for name in wrong), None)
    if target is None:
        return
    for group in [[name] for name in names] + ([names] if len(names) > 1 else []):
        steps = {}
        for name in group:
            block = forward.blocks[name]
            steps |= dict(zip(block.nodes, hand[name]))
        uses = [use for name in group for use in by_block[name]]
        known = {
            node: x
            for name in group
            for node, x in zip(forward.blocks[name].nodes, forward.blocks[name].numbers)
        }

        def moved(
            lr: float,
            uses: list[tuple[int, int, int]] = uses,
            known: dict[int, float] = known,
            steps: dict[int, float] = steps,
        ) -> dict[int, Edges]:
            return _with_factors(forward, uses, lambda leaf: known[leaf] - lr * steps[leaf])

        here = forward.gradient(forward.blocks[target], forward.adjoints)
        size = max(map(abs, known.values()), default=0.0) / (
            max(map(abs, steps.values()), default=0.0) or 1.0
        )
        if not size:
            continue
        ahead = forward.gradient(forward.blocks[target], forward.sweep(moved(size)))
        slope = [(b - a) / size for a, b in zip(here, ahead)]
        length = sum(d * d for d in slope)
        if not length:
            continue
        lr = sum(d * (h - a) for d, h, a in zip(slope, hand[target], here)) / length
        if lr == 0.0:
            continue
        told = " and ".join(group)
        yield Suspect(
            "stale_weights",
            f"with {told} already updated, by a step of {number(lr)} times the gradient",
            1.3 + 0.1 * (len(group) > 1) + (lr < 0.0),
            moved(lr),
            block=group[0],
            line=_line(forward, uses),
            factor=lr,
            formula=Formula(
                f"what flows back is d @ {group[0]}.T",
                f"d @ ({group[0]} - {number(lr)} * d{group[0]}).T",
            ),
        )


def _uses_by_line(forward: Forward) -> list[tuple[Block, int, list[tuple[int, int, int]]]]:
    """Return, for each block and line, the edges whose local derivative is a weight of that block.

    An edge is given by its node, its place among the edges, and the weight.
    """
    owner = {i: block for block in forward.blocks.values() if block.is_parameter for i in block.nodes}
    found: dict[tuple[str, int], list[tuple[int, int, int]]] = defaultdict(list)
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
    return [(forward.blocks[name], line, uses) for (name, line), uses in found.items()]


def _with_factors(
    forward: Forward, uses: Sequence[tuple[int, int, int]], factor: object
) -> dict[int, Edges]:
    """Return edges with other numbers for some weights."""
    edits: dict[int, list[tuple[int, float]]] = {}
    for i, place, leaf in uses:
        edges = edits.setdefault(i, list(forward.edges[i]))
        edges[place] = (edges[place][0], factor(leaf))  # type: ignore[operator]
    return {i: tuple(edges) for i, edges in edits.items()}


def _line(forward: Forward, uses: Sequence[tuple[int, int, int]]) -> object:
    step = forward.steps.of.get(uses[0][0])
    return step.line if step else None
