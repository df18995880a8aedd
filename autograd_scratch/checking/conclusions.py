"""What a comparison comes to: the report of it."""

import ast
import math
import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import takewhile

from .explaining import BAD, Explained
from .findings import NOT_CHECKABLE, OK, RIGHT, VERDICTS, WRONG, BlockReport, Entry, Formula, Mistake
from .judgement import ROUNDED, Comparison
from .kept import kept_of
from .measurement import Measurement, notes
from .mistakes.constant_factors import factor_in_words
from .mistakes.suspects import Rewrite, Suspect
from .parting import parting_of, place_of, use_of
from .passes.backwards import backwards
from .passes.forward import Block, Forward
from .passes.invisible import invisible
from .passes.observer import Observer
from .report import Report

_NESTED = re.compile(r"\(\(|(^|[^\w])\([\w.\[\]]+\(")  # of a call, or of another parenthesis
_MOST = 4  # explanations that are listed
_WORST = 3  # entries that are shown


def report_of(
    forward: Forward,
    compared: Mapping[str, Comparison],
    verdicts: Mapping[str, str],
    explained: Explained,
    measured: Measurement,
    value: float,
    told: Sequence[str],
    observer: Observer,
) -> Report:
    """Return the report: verdicts and explanations, and what was measured."""
    verdicts = {name: verdicts[name] for name in backwards(forward, verdicts)}
    bad = [name for name, verdict in verdicts.items() if verdict in BAD]
    first = bad[0] if bad else None
    right = {name for name, verdict in verdicts.items() if verdict in OK}
    before = [name for name in takewhile(lambda name: name != first, verdicts) if verdicts[name] in OK]
    place, parting = parting_of(forward, first, explained.found, right) if first else (None, None)
    said = [*told, *notes(measured, verdicts), *_notes(compared), *(invisible(forward) if not bad else ())]
    report = Report(
        verdict=max(verdicts.values(), key=VERDICTS.index),
        blocks={
            name: _block_report(forward, name, compared[name], verdicts[name], measured)
            for name in verdicts
        },
        mistakes=tuple(_mistakes(forward, explained, [*compared])),
        loss=value,
        method=measured.method,
        measured_error=measured.error,
        coverage=measured.coverage,
        first_wrong=first,
        last_right=before[-1] if bad and before else None,
        parting=parting,
        notes=tuple(dict.fromkeys(said)),
    )
    return report.keeping(kept_of(forward, observer, compared, place))


def _mistakes(forward: Forward, explained: Explained, names: Sequence[str]) -> list[Mistake]:
    """Return the mistakes of all explanations, likeliest first."""
    told: dict[tuple[str, tuple[str, ...]], list[Mistake]] = {}
    agree = _agreement(names, [name for name in names if name in explained.left_out])
    for explanation in explained.found:
        claims = " and ".join(dict.fromkeys(mistake.claim for mistake in explanation.mistakes))
        evidence = f"{claims[:1].upper()}{claims[1:]}, {agree} to {_rounded(explanation.error)}."
        told.setdefault(
            (evidence, explanation.kinds),  # the same thing may be said of two lines
            [
                _mistake(forward, each, evidence, tuple(k for k in explanation.kinds if k != each.kind))
                for each in explanation.mistakes
            ],
        )
    return [mistake for mistakes in [*told.values()][:_MOST] for mistake in mistakes]


def _agreement(names: Sequence[str], left_out: Sequence[str]) -> str:
    """Say that all blocks agree, but for those of which an explanation says nothing."""
    if left_out:
        return f"all blocks but {', '.join(left_out)} agree"
    return {1: "the block agrees", 2: "both blocks agree"}.get(len(names), f"all {len(names)} blocks agree")


def _mistake(
    forward: Forward, mistake: Suspect | Rewrite, evidence: str, others: tuple[str, ...]
) -> Mistake:
    layer = forward.steps.called(mistake.step) if mistake.step else ""
    where = place_of(mistake.block, layer, mistake.line)
    if mistake.line is None and mistake.block in forward.blocks:
        where = use_of(forward, mistake.block)[1]
    title = mistake.title
    if mistake.kind == "sum_for_mean" or (mistake.kind in ("bias_reduction", "scale") and mistake.factor):
        title = factor_in_words(forward, mistake.kind, mistake.factor) or title
    formula = mistake.formula and Formula(plain(mistake.formula.derived), plain(mistake.formula.implied))
    return Mistake(mistake.kind, where, mistake.factor, evidence, formula, others, title)


def plain(formula: str) -> str:
    """Return a formula without parentheses around what needs none, as names that are expressions have them.

    >>> plain("dz = d(f(x)) * (f(x)) * (1 - (f(x)))"), plain("dz = (a + b) / 2"), plain("dz = ...")
    ('dz = d(f(x)) * f(x) * (1 - f(x))', 'dz = (a + b) / 2', 'dz = ...')
    """
    left, equals, right = formula.partition(" = ")
    if not _NESTED.search(right):
        return formula
    with suppress(SyntaxError):
        return f"{left}{equals}{ast.unparse(ast.parse(right, mode='eval'))}"
    return formula


def _rounded(error: float) -> str:
    """Write an error by its order of magnitude."""
    return f"{error:.0e}".replace("e-0", "e-").replace("e+00", "") if error else "the last bit"


def _notes(compared: Mapping[str, Comparison]) -> Iterator[str]:
    """Yield what is to be said of the gradients written by hand."""
    if any(each.is_single for each in compared.values()):
        yield "The hand-written gradients are as exact as those of float32, to some six digits."


def _block_report(
    forward: Forward, name: str, compared: Comparison, verdict: str, measured: Measurement
) -> BlockReport:
    block, hand, derived = forward.blocks[name], compared.numbers, compared.derived
    if len(hand) != len(derived):
        note = f"yours has {len(hand)} numbers, and {block.name} has {len(derived)}"
        return BlockReport(block.name, block.shape, compared.hand.shape, verdict, note=note)
    errors = [abs(h - d) for h, d in zip(hand, derived)]
    order = sorted(range(len(errors)), key=lambda i: -errors[i] if errors[i] == errors[i] else -math.inf)
    nothing = (math.nan, math.nan, math.nan)
    cosine, factor, residual = _proportion(hand, derived) if not compared.vanishes else nothing
    scale = compared.magnitude if compared.is_zero else compared.scale
    return BlockReport(
        block.name,
        block.shape,
        compared.hand.shape,
        verdict,
        error=max(errors, default=0.0) / (scale or 1.0),
        cosine=cosine,
        factor=factor,
        residual=residual,
        worst=tuple(_entry(block, compared, measured, i) for i in order[:_WORST])
        if verdict == WRONG
        else (),
        kinks=len(compared.kinks()),
        measured=measured.count(block.name),
        note=_note(compared, verdict) or ("" if forward.uses(name) else _unused(name, verdict)),
    )


def _proportion(hand: Sequence[float], derived: Sequence[float]) -> tuple[float, float, float]:
    """Return the cosine of two gradients, the best constant between them, and the part that it leaves.

    Both are taken relative to their largest entry, or squares of gradients like 1e-200 would vanish.
    """
    largest, largest_derived = max(map(abs, hand)), max(map(abs, derived))
    if not (largest and largest_derived and all(map(math.isfinite, (*hand, *derived)))):
        return math.nan, math.nan, math.nan
    h, d = [x / largest for x in hand], [x / largest_derived for x in derived]
    length, size, product = math.hypot(*h), math.hypot(*d), sum(map(operator.mul, h, d))
    factor = product / size**2
    left = math.hypot(*(x - factor * y for x, y in zip(h, d)))
    return product / (size * length), factor * (largest / largest_derived), left / length


def _note(compared: Comparison, verdict: str) -> str:
    """Say why nothing can be said of a block, or nothing."""
    for whose, numbers in (("the derived gradient", compared.derived), ("yours", compared.numbers)):
        strange = next((x for x in numbers if not math.isfinite(x)), None)
        if strange is not None:
            return f"{whose} has entries that are {strange}"
    if not compared.fits:
        alike = all(
            abs(h - d) <= ROUNDED * compared.scale for h, d in zip(compared.numbers, compared.derived)
        )
        same = ", and has the right numbers: reshape it; is it a keepdims=True too many, or too few?"
        return f"yours has the shape {compared.hand.shape}{same if alike else ''}"
    if verdict == NOT_CHECKABLE:
        zero = not any(compared.derived)
        return (
            "the gradient is 0 here" if zero else "the gradient is no larger than what rounding does here"
        )
    said = (_on_zero(compared), _on_shape(compared))
    return "; ".join(filter(None, said))


def _on_zero(compared: Comparison) -> str:
    """Say that a gradient is zero because its terms cancel, or nothing."""
    if not compared.vanishes:
        return ""
    return f"zero by mathematics: its terms, of size {compared.magnitude:.2g}, cancel"


def _on_shape(compared: Comparison) -> str:
    """Say what an update makes of axes of length 1 that one of the two shapes has more, or nothing."""
    yours, shape, updated = compared.hand.shape, compared.shape, compared.updated_shape
    if yours == shape:
        return ""
    if updated == shape:
        return f"yours has the shape {yours}, which an update stretches to {shape}"
    if math.prod(updated) == math.prod(shape):
        return f"yours has the shape {yours}, and an update makes it {updated}: reshape it to keep {shape}"
    return f"yours has the shape {yours}, and an update would make that {updated}: reshape it to {shape}"


def _unused(name: str, verdict: str) -> str:
    """Say that the loss does not use a block, and how that may come."""
    if verdict == RIGHT:
        return f"the loss does not use {name}, and so its gradient is 0"
    return (
        f"the loss does not use {name}; is another variable of this name used in it, or was it turned "
        "into plain numbers, with .data or float()?"
    )


def _entry(block: Block, compared: Comparison, measured: Measurement, i: int) -> Entry:
    """Return one entry, by its place, as all three witnesses have it."""
    index, rest = [], i
    for size in reversed(block.shape):
        rest, place = divmod(rest, size)
        index.append(place)
    slope, bar = measured.entry(block.name, i)
    return Entry(tuple(reversed(index)), compared.numbers[i], compared.derived[i], slope, bar)
