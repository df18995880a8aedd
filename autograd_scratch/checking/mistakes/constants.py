"""Constants that the forward pass multiplies by: a factor, an exponent, the number of terms of a mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...stepping.groups import Step
from ...wording import number
from ..passes.forward import Forward
from ..passes.table import Extra
from .suspects import Formula, Suspect

_ALIKE = 1e-9  # relative: a count, up to rounding


@dataclass(frozen=True)
class Lost:
    """A constant of a step that a backward pass loses, and what its gradient is multiplied by then.

    `right` and `wrong` are what stands after `dx = da` in the formulas.
    """

    constant: float
    kind: str
    what: str
    rank: float
    right: str = ""
    wrong: str = ""

    def suspect(self, forward: Forward, steps: Sequence[Step], more: Extra) -> Suspect:
        """Return the pass that loses it at some steps."""
        first = steps[0]
        a = forward.steps.symbol(first, "a")
        parent = forward.edges[first.alive[0]][0][0]
        source = forward.steps.of.get(parent)
        block = next((name for name, block in forward.blocks.items() if parent in block.nodes), "x")
        x = forward.steps.symbol(source, "x") if source else block
        return Suspect(
            self.kind,
            f"with {self.what}{first.where} left out",
            self.rank,
            more,
            step=first,
            factor=self.constant,
            formula=Formula(f"d{x} = d{a}{self.right.format(x=x)}", f"d{x} = d{a}{self.wrong.format(x=x)}"),
        )


def lost_constants(forward: Forward, steps: Sequence[Step]) -> list[Lost]:
    """Return the constants that may be lost at some steps of one instruction."""
    name = steps[0].primitive
    if name in ("mul", "div"):
        return [*_factor(forward, steps)]
    if name == "square" or name.startswith("power["):
        return [_exponent(name)]
    if name in ("mean", "sum"):
        return [*_count(forward, steps)]
    return []


def _exponent(name: str) -> Lost:
    exponent = 2.0 if name == "square" else float(name.removeprefix("power[").removesuffix("]"))
    rest = " * {x}" if exponent == 2.0 else f" * {{x}} ** {number(exponent - 1.0)}"
    what = f"the factor {number(exponent)} of the power"
    return Lost(1.0 / exponent, "factor_missing", what, 1.6, f" * {number(exponent)}{rest}", rest)


def _count(forward: Forward, steps: Sequence[Step]) -> Iterator[Lost]:
    """Yield that a mean is taken for a sum, or a sum for a mean."""
    count = float(len(forward.nodes[steps[0].alive[0]].parents))
    divided = f" / {number(count)}"
    if count > 1.0 and steps[0].primitive == "mean":
        what = f"the division of the mean by {number(count)}"
        yield Lost(count, "sum_for_mean", what, 1.5, right=divided)
    elif count > 1.0:
        what = f"that it is a sum of {number(count)} terms, and no mean,"
        yield Lost(1.0 / count, "sum_for_mean", what, 1.5, wrong=divided)


def _factor(forward: Forward, steps: Sequence[Step]) -> Iterator[Lost]:
    """Yield the constant by which an array is multiplied or divided, if it is one."""
    nodes = [i for step in steps for i in step.alive]
    constants = {constant_factor(forward.nodes[i]) or 0.0 for i in nodes}
    sizes = {*map(abs, constants)}
    size = sizes.pop()
    if sizes or size in (0.0, 1.0):
        return
    if _makes_a_mean(forward, nodes[0], size):
        divisor = number(1.0 / size)
        yield Lost(1.0 / size, "sum_for_mean", f"the division by {divisor}", 1.5, f" / {divisor}")
    else:
        times = number(size)
        right, wrong = (f" * -{times}", " * -1") if constants == {-size} else (f" * {times}", "")
        yield Lost(1.0 / size, "factor_missing", f"the factor {times}", 1.5, right, wrong)


def constant_factor(node: Any) -> float | None:
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
    while forward.is_weighted_sum(below) and len(forward.edges[below]) == 1:  # a half of the sum
        below = forward.edges[below][0][0]
    name = forward.name_of(below)
    terms = len(forward.nodes[below].parents) if name in ("sum", "fsum") else 0
    if name == "add":  # a loop that adds up
        own = forward.steps.of.get(below)
        terms = len(forward.steps.occurrences(own)) if own is not None else 0
    return terms > 0 and terms % round(count) == 0


def all_means(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass in which all means inside the forward pass are taken for sums."""
    more, means = Extra(), []
    for step in forward.steps.all:
        if step.primitive == "div" and len(step.alive) > 1:
            factor = constant_factor(forward.nodes[step.alive[0]])
            if factor and _makes_a_mean(forward, step.alive[0], factor):
                means.append(step)
                more += (1.0 / factor - 1.0) * forward.edges_from(step.alive)
    if len(means) > 1:
        what = "the division of the sums by their number of terms"
        yield Lost(0.0, "sum_for_mean", what, 1.7, " / N").suspect(forward, means, more)
