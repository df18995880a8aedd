"""Another factor for the derivative of an activation: none, its square, that of another place."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import permutations
from math import isclose

from ...stepping.groups import Key
from ..passes.activations import Region, inner_parts
from ..passes.contributions import Contributions, Group, operands_of
from ..passes.forward import Edges, Forward
from ..passes.functions import ELEMENTARY
from ..passes.table import Extra
from .constant_factors import Factors, multiple
from .counts import counted
from .slopes import FORMULAS, MISSING, OTHERS, Rule, Wrong, given, last_of, of_arrays, total, usual
from .suspects import Formula, Lead, Suspect

_LAYERS = ("dot", "add", "sub")  # after which people expect an activation


@dataclass(frozen=True, eq=False)
class Derivatives:
    """The passes with a mistake at activations: at one, at all in a line or layer, at all of one name."""

    forward: Forward
    contributions: Contributions
    factors: Factors
    regions: Sequence[Region]
    _left_out: dict[tuple[Region, ...], Extra] = field(default_factory=dict)

    def leads(self) -> Iterator[Lead]:
        """Yield the mistakes at each group of activations."""
        seen = set()
        groups = self._groups()
        for key, group in groups.items():
            members = frozenset(map(id, group))
            if not group or members in seen or (len(group) == 1 and key[0] != "one"):
                continue
            seen.add(members)
            doubt, reach = _doubt(group), self._reach(group)
            yield Lead(1.0 + doubt, partial(self._of_group, group), reach)
            if key[0] != "one" or len(groups["line", group[0].step.key]) == 1:
                yield Lead(1.7 + doubt, partial(self._by_formulas, group), reach)
        yield Lead(1.6, self._of_parts)
        yield Lead(1.9, self._on_branches)
        lines = [group for key, group in groups.items() if key[0] == "line"]
        for group in lines:
            yield Lead(1.9, partial(self._not_there, group))
            yield Lead(1.8, partial(self._taken_for_arrays, group))
        for steps in self.contributions.groups:
            is_single = len(steps) == 1 == len(steps[0].alive)
            if steps[0].primitive in _LAYERS and not is_single and not self.forward.is_wide(steps):
                yield Lead(1.95, partial(self._without_function, steps), self.forward.reach_below(steps))
        for group, other in permutations(lines, 2):
            yield Lead(1.5, partial(self._at_another, group, other), self._reach(group))

    def _reach(self, group: Sequence[Region]) -> int:
        return self.forward.reach(start for region in group for start in region.inputs)

    def _groups(self) -> Mapping[tuple[object, ...], list[Region]]:
        """Return the activations alone, and together as they may have one mistake in common."""
        groups: dict[tuple[object, ...], list[Region]] = defaultdict(list)
        masks = self.forward.masks
        for region in self.regions:
            groups["one", id(region)].append(region)
            groups["line", region.step.key].append(region)
            groups["layer", region.step.key, masks[region.outputs[0]]].append(region)
            if region.is_activation or not region.activation:
                groups["all",].append(region)
            if region.activation:
                groups["name", region.activation.name].append(region)
        named = [key for key in groups if key[0] == "name"]
        for key in named:
            last = masks[groups[key][-1].outputs[0]]
            groups["hidden", key[1]] += [
                region for region in groups[key] if masks[region.outputs[0]] != last
            ]
        return groups

    def _of_group(self, group: Sequence[Region]) -> Iterator[Suspect]:
        """Yield the passes with the usual factors at some activations."""
        z, a = last_of(group).argument, last_of(group).output_symbol
        for wrong in usual(group[0].name, group, z, a):
            if wrong.kind != "derivative_of_other" or len({*_factors(group, wrong.rule)}) > 1:
                yield self._suspect(group, wrong)

    def left_out(self) -> Iterator[Suspect]:
        """Yield the passes without the derivative of the activations of one line."""
        for key, group in self._groups().items():
            if key[0] == "line" and group[0].is_activation:
                yield self._suspect(group, MISSING)

    def _of_parts(self) -> Iterator[Suspect]:
        """Yield the passes without the inner derivative of what an activation computes on the way."""
        for parts in inner_parts(self.forward, self.regions):
            yield self._suspect(parts, MISSING._replace(rank=0.6))

    def _on_branches(self) -> Iterator[Suspect]:
        """Yield the passes without an activation's derivative for what flows back from one of its users."""
        steps, forward = self.forward.steps, self.forward
        for region in (region for region in self.regions if region.is_activation):
            edges: dict[Key, Extra] = defaultdict(Extra)
            for start, end, slope in zip(region.inputs, region.outputs, region.slopes):
                for j in forward.consumers[end]:
                    user = steps.key_of(j)
                    if user:
                        edges[user].add(j, start, forward.local(j)[end] * (region.sign - slope))
            suspect = self._told([region], MISSING._replace(rank=1.9))
            for user, more in edges.items() if len(edges) > 1 else ():
                claim = f"{suspect.claim} for what flows back from {steps.told(steps.at[user][0])}"
                yield replace(suspect, more=more, claim=claim)

    def _by_formulas(self, group: Sequence[Region]) -> Iterator[Suspect]:
        """Yield the passes with the factors that are read off, at activations of one name."""
        z, a = last_of(group).argument, last_of(group).output_symbol
        if group[0].activation is None or len({region.name for region in group}) > 1:
            return
        right = _factors(group, given)
        for formula, rule in FORMULAS.items():
            if multiple(_factors(group, rule), right) is not None:
                continue  # it is the right one, or counted otherwise
            text = formula.format(a=a, z=z)
            wrong = Wrong("derivative_of_other", f"taken for {text}", 1.7, f" * {text}", rule)
            if self.forward.steps.feed_each_other([region.step for region in group]):
                yield self._suspect(group, wrong)  # a constant would count several times
            else:
                rest, part = self._without(group), _instead(group, rule)
                yield counted(self._told(group, wrong), rest, part, self._is_two, 0.3)

    def _is_two(self, constant: float) -> bool:
        return any(self.factors.alike(abs(constant), usual) for usual in (0.5, 1.0, 2.0))

    def _at_another(self, group: Sequence[Region], other: Sequence[Region]) -> Iterator[Suspect]:
        """Yield the pass with the derivative of activations of the same shapes in another line."""
        sizes = [[len(region.out) for region in each] for each in (group, other)]
        if sizes[0] != sizes[1] or not other[0].activation:
            return
        slopes = {id(mine): theirs.slopes for mine, theirs in zip(group, other)}
        z, a = other[0].argument, other[0].output_symbol
        what = f"taken for that of `{other[0].name}` at `{other[0].output_name}`"
        formula = f" * {other[0].activation.written(a, z)}"
        yield self._suspect(group, Wrong("derivative_argument", what, 1.5, formula, given), slopes)

    def _taken_for_arrays(self, group: Sequence[Region]) -> Iterator[Suspect]:
        """Yield the passes with another array for a derivative, or for the output in its formula."""
        homes = self.contributions.homes_of([i for region in group for i in region.outputs])
        for called, is_later, numbers in self.contributions.others(homes) if homes else ():
            found = iter(numbers)
            parts = [(region, [x for _, x in zip(region.out, found)]) for region in group]
            known = [(region, [x for x in own if x is not None]) for region, own in parts]
            changed = [region for region, own in known if own]  # there is no other round for some
            b, a = called.replace("`", ""), last_of(group).output_symbol
            for kind, formula, rule in of_arrays(group[0].activation) if changed else ():
                slopes = {id(region): [*map(rule, own, region.out)] for region, own in known}
                if all(isclose(*each) for r in changed for each in zip(slopes[id(r)], r.slopes)):
                    continue  # it is the right one
                written = formula.format(a=a, b=b if b.isidentifier() else f"({b})")
                wrong = Wrong(kind, f"taken for {written}", 1.8 + 0.1 * is_later, f" * {written}", given)
                yield self._suspect(changed, wrong, slopes)

    def _without_function(self, steps: Group) -> Iterator[Suspect]:
        """Yield the passes with an activation's derivative at an array that is no activation's output."""
        use, of_steps = self.contributions.uses(steps)[-1], self.forward.steps
        a, told = of_steps.symbol(steps[0], "a"), of_steps.told(steps[0])
        data = {i: self.forward.nodes[i]._data for i in use.nodes}
        there = {region.name for region in self.regions if region.inputs[0] in data}
        for other in (other for other in OTHERS if other.name not in there):
            rules: list[tuple[str, Callable[[float], float]]] = [(other.at(a), other.slope)]
            if other.from_output and other.formula:
                rules.append((other.written(a, a), other.from_output))
            for written, rule in rules:
                factor = {i: rule(x) for i, x in data.items()}
                if len({*factor.values()}) < 2:  # a constant is no function
                    continue
                yield Suspect(
                    "derivative_of_other",
                    f"with the derivative of `{other.name}` at {told}, where no such function is",
                    1.95,
                    use.with_slopes([slope * factor[i] for i, slope in zip(use.nodes, use.slopes)]),
                    step=steps[0],
                    formula=Formula(
                        f"d{a} = what flows back to it", f"d{a} = what flows back to it * {written}"
                    ),
                )

    def _not_there(self, group: Sequence[Region]) -> Iterator[Suspect]:
        """Yield the pass that takes the input for the output: for what it is multiplied by, too."""
        edits: dict[int, Edges] = {}
        forward = self.forward
        for region in group:
            inputs = dict(zip(region.outputs, region.x))
            edits |= {end: ((start, region.sign),) for start, end in zip(region.inputs, region.outputs)}
            for user in dict.fromkeys(user for end in region.outputs for user in forward.consumers[end]):
                edges = edits.get(user, forward.edges[user])
                others = operands_of(forward, user)
                edits[user] = tuple((p, inputs.get(k, d)) for (p, d), (k, _, _) in zip(edges, others))
        first = group[0]
        claim = f"as if `{first.name}` {_places(group)} were not there"
        z, a = first.input_symbol, first.output_symbol
        formula = Formula(f"d{z} = d{a} * {first.derivative}", f"d{z} = d{a}, and {z} for {a}")
        more, line = forward.changed(edits), first.line
        yield Suspect("derivative_missing", claim, 1.9, more, step=first.step, line=line, formula=formula)

    def _suspect(
        self, group: Sequence[Region], wrong: Wrong, slopes: Mapping[int, Sequence[float]] | None = None
    ) -> Suspect:
        """Return the pass with other derivatives, or those that are given for each activation."""
        more = self._without(group) + _instead(group, wrong.rule, slopes)
        return replace(self._told(group, wrong), more=more)

    def _told(self, group: Sequence[Region], wrong: Wrong) -> Suspect:
        """Return how it is told that other derivatives stand there."""
        first = last_of(group)
        flow = f"d{first.input_symbol} = {'-' * (first.sign < 0.0)}d{first.output_symbol}"
        return Suspect(
            wrong.kind,
            f"with the derivative of `{first.name}` {_places(group)}{self._round(group)} {wrong.what}",
            wrong.rank + _doubt(group),
            step=first.step,
            line=first.line,
            formula=Formula(f"{flow} * {first.derivative}", f"{flow}{wrong.formula}"),
            title="" if first.is_activation else f"the derivative of {first.told} is {wrong.what}",
        )

    def _round(self, group: Sequence[Region]) -> str:
        """Say in which round of a loop an activation is, if it is one of several."""
        steps = self.forward.steps.occurrences(group[0].step)
        if len(group) > 1 or len(steps) < 2 or group[0].step not in steps:
            return ""
        return f", in round {steps.index(group[0].step) + 1} of {len(steps)},"

    def _without(self, group: Sequence[Region]) -> Extra:
        """Return what it changes if nothing flows back through some activations."""
        regions = tuple(group)
        if regions not in self._left_out:
            ends = (end for region in group for end in region.outputs)
            self._left_out[regions] = -1.0 * self.forward.edges_from(ends)
        return self._left_out[regions]


def _instead(
    group: Sequence[Region], rule: Rule, slopes: Mapping[int, Sequence[float]] | None = None
) -> Extra:
    """Return the edges of activations with other derivatives."""
    ends = [i for region in group for i in region.outputs]
    starts = [i for region in group for i in region.inputs]
    return Extra.of(ends, starts, _factors(group, rule, slopes))


def _factors(
    group: Sequence[Region], rule: Rule, slopes: Mapping[int, Sequence[float]] | None = None
) -> list[float]:
    """Return what a rule gives for each entry of activations, or of slopes that are given."""
    factors: list[float] = []
    for region in group:
        own = slopes[id(region)] if slopes else [region.sign * slope for slope in region.slopes]
        entries = zip(region.x, region.out, own)
        factors += [region.sign * total(rule, region.activation, *entry) for entry in entries]
    return factors


def _doubt(group: Sequence[Region]) -> float:
    """Return how much less likely a mistake is at several activations, or at what is none that is known."""
    first = group[0].activation
    several = 0.5 if len({region.step.key for region in group}) > 1 else 0.3
    return several * (len(group) > 1) + (1.0 if first is None else 0.6 if first.name in ELEMENTARY else 0.0)


def _places(group: Sequence[Region]) -> str:
    """Say in which lines activations stand."""
    lines = list(dict.fromkeys(region.line for region in group if region.line))
    if not lines:
        return ""
    often = f" ({len(group)} times)" if len(group) > 1 and len(lines) == 1 else ""
    return f"in {' and '.join(line.short for line in lines)}{often}"


def pooled(forward: Forward) -> Iterator[Suspect]:
    """Yield the pass that hands the gradient of a maximum on to all of its terms."""
    steps = [step for step in forward.steps.all if step.primitive in ("max", "min")]
    nodes = [i for step in steps for i in step.alive if len(forward.edges[i]) > 1]
    if not nodes:
        return
    for share in (False, True):
        how = "taken for a mean" if share else "passed to all of its terms"
        more = Extra()
        for i in nodes:
            own = 1.0 / len(forward.edges[i]) if share else 1.0
            for parent, slope in forward.edges[i]:
                more.add(i, parent, own - slope)
        yield Suspect(
            "derivative_of_other" if share else "derivative_missing",
            f"with the {steps[0].primitive} {how}",
            1.6,
            more,
            step=steps[0],
        )
