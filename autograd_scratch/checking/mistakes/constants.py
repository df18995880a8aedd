"""Constants that are lost on the way: factors, exponents, the number of terms of a mean, a sign."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...stepping.groups import Step
from ...wording import number
from ..passes.forward import Edges, Forward
from .suspects import Formula, Suspect

_ALIKE = 1e-9  # relative: a count, up to rounding


def constant_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes with a constant left out at one line."""
    yield from _all_means(forward)
    for of_instruction in forward.steps.at.values():
        for steps in forward.steps.groups(of_instruction):
            yield from _of_group(forward, steps)


def _of_group(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes with a constant left out at some steps of one instruction."""
    name = steps[0].primitive
    if name in ("mul", "div"):
        yield from _factors(forward, steps)
    elif name == "square" or name.startswith("power["):
        yield _power(forward, steps)
    elif name in ("mean", "sum"):
        yield from _mean(forward, steps)
    elif name == "sub":
        yield from _sign(forward, steps)


def _suspect(
    forward: Forward,
    steps: Sequence[Step],
    kind: str,
    what: str,
    rank: float,
    local: Callable[[int, float], float],
    factor: float | None = None,
    *,
    right: str = "",
    wrong: str = "",
) -> Suspect:
    """Return the pass with other local derivatives, given by the node and the right one.

    `right` and `wrong` are what stands after `dx = da` in the formulas.
    """
    first = steps[0]
    edits: dict[int, Edges] = {
        i: tuple((parent, local(i, partial)) for parent, partial in forward.edges[i])
        for step in steps
        for i in step.alive
    }
    a = forward.steps.symbol(first, "a")
    source = forward.steps.of.get(forward.edges[first.alive[0]][0][0])
    x = forward.steps.symbol(source, "x") if source else "x"
    return Suspect(
        kind,
        f"with {what}{first.where} left out",
        rank,
        edits,
        layer=forward.steps.called(first),
        line=first.line,
        factor=factor,
        formula=Formula(f"d{x} = d{a}{right.format(x=x)}", f"d{x} = d{a}{wrong.format(x=x)}"),
    )


def _power(forward: Forward, steps: Sequence[Step]) -> Suspect:
    """Return the pass without the exponent as a factor."""
    name = steps[0].primitive
    exponent = 2.0 if name == "square" else float(name.removeprefix("power[").removesuffix("]"))
    what = f"the factor {number(exponent)} of the power"
    rest = " * {x}" if exponent == 2.0 else f" * {{x}} ** {number(exponent - 1.0)}"
    return _suspect(
        forward,
        steps,
        "factor_missing",
        what,
        1.6,
        lambda i, d: d / exponent,
        1.0 / exponent,
        right=f" * {number(exponent)}{rest}",
        wrong=rest,
    )


def _mean(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield the pass that takes a mean for a sum, or a sum for a mean."""
    count = float(len(forward.nodes[steps[0].alive[0]].parents))
    if count < 2.0:
        return
    if steps[0].primitive == "mean":
        what, factor = f"the division of the mean by {number(count)}", count
        forms = {"right": f" / {number(count)}"}
    else:
        what, factor = f"that it is a sum of {number(count)} terms, and no mean,", 1.0 / count
        forms = {"wrong": f" / {number(count)}"}
    yield _suspect(forward, steps, "sum_for_mean", what, 1.5, lambda i, d: d * factor, factor, **forms)


def _sign(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield the pass with the sign of the second operand of a difference lost."""
    if any(partial < 0.0 for step in steps for i in step.alive for _, partial in forward.edges[i]):
        yield _suspect(forward, steps, "sign", "the minus", 1.6, lambda i, d: abs(d), -1.0, right=" * -1")


def _factors(forward: Forward, steps: Sequence[Step]) -> Iterator[Suspect]:
    """Yield passes without a constant by which an array is multiplied or divided."""
    nodes = [i for step in steps for i in step.alive]
    found = {i: _constant_factor(forward.nodes[i]) for i in nodes}
    constants = {i: c for i, c in found.items() if c is not None}
    sizes = {abs(c) for c in constants.values() if c}
    if len(constants) < len(nodes) or not sizes or (sizes == {1.0} and 0.0 not in constants.values()):
        return
    largest = max(constants.values(), key=abs)
    if sizes != {1.0}:
        mean = len(sizes) == 1 and _makes_a_mean(forward, nodes[0], largest)
        kind = "sum_for_mean" if mean else "factor_missing"
        what = f"the division by {number(1.0 / abs(largest))}" if mean else f"the factor {_told(sizes)}"
        yield _suspect(
            forward,
            steps,
            kind,
            what,
            1.5,
            lambda i, d: d / abs(constants[i]) if constants[i] else d,
            1.0 / abs(largest) if len(sizes) == 1 else None,
            right=f" / {number(1.0 / abs(largest))}" if mean else _times(sizes),
        )
    if len(set(constants.values())) > 1:
        which = "which entries are kept"
        kept = f" * {number(largest)}"
        yield _suspect(
            forward,
            steps,
            "factor_missing",
            which,
            1.7,
            lambda i, d: largest,
            right=f"{kept} where it is kept",
            wrong=kept,
        )
        yield _suspect(
            forward,
            steps,
            "factor_missing",
            "what multiplies each entry",
            1.7,
            lambda i, d: 1.0,
            right=" * its factor",
        )


def _constant_factor(node: Any) -> float | None:
    """Return by which constant a product or quotient multiplies; None where it is of two nodes."""
    first, second = node.parents
    if node.primitive.name == "div":
        return 1.0 / second if second.__class__ is float and second else None
    if (first.__class__ is float) == (second.__class__ is float):
        return None
    constant: float = first if first.__class__ is float else second
    return constant


def _makes_a_mean(forward: Forward, node: int, factor: float) -> bool:
    """Say whether a sum is divided by the number of its terms, or of its rows."""
    below = forward.edges[node][0][0]
    count = 1.0 / factor
    if count < 1.5 or abs(count - round(count)) > _ALIKE * count:
        return False
    name = forward.name_of(below)
    terms = len(forward.nodes[below].parents) if name in ("sum", "fsum") else 0
    if name == "add":  # a loop that adds up
        own = forward.steps.of.get(below)
        terms = len(forward.steps.occurrences(own)) if own is not None else 0
    return terms > 0 and terms % round(count) == 0


def _told(sizes: set[float]) -> str:
    """Write a factor, or the range of several."""
    return number(max(sizes)) if len(sizes) == 1 else f"of {number(min(sizes))} to {number(max(sizes))}"


def _times(sizes: set[float]) -> str:
    """Write that something is multiplied by a factor, or by several."""
    return f" * {number(max(sizes))}" if len(sizes) == 1 else " * its factor"


def _all_means(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass in which all means inside the forward pass are taken for sums."""
    factors: dict[int, float] = {}
    means = []
    for step in forward.steps.all:
        if step.primitive == "div" and len(step.alive) > 1:
            factor = _constant_factor(forward.nodes[step.alive[0]])
            if factor and _makes_a_mean(forward, step.alive[0], factor):
                means.append(step)
                factors.update(dict.fromkeys(step.alive, factor))
    if len(means) > 1:
        what = "the division of the sums by their number of terms"
        yield _suspect(forward, means, "sum_for_mean", what, 1.7, lambda i, d: d / factors[i], right=" / N")
