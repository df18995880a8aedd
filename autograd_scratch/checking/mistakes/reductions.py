"""Mistakes with what a bias adds up: a mean, the sum over another axis, no sum at all."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import prod

from ...stepping.groups import Step
from .flows import Inflow
from .suspects import Formula, Rewrite

_ALIKE = 1e-12  # relative: sums in another order


def reduction_mistakes(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield what is not the sum over the samples: their mean, a sum over another axis, no sum."""
    name, whole, step = inflow.block.name, inflow.whole, inflow.steps[0]
    d = f"d{inflow.forward.steps.symbol(step, 'z')}"
    count = sum(map(len, inflow.by_step.values())) // max(len(inflow.block.nodes), 1)
    if count > 1:
        what = f"with the mean over {count} samples for their sum in d{name}"
        told = f"a mean over {count} samples, not their sum"
        yield _rewrite(inflow, what, 1.0, [x / count for x in whole], f"{d}.mean({_axes(inflow)})", told)
    if len(whole) > 1:
        what = f"with everything added up into each entry of d{name}"
        yield _rewrite(inflow, what, 1.3, [sum(whole)] * len(whole), f"{d}.sum()", "added up over all axes")
    if len({each.shape for each in inflow.steps}) == 1:
        for size in sorted(_products(step.shape)):
            if 1 < size <= count:
                how = f"{d}.sum({_axes(inflow)}) / {size}"
                told = f"divided by {size}"
                yield _rewrite(inflow, f"with d{name} {told}", 1.1, [x / size for x in whole], how, told)
    if len(inflow.steps) == 1:
        yield from _over_other_axes(inflow, step, d)


def _rewrite(
    inflow: Inflow,
    what: str,
    rank: float,
    gradient: Sequence[float],
    implied: str,
    told: str,
    shape: tuple[int, ...] | None = None,
) -> Rewrite:
    name, step = inflow.block.name, inflow.steps[0]
    right = f"d{name} = d{inflow.forward.steps.symbol(step, 'z')}.sum({_axes(inflow)})"
    formula = Formula(right, f"d{name} = {implied}")
    title = f"the gradient of the bias {name} is {told}"
    return Rewrite(
        "bias_reduction", what, rank, name, gradient, shape, line=step.line, formula=formula, title=title
    )


def _axes(inflow: Inflow) -> str:
    """Write the argument of the sum that a bias's gradient is; '' where all is added up."""
    step = inflow.steps[0]
    delta = [inflow.adjoints[i] if i >= 0 else 0.0 for i in step.nodes]
    axes = range(len(step.shape))
    for some in (each for size in axes for each in combinations(axes, size + 1)):
        if _same(summed(delta, step.shape, some)[0], inflow.whole):
            kept = ", keepdims=True" if len(inflow.block.shape) == len(step.shape) else ""
            whole = len(some) == len(axes)
            return "" if whole else f"axis={some[0] if len(some) == 1 else some}{kept}"
    return "axis=0"


def _over_other_axes(inflow: Inflow, step: Step, d: str) -> Iterator[Rewrite]:
    """Yield the sums and means over other axes than those of the samples, or over none."""
    delta = [inflow.adjoints[i] if i >= 0 else 0.0 for i in step.nodes]
    axes, name = range(len(step.shape)), inflow.block.name
    for some in (each for size in axes for each in combinations(axes, size)):
        sums, shape = summed(delta, step.shape, some)
        if _same(sums, inflow.whole):
            continue
        kept = None if len(sums) == len(inflow.whole) else shape
        over = some[0] if len(some) == 1 else some
        if not some:
            yield _rewrite(inflow, f"with d{name} not summed", 1.2, sums, d, "not added up", kept)
            continue
        axis = f"axis {' and '.join(map(str, some))}"
        what, told = f"with d{name} summed over {axis}", f"added up over {axis}"
        yield _rewrite(inflow, what, 1.2, sums, f"{d}.sum(axis={over})", told, kept)
        terms = prod(step.shape[axis] for axis in some)
        means = [x / terms for x in sums]
        what, told = f"{what} and averaged", f"averaged over {axis}"
        yield _rewrite(inflow, what, 1.25, means, f"{d}.mean(axis={over})", told, kept)


def _products(shape: Sequence[int]) -> set[int]:
    """Return what the lengths of some of the axes multiply to."""
    axes = range(len(shape))
    return {prod(shape[axis] for axis in some) for size in axes for some in combinations(axes, size)}


def summed(
    numbers: Sequence[float], shape: Sequence[int], axes: Sequence[int]
) -> tuple[list[float], tuple[int, ...]]:
    """Return the sums over some axes, in order, and their shape."""
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    sums: dict[tuple[int, ...], float] = {}
    for index, x in zip(product(*map(range, shape)), numbers):
        place = tuple(index[axis] for axis in kept)
        sums[place] = sums.get(place, 0.0) + x
    return list(sums.values()), tuple(shape[axis] for axis in kept)


def _same(xs: Sequence[float], ys: Sequence[float]) -> bool:
    """Say whether numbers are equal, up to rounding."""
    return len(xs) == len(ys) and all(abs(x - y) <= _ALIKE * max(abs(x), abs(y)) for x, y in zip(xs, ys))
