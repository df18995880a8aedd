"""Constants that are lost on the way: factors, exponents, the number of terms of a mean, a sign."""

from collections.abc import Callable, Iterator

from ...wording import number
from ..passes.forward import Edges, Forward
from ..passes.steps import Step
from .suspects import Formula, Suspect


def constant_mistakes(forward: Forward) -> Iterator[Suspect]:
    """Yield passes with a constant left out at one line."""
    yield from _all_means(forward)
    for steps in _groups(forward):
        first = steps[0]
        if first.primitive in ("mul", "div"):
            yield from _factors(forward, steps)
        elif first.primitive.startswith("power[") or first.primitive == "square":
            exponent = 2.0 if first.primitive == "square" else float(first.primitive[6:-1])
            yield _scaled(
                forward,
                steps,
                "factor_missing",
                f"the factor {number(exponent)} of the power",
                1.6,
                1.0 / exponent,
            )
        elif first.primitive in ("mean", "sum"):
            count = len(forward.nodes[first.alive[0]].parents)
            if count > 1:
                mean = first.primitive == "mean"
                what = f"1/{count} of the mean" if mean else "sum, taken for a mean of"
                what = what if mean else f"sum taken as a mean over {count} terms, so"
                factor = float(count) if mean else 1.0 / count
                yield _scaled(forward, steps, "sum_for_mean", f"the {what}", 1.5, factor)
        elif first.primitive == "sub":
            yield from _signs(forward, steps)


def _all_means(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass in which several means inside the forward pass are taken for sums."""
    means = [
        step
        for step in forward.steps.all
        if step.primitive == "div"
        and len(step.alive) > 1
        and (c := _constant_factor(forward.nodes[step.alive[0]]))
        and _makes_a_mean(forward, step.alive[0], c)
    ]
    if len(means) > 1:
        scale = {i: 1.0 / (_constant_factor(forward.nodes[i]) or 1.0) for step in means for i in step.alive}
        yield Suspect(
            "sum_for_mean",
            f"with the sums of line {means[0].line.number if means[0].line else '?'} not divided",
            1.7,
            {
                i: tuple((parent, partial * c) for parent, partial in forward.edges[i])
                for i, c in scale.items()
            },
            layer=forward.steps.called(means[0]),
            line=means[0].line,
        )


def _groups(forward: Forward) -> Iterator[list[Step]]:
    """Yield the steps of each instruction, and those of each layer where it is one of a loop over layers."""
    for steps in forward.steps.at.values():
        yield steps
        layers = forward.steps.layers(steps)
        yield from layers if len(layers) > 1 else ()


def _factors(forward: Forward, steps: list[Step]) -> Iterator[Suspect]:
    """Yield passes without a constant by which an array is multiplied or divided."""
    nodes = [i for step in steps for i in step.alive]
    constants = [_constant_factor(forward.nodes[i]) for i in nodes]
    if any(c is None for c in constants):
        return
    sizes = {abs(c) for c in constants if c}
    if not sizes or (sizes == {1.0} and 0.0 not in constants):
        return
    what = f"the factor {_told(sizes)}"
    kind = (
        "sum_for_mean"
        if len(sizes) == 1 and _makes_a_mean(forward, nodes[0], max(sizes))
        else "factor_missing"
    )
    line = steps[0].line

    def edited(scale: Callable[[float], float]) -> dict[int, Edges]:
        return {
            i: tuple((parent, partial * scale(c)) for parent, partial in forward.edges[i])
            for i, c in zip(nodes, constants)
            if c is not None
        }

    common = dict(layer=forward.steps.called(steps[0]), line=line)
    if sizes != {1.0}:
        claim = f"with {what} in line {line.number if line else '?'} left out"
        edits = edited(lambda c: 1.0 / abs(c) if c else 1.0)
        yield Suspect(
            kind, claim, 1.5, edits, factor=1.0 / max(sizes), formula=_formula(forward, steps[0]), **common
        )  # type: ignore[arg-type]
    if len(set(constants)) > 1:
        claim = f"with which entries are kept, in line {line.number if line else '?'}, left out"
        largest = max(constants, key=lambda c: abs(c or 0.0)) or 1.0
        edits = {i: tuple((parent, largest) for parent, _ in forward.edges[i]) for i in nodes}
        yield Suspect("factor_missing", claim, 1.7, edits, **common)  # type: ignore[arg-type]
        claim = f"with the constants of line {line.number if line else '?'} left out"
        edits = {i: tuple((parent, 1.0) for parent, _ in forward.edges[i]) for i in nodes}
        yield Suspect("factor_missing", claim, 1.7, edits, **common)  # type: ignore[arg-type]


def _makes_a_mean(forward: Forward, node: int, factor: float) -> bool:
    """Say whether a sum is divided by the number of its terms, or of its rows."""
    below = forward.nodes[forward.edges[node][0][0]]
    count = 1.0 / factor
    if below.primitive is None or abs(count - round(count)) > 1e-9 or round(count) < 2:
        return False
    terms = len(below.parents) if below.primitive.name in ("sum", "fsum") else 0
    steps = forward.steps
    if below.primitive.name == "add":  # a loop that adds up
        own = steps.of.get(forward.numbers[below])
        terms = len(steps.occurrences(own)) if own is not None else 0
    return terms > 0 and terms % round(count) == 0


def _told(sizes: set[float]) -> str:
    return number(max(sizes)) if len(sizes) == 1 else f"of {number(min(sizes))} to {number(max(sizes))}"


def _constant_factor(node: object) -> float | None:
    """Return by which constant a product or quotient multiplies; None where it is of two nodes."""
    first, second = node.parents  # type: ignore[attr-defined]
    if node.primitive.name == "div":  # type: ignore[attr-defined]
        return 1.0 / second if second.__class__ is float and second else None
    if (first.__class__ is float) == (second.__class__ is float):
        return None
    return first if first.__class__ is float else second  # type: ignore[no-any-return]


def _scaled(
    forward: Forward, steps: list[Step], kind: str, what: str, rank: float, factor: float
) -> Suspect:
    edits = {
        i: tuple((parent, partial * factor) for parent, partial in forward.edges[i])
        for step in steps
        for i in step.alive
    }
    line = steps[0].line
    return Suspect(
        kind,
        f"with {what} in line {line.number if line else '?'} left out",
        rank,
        edits,
        layer=forward.steps.called(steps[0]),
        line=line,
        factor=factor,
    )


def _signs(forward: Forward, steps: list[Step]) -> Iterator[Suspect]:
    """Yield passes with the sign of the second operand of a difference lost."""
    edits = {
        i: tuple((parent, abs(partial)) for parent, partial in forward.edges[i])
        for step in steps
        for i in step.alive
        if any(partial < 0.0 for _, partial in forward.edges[i])
    }
    line = steps[0].line
    if edits:
        yield Suspect(
            "sign",
            f"with the minus in line {line.number if line else '?'} left out",
            1.6,
            edits,
            layer=forward.steps.called(steps[0]),
            line=line,
            factor=-1.0,
        )


def _formula(forward: Forward, step: Step) -> Formula:
    a = forward.steps.called(step)
    source = forward.steps.of.get(forward.edges[step.alive[0]][0][0])
    x = forward.steps.called(source) if source else "its operand"
    return Formula(f"d{x} = d{a} times the constant", f"d{x} = d{a}")
