"""Mistakes with the uses of a block: one sample's, one round's, one line's, and not all of them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ...stepping.groups import Step
from ...wording import Line
from .flows import Flow, Inflow
from .suspects import Formula, Rewrite

_MANY = 64  # steps, or samples, that are tried one by one
_EVERY = -1  # instead of a sample: the last one, whatever its number


def use_mistakes(inflow: Inflow, is_bias: bool) -> Iterator[Rewrite]:
    """Yield the gradient from some of the uses of a block alone."""
    yield from _of_steps(inflow)
    yield from _of_lines(inflow)
    yield from _of_samples(inflow, is_bias)
    name, told = inflow.block.name, set()
    for rows in _counted_once(inflow):
        gradient = inflow.added(rows)
        if len(rows) < sum(map(len, inflow.by_step.values())) and tuple(gradient) not in told:
            told.add(tuple(gradient))
            what = f"with d{name}[rows] += ..., which counts a row that occurs twice once"
            formula = Formula(f"np.add.at(d{name}, rows, ...)", f"d{name}[rows] += ...")
            yield _rewrite(inflow, "overwritten", what, 1.25, gradient, formula)


def _rewrite(
    inflow: Inflow,
    kind: str,
    what: str,
    rank: float,
    gradient: Sequence[float],
    formula: Formula | None,
    line: Line | None = None,
) -> Rewrite:
    line = line or inflow.steps[0].line
    return Rewrite(kind, what, rank, inflow.block.name, gradient, line=line, formula=formula)


def _of_steps(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the gradient from one step alone, and without one."""
    steps, name = inflow.steps, inflow.block.name
    if not 1 < len(steps) <= _MANY:
        return
    rounds, told_of = inflow.forward.steps.are_rounds(steps), inflow.forward.steps.told
    lines = [step.line for step in steps]
    for k, step in enumerate(steps):
        of_loop = len(inflow.forward.steps.occurrences(step)) > 1
        is_last = k == len(steps) - 1
        alone = inflow.totals[step]
        rest = [a - b for a, b in zip(inflow.whole, alone)]
        formula = Formula(f"d{name} = the sum over its {len(steps)} uses", f"d{name} = that of use {k + 1}")
        if of_loop and not rounds:
            what = f"with sample {k} of d{name} alone"
            yield _rewrite(inflow, "single_sample", what, 1.25, alone, formula)
        if of_loop and (is_last or (rounds and k == 0)):  # on the way back in time the first comes last
            what = (
                f"with = instead of += in the loop that adds up d{name}: use {k + 1} of {len(steps)} alone"
            )
            yield _rewrite(inflow, "overwritten", what, 1.2, alone, formula)
        rank = 1.15 if rounds and is_last else 1.3 + 0.2 * of_loop
        others = replace(formula, implied=f"d{name} = that of all but use {k + 1}")
        use = f"use {k + 1} of {len(steps)}" if of_loop else "the use"
        place = step.where if lines.count(step.line) == 1 or of_loop else f" in {told_of(step)}"
        what = f"with {use} of {name}{place}"
        kind, sooner = "shared_use_missing", rank - 0.01  # of two, one alone is the other one left out
        yield _rewrite(inflow, kind, f"{what} left out", sooner, rest, others, step.line)
        yield _rewrite(inflow, kind, f"{what} alone", rank, alone, formula)


def _of_lines(inflow: Inflow) -> Iterator[Rewrite]:
    """Yield the gradient from the steps of one instruction alone, and without them."""
    for key in dict.fromkeys(step.key for step in inflow.steps):
        group = [step for step in inflow.steps if step.key == key]
        if 1 < len(group) < len(inflow.steps):
            alone = [sum(parts) for parts in zip(*(inflow.totals[step] for step in group))]
            rest = [a - b for a, b in zip(inflow.whole, alone)]
            for gradient, how in ((alone, "alone"), (rest, "left out")):
                what = f"with the uses of {inflow.block.name}{group[0].where} {how}"
                yield _rewrite(inflow, "shared_use_missing", what, 1.3, gradient, None)


def _of_samples(inflow: Inflow, is_bias: bool) -> Iterator[Rewrite]:
    """Yield the gradient from one index of an axis alone: the first such axis is that of the samples."""
    name, samples = inflow.block.name, _by_sample(inflow)
    first = min((axis for axis, _ in samples), default=0)
    last = {axis: max(k for other, k in samples if other == axis) for axis, _ in samples}
    for (axis, k), flows in samples.items():
        gradient = inflow.added(flows)
        if is_bias and axis > first:
            what = f"with index {k} of axis {axis} of d{name} alone"
            yield _rewrite(inflow, "bias_reduction", what, 1.3, gradient, None)
            continue
        formula = Formula(f"d{name} = the sum over all samples", f"d{name} = that of sample {k}")
        if k in (last[axis], _EVERY):
            what = f"with = instead of += in the loop that adds up d{name}"
            yield _rewrite(inflow, "overwritten", what, 1.3, gradient, formula)
        if k != _EVERY:
            what = f"with sample {k} of d{name} alone"
            yield _rewrite(inflow, "single_sample", what, 1.4, gradient, formula)


def _by_sample(inflow: Inflow) -> dict[tuple[int, int], list[Flow]]:
    """Return the flows from each index of each axis that is none of the block's own."""
    steps = inflow.steps
    found: dict[tuple[int, int], list[Flow]] = {}
    shapes = {step.shape for step in steps}
    places = {flow.place for flows in inflow.by_step.values() for flow in flows}
    for axis, size in enumerate(steps[0].shape) if len(shapes) == 1 and len(steps[0].shape) > 1 else ():
        if 1 < size <= _MANY:
            groups = _along(inflow, axis)
            if {flow.place for flow in groups[0]} == places:
                found.update({(axis, k): flows for k, flows in groups.items()})
    return found or _one_by_one(inflow)


def _along(inflow: Inflow, axis: int) -> dict[int, list[Flow]]:
    """Return the flows from each index of an axis."""
    groups: dict[int, list[Flow]] = defaultdict(list)
    for step in inflow.steps:
        index = {node: k for k, row in enumerate(step.rows(axis)) for node in row}
        for flow in inflow.by_step[step]:
            groups[index[flow.node]].append(flow)
    return groups


def _one_by_one(inflow: Inflow) -> dict[tuple[int, int], list[Flow]]:
    """Return the first, second, ... flow into each entry; where some have more, the first and last.

    All come from one instruction: those of several are no samples, and no rounds of a loop.
    """
    if len({step.key for step in inflow.steps}) > 1:
        return {}
    flows: dict[int, list[Flow]] = defaultdict(list)
    for step in inflow.steps:
        for flow in sorted(inflow.by_step[step], key=lambda flow: flow.node):
            flows[flow.place].append(flow)
    counts = {len(each) for each in flows.values()}
    if len(counts) > 1:
        first, last = ([each[k] for each in flows.values()] for k in (0, -1))
        return {(0, 0): first, (0, _EVERY): last}
    count = counts.pop()
    if not 1 < count <= _MANY:
        return {}
    return {(0, k): [each[k] for each in flows.values()] for k in range(count)}


def _counted_once(inflow: Inflow) -> Iterator[list[Flow]]:
    """Yield what flows into each entry, of what occurs several times the last.

    That is within one number that is computed, in the rows of an array, or in the rounds of a loop.
    """
    rounds = {step: k for k, step in enumerate(inflow.steps)}
    rows = {
        node: place // step.shape[-1] if len(step.shape) > 1 else place
        for step in inflow.steps
        for place, node in enumerate(step.nodes)
    }
    places: Sequence[Callable[[Step, Flow, int], tuple[object, int]]] = (
        lambda step, flow, k: ((flow.node, flow.place), k),
        lambda step, flow, k: ((step, flow.place), rows[flow.node]),
        lambda step, flow, k: ((step.key, flow.place), rounds[step]),
    )
    for place_of in places:
        found: dict[object, dict[int, list[Flow]]] = defaultdict(lambda: defaultdict(list))
        for step in inflow.steps:
            for k, flow in enumerate(inflow.by_step[step]):
                whole, part = place_of(step, flow, k)
                found[whole][part].append(flow)
        if len({len(parts) for parts in found.values()}) > 1:  # else it is a loop that overwrites all
            yield [flow for parts in found.values() for flow in parts[max(parts)]]
