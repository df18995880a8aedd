"""Mistakes that touch one block alone: its place, its sum over samples, its uses."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import prod

from ...wording import Line
from ..passes.forward import Block, Forward
from ..passes.steps import Step
from .suspects import Formula, Rewrite

Hand = Mapping[str, Sequence[float]]
_MANY = 64
Flow = tuple[int, int, float]  # what flows into a place of the block, from which node, and how much


def block_mistakes(
    forward: Forward, adjoints: Sequence[float], penalty: Sequence[float], hand: Hand
) -> Iterator[Rewrite]:
    """Yield the gradients of single blocks with a mistake in each, given all adjoints."""
    right = {name: forward.gradient(forward.blocks[name], adjoints) for name in hand}
    for name in hand:
        block = forward.blocks[name]
        bias = is_bias(forward, block)
        yield _zero(forward, block, bias)
        yield from _rearranged(block, right[name], hand[name])
        for other in hand:
            if other != name and forward.blocks[other].shape == block.shape:
                yield Rewrite(
                    "exchanged", f"with the gradient of {other} for {name}", 1.3, name, right[other],
                    formula=Formula(f"d{name}", f"d{other}"),
                )  # fmt: skip
        if block.is_parameter:
            yield from _uses(forward, block, adjoints, penalty, bias)


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
        kind, f"with d{block.name} left at zero", 1.0 + (not bias), block.name, [0.0] * len(block.nodes),
        formula=Formula(f"d{block.name} = the sum of what flows into it", f"d{block.name} = 0"), factor=0.0,
    )  # fmt: skip


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
            yield Rewrite("permuted", what, 1.4, name, turned, formula=formula)
    order = sorted(range(len(right)), key=right.__getitem__)
    places = sorted(range(len(hand)), key=hand.__getitem__)
    if len(order) == len(places) > 1 and len(set(right)) > 1:
        permuted = [0.0] * len(right)
        for place, k in zip(places, order):
            permuted[place] = right[k]
        what = f"with the entries of d{name} in another order"
        yield Rewrite(
            "permuted", what, 1.5, name, permuted, formula=Formula(f"d{name}", f"a permutation of d{name}")
        )


def _uses(
    forward: Forward, block: Block, adjoints: Sequence[float], penalty: Sequence[float], bias: bool
) -> Iterator[Rewrite]:
    """Yield the gradient from some of the uses of a block alone; that of a penalty is kept."""
    place = {node: k for k, node in enumerate(block.nodes) if node >= 0}
    flows: dict[Step, list[Flow]] = defaultdict(list)
    for leaf in place:
        for i in forward.consumers[leaf]:
            step = forward.steps.of.get(i)
            if step is None:
                return
            amount = adjoints[i] * sum(partial for parent, partial in forward.edges[i] if parent == leaf)
            flows[step].append((place[leaf], i, amount))
    of_data = {step: flow for step, flow in flows.items() if not any(penalty[i] for _, i, _ in flow)}
    kept = forward.gradient(block, penalty)
    for rewrite in _of_uses(forward, block, adjoints, bias, of_data) if of_data else ():
        if any(kept) and len(kept) == len(rewrite.gradient):
            rewrite = replace(rewrite, gradient=[k + g for k, g in zip(kept, rewrite.gradient)])
        yield rewrite


def _of_uses(
    forward: Forward,
    block: Block,
    adjoints: Sequence[float],
    bias: bool,
    flows: Mapping[Step, Sequence[Flow]],
) -> Iterator[Rewrite]:
    steps = sorted(flows, key=lambda step: step.alive[0])
    totals = {step: _added(block, flows[step]) for step in steps}
    everything = [sum(parts) for parts in zip(*totals.values())]
    yield from _of_steps(forward, block, steps, totals, everything)
    samples = _samples(steps, flows)
    first_axis = min((axis for axis, _, _ in samples), default=0)
    for (axis, k, last), kept in samples.items():
        total = _added(block, kept)
        what = f"with sample {k} of d{block.name} alone"
        if bias and axis > first_axis:
            what = f"with index {k} of axis {axis - 1} of d{block.name} alone"
            yield Rewrite("bias_reduction", what, 1.3, block.name, total, line=steps[0].line)
            continue
        formula = Formula(
            f"d{block.name} = the sum over all samples", f"d{block.name} = that of sample {k}"
        )
        line = steps[0].line
        if last:
            yield Rewrite(
                "overwritten", f"with = instead of += in the loop that adds up d{block.name}", 1.3, block.name, total,
                formula=formula, line=line,
            )  # fmt: skip
        yield Rewrite("single_sample", what, 1.4, block.name, total, formula=formula, line=line)
    rows = _last_rows(steps, flows)
    if rows:
        yield Rewrite(
            "overwritten",
            f"with d{block.name}[rows] += ..., which counts a row that occurs twice once",
            1.25,
            block.name,
            _added(block, rows),
            formula=Formula(f"np.add.at(d{block.name}, rows, ...)", f"d{block.name}[rows] += ..."),
            line=steps[0].line,
        )
    if bias:
        yield from _reduced(forward, block, steps, flows, adjoints, everything)


def _added(block: Block, flows: Sequence[Flow]) -> list[float]:
    total = [0.0] * len(block.nodes)
    for place, _, amount in flows:
        total[place] += amount
    return total


def _of_steps(
    forward: Forward,
    block: Block,
    steps: Sequence[Step],
    totals: Mapping[Step, list[float]],
    everything: list[float],
) -> Iterator[Rewrite]:
    """Yield the gradient from one use alone, and without one."""
    if not 1 < len(steps) <= _MANY:
        return
    sites = dict.fromkeys(step.key for step in steps)
    rounds = forward.steps.are_rounds(steps)
    for k, step in enumerate(steps):
        of_loop = len(forward.steps.occurrences(step)) > 1
        line: Line | None = step.line
        where = f" in line {line.number}" if line else ""
        alone, rest = totals[step], [a - b for a, b in zip(everything, totals[step])]
        first = k == 0 and rounds  # the last one on the way back in time
        at_end = of_loop and (first or k == len(steps) - 1)
        last_round = rounds and k == len(steps) - 1  # the first on the way back: the others are forgotten
        rank = 1.15 if last_round else 1.3 + 0.2 * of_loop
        if of_loop and not rounds:
            what = f"with sample {k} of d{block.name} alone"
            yield Rewrite("single_sample", what, 1.25, block.name, alone, line=line)
        formula = Formula(
            f"d{block.name} = the sum over its {len(steps)} uses", f"d{block.name} = that of use {k + 1}"
        )
        if at_end:
            what = f"with = instead of += in the loop that adds up d{block.name}: use {k + 1} of {len(steps)} alone"
            yield Rewrite("overwritten", what, 1.2, block.name, alone, formula=formula, line=line)
        what = f"with the use of {block.name}{where} alone"
        yield Rewrite("shared_use_missing", what, rank, block.name, alone, formula=formula, line=line)
        what = f"with the use of {block.name}{where} left out"
        yield Rewrite("shared_use_missing", what, rank, block.name, rest, formula=formula, line=line)
    for site in sites:
        group = [step for step in steps if step.key == site]
        if 1 < len(group) < len(steps):
            alone = [sum(parts) for parts in zip(*(totals[step] for step in group))]
            rest = [a - b for a, b in zip(everything, alone)]
            line = group[0].line
            for total, what in ((alone, "alone"), (rest, "left out")):
                yield Rewrite(
                    "shared_use_missing",
                    f"with the uses of {block.name} in line {line.number if line else '?'} {what}",
                    1.3, block.name, total, line=line,
                )  # fmt: skip


def _samples(
    steps: Sequence[Step], flows: Mapping[Step, Sequence[Flow]]
) -> dict[tuple[int, int, bool], list[Flow]]:
    """Return, for each axis of the steps and each index, the flows from there alone."""
    found: dict[tuple[int, int, bool], list[Flow]] = {}
    shapes = {step.shape for step in steps}
    if len(shapes) == 1 and len(steps[0].shape) > 1:
        shape = shapes.pop()
        for axis, size in enumerate(shape):
            if not 1 < size <= _MANY:
                continue
            index = {}
            for step in steps:
                for k, row in enumerate(step.rows(axis)):
                    index.update(dict.fromkeys(row, k))
            groups: dict[int, list[Flow]] = defaultdict(list)
            for step in steps:
                for flow in flows[step]:
                    groups[index[flow[1]]].append(flow)
            if len({place for flow in groups[0] for place in flow[:1]}) < len(
                {f[0] for s in steps for f in flows[s]}
            ):
                continue  # an axis of the block itself
            for k, kept in groups.items():
                found[axis + 1, k, k == size - 1] = kept
        if found:
            return found
    by_place: dict[int, list[Flow]] = defaultdict(list)
    for step in steps:
        for flow in sorted(flows[step], key=lambda flow: flow[1]):
            by_place[flow[0]].append(flow)
    counts = {len(each) for each in by_place.values()}
    if len(counts) > 1:  # rows of an embedding, of which one may be used more often than another
        found[1, 0, False] = [each[0] for each in by_place.values()]
        found[1, -1, True] = [each[-1] for each in by_place.values()]
    if len(counts) == 1 and 1 < (count := counts.pop()) <= _MANY:
        for k in range(count):
            found[1, k, k == count - 1] = [each[k] for each in by_place.values()]
    return found


def _last_rows(steps: Sequence[Step], flows: Mapping[Step, Sequence[Flow]]) -> list[Flow]:
    """Return what flows into each entry from the last row that uses it, where some are used more often."""
    if len({step.shape[:-1] for step in steps}) > 1 or not len(steps[0].shape) > 1:
        return []
    rows: dict[int, dict[int, list[Flow]]] = defaultdict(lambda: defaultdict(list))
    for step in steps:
        places = {node: place // step.shape[-1] for place, node in enumerate(step.nodes)}
        for flow in flows[step]:
            rows[flow[0]][places[flow[1]]].append(flow)
    if len({len(each) for each in rows.values()}) < 2:
        return []
    return [flow for each in rows.values() for flow in each[max(each)]]


def _reduced(
    forward: Forward,
    block: Block,
    steps: Sequence[Step],
    flows: Mapping[Step, Sequence[Flow]],
    adjoints: Sequence[float],
    everything: list[float],
) -> Iterator[Rewrite]:
    """Yield what is not the sum over the samples: their mean, a sum over another axis, no sum."""
    name, step = block.name, steps[0]
    count = len(flows[step]) // max(len(block.nodes), 1)
    line = step.line
    right = f"d{name} = d{forward.steps.symbol(step, 'z')}.sum(axis=0)"

    def rewrite(
        what: str,
        rank: float,
        gradient: Sequence[float],
        implied: str,
        shape: tuple[int, ...] | None = None,
    ) -> Rewrite:
        return Rewrite(
            "bias_reduction", what, rank, name, gradient, shape,
            line=line, formula=Formula(right, f"d{name} = {implied}"),
        )  # fmt: skip

    d = f"d{forward.steps.symbol(step, 'z')}"
    if count > 1:
        mean = [x / count for x in everything]
        yield rewrite(
            f"with the mean over {count} samples for their sum in d{name}", 1.0, mean, f"{d}.mean(axis=0)"
        )
    if len(everything) > 1:
        total = [sum(everything)] * len(everything)
        yield rewrite(f"with everything added up into each entry of d{name}", 1.3, total, f"{d}.sum()")
    if len(steps) != 1:
        return
    for size in _products(step.shape):
        if 1 < size <= count:
            mean = [x / size for x in everything]
            yield rewrite(f"with d{name} divided by {size}", 1.1, mean, f"{d}.sum(axis=0) / {size}")
    delta = [adjoints[i] if i >= 0 else 0.0 for i in step.nodes]
    axes = range(len(step.shape))
    for summed in (each for size in axes for each in combinations(axes, size)):
        sums, shape = _summed(delta, step.shape, summed)
        if _same(sums, everything):
            continue
        what = f"summed over axis {' and '.join(map(str, summed))}" if summed else "not summed"
        how = f"{d}.sum(axis={summed[0] if len(summed) == 1 else summed})" if summed else d
        kept = None if len(sums) == len(everything) else shape
        yield rewrite(f"with d{name} {what}", 1.2, sums, how, kept)
        if summed:
            terms = prod(step.shape[axis] for axis in summed)
            yield rewrite(
                f"with d{name} {what} and averaged",
                1.25,
                [x / terms for x in sums],
                how.replace("sum", "mean"),
                kept,
            )


def _products(shape: Sequence[int]) -> set[int]:
    """Return what the lengths of some of the axes multiply to."""
    axes = range(len(shape))
    return {prod(shape[axis] for axis in some) for size in axes for some in combinations(axes, size)}


def _summed(
    numbers: Sequence[float], shape: Sequence[int], axes: Sequence[int]
) -> tuple[list[float], tuple[int, ...]]:
    """Return the sums over some axes, in order, and their shape."""
    kept = tuple(size for axis, size in enumerate(shape) if axis not in axes)
    sums = [0.0] * prod(kept)
    for place, x in enumerate(numbers):
        target, rest = 0, place
        strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
        for axis, stride in enumerate(strides):
            k, rest = divmod(rest, stride)
            if axis not in axes:
                target = target * shape[axis] + k
        sums[target] += x
    return sums, kept


def _same(xs: Sequence[float], ys: Sequence[float]) -> bool:
    return len(xs) == len(ys) and all(abs(x - y) <= 1e-12 * max(abs(x), abs(y)) for x, y in zip(xs, ys))
