"""Mistakes with the derivative of an activation: left out, squared, taken elsewhere, another one's."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from ..passes.activations import ACTIVATIONS, Region
from ..passes.forward import Edges, Forward
from .suspects import Formula, Suspect

_OTHERS = [
    activation for activation in ACTIVATIONS if activation.name in ("sigmoid", "tanh", "relu", "softplus")
]
Rule = Callable[[Region], Sequence[float]]


def derivatives(forward: Forward, regions: Sequence[Region]) -> Iterator[Suspect]:
    """Yield passes with a mistake at one activation, at all in one line, and at all of one name."""
    groups: dict[object, list[Region]] = defaultdict(list)
    for region in regions:
        groups["one", id(region)].append(region)
        groups["line", region.step.key].append(region)
        groups["layer", region.step.key, forward.masks[region.outputs[0]]].append(region)
        if region.activation:
            groups["name", region.activation.name].append(region)
    for name in dict.fromkeys(region.activation.name for region in regions if region.activation):
        known = groups["name", name]
        last = forward.masks[known[-1].outputs[0]]
        groups["hidden", name] += [region for region in known if forward.masks[region.outputs[0]] != last]
    seen = set()
    for key, group in groups.items():
        members = frozenset(map(id, group))
        if not group or members in seen or (len(group) == 1 and key[0] != "one"):  # type: ignore[index]
            continue
        seen.add(members)
        yield from _of_group(group)


def pooled(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass that hands the gradient of a maximum on to all of its terms."""
    steps = [step for step in forward.steps.all if step.primitive in ("max", "min")]
    nodes = [i for step in steps for i in step.alive if len(forward.edges[i]) > 1]
    if not nodes:
        return
    for share in (False, True):
        yield Suspect(
            "derivative_of_other" if share else "derivative_missing",
            f"with the {steps[0].primitive} {'taken for a mean' if share else 'passed to all of its terms'}",
            1.6,
            {
                i: tuple(
                    (parent, 1.0 / len(forward.edges[i]) if share else 1.0)
                    for parent, _ in forward.edges[i]
                )
                for i in nodes
            },
            layer=forward.steps.called(steps[0]),
            line=steps[0].line,
        )


def _of_group(group: Sequence[Region]) -> Iterator[Suspect]:
    first = group[0]
    name, known = first.name, first.activation
    extra = 0.5 * (len(group) > 1)
    z, a = first.input_name, first.output_name
    right = known.written(a, z) if known else f"{name}'({z})"

    def suspect(kind: str, what: str, rank: float, implied: str, rule: Rule) -> Suspect:
        edits: dict[int, Edges] = {}
        for region in group:
            for start, end, slope in zip(region.inputs, region.outputs, rule(region)):
                edits[end] = ((start, slope),)
        formula = Formula(f"d{z} = d{a} * {right}", f"d{z} = d{a}{implied}")
        return Suspect(
            kind,
            f"with the derivative of `{name}` {_places(group)} {what}",
            rank + extra + (not known),
            edits,
            layer=a,
            line=first.line,
            formula=formula,
        )

    yield suspect("derivative_missing", "left out", 1.0, "", lambda r: [r.sign] * len(r.inputs))
    yield suspect(
        "derivative_twice",
        "applied twice",
        1.2,
        f" * ({right}) ** 2",
        lambda r: [r.sign * s * s for s in r.slopes],
    )
    if known is None:
        return
    yield suspect(
        "derivative_argument",
        f"taken at its output, {a}, instead of its input",
        1.1,
        f" * {known.written(f'{name}({a})', a)}",
        lambda r: [r.sign * known.slope(out) for out in r.out],
    )
    written = known.from_output
    if written is not None:
        yield suspect(
            "derivative_argument",
            f"computed from its input, {z}, by the formula for its output",
            1.15,
            f" * {known.written(z, z)}",
            lambda r: [r.sign * written(x) for x in r.x],
        )
    for other in _OTHERS:
        if other.name == known.name:
            continue
        yield suspect(
            "derivative_of_other",
            f"taken for that of `{other.name}`",
            1.4,
            f" * {other.name}'({z})",
            lambda r, other=other: [r.sign * other.slope(x) for x in r.x],
        )
        formula = other.from_output
        if formula is not None:
            yield suspect(
                "derivative_of_other",
                f"taken for that of `{other.name}`",
                1.4,
                f" * {other.written(a, z)}",
                lambda r, formula=formula: [r.sign * formula(out) for out in r.out],
            )


def _places(group: Sequence[Region]) -> str:
    """Say in which lines activations stand."""
    lines = list(dict.fromkeys(region.line.number for region in group if region.line))
    if not lines:
        return ""
    often = f" ({len(group)} times)" if len(group) > 1 and len(lines) == 1 else ""
    return f"in line{'s' * (len(lines) > 1)} {', '.join(map(str, lines))}{often}"
