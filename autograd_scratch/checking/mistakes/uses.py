"""Mistakes with the uses of a block: one sample's, one round's, one line's, and not all of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from .flows import Inflow
from .suspects import Formula, Rewrite

_MANY = 64  # steps, or samples, that are tried one by one


class _Sample(NamedTuple):
    """The gradient from one index of an axis, or from an entry's first, second, ... flow."""

    axis: int
    number: int
    is_last: bool
    gradient: Any
    is_every: bool = False  # the last one of each entry, whatever its number


def use_mistakes(inflow: Inflow, is_bias: bool) -> Iterator[Rewrite]:
    """Yield the gradient from some of the uses of a block alone."""
    yield from _of_steps(inflow)
    yield from _of_lines(inflow)
    yield from _of_samples(inflow, is_bias)
    name, told = inflow.block.name, set()
    for some in _counted_once(inflow):
        gradient = inflow.added(some)
        if gradient.tobytes() not in told:
            told.add(gradient.tobytes())
            what = f"with d{name}[rows] += ..., which counts a row that occurs twice once"
            formula = Formula(f"np.add.at(d{name}, rows, ...)", f"d{name}[rows] += ...")
            yield inflow.rewrite("overwritten", what, 1.25, gradient, formula)


def _of_steps(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the gradient from one step alone, and without one."""
    steps, name, count = inflow.steps, inflow.block.name, len(inflow.steps)
    if not 1 < count <= _MANY:
        return
    rounds, told_of = inflow.forward.steps.are_rounds(steps), inflow.forward.steps.told
    lines = [step.line for step in steps]
    for k, (step, alone) in enumerate(zip(steps, inflow.apart(inflow.step))):
        of_loop = len(inflow.forward.steps.occurrences(step)) > 1
        is_last = k == count - 1
        formula = Formula(f"d{name} = the sum over its {count} uses", f"d{name} = that of use {k + 1}")
        if of_loop and not rounds:
            yield inflow.rewrite("single_sample", f"with sample {k} of d{name} alone", 1.25, alone, formula)
        if of_loop and (is_last or (rounds and k == 0)):  # on the way back in time the first comes last
            what = f"with = instead of += in the loop that adds up d{name}: use {k + 1} of {count} alone"
            yield inflow.rewrite("overwritten", what, 1.2, alone, formula)
        rank = 1.15 if rounds and is_last else 1.3 + 0.2 * of_loop
        others = replace(formula, implied=f"d{name} = that of all but use {k + 1}")
        use = f"use {k + 1} of {count}" if of_loop else "the use"
        place = step.where if lines.count(step.line) == 1 or of_loop else f" in {told_of(step)}"
        what = f"with {use} of {name}{place}"
        kind, sooner = "shared_use_missing", rank - 0.01  # of two, one alone is the other one left out
        yield inflow.rewrite(kind, f"{what} left out", sooner, inflow.whole - alone, others, step.line)
        yield inflow.rewrite(kind, f"{what} alone", rank, alone, formula)


def _of_lines(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the gradient from the steps of one instruction alone, and without them."""
    for key in dict.fromkeys(step.key for step in inflow.steps):
        group = [step for step in inflow.steps if step.key == key]
        if 1 < len(group) < len(inflow.steps):
            alone = inflow.added(inflow.of(key))
            for gradient, how in ((alone, "alone"), (inflow.whole - alone, "left out")):
                what = f"with the uses of {inflow.block.name}{group[0].where} {how}"
                yield inflow.rewrite("shared_use_missing", what, 1.3, gradient)


def _of_samples(inflow: Inflow, is_bias: bool) -> Iterator[Rewrite]:
    """Yield the gradient from one index of an axis alone: the first such axis is that of the samples."""
    name, samples = inflow.block.name, [*_along_axes(inflow)] or [*_one_by_one(inflow)]
    for axis, k, is_last, gradient, is_every in samples:
        if is_bias and axis > samples[0].axis:
            what = f"with index {k} of axis {axis} of d{name} alone"
            yield inflow.rewrite("bias_reduction", what, 1.3, gradient)
            continue
        formula = Formula(f"d{name} = the sum over all samples", f"d{name} = that of sample {k}")
        if is_last:
            what = f"with = instead of += in the loop that adds up d{name}"
            yield inflow.rewrite("overwritten", what, 1.3, gradient, formula)
        if not is_every:
            yield inflow.rewrite(
                "single_sample", f"with sample {k} of d{name} alone", 1.4, gradient, formula
            )


def _along_axes(inflow: Inflow) -> Iterator[_Sample]:
    """Yield the gradient from each index of each axis that is none of the block's own."""
    import numpy

    shape = inflow.steps[0].shape
    if len({step.shape for step in inflow.steps}) > 1 or len(shape) < 2:
        return
    inner = len(inflow.steps[0].nodes)
    for axis, size in enumerate(shape):
        inner //= max(size, 1)
        if 1 < size <= _MANY:
            index = inflow.spots // inner % size
            if numpy.array_equal(
                numpy.bincount(inflow.place[index == 0], minlength=len(inflow.counts)) > 0,
                inflow.counts > 0,
            ):
                gradients = inflow.apart(index)
                for k in numpy.unique(index).tolist():
                    yield _Sample(axis, k, k == len(gradients) - 1, gradients[k])


def _one_by_one(inflow: Inflow) -> Iterator[_Sample]:
    """Yield that of the first, second, ... flow into each entry; where some have more, the first and last.

    All come from one instruction: those of several are no samples, and no rounds of a loop.
    """
    import numpy

    if len({step.key for step in inflow.steps}) > 1:
        return
    order = numpy.argsort(inflow.place, kind="stable")
    turn = numpy.empty_like(order)
    turn[order] = numpy.arange(len(order)) - numpy.repeat(
        numpy.cumsum(inflow.counts) - inflow.counts, inflow.counts
    )
    most = inflow.counts.max()
    if (inflow.counts[inflow.counts > 0] < most).any():
        yield _Sample(0, 0, False, inflow.added(turn == 0))
        yield _Sample(0, -1, True, inflow.added(turn == inflow.counts[inflow.place] - 1), is_every=True)
    elif 1 < most <= _MANY:
        yield from (_Sample(0, k, k == most - 1, own) for k, own in enumerate(inflow.apart(turn)))


def _counted_once(inflow: Inflow) -> Iterator[Any]:
    """Yield what flows into each entry, of what occurs several times the last.

    That is within one number that is computed, in the rows of an array, or in the rounds of a loop.
    """
    import numpy

    steps = inflow.steps
    long = numpy.array([step.shape[-1] if len(step.shape) > 1 else 1 for step in steps])
    keys = {key: k for k, key in enumerate(dict.fromkeys(step.key for step in steps))}
    key = numpy.array([keys[step.key] for step in steps])
    size = numpy.intp(len(inflow.block.nodes))
    for whole, part in (
        (inflow.node, inflow.edge),
        (inflow.step, inflow.spots // long[inflow.step]),
        (key[inflow.step], inflow.step),
    ):
        some = _last(whole * size + inflow.place, part)
        if some is not None:
            yield some


def _last(whole: Any, part: Any) -> Any:
    """Return which are of the last part of a whole; None where that is all, or all have equally many."""
    import numpy

    span = int(part.max()) + 1
    codes = whole * span + part
    pairs = numpy.unique(codes)
    ends = numpy.flatnonzero(numpy.diff(pairs // span, append=-1))
    counts = numpy.diff(ends, prepend=-1)
    return numpy.isin(codes, pairs[ends]) if counts.min() < counts.max() else None
