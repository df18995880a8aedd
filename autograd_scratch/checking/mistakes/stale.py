"""Weights that are already updated when the gradient flows back through them."""

from collections.abc import Iterator, Mapping, Sequence

from ...wording import number
from ..passes.contributions import Contribution, Contributions, united
from ..passes.forward import Forward
from ..passes.table import Extra
from .constant_factors import multiple
from .products import product_of
from .suspects import Formula, Suspect

_ROUND = 1e-5  # how near a learning rate is to two digits, relative to it
_AS_CONSTANT = 1.3  # rank of a step that a constant stands for as well

Numbers = Sequence[float]


def stale_weights(
    forward: Forward, contributions: Contributions, hand: Mapping[str, Numbers], penalty: Numbers
) -> Iterator[Suspect]:
    """Yield passes that use weights after a step of descent, whose length is read off.

    The step goes along the gradient written by hand, or that without the regularization term.
    """
    uses = [(block.name, use) for block, _, use in contributions.of_blocks()]
    uses = [(name, use) for name, use in uses if len(hand.get(name, ())) == len(forward.blocks[name].nodes)]
    for name, use in uses:
        yield from stale_in(forward, [name], use, hand, penalty)
    every = dict(uses)  # of several lines, all
    if len(every) > 1:
        yield from stale_in(forward, [*every], united([*every.values()]), hand, penalty)


def stale_in(
    forward: Forward,
    group: Sequence[str],
    use: Contribution,
    hand: Mapping[str, Numbers],
    penalty: Numbers,
) -> Iterator[Suspect]:
    """Yield passes with updated weights of some blocks along some edges."""
    nodes = {name: forward.blocks[name].nodes for name in group}
    own = {leaf: g for name in group for leaf, g in zip(nodes[name], hand[name])}
    whole = [own[leaf] for leaf in use.others]
    data = [g - penalty[leaf] for g, leaf in zip(whole, use.others)]
    for step in (whole, *([data] if data != whole else ())):
        if any(step):
            yield _stale(forward, group, use, step, penalty)


def _stale(
    forward: Forward, group: Sequence[str], use: Contribution, step: Numbers, penalty: Numbers
) -> Suspect:
    """Return the family of passes with weights moved against a step, by any learning rate.

    A step uphill, or one that is longer than the weights, is none but with a learning rate that people
    write. Where one unit alone uses the weights, any constant is some step, and stands for none.
    """
    size = max(map(abs, use.slopes)) / max(map(abs, step))

    def moved(lr: float) -> Extra:
        return use.with_slopes([weight - lr * d for weight, d in zip(use.slopes, step)])

    farthest = moved(size)

    def named(constant: float) -> Suspect | None:
        lr = constant * size
        if not is_round(lr) and (not 0.0 < lr < size or len({*use.parents}) < 2 or _is_one_sample(use)):
            return None
        doubt = 0.1 * (len(group) > 1) + (lr < 0.0)
        if _is_constant(forward, farthest, penalty):
            if not is_round(lr):
                return None
            doubt += _AS_CONSTANT
        back = product_of(forward, forward.blocks[group[0]], use)
        claim = f"with {' and '.join(group)} already updated, by a step of {number(lr)} times the gradient"
        sign = "-" if lr > 0.0 else "+"
        updated = back.of(f"({group[0]} {sign} {number(abs(lr))} * d{group[0]})")
        return Suspect(
            "stale_weights",
            claim,
            1.3 + doubt,
            moved(lr),
            block=group[0],
            line=use.step.line,
            factor=lr,
            formula=Formula(f"what flows back is {back.of(group[0])}", f"what flows back is {updated}"),
        )

    return Suspect("stale_weights", "", 1.3, farthest, rest=Extra(), named=named, telling=2)


def _is_one_sample(use: Contribution) -> bool:
    """Say whether all nodes are computed from all parents: what is parallel to these is some step."""
    return len(use.nodes) == len({*use.nodes}) * len({*use.parents})


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


def is_round(lr: float) -> bool:
    """Say whether people write a learning rate so."""
    return lr != 0.0 and abs(lr - float(f"{lr:.1e}")) <= _ROUND * abs(lr)
