"""Mistakes that touch one block alone: left at zero, in another order, another block's, a part."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..passes.forward import Block, Forward
from ..passes.table import numpy_if_there
from .contractions import Contractions
from .flows import Inflow
from .reductions import reduction_mistakes
from .suspects import Formula, Rewrite
from .uses import use_mistakes

_NEAR = 1e-3  # relative to the largest number

Numbers = Sequence[float]


def block_mistakes(
    forward: Forward,
    name: str,
    right: Mapping[str, Numbers],
    inflow_of: Callable[[Block], Inflow],
    hand: Mapping[str, Numbers],
    contractions: Contractions,
    is_right: bool,
) -> Iterator[Rewrite]:
    """Yield the gradients of a block with a mistake in it alone, given those of all blocks."""
    block = forward.blocks[name]
    bias, d = is_bias(forward, block), f"d{name}"
    kind, zeros = "bias_forgotten" if bias else "path_missing", [0.0] * len(block.nodes)
    formula = Formula(f"{d} = the sum of what flows into it", f"{d} = 0")
    yield Rewrite(kind, f"with {d} left at zero", 2.0 - bias, name, zeros, formula=formula, factor=0.0)
    yield from _rearranged(block, right[name], hand[name])
    what, formula = f"with {name} itself for {d}", Formula(d, name)
    yield Rewrite("other_operand", what, 1.5, name, block.numbers, formula=formula)
    for other in hand:
        if other != name and forward.blocks[other].shape == block.shape:
            both = _are_near(hand[other], right[name])
            kind = "exchanged" if both else "other_operand"
            what, formula = f"with the gradient of {other} for {name}", Formula(d, f"d{other}")
            title = "" if both else f"the gradient of {other} stands for that of {name}"
            yield Rewrite(kind, what, 1.3, name, right[other], formula=formula, title=title)
    if numpy_if_there():
        yield from _sums(forward, block, right)
        flows = inflow_of(block) if block.is_parameter else None
        if flows and flows.steps:
            yield from use_mistakes(flows, bias)
            yield from reduction_mistakes(flows) if bias else ()
            yield from contractions.mistakes(flows, hand[name], is_right)


def _are_near(numbers: Numbers, others: Numbers) -> bool:
    """Say whether numbers are others, up to the rounding of short floats."""
    close = _NEAR * max(map(abs, others), default=0.0)
    return len(numbers) == len(others) and all(abs(x - y) <= close for x, y in zip(numbers, others))


def is_bias(forward: Forward, block: Block) -> bool:
    """Say whether a block is added to something, or named as a bias is."""
    if sum(size > 1 for size in block.shape) > 1:
        return False
    users = {forward.name_of(j) for i in block.nodes if i >= 0 for j in forward.consumers[i]}
    return users <= {"add", "sub"} or (users <= {"add", "sub", "dot"} and block.name[:1] in ("b", "B"))


def _sums(forward: Forward, block: Block, right: Mapping[str, Numbers]) -> Iterator[Rewrite]:
    """Yield one number for a row of numbers, and the sums of another block's gradient along an axis."""
    import numpy

    name, size, d = block.name, len(block.nodes), f"d{block.name}"
    if 1 < size == max(block.shape):
        what, formula = f"with everything added up into each entry of {d}", Formula(d, f"{d}.sum()")
        yield Rewrite("bias_reduction", what, 1.35, name, [sum(right[name])] * size, formula=formula)
    for other, numbers in right.items() if size == max(block.shape, default=0) else ():
        shape = forward.blocks[other].shape
        for axis in range(len(shape)) if len(shape) > 1 and other != name else ():
            sums = numpy.array(numbers).reshape(shape).sum(axis).ravel().tolist()
            what = f"with the sum of d{other} over axis {axis} for {d}"
            formula = Formula(d, f"d{other}.sum(axis={axis})")
            if len(sums) == size:
                yield Rewrite("bias_reduction", what, 1.6, name, sums, formula=formula)


def _rearranged(block: Block, right: Numbers, hand: Numbers) -> Iterator[Rewrite]:
    """Yield the right numbers in other places."""
    d, shape = f"d{block.name}", block.shape
    if len(shape) == 2 and min(shape) > 1:
        turned = [x for j in range(shape[1]) for x in right[j :: shape[1]]]
        formula = Formula(d, f"{d}.T")
        yield Rewrite(
            "transposed", f"with {d} transposed", 1.0, block.name, turned, shape[::-1], formula=formula
        )
        if shape[0] != shape[1]:
            what = f"with {d} transposed, and reshaped to {shape}"
            formula = Formula(d, f"{d}.T.reshape{shape}")
            yield Rewrite("permuted", what, 1.4, block.name, turned, shape, formula=formula)
    if len(right) == len(hand) > 1 and len(set(right)) > 1:
        places = sorted(range(len(hand)), key=hand.__getitem__)
        permuted = [x for _, x in sorted(zip(places, sorted(right)))]
        what, formula = f"with the entries of {d} in another order", Formula(d, f"a permutation of {d}")
        yield Rewrite("permuted", what, 1.5, block.name, permuted, shape, formula=formula)
