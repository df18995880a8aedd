"""Mistakes with the uses of a block: one sample's, one round's, one line's, and not all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any, NamedTuple

from .flows import Inflow
from .suspects import Formula, Rewrite

_MANY = 64  # steps, or samples, that are tried one by one


class _Sample(NamedTuple):
    """The gradient from one index of an axis, or from the flow with a number into each entry."""

    axis: int
    number: int
    is_last: bool
    gradient: Any


def use_mistakes(inflow: Inflow, is_bias: bool) -> Iterator[Rewrite]:
    """Yield the gradient from some of the uses of a block alone."""
    yield from _of_steps(inflow)
    yield from _of_lines(inflow)
    yield from _of_samples(inflow, is_bias)
    name = inflow.block.name
    found = {gradient.tobytes(): gradient for gradient in map(inflow.added, _counted_once(inflow))}
    for gradient in found.values():
        what = f"with d{name}[rows] += ..., which counts a row that occurs twice once"
        formula = Formula(f"np.add.at(d{name}, rows, ...)", f"d{name}[rows] += ...")
        yield inflow.rewrite("overwritten", what, 1.25, gradient, formula=formula)


def _of_steps(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the gradient from one step alone, and without one."""
    steps, name, count = inflow.steps, inflow.block.name, len(inflow.steps)
    if not 1 < count <= _MANY:
        return
    rounds, told_of = inflow.forward.steps.are_rounds(steps), inflow.forward.steps.told
    lines = [step.line for step in steps]
    for k, (step, alone) in enumerate(zip(steps, inflow.apart(inflow.step, count))):
        of_loop = len(inflow.forward.steps.occurrences(step)) > 1
        is_last = k == count - 1
        formula = Formula(f"d{name} = the sum over its {count} uses", f"d{name} = that of use {k + 1}")
        if of_loop and not rounds:
            what = f"with sample {k} of d{name} alone"
            yield inflow.rewrite("single_sample", what, 1.25, alone, formula=formula)
        if of_loop and (is_last or (rounds and k == 0)):  # on the way back in time the first comes last
            what = f"with = instead of += in the loop that adds up d{name}: use {k + 1} of {count} alone"
            yield inflow.rewrite("overwritten", what, 1.2, alone, formula=formula)
        rank = 1.15 if rounds and is_last else 1.3 + 0.2 * of_loop
        others = replace(formula, implied=f"d{name} = that of all but use {k + 1}")
        use = f"use {k + 1} of {count}" if of_loop else "the use"
        place = step.where if lines.count(step.line) == 1 or of_loop else f" in {told_of(step)}"
        what = f"with {use} of {name}{place}"
        kind, rest = "shared_use_missing", inflow.whole - alone
        sooner = rank - 0.01  # of two, one alone is the other one left out
        yield inflow.rewrite(kind, f"{what} left out", sooner, rest, formula=others, line=step.line)
        yield inflow.rewrite(kind, f"{what} alone", rank, alone, formula=formula)


def _of_lines(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the gradient from the steps of one instruction alone, and without them."""
    keys = [step.key for step in inflow.steps]
    for key in dict.fromkeys(keys):
        if 1 < keys.count(key) < len(keys):
            alone, where = inflow.added(inflow.of(key)), inflow.steps[keys.index(key)].where
            for gradient, how in ((alone, "alone"), (inflow.whole - alone, "left out")):
                what = f"with the uses of {inflow.block.name}{where} {how}"
                yield inflow.rewrite("shared_use_missing", what, 1.3, gradient)


def _of_samples(inflow: Inflow, is_bias: bool) -> Iterator[Rewrite]:
    """Yield the gradient from one index of an axis alone: the first such axis is that of the samples."""
    name, samples = inflow.block.name, [*_along_axes(inflow)] or [*_one_by_one(inflow)]
    for axis, k, is_last, gradient in samples:
        if is_bias and axis > samples[0].axis:
            what = f"with index {k} of axis {axis} of d{name} alone"
            yield inflow.rewrite("bias_reduction", what, 1.3, gradient)
            continue
        formula = Formula(f"d{name} = the sum over all samples", f"d{name} = that of sample {k}")
        if is_last:
            what = f"with = instead of += in the loop that adds up d{name}"
            yield inflow.rewrite("overwritten", what, 1.3, gradient, formula=formula)
        if k >= 0:
            what = f"with sample {k} of d{name} alone"
            yield inflow.rewrite("single_sample", what, 1.4, gradient, formula=formula)


def _along_axes(inflow: Inflow) -> Iterator[_Sample]:
    """Yield the gradient from each index of each axis that is none of the block's own."""
    shape, shapes = inflow.steps[0].shape, {step.shape for step in inflow.steps}
    for axis, size in enumerate(shape) if len(shapes) == 1 and len(shape) > 1 else ():
        index = inflow.spot // prod(shape[axis + 1 :]) % size
        if 1 < size <= _MANY and inflow.entries(index == 0) == inflow.entries():
            used = [k for k in range(size) if (index == k).any()]
            found = inflow.apart(index, size)
            yield from (_Sample(axis, k, k == used[-1], found[k]) for k in used)


def _one_by_one(inflow: Inflow) -> Iterator[_Sample]:
    """Yield that of the first, second, ... flow into each entry; where some have more, the first and last.

    All come from one instruction: those of several are no samples, and no rounds of a loop.
    """
    if len({step.key for step in inflow.steps}) > 1:
        return
    order = inflow.place.argsort(kind="stable")
    number, count = order.copy(), order.copy()
    number[order], count[order] = _runs(inflow.place[order])
    most = int(count.max())
    if count.min() < most:
        yield _Sample(0, 0, False, inflow.added(number == 0))
        yield _Sample(0, -1, True, inflow.added(number == count - 1))
    elif 1 < most <= _MANY:
        found = inflow.apart(number, most)
        yield from (_Sample(0, k, k == most - 1, own) for k, own in enumerate(found))


def _counted_once(inflow: Inflow) -> Iterator[Any]:
    """Yield which flows into each entry are, of those that occur several times, the last.

    That is within one number that is computed, in the rows of an array, or in the rounds of a loop.
    """
    import numpy

    long = numpy.array([step.shape[-1] if len(step.shape) > 1 else 1 for step in inflow.steps])
    keys = [step.key for step in inflow.steps]
    loop, ravelled = numpy.array([*map(keys.index, keys)]), numpy.ravel_multi_index
    cases: Sequence[tuple[Callable[[], Any], Callable[[], Any]]] = (
        (lambda: inflow.node, lambda: _runs(inflow.node)[0]),
        (lambda: inflow.step, lambda: inflow.spot // long[inflow.step]),
        (lambda: loop[inflow.step], lambda: inflow.step),
    )
    for whole, part in cases:
        flows = whole(), inflow.place, part()
        codes: Callable[[], Any] = partial(ravelled, flows, [each.max() + 1 for each in flows])
        pairs = codes()
        pairs.sort()
        pairs = pairs[numpy.append(pairs[1:] != pairs[:-1], True)]
        number, count = _runs(pairs // (flows[2].max() + 1))
        if count.min() < count.max():  # else it is a loop that overwrites all
            yield numpy.isin(codes(), pairs[number == count - 1])


def _runs(numbers: Any) -> tuple[Any, Any]:
    """Return which one each number is in its run of equal ones, and how many these are."""
    import numpy

    last = numpy.flatnonzero(numpy.append(numbers[1:] != numbers[:-1], True))
    count = numpy.diff(last, prepend=-1).astype(numpy.int32)
    first = numpy.repeat((last - count + 1).astype(numpy.int32), count)
    return numpy.arange(len(numbers), dtype=numpy.int32) - first, numpy.repeat(count, count)
