"""Mistakes that touch one block alone: left at zero, in another order, another block's, a part."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..passes.forward import Block, Forward
from ..passes.table import numpy_if_there
from .contractions import Contractions
from .flows import Inflow
from .reductions import reduction_mistakes, sums_of_others
from .suspects import Formula, Rewrite
from .uses import use_mistakes

Hand = Mapping[str, Sequence[float]]


def block_mistakes(
    forward: Forward,
    adjoints: Sequence[float],
    inflow_of: Callable[[Block], Inflow],
    hand: Hand,
    names: Iterable[str],
    contractions: Contractions,
) -> Iterator[Rewrite]:
    """Yield the gradients of the named blocks with a mistake in each alone, given all adjoints."""
    right = {name: forward.gradient(forward.blocks[name], adjoints) for name in hand}
    for name in names:
        block = forward.blocks[name]
        bias = is_bias(forward, block)
        yield _zero(forward, block, bias)
        yield from _rearranged(block, right[name], hand[name])
        for other in hand:
            if other != name and forward.blocks[other].shape == block.shape:
                yield Rewrite(
                    "exchanged",
                    f"with the gradient of {other} for {name}",
                    1.3,
                    name,
                    right[other],
                    formula=Formula(f"d{name}", f"d{other}"),
                )
        if numpy_if_there():
            yield from sums_of_others(forward, block, right)
            flows = inflow_of(block) if block.is_parameter else None
            if flows and flows.steps:
                yield from use_mistakes(flows, bias)
                yield from reduction_mistakes(flows) if bias else ()
                yield from contractions.mistakes(flows, hand[name])


def is_bias(forward: Forward, block: Block) -> bool:
    """Say whether a block is added to something, or named as a bias is."""
    if sum(size > 1 for size in block.shape) > 1:
        return False
    users = {forward.nodes[j].primitive.name for i in block.nodes if i >= 0 for j in forward.consumers[i]}
    return users <= {"add", "sub", "dot"} and (
        users <= {"add", "sub"} or block.name.lower().startswith("b")
    )


def _zero(forward: Forward, block: Block, bias: bool) -> Rewrite:
    kind = "bias_forgotten" if bias else "path_missing"
    return Rewrite(
        kind,
        f"with d{block.name} left at zero",
        1.0 + (not bias),
        block.name,
        [0.0] * len(block.nodes),
        formula=Formula(f"d{block.name} = the sum of what flows into it", f"d{block.name} = 0"),
        factor=0.0,
    )


def _rearranged(block: Block, right: Sequence[float], hand: Sequence[float]) -> Iterator[Rewrite]:
    """Yield the right numbers in other places."""
    name = block.name
    if len(block.shape) == 2 and min(block.shape) > 1:
        rows, columns = block.shape
        turned = [right[i * columns + j] for j in range(columns) for i in range(rows)]
        formula = Formula(f"d{name}", f"d{name}.T")
        yield Rewrite(
            "transposed", f"with d{name} transposed", 1.0, name, turned, (columns, rows), formula=formula
        )
        if rows != columns:
            what = f"with d{name} transposed, and reshaped to {block.shape}"
            formula = Formula(f"d{name}", f"d{name}.T.reshape{block.shape}")
            yield Rewrite("permuted", what, 1.4, name, turned, block.shape, formula=formula)
    order = sorted(range(len(right)), key=right.__getitem__)
    places = sorted(range(len(hand)), key=hand.__getitem__)
    if len(order) == len(places) > 1 and len(set(right)) > 1:
        permuted = [0.0] * len(right)
        for place, k in zip(places, order):
            permuted[place] = right[k]
        what = f"with the entries of d{name} in another order"
        formula = Formula(f"d{name}", f"a permutation of d{name}")
        yield Rewrite("permuted", what, 1.5, name, permuted, block.shape, formula=formula)
