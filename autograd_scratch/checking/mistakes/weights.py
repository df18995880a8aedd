"""Mistakes with the weights through which a gradient flows back: transposed, left out, already updated."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, product

from ...stepping.groups import Step
from ...wording import Line, number
from ..passes.forward import Block, Edges, Forward
from ..passes.table import Extra
from .constant_factors import multiple
from .products import Use, Used, product_of
from .suspects import Formula, Lead, Suspect

_ROUND = 1e-5  # how near a learning rate is to two digits, relative to it
_AS_CONSTANT, _AS_ANY_CONSTANT = 1.3, 6.0  # ranks of a step that a constant stands for as well

Gradients = Mapping[str, Sequence[float]]


def weight_leads(
    forward: Forward, used: Sequence[Used], hand: Gradients, penalty: Sequence[float]
) -> Iterator[Lead]:
    """Yield the mistakes at each use of weights, at all of a block, and with updated ones."""
    for block, line, uses in used:
        reach = forward.reach(forward.edges[i][place][0] for i, place, _ in uses)
        own = hand.get(block.name, ())
        yield Lead(1.1, partial(_with_others, forward, block, line, uses, own), reach)
    yield Lead(1.3, partial(_stale_weights, forward, used, hand, penalty))


def _with_others(
    forward: Forward, block: Block, line: int, uses: Sequence[Use], hand: Sequence[float]
) -> Iterator[Suspect]:
    """Yield passes that use weights in another order, none, or their gradient."""
    name, where = block.name, f" in line {line}" if line else ""
    back = product_of(forward, block, uses)
    right = f"what flows back is {back.of(name)}"
    shape = block.shape

    def suspect(kind: str, what: str, rank: float, implied: str, numbers: Sequence[float]) -> Suspect:
        own = dict(zip(block.nodes, numbers))
        formula = Formula(right, implied)
        more = _with_factors(forward, uses, lambda leaf, i: own[leaf])
        return Suspect(kind, what, rank, more, block=name, line=_line(forward, uses), formula=formula)

    for i, j in combinations(range(len(shape)), 2):
        if shape[i] == shape[j] > 1:
            what = f"with {back.turned.format(name)} for {back.weight.format(name)}{where}"
            rank = 1.1 + 0.2 * (len(shape) > 2)
            yield suspect("transposed", what, rank, back.transposed(name), _swapped(block, i, j))
    long = [axis for axis, size in enumerate(shape) if size > 1]
    for axes in [*([axis] for axis in long), *([long[-2:]] if len(long) > 1 else [])]:
        what = f"with {name}{where} in reverse order along axis {' and '.join(map(str, axes))}"
        yield suspect(
            "permuted", what, 1.6, f"{back.of(name)} with {name} reversed", _reversed(block, axes)
        )
    if len(shape) == 2 and (shape[0] == shape[1] or 1 in shape):
        unit = [float(i == j or 1 in shape) for i, j in product(*map(range, shape))]
        yield suspect("factor_missing", f"with the factor {name}{where} left out", 1.5, "d", unit)
    if len(hand) == len(block.nodes):
        implied = f"what flows back is {back.of(f'd{name}')}"
        yield suspect("other_operand", f"with d{name} for {name}{where}", 1.5, implied, hand)


def _swapped(block: Block, i: int, j: int) -> list[float]:
    """Return the numbers of a block with two axes exchanged."""
    found = []
    for index in map(list, product(*map(range, block.shape))):
        index[i], index[j] = index[j], index[i]
        found.append(block.at(index))
    return found


def _reversed(block: Block, axes: Sequence[int]) -> list[float]:
    """Return the numbers of a block with some axes turned round."""
    return [
        block.at([block.shape[k] - 1 - i if k in axes else i for k, i in enumerate(index)])
        for index in product(*map(range, block.shape))
    ]


def _stale_weights(
    forward: Forward, used: Sequence[Used], hand: Gradients, penalty: Sequence[float]
) -> Iterator[Suspect]:
    """Yield passes that use weights after a step of descent, whose length is read off.

    The step goes along the gradient written by hand, or that without the regularization term, or the part
    of it that comes from the same use: one sample's, or one line's.
    """
    by_block: dict[str, list[Use]] = defaultdict(list)
    for block, line, uses in used:
        if line or block.name not in by_block:
            by_block[block.name] += uses
    names = [n for n in by_block if n in hand and len(hand[n]) == len(forward.blocks[n].nodes)]
    for group in [[name] for name in names] + ([names] if len(names) > 1 else []):
        uses = [use for name in group for use in by_block[name]]
        nodes = {name: forward.blocks[name].nodes for name in group}
        whole = {leaf: g for name in group for leaf, g in zip(nodes[name], hand[name]) if leaf >= 0}
        data = {leaf: g - penalty[leaf] for leaf, g in whole.items()}
        steps = [{(leaf, i): step[leaf] for i, _, leaf in uses} for step in (whole, data)]
        for step in (steps[0], *(steps[1:] if data != whole else ()), _own_parts(forward, uses)):
            if any(step.values()):
                yield _stale(forward, group, uses, step, penalty)


def _own_parts(forward: Forward, uses: Sequence[Use]) -> dict[tuple[int, int], float]:
    """Return what flows into each weight from each step that uses it, by weight and node."""
    step_of = forward.steps.of.get
    if len({step_of(i) for i, _, _ in uses}) < 2:
        return {}
    parts: dict[tuple[int, Step | None], float] = defaultdict(float)
    for leaf in dict.fromkeys(leaf for _, _, leaf in uses):
        for i in forward.consumers[leaf]:
            parts[leaf, step_of(i)] += forward.adjoints[i] * forward.local(i)[leaf]
    return {(leaf, i): parts[leaf, step_of(i)] for i, _, leaf in uses}


def _stale(
    forward: Forward,
    group: Sequence[str],
    uses: Sequence[Use],
    step: Mapping[tuple[int, int], float],
    penalty: Sequence[float],
) -> Suspect:
    """Return the family of passes with weights moved against a step, by any learning rate.

    A step uphill, or one that is longer than the weights, is none but with a learning rate that people
    write. Where one unit alone uses the weights, any constant is some step: a likely constant comes first.
    """
    known = {leaf: forward.nodes[leaf]._data for _, _, leaf in uses}
    size = max(map(abs, known.values())) / max(map(abs, step.values()))

    def moved(lr: float) -> Extra:
        return _with_factors(forward, uses, lambda leaf, i: known[leaf] - lr * step[leaf, i])

    farthest = moved(size)

    def named(constant: float) -> Suspect | None:
        lr = constant * size
        if not _is_round(lr) and not 0.0 < lr < size:
            return None
        doubt = 0.1 * (len(group) > 1) + (lr < 0.0)
        if _is_constant(forward, farthest, penalty):
            doubt += _AS_CONSTANT if _is_round(lr) else _AS_ANY_CONSTANT
        back = product_of(forward, forward.blocks[group[0]], uses)
        claim = f"with {' and '.join(group)} already updated, by a step of {number(lr)} times the gradient"
        sign = "-" if lr > 0.0 else "+"
        updated = back.of(f"({group[0]} {sign} {number(abs(lr))} * d{group[0]})")
        formula = Formula(f"what flows back is {back.of(group[0])}", f"what flows back is {updated}")
        line = _line(forward, uses)
        return Suspect(
            "stale_weights",
            claim,
            1.3 + doubt,
            moved(lr),
            block=group[0],
            line=line,
            factor=lr,
            formula=formula,
        )

    return Suspect("stale_weights", "", 1.3, farthest, rest=Extra(), named=named, telling=2)


def _is_constant(forward: Forward, more: Extra, penalty: Sequence[float]) -> bool:
    """Say whether a change does no more than multiply gradients, but the penalty's, by a constant."""
    adjoints = forward.sweep(more)
    changed, right = [], []
    for block in forward.blocks.values():
        other, own, fixed = (
            forward.gradient(block, each) for each in (adjoints, forward.adjoints, penalty)
        )
        if multiple(other, own) != 1.0:
            changed += [a - p for a, p in zip(other, fixed)]
            right += [b - p for b, p in zip(own, fixed)]
    return multiple(changed, right) is not None


def _is_round(lr: float) -> bool:
    """Say whether people write a learning rate so."""
    return lr != 0.0 and abs(lr - float(f"{lr:.1e}")) <= _ROUND * abs(lr)


def _with_factors(forward: Forward, uses: Sequence[Use], weight: Callable[[int, int], float]) -> Extra:
    """Return what other numbers for some weights change, given by the weight and the node that uses it."""
    more = Extra()
    for i, place, leaf in uses:
        parent, slope = forward.edges[i][place]
        more.add(i, parent, weight(leaf, i) - slope)
    return more


def _line(forward: Forward, uses: Sequence[Use]) -> Line | None:
    return step.line if (step := forward.steps.of.get(uses[0][0])) else None


def transposed_results(forward: Forward) -> Iterator[Suspect]:
    """Yield passes with the gradient of a square intermediate array transposed."""
    for steps in forward.steps.at.values():
        shape = steps[0].shape
        if (
            len({step.shape for step in steps}) > 1
            or len(shape) < 2
            or shape[-1] != shape[-2]
            or shape[-1] < 2
            or any(min(s.nodes) < 0 for s in steps)
            or forward.is_wide(steps)
        ):
            continue
        parents = forward.edges[steps[0].nodes[0]]
        sources = list(dict.fromkeys(forward.steps.key_of(parent) for parent, _ in parents))
        for only in [None, *sources] if len(sources) > 1 else [None]:
            a = forward.steps.symbol(steps[0], "a")
            yield Suspect(
                "transposed",
                f"with d{a}.T for d{a} of {forward.steps.told(steps[0])}",
                1.6,
                _with_transposed(forward, steps, only),
                layer=forward.steps.called(steps[0]),
                line=steps[0].line,
                formula=Formula(f"d{a}", f"d{a}.T"),
            )


def _with_transposed(forward: Forward, steps: Sequence[Step], only: object) -> Extra:
    """Return the change to edges of (j, i) for those of (i, j): all, or those to one instruction."""
    edits: dict[int, Edges] = {}
    for step in steps:
        size = step.shape[-1]
        for place, node in enumerate(step.nodes):
            matrix, (i, j) = place // size**2 * size**2, divmod(place % size**2, size)
            other, own = forward.edges[step.nodes[matrix + j * size + i]], forward.edges[node]
            if i != j:
                kept = [e for e in own if only is not None and forward.steps.key_of(e[0]) != only]
                turned = [e for e in other if only is None or forward.steps.key_of(e[0]) == only]
                edits[node] = (*kept, *turned)
    return forward.changed(edits)
