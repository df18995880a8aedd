"""Mistakes with what a bias adds up: a mean, the sum over another axis, no sum at all."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import prod
from typing import Any, NamedTuple

from ..passes.forward import Block, Forward
from .flows import Inflow
from .suspects import Formula, Rewrite

_ALIKE = 1e-12  # relative: sums in another order


class _Wrong(NamedTuple):
    """What is not the sum over the samples: what is said of the gradient, its formula, how it is told."""

    what: str
    rank: float
    gradient: Any
    implied: str
    told: str
    shape: tuple[int, ...] | None = None


def reduction_mistakes(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield what is not the sum over the samples: their mean, a sum over another axis, no sum."""
    import numpy

    name, step = inflow.block.name, inflow.steps[0]
    d = f"d{inflow.forward.steps.symbol(step, 'z')}"
    flow = numpy.append(inflow.adjoints, 0.0)[list(step.nodes)].reshape(step.shape)
    sums = [(axes, flow.sum(axes)) for axes in _some_of(flow.ndim)]
    same = [axes for axes, each in sums if axes and _is_same(each, inflow.whole)]
    over = _axes(inflow, same[0], flow.ndim) if same else "axis=0"
    wrong = [*_of_the_sum(inflow, d, over)]
    if len(inflow.steps) == 1:
        others = [
            (axes, each)
            for axes, each in sums
            if len(axes) < flow.ndim and not _is_same(each, inflow.whole)
        ]
        wrong += [each for axes, own in others for each in _over_other_axes(inflow, d, axes, own)]
    for what, rank, gradient, implied, told, shape in wrong:
        formula = Formula(f"d{name} = {d}.sum({over})", f"d{name} = {implied}")
        title = f"the gradient of the bias {name} is {told}"
        yield inflow.rewrite("bias_reduction", what, rank, gradient, formula, shape=shape, title=title)


def _of_the_sum(inflow: Inflow, d: str, over: str) -> Iterator[_Wrong]:
    """Yield the right sum divided, and added up once more."""
    name, whole, shape = inflow.block.name, inflow.whole, inflow.steps[0].shape
    count = len(inflow.place) // len(whole)
    if count > 1:
        what, told = (
            f"with the mean over {count} samples for their sum in d{name}",
            f"a mean over {count} samples, not their sum",
        )
        yield _Wrong(what, 1.0, whole / count, f"{d}.mean({over})", told)
    if len(whole) > 1:
        what, everything = f"with everything added up into each entry of d{name}", 0.0 * whole + whole.sum()
        yield _Wrong(what, 1.3, everything, f"{d}.sum()", "added up over all axes")
    if len({each.shape for each in inflow.steps}) == 1:
        for size in sorted({prod(shape[axis] for axis in axes) for axes in _some_of(len(shape))[:-1]}):
            if 1 < size <= count:
                told = f"divided by {size}"
                yield _Wrong(f"with d{name} {told}", 1.1, whole / size, f"{d}.sum({over}) / {size}", told)


def _over_other_axes(inflow: Inflow, d: str, axes: tuple[int, ...], sums: Any) -> Iterator[_Wrong]:
    """Yield the sum and mean over other axes than those of the samples, or over none."""
    name, numbers = inflow.block.name, sums.ravel()
    shape = None if sums.size == len(inflow.whole) else sums.shape
    if not axes:
        yield _Wrong(f"with d{name} not summed", 1.2, numbers, d, "not added up", shape)
        return
    axis, over = f"axis {' and '.join(map(str, axes))}", axes[0] if len(axes) == 1 else axes
    what, terms = f"with d{name} summed over {axis}", prod(inflow.steps[0].shape[each] for each in axes)
    yield _Wrong(what, 1.2, numbers, f"{d}.sum(axis={over})", f"added up over {axis}", shape)
    told = f"averaged over {axis}"
    yield _Wrong(f"{what} and averaged", 1.25, numbers / terms, f"{d}.mean(axis={over})", told, shape)


def _axes(inflow: Inflow, axes: tuple[int, ...], count: int) -> str:
    """Write the argument of the sum that a bias's gradient is; '' where all is added up."""
    kept = ", keepdims=True" if len(inflow.block.shape) == count else ""
    return "" if len(axes) == count else f"axis={axes[0] if len(axes) == 1 else axes}{kept}"


def _some_of(count: int) -> list[tuple[int, ...]]:
    """Return all choices of some axes, the smallest first."""
    return [axes for size in range(count + 1) for axes in combinations(range(count), size)]


def _is_same(sums: Any, numbers: Any) -> bool:
    """Say whether sums are these numbers, up to rounding."""
    return sums.size == numbers.size and bool(
        (abs(sums.ravel() - numbers) <= _ALIKE * abs(numbers).max()).all()
    )


def sums_of_others(
    forward: Forward, block: Block, right: Mapping[str, Sequence[float]]
) -> Iterator[Rewrite]:
    """Yield one number for a whole row of numbers, and the sums of another block's gradient along an axis."""
    import numpy

    name, size = block.name, len(block.nodes)
    if size != max(block.shape, default=0):
        return
    if size > 1:
        what, formula = (
            f"with everything added up into each entry of d{name}",
            Formula(f"d{name}", f"d{name}.sum()"),
        )
        yield Rewrite("bias_reduction", what, 1.35, name, [sum(right[name])] * size, formula=formula)
    for other, numbers in right.items():
        shape = forward.blocks[other].shape
        for axis in range(len(shape)) if len(shape) > 1 and other != name else ():
            if prod(shape) == size * shape[axis]:
                what = f"with the sum of d{other} over axis {axis} for d{name}"
                formula = Formula(f"d{name}", f"d{other}.sum(axis={axis})")
                sums = numpy.array(numbers).reshape(shape).sum(axis).ravel().tolist()
                yield Rewrite("bias_reduction", what, 1.6, name, sums, formula=formula)
