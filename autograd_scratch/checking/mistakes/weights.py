"""Mistakes with the weights through which a gradient flows back: transposed, left out, already updated."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from types import MappingProxyType

from ...stepping.groups import Step
from ...wording import Line, number
from ..passes.forward import Block, Edges, Forward
from ..passes.table import Extra
from .constant_factors import best_constant, multiple
from .products import Use, Used, product_of
from .suspects import Formula, Suspect

_ALIKE = 1e-9  # relative: gradients that differ by rounding alone
_ROUND = 1e-5  # how near a learning rate is to two digits, relative to it
_AS_CONSTANT, _AS_ANY_CONSTANT = 1.3, 6.0  # ranks of a step that a constant stands for as well

Gradients = Mapping[str, Sequence[float]]


def weight_mistakes(forward: Forward, used: Sequence[Used]) -> Iterator[Suspect]:
    """Yield passes that use weights in another order, or none, at one line."""
    for block, line, uses in used:
        name, where = block.name, f" in line {line}" if line else ""
        back = product_of(forward, block, uses)
        right = f"what flows back is {back.of(name)}"
        for i, j in combinations(range(len(block.shape)), 2):
            if block.shape[i] == block.shape[j] > 1:
                rank = 1.1 + 0.2 * (len(block.shape) > 2)
                what = f"with {back.turned.format(name)} for {back.weight.format(name)}{where}"
                formula = Formula(right, back.transposed(name))
                yield _with_weights(
                    forward, block, uses, "transposed", what, rank, formula, _swapped(block, i, j)
                )
        long = [axis for axis, size in enumerate(block.shape) if size > 1]
        for axes in [*([axis] for axis in long), *([long[-2:]] if len(long) > 1 else [])]:
            what = f"with {name}{where} in reverse order along axis {' and '.join(map(str, axes))}"
            formula = Formula(right, f"{back.of(name)} with {name} reversed")
            yield _with_weights(
                forward, block, uses, "permuted", what, 1.6, formula, _reversed(block, axes)
            )
        if len(block.shape) == 2 and (block.shape[0] == block.shape[1] or 1 in block.shape):
            what = f"with the factor {name}{where} left out"
            formula = Formula(right, "d")
            yield _with_weights(forward, block, uses, "factor_missing", what, 1.5, formula, _unit(block))


def _with_weights(
    forward: Forward,
    block: Block,
    uses: Sequence[Use],
    kind: str,
    what: str,
    rank: float,
    formula: Formula,
    numbers: Sequence[float],
) -> Suspect:
    """Return the pass that uses other numbers for the weights of a block."""
    other = dict(zip(block.nodes, numbers))
    return Suspect(
        kind,
        what,
        rank,
        _with_factors(forward, uses, other.__getitem__),
        block=block.name,
        line=_line(forward, uses),
        formula=formula,
    )


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


def _unit(block: Block) -> list[float]:
    """Return a unit matrix, or ones for a single row or column."""
    return [float(i == j or 1 in block.shape) for i, j in product(*map(range, block.shape))]


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
        sources = list(
            dict.fromkeys(forward.steps.key_of(parent) for parent, _ in forward.edges[steps[0].nodes[0]])
        )
        for only in [None, *sources] if len(sources) > 1 else [None]:
            a, line = forward.steps.symbol(steps[0], "a"), steps[0].line
            yield Suspect(
                "transposed",
                f"with d{a}.T for d{a} of {forward.steps.told(steps[0])}",
                1.6,
                _with_transposed(forward, steps, only),
                layer=forward.steps.called(steps[0]),
                line=line,
                formula=Formula(f"d{a}", f"d{a}.T"),
            )


def _with_transposed(forward: Forward, steps: Sequence[Step], only: object) -> Extra:
    """Return the edges of entries (i, j) for those of entries (j, i): all, or those to one instruction."""
    edits: dict[int, Edges] = {}
    for step in steps:
        size = step.shape[-1]
        for place, node in enumerate(step.nodes):
            matrix, (i, j) = place // size**2 * size**2, divmod(place % size**2, size)
            other = forward.edges[step.nodes[matrix + j * size + i]]
            if i != j and only is None:
                edits[node] = other
            elif i != j:
                kept = [edge for edge in forward.edges[node] if forward.steps.key_of(edge[0]) != only]
                edits[node] = (*kept, *(edge for edge in other if forward.steps.key_of(edge[0]) == only))
    return forward.changed(edits)


def stale_weights(
    forward: Forward,
    used: Sequence[Used],
    hand: Gradients,
    penalty: Sequence[float],
    wrong: Sequence[str],
) -> Iterator[Suspect]:
    """Yield passes that use weights after a step of descent, whose length the first wrong block tells.

    The step goes along the gradient written by hand, or that without the regularization term, or the part
    of it that comes from the same use: one sample's, or one line's.
    """
    by_block: dict[str, list[Use]] = defaultdict(list)
    for block, line, uses in used:
        if line or block.name not in by_block:
            by_block[block.name] += uses
    names = [
        name for name in by_block if name in hand and len(hand[name]) == len(forward.blocks[name].nodes)
    ]
    for group in [[name] for name in names] + ([names] if len(names) > 1 else []):
        uses = [use for name in group for use in by_block[name]]
        whole = {
            leaf: g
            for name in group
            for leaf, g in zip(forward.blocks[name].nodes, hand[name])
            if leaf >= 0
        }
        data = {leaf: g - penalty[leaf] for leaf, g in whole.items()}
        steps = [{(leaf, i): step[leaf] for i, _, leaf in uses} for step in (whole, data)]
        if len(group) == 1:
            yield _gradient_for_weights(forward, forward.blocks[group[0]], uses, hand[group[0]])
        for step in (steps[0], *(steps[1:] if data != whole else ()), _own_parts(forward, uses)):
            suspect = _stale(forward, group, uses, step, hand, penalty, wrong) if step else None
            if suspect is not None:
                yield suspect


def _gradient_for_weights(
    forward: Forward, block: Block, uses: Sequence[Use], hand: Sequence[float]
) -> Suspect:
    """Return the pass that goes back through the gradient of weights in their place."""
    name, back = block.name, product_of(forward, block, uses)
    formula = Formula(f"what flows back is {back.of(name)}", f"what flows back is {back.of(f'd{name}')}")
    what = f"with d{name} for {name}"
    return _with_weights(forward, block, uses, "other_operand", what, 1.5, formula, hand)


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
    hand: Gradients,
    penalty: Sequence[float],
    wrong: Sequence[str],
) -> Suspect | None:
    """Return the pass with weights moved against a step, as far as suits the first wrong block.

    A step uphill, or one that is longer than the weights, is none but with a learning rate that people
    write. Where one unit alone uses the weights, any constant is some step: a likely constant comes first.
    """
    block = forward.blocks[wrong[0]]
    known = {leaf: forward.nodes[leaf]._data for _, _, leaf in uses}

    def moved(lr: float) -> Extra:
        return _with_factors(forward, uses, known.__getitem__, {use: lr * s for use, s in step.items()})

    longest = max(map(abs, step.values()), default=0.0)
    size = max(map(abs, known.values()), default=0.0) / (longest or 1.0)
    if not size or len(hand[wrong[0]]) != len(block.nodes):
        return None
    adjoints = forward.sweep(moved(size))
    here, ahead = (forward.gradient(block, each) for each in (forward.adjoints, adjoints))
    change = [b - a for a, b in zip(here, ahead)]
    lr = size * best_constant([h - a for h, a in zip(hand[wrong[0]], here)], change)
    if not _is_round(lr) and not 0.0 < lr < size:
        return None
    doubt = 0.1 * (len(group) > 1) + (lr < 0.0)
    if _is_constant(forward, hand, adjoints, penalty):
        doubt += _AS_CONSTANT if _is_round(lr) else _AS_ANY_CONSTANT
    name = group[0]
    back = product_of(forward, forward.blocks[name], uses)
    return Suspect(
        "stale_weights",
        f"with {' and '.join(group)} already updated, by a step of {number(lr)} times the gradient",
        1.3 + doubt,
        moved(lr),
        block=name,
        line=_line(forward, uses),
        factor=lr,
        formula=Formula(
            f"what flows back is {back.of(name)}",
            f"what flows back is {back.of(f'({name} - {number(lr)} * d{name})')}",
        ),
    )


def _is_constant(
    forward: Forward, names: Iterable[str], adjoints: Sequence[float], penalty: Sequence[float]
) -> bool:
    """Say whether other adjoints do no more than multiply gradients, but the penalty's, by a constant."""
    changed, right = [], []
    for name in names:
        other, own, fixed = (
            forward.gradient(forward.blocks[name], each) for each in (adjoints, forward.adjoints, penalty)
        )
        if any(abs(a - b) > _ALIKE * abs(b) for a, b in zip(other, own)):
            changed += [a - p for a, p in zip(other, fixed)]
            right += [b - p for b, p in zip(own, fixed)]
    return multiple(changed, right) is not None


def _is_round(lr: float) -> bool:
    """Say whether people write a learning rate so."""
    return lr != 0.0 and abs(lr - float(f"{lr:.1e}")) <= _ROUND * abs(lr)


def _with_factors(
    forward: Forward,
    uses: Sequence[Use],
    weight: Callable[[int], float],
    steps: Mapping[tuple[int, int], float] = MappingProxyType({}),
) -> Extra:
    """Return what other numbers for some weights change, less a step."""
    more = Extra()
    for i, place, leaf in uses:
        parent, partial = forward.edge(i, place)
        more.add(i, parent, weight(leaf) - steps.get((leaf, i), 0.0) - partial)
    return more


def _line(forward: Forward, uses: Sequence[Use]) -> Line | None:
    return step.line if (step := forward.steps.of.get(uses[0][0])) else None
