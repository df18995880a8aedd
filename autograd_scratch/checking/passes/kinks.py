"""What a gradient may be at a kink: every slope between the two sides of each function that has one there.

Where a comparison is a tie, or a relu gets 0, each person may take another side, and at every such place
another one. The same forward pass, with ties broken upwards and downwards, gives the local derivatives on
both sides; the backward pass in interval arithmetic gives all gradients that can be made of them.
"""

from collections.abc import Sequence

from .forward import Forward

Interval = tuple[float, float]


def intervals(sides: Sequence[Forward]) -> list[Interval]:
    """Return for each node of the first pass the smallest and the largest adjoint that it may have."""
    first = sides[0]
    if not all(_same_steps(first, other) for other in sides[1:]):
        adjoints = [side.adjoints for side in sides if len(side.nodes) == len(first.nodes)]
        return [(min(each), max(each)) for each in zip(*adjoints)]
    low, high = [0.0] * len(first.nodes), [0.0] * len(first.nodes)
    low[first.loss] = high[first.loss] = 1.0
    for i in range(first.loss, -1, -1):
        a, b = low[i], high[i]
        if a or b:
            for parent, (c, d) in _edges([side.local(i) for side in sides]):
                products = (a * c, a * d, b * c, b * d)
                low[parent] += min(products)
                high[parent] += max(products)
    return list(zip(low, high))


def _edges(sides: Sequence[dict[int, float]]) -> list[tuple[int, Interval]]:
    """Return the smallest and the largest local derivative by each parent."""
    parents = dict.fromkeys(parent for side in sides for parent in side)
    return [
        (
            parent,
            (min(side.get(parent, 0.0) for side in sides), max(side.get(parent, 0.0) for side in sides)),
        )
        for parent in parents
    ]


def _same_steps(first: Forward, other: Forward) -> bool:
    """Say whether two passes computed the same operations."""
    return len(first.nodes) == len(other.nodes) and all(
        a.primitive is b.primitive and len(a.parents) == len(b.parents)
        for a, b in zip(first.nodes, other.nodes)
    )
