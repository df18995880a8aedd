"""Mistakes with the derivative of an activation: left out, squared, taken elsewhere, another one's."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..passes.activations import ACTIVATIONS, Activation, Region
from ..passes.forward import Edges, Forward
from .suspects import Formula, Suspect

_OTHERS = [
    activation for activation in ACTIVATIONS if activation.name in ("sigmoid", "tanh", "relu", "softplus")
]
Rule = Callable[[float, float, float], float]


def derivatives(forward: Forward, regions: Sequence[Region]) -> Iterator[Suspect]:
    """Yield passes with a mistake at one activation, at all in one line or layer, at all of one name."""
    groups: dict[tuple[object, ...], list[Region]] = defaultdict(list)
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
        if not group or members in seen or (len(group) == 1 and key[0] != "one"):
            continue
        seen.add(members)
        yield from _distinct(_of_group(group))


def _distinct(suspects: Iterable[Suspect]) -> Iterator[Suspect]:
    """Yield passes without those that are another one before: the square of a sign is 1, say."""
    known: list[Mapping[int, Edges]] = []
    for suspect in suspects:
        if suspect.edits not in known:
            known.append(suspect.edits)
            yield suspect


def pooled(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass that hands the gradient of a maximum on to all of its terms."""
    steps = [step for step in forward.steps.all if step.primitive in ("max", "min")]
    nodes = [i for step in steps for i in step.alive if len(forward.edges[i]) > 1]
    if not nodes:
        return
    for share in (False, True):
        how = "taken for a mean" if share else "passed to all of its terms"
        yield Suspect(
            "derivative_of_other" if share else "derivative_missing",
            f"with the {steps[0].primitive} {how}",
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
    known = group[0].activation
    name = group[0].name
    z, a = group[0].input_symbol, group[0].output_symbol
    right = known.written(a, z) if known else f"{name}'({z})"
    yield _suspect(group, "derivative_missing", "left out", 1.0, "", lambda x, out, slope: 1.0)
    twice = f" * ({right}) ** 2"
    yield _suspect(group, "derivative_twice", "applied twice", 1.2, twice, lambda x, out, slope: slope**2)
    if known is None:
        return
    yield _suspect(
        group,
        "derivative_argument",
        "taken at its output instead of its input",
        1.1,
        f" * {known.written(f'{name}({a})', a)}",
        lambda x, out, slope: known.slope(out),
    )
    if known.from_output is not None:
        yield _suspect(
            group,
            "derivative_argument",
            "computed from its input by the formula for its output",
            1.15,
            f" * {known.written(z, z)}",
            _applied(known.from_output, to_output=False),
        )
    for other in _OTHERS:
        if other.name != known.name:
            yield from _of_other(group, other, z, a)


def _of_other(group: Sequence[Region], other: Activation, z: str, a: str) -> Iterator[Suspect]:
    """Yield the passes with the derivative of another activation, of the input and of the output."""
    what = f"taken for that of `{other.name}`"
    implied = f" * {other.name}'({z})"
    yield _suspect(group, "derivative_of_other", what, 1.4, implied, lambda x, out, slope: other.slope(x))
    if other.from_output is not None:
        rule = _applied(other.from_output, to_output=True)
        implied = f" * {other.written(a, z)}"
        yield _suspect(group, "derivative_of_other", what, 1.4, implied, rule)


def _applied(formula: Callable[[float], float], to_output: bool) -> Rule:
    return lambda x, out, slope: formula(out if to_output else x)


def _suspect(
    group: Sequence[Region], kind: str, what: str, rank: float, implied: str, rule: Rule
) -> Suspect:
    """Return the pass with other derivatives, given by input, output and right derivative of each entry."""
    first = group[0]
    edits: dict[int, Edges] = {}
    for region in group:
        entries = zip(region.inputs, region.outputs, region.x, region.out, region.slopes)
        for start, end, x, out, slope in entries:
            edits[end] = ((start, region.sign * rule(x, out, region.sign * slope)),)
    z, a = first.input_symbol, first.output_symbol
    right = first.activation.written(a, z) if first.activation else f"{first.name}'({z})"
    return Suspect(
        kind,
        f"with the derivative of `{first.name}` {_places(group)} {what}",
        rank + 0.5 * (len(group) > 1) + (first.activation is None),
        edits,
        layer=first.output_name,
        line=first.line,
        formula=Formula(f"d{z} = d{a} * {right}", f"d{z} = d{a}{implied}"),
    )


def _places(group: Sequence[Region]) -> str:
    """Say in which lines activations stand."""
    lines = list(dict.fromkeys(region.line for region in group if region.line))
    if not lines:
        return ""
    often = f" ({len(group)} times)" if len(group) > 1 and len(lines) == 1 else ""
    return f"in {' and '.join(line.short for line in lines)}{often}"
