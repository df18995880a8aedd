"""Mistakes with what a bias adds up: a mean, the sum over another axis, no sum at all."""

from collections.abc import Iterator
from itertools import combinations
from math import prod
from typing import Any

from .flows import Inflow
from .suspects import Rewrite

_ALIKE = 1e-12  # relative: sums in another order

_Wrong = tuple[
    str, float, Any, str, str
]  # what is said of a gradient, rank, it, its formula, how it is told


def reduction_mistakes(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield what is not the sum over the samples: their mean, a sum over another axis, no sum."""
    import numpy

    name, step, shape = inflow.block.name, inflow.steps[0], inflow.block.shape
    d = f"d{inflow.forward.steps.symbol(step, 'z')}"
    flow = numpy.append(inflow.adjoints, 0.0)[[*step.nodes]].reshape(step.shape)
    sums = {axes: flow.sum(axes) for axes in _some_of(flow.ndim)}
    right = [axes for axes in sums if _is_same(sums[axes], inflow.whole)]
    known = [axes for axes in right if axes]
    over = _written(known[0]) + ", keepdims=True" * (len(shape) == flow.ndim) if known else "axis=0"
    over = over if len(known[:1] and known[0]) < flow.ndim else ""
    wrong = [*_of_the_sum(inflow, d, over)]
    for axes in sums if len(inflow.steps) == 1 else ():
        if axes not in right and len(axes) < flow.ndim:
            wrong += _over(axes, sums[axes], flow.size, f"d{name}", d)
    for what, rank, gradient, implied, told in wrong:
        more: dict[str, Any] = {"shape": None if gradient.size == len(inflow.kept) else gradient.shape}
        formula = f"d{name} = {d}.sum({over})", f"d{name} = {implied}"
        more["title"] = f"the gradient of the bias {name} is {told}"
        yield inflow.rewrite("bias_reduction", what, rank, gradient.ravel(), *formula, **more)


def _of_the_sum(inflow: Inflow, d: str, over: str) -> Iterator[_Wrong]:
    """Yield the right sum divided, and added up once more."""
    name, whole, shapes = inflow.block.name, inflow.whole, {step.shape for step in inflow.steps}
    count = len(inflow.place) // len(whole)
    if count > 1:
        what = f"with the mean over {count} samples for their sum in d{name}"
        yield what, 1.0, whole / count, f"{d}.mean({over})", f"a mean over {count} samples, not their sum"
    if len(whole) > 1:
        what = f"with everything added up into each entry of d{name}"
        yield what, 1.3, 0.0 * whole + whole.sum(), f"{d}.sum()", "added up over all axes"
    shape = shapes.pop()
    sizes = {prod(shape[axis] for axis in axes) for axes in _some_of(len(shape))[:-1]}
    for size in sorted(sizes) if not shapes else ():
        if 1 < size <= count:
            told = f"divided by {size}"
            yield f"with d{name} {told}", 1.1, whole / size, f"{d}.sum({over}) / {size}", told


def _over(axes: tuple[int, ...], sums: Any, size: int, dw: str, d: str) -> Iterator[_Wrong]:
    """Yield the sum and mean over other axes than those of the samples, or over none."""
    if not axes:
        yield f"with {dw} not summed", 1.2, sums, d, "not added up"
        return
    axis = f"axis {' and '.join(map(str, axes))}"
    what, mean = f"with {dw} summed over {axis}", sums * (sums.size / size)
    yield what, 1.2, sums, f"{d}.sum({_written(axes)})", f"added up over {axis}"
    yield f"{what} and averaged", 1.25, mean, f"{d}.mean({_written(axes)})", f"averaged over {axis}"


def _written(axes: tuple[int, ...]) -> str:
    return f"axis={axes[0] if len(axes) == 1 else axes}"


def _some_of(count: int) -> list[tuple[int, ...]]:
    """Return all choices of some axes, the smallest first."""
    return [axes for size in range(count + 1) for axes in combinations(range(count), size)]


def _is_same(sums: Any, numbers: Any) -> bool:
    """Say whether sums are these numbers, up to rounding."""
    close = _ALIKE * abs(numbers).max()
    return sums.size == numbers.size and bool((abs(sums.ravel() - numbers) <= close).all())
