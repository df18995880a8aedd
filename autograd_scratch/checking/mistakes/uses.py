"""Mistakes with the uses of a block: one sample's, one round's, one line's, and not all of them."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import prod
from typing import Any

from .flows import Inflow
from .suspects import Rewrite

_MANY = 64  # steps, or samples, that are tried one by one

_Sample = tuple[
    int, int, bool, Any
]  # an axis, an index or -1, whether it is the last, and the gradient from it


def use_mistakes(inflow: Inflow, is_bias: bool) -> Iterator[Rewrite]:
    """Yield the gradient from some of the uses of a block alone."""
    yield from _of_steps(inflow)
    yield from _of_lines(inflow)
    yield from _of_samples(inflow, is_bias)
    yield from () if is_bias else _averaged(inflow)
    d = f"d{inflow.block.name}"
    what = f"with {d}[rows] += ..., which counts a row that occurs twice once"
    formula = f"np.add.at({d}, rows, ...)", f"{d}[rows] += ..."
    for gradient in {each.tobytes(): each for each in map(inflow.added, _counted_once(inflow))}.values():
        yield inflow.rewrite("overwritten", what, 1.25, gradient, *formula)


def _averaged(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the mean of what flows into each entry; nothing does where a mask holds it back."""
    count, d = _counts(inflow.place[inflow.amount != 0.0], len(inflow.kept)), f"d{inflow.block.name}"
    if count.max() > 1:
        what = f"with the mean of what flows into each entry of {d} for the sum"
        gradient = inflow.whole / count.clip(1)
        formula, title = (f"{d} = sum of ...", f"{d} = mean of ..."), f"{d} is a mean, and no sum"
        yield inflow.rewrite("sum_for_mean", what, 1.6, gradient, *formula, title=title)


def _of_steps(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the gradient from one step alone, and without one."""
    steps, name, count = inflow.steps, inflow.block.name, len(inflow.steps)
    if not 1 < count <= _MANY:
        return
    all_steps, lines = inflow.forward.steps, [step.line for step in steps]
    rounds, right = all_steps.are_rounds(steps), f"d{name} = the sum over its {count} uses"
    for k, (step, alone) in enumerate(zip(steps, inflow.apart(inflow.step, count))):
        of_loop, is_last = len(all_steps.occurrences(step)) > 1, k == count - 1
        formula = right, f"d{name} = that of use {k + 1}"
        if of_loop and not rounds:
            yield inflow.rewrite(
                "single_sample", f"with sample {k} of d{name} alone", 1.25, alone, *formula
            )
        if of_loop and (is_last or (rounds and k == 0)):  # on the way back in time the first comes last
            what = f"with = instead of += in the loop that adds up d{name}: use {k + 1} of {count} alone"
            yield inflow.rewrite("overwritten", what, 1.2, alone, *formula)
        rank = 1.15 if rounds and is_last else 1.3 + 0.2 * of_loop
        use = f"use {k + 1} of {count}" if of_loop else "the use"
        where = step.where if lines.count(step.line) == 1 or of_loop else f" in {all_steps.told(step)}"
        what, others = f"with {use} of {name}{where}", (right, f"d{name} = that of all but use {k + 1}")
        kind, rest = "shared_use_missing", inflow.whole - alone
        sooner = rank - 0.01  # of two, one alone is the other one left out
        yield inflow.rewrite(kind, f"{what} left out", sooner, rest, *others, line=step.line)
        yield inflow.rewrite(kind, f"{what} alone", rank, alone, *formula)


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
    d, samples = f"d{inflow.block.name}", [*_along_axes(inflow)] or [*_one_by_one(inflow)]
    for axis, k, is_last, gradient in samples:
        formula = f"{d} = the sum over all samples", f"{d} = that of sample {k}"
        if is_bias and axis > samples[0][0]:
            what = f"with index {k} of axis {axis} of {d} alone"
            yield inflow.rewrite("bias_reduction", what, 1.3, gradient)
            continue
        if is_last:
            what = f"with = instead of += in the loop that adds up {d}"
            yield inflow.rewrite("overwritten", what, 1.3, gradient, *formula)
        if k >= 0:
            yield inflow.rewrite("single_sample", f"with sample {k} of {d} alone", 1.4, gradient, *formula)


def _along_axes(inflow: Inflow) -> Iterator[_Sample]:
    """Yield the gradient from each index of each axis that is none of the block's own."""
    shape, entries = inflow.steps[0].shape, _counts(inflow.place) > 0
    for axis, size in (
        enumerate(shape) if len({step.shape for step in inflow.steps}) == 1 < len(shape) else ()
    ):
        index = inflow.homes[1][inflow.node] // prod(shape[axis + 1 :]) % size
        first = _counts(inflow.place[index == 0], len(entries)) > 0
        if 1 < size <= _MANY and (first == entries).all():
            used, found = _counts(index).nonzero()[0].tolist(), inflow.apart(index, size)
            yield from ((axis, k, k == used[-1], found[k]) for k in used)


def _one_by_one(inflow: Inflow) -> Iterator[_Sample]:
    """Yield that of the first, second, ... flow into each entry; where some have more, the first and last.

    All come from one instruction: those of several are no samples, and no rounds of a loop.
    """
    pairs = {*zip(inflow.node.tolist(), inflow.place.tolist())}
    if len({step.key for step in inflow.steps}) > 1 or len(pairs) < len(inflow.node):
        return  # W * W uses each entry twice at once
    order = inflow.place.argsort(kind="stable")
    number, count = order.copy(), order.copy()
    number[order], count[order] = _runs(inflow.place[order])
    most = int(count.max())
    if count.min() < most:
        yield 0, 0, False, inflow.added(number == 0)
        yield 0, -1, True, inflow.added(number == count - 1)
    elif 1 < most <= _MANY:
        yield from ((0, k, k == most - 1, own) for k, own in enumerate(inflow.apart(number, most)))


def _counted_once(inflow: Inflow) -> Iterator[Any]:
    """Yield which flows into each entry are, of those that occur several times, the last.

    That is within one number that is computed, in the rows of an array, or in the rounds of a loop. Where
    all occur equally often it is a loop that overwrites all.
    """
    import numpy

    keys, spot = [step.key for step in inflow.steps], inflow.homes[1]
    loop = numpy.array([*map(keys.index, keys)])
    long = numpy.array([step.shape[-1] if len(step.shape) > 1 else 1 for step in inflow.steps])
    cases: Sequence[Callable[[], tuple[Any, Any]]] = (
        lambda: (inflow.node, _runs(inflow.node)[0]),
        lambda: (inflow.step, spot[inflow.node] // long[inflow.step]),
        lambda: (loop[inflow.step], inflow.step),
    )
    for whole, part in (case() for case in cases):
        codes = partial(_codes, whole, inflow.place, part)
        pairs = codes()
        pairs.sort()
        pairs = pairs[_are_last(pairs)]
        last = _are_last(pairs // (part.max() + 1))
        if not last.all() and len(numpy.unique(numpy.diff(last.nonzero()[0], prepend=-1))) > 1:
            yield numpy.isin(codes(), pairs[last])


def _codes(*columns: Any) -> Any:
    """Return a number for each row of some columns, in the order of these."""
    import numpy

    return numpy.ravel_multi_index(columns, [int(column.max()) + 1 for column in columns])


def _counts(numbers: Any, most: int = 0) -> Any:
    """Return how often each number occurs."""
    import numpy

    return numpy.bincount(numbers, minlength=most)


def _are_last(numbers: Any) -> Any:
    """Return which numbers are the last ones in their runs of equal ones."""
    import numpy

    return numpy.append(numbers[1:] != numbers[:-1], True)


def _runs(numbers: Any) -> tuple[Any, Any]:
    """Return which one each number is in its run of equal ones, and how many these are."""
    import numpy

    last = numpy.append(-1, numpy.flatnonzero(_are_last(numbers))).astype(numpy.int32)
    count = numpy.diff(last)
    first = numpy.repeat(last[:-1] + 1, count)
    return numpy.arange(len(numbers), dtype=numpy.int32) - first, numpy.repeat(count, count)
