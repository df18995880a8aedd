"""The gradient of another loss than the one given."""

import operator
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ...stepping.groups import Step
from ...wording import number
from ..passes.activations import Region
from ..passes.forward import Forward
from ..passes.softmaxes import PROBABILITIES, Softmax, lines_of, softmax_of
from .constant_factors import multiple
from .loss_slopes import ERRORS, OF_PROBABILITIES, OF_SIGNS, SLOPES
from .suspects import Formula, Suspect

_UP = 6  # operations above a prediction, in which its target is looked for
_MANY_TARGETS = 12
_FAR = 40  # operations between a prediction and the loss, at most


def other_losses(
    forward: Forward, regions: Sequence[Region], softmaxes: Sequence[Softmax]
) -> Iterator[Suspect]:
    """Yield passes that start from the slope of another loss, at every array that all data pass through."""
    everything = sum(1 << bit for bit, block in enumerate(forward.blocks.values()) if block.is_parameter)
    predictions = _near_the_loss(forward)
    labels: dict[tuple[int, ...], set[tuple[float, ...]]] = defaultdict(set)
    for step in predictions:
        if len(step.shape) > 1:
            labels[step.shape] |= _labels(forward, step)
    for step in predictions:
        below = _blocks_below(forward, step) & everything
        if len(step.alive) < 2 or not below or not any(forward.adjoints[i] for i in step.alive):
            continue
        targets = _targets(forward, step)
        targets += [
            y for y in sorted(labels.get(step.shape, ())) if y not in targets and len(y) == len(step.alive)
        ]
        errors = ({i: forward.nodes[i]._data - t for i, t in zip(step.alive, y)} for y in targets)
        is_squared = any(_is_given(forward, error) for error in errors)
        for y in targets:
            yield from _at(forward, step, y, is_squared)
        if below == everything:
            yield from _at_softmaxes(forward, softmaxes, step, targets)
    for region in regions:
        if region.activation and region.activation.name == "sigmoid":
            yield from _at_sigmoid(forward, region)


def _near_the_loss(forward: Forward) -> list[Step]:
    """Return the arrays that may be predictions: loops over samples as one array, of states the last."""
    layers = [layer for steps in forward.steps.at.values() for layer in forward.steps.layers(steps)]
    joined = [
        layer[-1] if forward.steps.feed_each_other(layer) else forward.steps.joined(layer)
        for layer in layers
    ]
    return [step for step in joined if _is_near(forward, step)]


def _blocks_below(forward: Forward, step: Step) -> int:
    """Return the blocks on which a step depends, as bits."""
    below = 0
    for i in step.alive:
        below |= forward.masks[i]
    return below


def _at_softmaxes(
    forward: Forward, softmaxes: Sequence[Softmax], step: Step, targets: Sequence[Sequence[float]]
) -> Iterator[Suspect]:
    """Yield passes with a cross-entropy of a step's softmax; where it has none, one is assumed."""
    known = [s for s in softmaxes if step.nodes in (s.logits.nodes, s.step.nodes)]
    for softmax in known:
        yield from _with_softmax(forward, softmax, step, targets)
    if not known and min(step.nodes) >= 0:
        for axis in (axis for axis, size in enumerate(step.shape) if size > 1):
            assumed = Softmax(PROBABILITIES, step, step, axis)
            yield from _with_softmax(forward, assumed, step, targets, is_assumed=True)


def _at_sigmoid(forward: Forward, region: Region) -> Iterator[Suspect]:
    """Yield passes with a binary cross-entropy of a sigmoid, and with its output alone, without target."""
    d, a = f"d{region.input_symbol}", region.output_symbol
    targets = _targets(forward, region.step)
    for y in targets:
        fixed = {z: p - t for z, p, t in zip(region.inputs, region.out, y)}
        if not _is_given(forward, fixed):
            formula = _formula(region.input_symbol, f"{a} - y")
            suspect = _suspect(forward, "binary cross-entropy", fixed, region.step, formula)
            yield replace(suspect, rank=suspect.rank - 0.1)
    if targets:
        yield _without_target(forward, dict(zip(region.inputs, region.out)), region.step, d, a)


def _at(forward: Forward, step: Step, y: Sequence[float], is_squared: bool) -> Iterator[Suspect]:
    """Yield passes that start from the slope of each known loss in a step, but of the one that is given."""
    symbol = forward.steps.symbol(step, "z")
    between = all(0.0 <= forward.nodes[i]._data <= 1.0 for i in step.alive)
    found, derived = {}, ""
    for name, (formula, slope) in SLOPES.items():
        if (name in OF_SIGNS and {*y} != {-1.0, 1.0}) or (name in OF_PROBABILITIES and not between):
            continue
        try:
            fixed = {i: slope(forward.nodes[i]._data, t) for i, t in zip(step.alive, y, strict=True)}
        except ArithmeticError:
            continue
        factor, seen = _constant_of(forward, fixed), {*fixed.values()} - {0.0}
        if factor is None and len(seen) > 1 and not (is_squared and name == "a squared error"):
            found[name] = fixed
        elif factor is not None:  # errors below 1 are those of Huber's, too
            derived = derived or f"d{symbol} = {number(factor)} * ({formula.format(a=symbol)})"
    derived = derived or f"d{symbol} = the slope of the loss that is given"
    if derived.endswith(f"({symbol} - y)"):
        for kind, what, written, slope in ERRORS:
            wrong = {i: slope(forward.nodes[i]._data, t) for i, t in zip(step.alive, y)}
            own = Formula(derived, f"d{symbol} = {written.format(a=symbol)}, times a constant")
            error = _suspect(forward, "", wrong, step, own)
            yield replace(error, kind=kind, claim=f"with {what} in {forward.steps.told(step)}", rank=1.8)
    for name, fixed in found.items():
        implied = f"d{symbol} = {SLOPES[name][0].format(a=symbol)}, times a constant"
        yield _suspect(
            forward, f"{name} in {forward.steps.told(step)}", fixed, step, Formula(derived, implied)
        )


def _with_softmax(
    forward: Forward,
    softmax: Softmax,
    step: Step,
    targets: Sequence[Sequence[float]],
    is_assumed: bool = False,
) -> Iterator[Suspect]:
    """Yield passes that start from p - y at the logits, for softmaxes along each axis, and from p alone."""
    z = forward.steps.symbol(softmax.logits, "z")
    alone: dict[int, float] = {}
    for row in lines_of(softmax.logits, softmax.axis):
        alone.update(zip(row, softmax_of([forward.nodes[i]._data for i in row])))
    yield _without_target(forward, alone, step, f"d{z}", "p")
    for y in targets:
        if len(y) != len(softmax.logits.nodes):
            continue
        target = dict(zip(softmax.logits.nodes, y))
        usual = _constant_of(forward, {i: alone[i] - target[i] for i in alone})
        if usual is not None or not is_assumed:
            yield from _at_logits(forward, softmax, step, target)
        for axis, size in enumerate(softmax.logits.shape):
            if size < 2:
                continue
            fixed = {}
            for row in lines_of(softmax.logits, axis):
                q = softmax_of([forward.nodes[i]._data for i in row])
                fixed.update({i: q_k - target[i] for i, q_k in zip(row, q)})
            if axis == softmax.axis:
                if not _is_given(forward, fixed):
                    yield _suspect(forward, "softmax cross-entropy", fixed, step, _formula(z, "p - y"))
            elif not is_assumed or usual is not None:
                yield Suspect(
                    "softmax_axis",
                    f"with the softmax taken along axis {axis} instead of {softmax.axis}",
                    1.2,
                    fixed=fixed,
                    usual=usual,
                    step=softmax.logits,
                    line=step.line,
                    formula=Formula(
                        f"d{z} = softmax({z}, axis={softmax.axis}) - y",
                        f"d{z} = softmax({z}, axis={axis}) - y",
                    ),
                    free=True,
                )


def _at_logits(
    forward: Forward, softmax: Softmax, step: Step, target: Mapping[int, float]
) -> Iterator[Suspect]:
    """Yield passes with an elementwise softmax', and with that of a squared error, by p and y alone."""
    z = forward.steps.symbol(softmax.logits, "z")
    elementwise: dict[int, float] = {}
    squared: dict[int, float] = {}
    whole: dict[int, float] = {}
    for row in lines_of(softmax.logits, softmax.axis):
        p = softmax_of([forward.nodes[i]._data for i in row])
        errors = [p_k - target[i] for i, p_k in zip(row, p)]
        mean = sum(map(operator.mul, p, errors))
        elementwise.update({i: -target[i] * (1.0 - p_k) for i, p_k in zip(row, p)})
        whole.update(zip(row, errors))
        squared.update({i: p_k * (e - mean) for i, p_k, e in zip(row, p, errors)})
    formula = _formula(z, "p * (p - y - sum((p - y) * p))")
    yield _suspect(forward, "a squared error of softmax", squared, step, formula)
    yield Suspect(
        "softmax_elementwise",
        f"with the softmax of {forward.steps.told(softmax.logits)} differentiated entry by entry",
        1.25,
        fixed=elementwise,
        step=softmax.logits,
        line=step.line,
        formula=Formula(f"d{z} = p - y", f"d{z} = -y * (1 - p)"),
        free=True,
        usual=_constant_of(forward, whole),
    )


def _is_given(forward: Forward, fixed: Mapping[int, float]) -> bool:
    """Say whether these adjoints are those of the loss that is given, up to a constant."""
    return _constant_of(forward, fixed) is not None


def _constant_of(forward: Forward, fixed: Mapping[int, float]) -> float | None:
    """Return the constant by which these adjoints are those of the loss that is given, if they are."""
    return multiple([forward.adjoints[i] for i in fixed], [*fixed.values()])


def _without_target(forward: Forward, fixed: Mapping[int, float], step: Step, d: str, p: str) -> Suspect:
    """Return the pass that starts from the prediction instead of its distance to the target."""
    return Suspect(
        "path_missing",
        f"with the target left out: {d} = {p} for {p} - y",
        1.6,
        fixed=fixed,
        step=step,
        formula=Formula(f"{d} = {p} - y", f"{d} = {p}"),
        free=True,
    )


def _formula(z: str, implied: str) -> Formula:
    derived = f"d{z} = the slope of the loss that is given"
    return Formula(derived, f"d{z} = {implied}, times a constant")


def _suspect(
    forward: Forward, name: str, fixed: Mapping[int, float], step: Step, formula: Formula
) -> Suspect:
    """Return the pass that starts from the slope of another loss, up to a constant."""
    return Suspect(
        "other_loss",
        f"as the gradient of {name}",
        1.5,
        fixed=fixed,
        step=step,
        formula=formula,
        free=True,
    )


def _targets(forward: Forward, step: Step) -> list[tuple[float, ...]]:
    """Return what the entries of a step may be compared with: constants beside them, or labels' places."""
    beside: dict[object, dict[int, float]] = defaultdict(dict)
    for i in step.alive:
        near = {i}
        for _ in range(_UP):
            near = {
                j
                for n in near
                for j in forward.consumers[n]
                if forward.sources[j] == n or forward.sources[j] == i
            }
            for j in {j for n in near for j in forward.consumers[n] if forward.is_weighted_sum(j)}:
                for parent, weight in forward.edges[j]:
                    if parent in near:
                        beside[_key(forward, j), "weight"].setdefault(i, weight)
            for j in near:
                for place, parent in enumerate(forward.nodes[j].parents):
                    if parent.__class__ is float:
                        beside[_key(forward, j), place].setdefault(i, parent)
    found = {tuple(given.values()) for given in beside.values() if len(given) == len(step.alive)}
    turned = {tuple(-t for t in y) for y in found if max(y) <= 0.0}  # of -y * log(p)
    return sorted(y for y in found | turned if len(set(y)) > 1)[-_MANY_TARGETS:]


def _labels(forward: Forward, step: Step) -> set[tuple[float, ...]]:
    """Return where labels are: the only entries that count, or those that are used once more."""
    uses = [len(forward.consumers[i]) for i in step.alive]
    least = min(uses)
    found = {
        tuple(float(forward.adjoints[i] != 0.0) for i in step.alive),
        tuple(float(count > least) for count in uses),
    }
    return {y for y in found if sum(y) in step.shape and len({*y}) > 1}  # one in each row


def _is_near(forward: Forward, step: Step) -> bool:
    """Say whether a step is near the loss, where predictions meet their targets."""
    near = min((forward.levels[i] for i in step.alive if forward.levels[i] >= 0), default=_FAR + 1)
    return near <= _FAR


def _key(forward: Forward, node: int) -> object:
    """Return the instruction that made a node, or else its primitive."""
    step = forward.steps.of.get(node)
    return step.key if step else forward.name_of(node)
