"""Mistakes with a softmax: along the wrong axis, elementwise, or its derivative left out."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..passes.forward import Edges, Forward
from ..passes.softmaxes import LOGARITHMS, NORMALIZER, PROBABILITIES, Softmax, softmax_of
from .suspects import Formula, Suspect

_Rule = Callable[
    [float, float, float], float
]  # of q[j], q[k] and whether j is k: what out[k] gives to z[j]
_ENTRY, _ONE = "differentiated as if it were elementwise", "passed as if its derivative were 1"
_PLUS = "differentiated with + for -"
_OF_PROBABILITIES: Sequence[tuple[str, str, float, str, _Rule]] = (
    ("softmax_elementwise", _ENTRY, 1.0, "d{p} * {p} * (1 - {p})", lambda x, y, same: same * y * (1.0 - y)),
    ("derivative_missing", _ONE, 1.3, "d{p}", lambda x, y, same: same),
    (
        "softmax_elementwise",
        "differentiated without the sum over its row",
        1.2,
        "d{p} * {p}",
        lambda x, y, same: same * y,
    ),
    (
        "softmax_elementwise",
        "differentiated with the sum over its row alone",
        1.9,
        "-{p} * sum(d{p} * {p}, axis={axis})",
        lambda x, y, same: -x * y,
    ),
    (
        "sign",
        _PLUS,
        1.4,
        "{p} * (d{p} + sum(d{p} * {p}, axis={axis}))",
        lambda x, y, same: x * (same + y),
    ),
    (
        "factor_missing",
        "differentiated without the probabilities before the difference",
        1.4,
        "d{p} - sum(d{p} * {p}, axis={axis})",
        lambda x, y, same: same - y,
    ),
    (
        "factor_missing",
        "differentiated without the probabilities in the sum",
        1.4,
        "{p} * (d{p} - sum(d{p}, axis={axis}))",
        lambda x, y, same: x * (same - 1.0),
    ),
)
_OF_LOGARITHMS: Sequence[tuple[str, str, float, str, _Rule]] = (
    ("softmax_elementwise", _ENTRY, 1.0, "d{p} * (1 - exp({p}))", lambda x, y, same: same * (1.0 - y)),
    ("derivative_missing", _ONE, 1.3, "d{p}", lambda x, y, same: same),
    ("sign", _PLUS, 1.4, "d{p} + exp({p}) * sum(d{p}, axis={axis})", lambda x, y, same: same + x),
    (
        "factor_missing",
        "differentiated without the probabilities",
        1.4,
        "d{p} - sum(d{p}, axis={axis})",
        lambda x, y, same: same - 1.0,
    ),
)


def softmax_mistakes(forward: Forward, softmaxes: Sequence[Softmax]) -> Iterator[Suspect]:
    """Yield passes with a mistake at one softmax, and with the same one at all of them."""
    alike: dict[object, list[Suspect]] = defaultdict(list)
    for softmax in softmaxes:
        for k, suspect in enumerate(_at_one(forward, softmax)):
            yield suspect
            place = (
                softmax.kind,
                len(softmax.step.shape),
                softmax.axis,
            )  # of which each has the same mistakes
            alike[place, k].append(suspect)
    for first, *others in alike.values():
        if others:
            more = sum((each.more for each in others), first.more)
            yield replace(first, more=more, rank=first.rank + 0.3)


def _at_one(forward: Forward, softmax: Softmax) -> Iterator[Suspect]:
    """Yield passes with a mistake at one softmax."""
    if softmax.kind != NORMALIZER:
        yield from _by_formulas(forward, softmax)
    for axis in range(_rounds(forward, softmax), len(softmax.logits.shape)):
        if axis != softmax.axis and softmax.logits.shape[axis] > 1:
            yield from _along(forward, softmax, axis)


def _by_formulas(forward: Forward, softmax: Softmax) -> Iterator[Suspect]:
    """Yield passes with another formula for the derivative of a softmax, or with the logits in it."""
    p, z = _symbols(forward, softmax)
    logarithms, adjoints = softmax.kind == LOGARITHMS, forward.adjoints
    data = forward.nodes
    rows = [(softmax_of([data[i]._data for i in logits]), logits, outs) for logits, outs in softmax.rows()]
    for kind, what, rank, formula, rule in _OF_LOGARITHMS if logarithms else _OF_PROBABILITIES:
        edits: dict[int, Edges] = {}
        is_apart = not rule(0.5, 0.5, 0.0)  # each entry gets something from its own result alone
        for q, logits, outs in rows:
            for k, end in enumerate(outs):
                places = (k,) if is_apart else range(len(logits))
                edits[end] = tuple((logits[j], rule(q[j], q[k], float(j == k))) for j in places)
        written = formula.format(p=p, axis=softmax.axis - _rounds(forward, softmax))
        yield _suspect(forward, softmax, kind, what, rank, written, edits)
    if logarithms:
        sums = {i: adjoints[end] + x for row in rows for x, i, end in zip(*row)}
        what, formula = "differentiated with -1 for the sum of what flows back to a row", f"d{p} + exp({p})"
        yield replace(_suspect(forward, softmax, "factor_missing", what, 1.3, formula, {}), fixed=sums)
    of_logits: dict[int, Edges] = {}
    for _, logits, outs in rows:
        xs = [data[i]._data for i in logits]
        of_logits.update({end: _jacobian(logits, xs, k, logarithms) for k, end in enumerate(outs)})
    what, formula = f"differentiated with {z} for {p}", _derivative(forward, softmax, p, z, softmax.axis)
    yield _suspect(forward, softmax, "derivative_argument", what, 1.4, formula, of_logits)


def _along(forward: Forward, softmax: Softmax, axis: int) -> Iterator[Suspect]:
    """Yield passes with the softmax along another axis: its derivative alone, and its values too."""
    (p, _), data = _symbols(forward, softmax), forward.nodes
    rounds = _rounds(forward, softmax)
    what = f"taken along axis {axis - rounds} instead of {softmax.axis - rounds}"
    other: dict[int, float] = {}
    edits: dict[int, Edges] = {}
    stored: dict[int, Edges] = {}
    if softmax.kind == NORMALIZER:
        for row in _rows(softmax, axis):
            other.update(zip(row, softmax_of([data[i]._data for i in row])))
        for logits, (out,) in softmax.rows():
            edits[out] = tuple((i, other[i]) for i in logits)
        formula = _derivative(forward, softmax, p, p, axis)
        yield _suspect(forward, softmax, "softmax_axis", what, 1.2, formula, edits)
        return
    for logits, outs in softmax.rows(axis):
        q = softmax_of([data[i]._data for i in logits])
        logarithms = softmax.kind == LOGARITHMS
        for k, end in enumerate(outs):
            other[end] = q[k]
            edits[end] = _jacobian(logits, q, k, logarithms)
            if not logarithms:
                stored[end] = _jacobian(logits, [data[i]._data for i in outs], k, logarithms)
    formula = _derivative(forward, softmax, p, p, axis)
    yield _suspect(forward, softmax, "softmax_axis", what, 1.3, formula, edits)
    if stored:
        yield _suspect(
            forward,
            softmax,
            "softmax_axis",
            f"differentiated along axis {axis - rounds}",
            1.2,
            formula,
            stored,
        )
        replayed = forward.replayed(other)
        yield _suspect(forward, softmax, "softmax_axis", what, 1.3, formula, {**replayed, **edits})
        own: dict[int, Edges] = {}
        for logits, outs in softmax.rows():
            q = [other[i] for i in outs]
            own.update({end: _jacobian(logits, q, k, False) for k, end in enumerate(outs)})
        yield _suspect(forward, softmax, "softmax_axis", what, 1.3, formula, {**replayed, **own})


def _symbols(forward: Forward, softmax: Softmax) -> tuple[str, str]:
    return forward.steps.symbol(softmax.step, "p"), forward.steps.symbol(softmax.logits, "z")


def _rows(softmax: Softmax, axis: int) -> list[list[int]]:
    return [logits for logits, _ in Softmax(PROBABILITIES, softmax.logits, softmax.logits, axis).rows()]


def _jacobian(logits: Sequence[int], q: Sequence[float], k: int, logarithms: bool) -> Edges:
    """Return the derivatives of the k-th result by all logits."""
    scale = 1.0 if logarithms else q[k]
    return tuple((i, scale * (float(j == k) - q[j])) for j, i in enumerate(logits))


def _suspect(
    forward: Forward,
    softmax: Softmax,
    kind: str,
    what: str,
    rank: float,
    implied: str,
    edits: dict[int, Edges],
) -> Suspect:
    p, z = _symbols(forward, softmax)
    return Suspect(
        kind,
        f"with the {softmax.kind}{softmax.step.where} {what}",
        rank,
        forward.changed(edits),
        step=softmax.step,
        formula=Formula(f"d{z} = {_derivative(forward, softmax, p, p, softmax.axis)}", f"d{z} = {implied}"),
    )


def _rounds(forward: Forward, softmax: Softmax) -> int:
    """Return how many axes are those of rounds of a loop, which a person's array has not."""
    return int(forward.steps.of[softmax.logits.nodes[0]] is not softmax.logits)


def _derivative(forward: Forward, softmax: Softmax, p: str, own: str, axis: int) -> str:
    """Write what flows back through a softmax, or its logarithms `p`, with `own` in their place."""
    axis -= _rounds(forward, softmax)
    if softmax.kind == PROBABILITIES:
        return f"{own} * (d{p} - sum(d{p} * {own}, axis={axis}))"
    if softmax.kind == LOGARITHMS:
        return f"d{p} - {own if own != p else f'exp({p})'} * sum(d{p}, axis={axis})"
    return f"d{p} * softmax along axis {axis}"
