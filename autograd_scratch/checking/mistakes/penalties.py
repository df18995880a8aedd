"""A regularization term: left out, counted with another factor, or counted on the bias too."""

from collections.abc import Iterator, Mapping, Sequence

from ...wording import number
from ..passes.forward import Block, Forward
from .constant_factors import best_constant, is_one, multiple
from .suspects import Formula, Rewrite

_LINEAR = ("add", "sub", "neg", "sum", "mean", "fsum", "identity")
_ALIKE = 1e-9  # relative: factors that differ by rounding alone


def penalty_adjoints(forward: Forward) -> list[float]:
    """Return the adjoints of the regularization term alone."""
    return forward.sweep(seeds=_penalty(forward))


def penalty_mistakes(
    forward: Forward,
    adjoints: Sequence[float],
    of_penalty: Sequence[float],
    hand: Mapping[str, Sequence[float]],
) -> Iterator[Rewrite]:
    """Yield the gradients of blocks with another share of the regularization term."""
    decays, is_common = [], _has_common_factor(forward, adjoints, of_penalty, hand)
    for name, block in forward.blocks.items():
        penalty = forward.gradient(block, of_penalty)
        if name not in hand or not block.is_parameter or not any(penalty):
            continue
        decays += [p / x for p, x in zip(penalty, block.numbers) if p and x]
        whole = forward.gradient(block, adjoints)
        data = [g - p for g, p in zip(whole, penalty)]
        formula = Formula(f"d{name} = ... + d penalty / d {name}", f"d{name} = ...")
        yield Rewrite(
            "regularization_missing",
            f"with the regularization term of {name} left out",
            1.0,
            name,
            data,
            formula=formula,
        )
        what, alone = f"with = for +=: the regularization term of {name} alone", [*penalty]
        wrong = Formula(f"d{name} += d penalty / d {name}", f"d{name} = d penalty / d {name}")
        yield Rewrite("overwritten", what, 1.5, name, alone, formula=wrong)
        term = f"the regularization term of {name}"
        parts = [(penalty, data, term, "... + {} * d penalty / d {}", 2.2)]
        if not is_common:
            parts += [(data, penalty, f"all but {term}", "{} * (...) + d penalty / d {}", 3.2)]
        for part, rest, what, written, rank in parts:
            factor = best_constant([h - r for h, r in zip(hand[name], rest)], part)
            is_simple = any(abs(abs(factor) - c) < 1e-6 for c in (0.5, 1.0, 2.0))
            is_told = len(part) > 2 and multiple(rest, part) is None  # else any factor explains much
            if (is_simple or is_told) and abs(factor) > _ALIKE and not is_one(factor):
                yield Rewrite(
                    "sign" if abs(factor + 1.0) < _ALIKE else "scale",
                    f"with {what} counted {number(factor)} times",
                    1.6 if is_simple else rank,
                    name,
                    [r + factor * p for r, p in zip(rest, part)],
                    factor=factor,
                    formula=Formula(formula.derived, f"d{name} = {written.format(number(factor), name)}"),
                )
    if not decays or max(decays) - min(decays) > _ALIKE * max(map(abs, decays)):
        return
    for name, block in forward.blocks.items():
        penalty = forward.gradient(block, of_penalty)
        if name not in hand or not block.is_parameter:
            continue
        whole = forward.gradient(block, adjoints)
        if all(penalty):
            yield Rewrite(
                "factor_missing",
                f"with the factor {name} left out in the gradient of its regularization term",
                1.3,
                name,
                [g - p + decays[0] for g, p in zip(whole, penalty)],
                formula=Formula(
                    f"d{name} = ... + {number(decays[0])} * {name}", f"d{name} = ... + {number(decays[0])}"
                ),
            )
        if any(penalty):
            yield from _on_other_entries(block, hand[name], whole, penalty, decays[0])
        else:
            yield Rewrite(
                "regularization_on_bias",
                f"with the regularization term counted on {name} too",
                1.0,
                name,
                [g + decays[0] * x for g, x in zip(whole, block.numbers)],
                factor=decays[0],
                formula=Formula(f"d{name} = ...", f"d{name} = ... + {number(decays[0])} * {name}"),
            )


def _on_other_entries(
    block: Block, hand: Sequence[float], whole: Sequence[float], penalty: Sequence[float], decay: float
) -> Iterator[Rewrite]:
    """Yield the gradient of a block with the penalty of other entries: on the bias among them, say."""
    if len(hand) != len(whole):
        return
    found, extra, missing = [], False, False
    for h, g, p, x in zip(hand, whole, penalty, block.numbers):
        choices = (0.0, decay * x, decay)
        own = min(choices, key=lambda each: abs(h - (g - p) - each))
        found.append(g - p + own)
        extra |= p == 0.0 and own != 0.0
        missing |= p != 0.0 and own == 0.0
    name = block.name
    if extra or missing:
        yield Rewrite(
            "regularization_on_bias" if extra else "regularization_missing",
            f"with the regularization term counted on other entries of {name}",
            1.4,
            name,
            found,
            formula=Formula(
                f"d{name} = ... + d penalty / d {name}", f"d{name} = ... + that of other entries"
            ),
        )


def _has_common_factor(
    forward: Forward,
    adjoints: Sequence[float],
    of_penalty: Sequence[float],
    hand: Mapping[str, Sequence[float]],
) -> bool:
    """Say whether one constant fits all blocks but for the penalty: that is no mistake of single blocks."""
    factors = []
    for name in hand:
        whole, penalty = (forward.gradient(forward.blocks[name], each) for each in (adjoints, of_penalty))
        own = [h - p for h, p in zip(hand[name], penalty)]
        factors.append(best_constant(own, [g - p for g, p in zip(whole, penalty)]))
    return len(factors) > 1 and max(factors) - min(factors) <= _ALIKE * max(map(abs, factors))


def _penalty(forward: Forward) -> dict[int, float]:
    """Return the terms of the loss that depend on one block alone, where others depend on more."""
    terms: dict[int, float] = {}
    is_linear = False  # in a block, by a term of its own
    pending = [(forward.loss, 1.0)]
    while pending:
        i, weight = pending.pop()
        if forward.name_of(i) in _LINEAR or forward.is_weighted_sum(i):
            pending += [(parent, weight * partial) for parent, partial in forward.edges[i]]
        elif forward.edges[i]:
            terms[i] = terms.get(i, 0.0) + weight
        else:
            is_linear = True
    parameters = [k for k, block in enumerate(forward.blocks.values()) if block.is_parameter]
    counts = {i: sum(forward.masks[i] >> k & 1 for k in parameters) for i in terms}
    if max(counts.values(), default=0) > 1:
        return {i: weight for i, weight in terms.items() if counts[i] == 1}
    penalty = {i: weight for i, weight in terms.items() if _is_without_data(forward, i)}
    return penalty if len(penalty) < len(terms) or is_linear else {}


def _is_without_data(forward: Forward, i: int) -> bool:
    """Say whether no numbers but factors and exponents take part in a term: it is of weights alone."""
    seen, pending = {i}, [i]
    while pending:
        j = pending.pop()
        is_scaled = forward.name_of(j).partition("[")[0] in ("mul", "div", "power")
        if not is_scaled and any(x.__class__ is float for x in forward.nodes[j].parents):
            return False
        for parent, _ in forward.edges[j]:
            if parent not in seen:
                seen.add(parent)
                pending.append(parent)
    return True
