"""What a report on a step says, and in which order."""

from collections.abc import Iterator, Sequence

from ...wording import cut, number, printable
from ..rendering.columns import NAME, Column, rough
from ..rendering.document import BAD, DOUBTFUL, GOOD, Document, Part
from ..rendering.pieces import items, mistakes, paragraph, plural, table
from .findings import ParameterReport, Parting, UpdateFindings
from .kinds import FORM, RIGHT, ROUNDING, WRONG

_HOW_TO_READ = (
    "Yours is the step that was written by hand. The reference is an optimizer of autograd_scratch, which "
    "is given the same gradients. Made by autograd_scratch."
)
_LINES = "The step of the optimizer"
_ROWS = 30
_MOODS = {RIGHT: GOOD, ROUNDING: GOOD, FORM: DOUBTFUL, WRONG: BAD}

_PARAMETERS = (
    Column("parameter", lambda each: cut(each.name, NAME), "what the step changes"),
    Column("shape", lambda each: str(tuple(map(int, each.shape))), "the lengths of its axes"),
    Column(
        "verdict",
        lambda each: each.verdict,
        "right: both agree to eleven digits; right up to rounding: as far as rounding lets them; another "
        "form: a step that is as good, and has other numbers; wrong: they differ",
    ),
    Column(
        "first differs at step",
        lambda each: "-" if each.parting is None else str(each.parting),
        "the first step after which yours is another number",
    ),
    Column(
        "relative error",
        lambda each: rough(each.error),
        "the largest difference, relative to how far the parameter has come",
    ),
)


def written(found: UpdateFindings) -> Document:
    """Return all that a report on a step says."""
    shown = [*found.parameters.values()][:_ROWS]
    moods = [_MOODS[each.verdict] for each in shown]
    called = "other form" if found.verdict == FORM else "mistake"
    parts: tuple[Part, ...] = (
        _how_sure(found),
        *_parting(found),
        *table("", "The parameters that the step changes", _PARAMETERS, shown, 3, moods),
        *mistakes(found.mistakes, ("reference", "yours"), _LINES, called),
        *(items(f"{found.optimizer} is", found.formula) if not found.ok else ()),
        *items("Notes", found.notes),
    )
    return Document(found.verdict, printable(_why(found)), _MOODS[found.verdict], parts, _HOW_TO_READ)


def headline(found: UpdateFindings) -> str:
    """Return the verdict, and why."""
    return printable(f"{found.verdict}: {_why(found)}")


def _why(found: UpdateFindings) -> str:
    """Say in a few words why the verdict is what it is."""
    parameters = [*found.parameters.values()]
    if found.verdict in (RIGHT, ROUNDING):
        error = max(each.error for each in parameters)
        within = f", within {rough(error)} of the way" if error else ""
        why = f"{_steps(found)} of {found.optimizer}{within}"
        return f"{why}, which is what rounding does" if found.verdict == ROUNDING else why
    guilty = [each for each in parameters if each.verdict == found.verdict]
    which = "the step" if len(guilty) in (0, len(parameters)) else f"the step of {_names(guilty)}"
    if found.mistakes and found.verdict == FORM:
        return f"{which} is a known form of {found.optimizer}: {found.mistakes[0].title}"
    if not (found.is_given or found.mistakes):
        return f"{which} is that of no known optimizer; the nearest is {found.optimizer}"
    why = f"{which} is not that of {found.optimizer}"
    if not found.mistakes:
        return f"{why}; no known mistake explains it"
    return f"{why}; most likely, {found.mistakes[0].title}"


def _steps(found: UpdateFindings) -> str:
    return "the only step is that" if found.steps == 1 else f"all {found.steps} steps are those"


def _how_sure(found: UpdateFindings) -> Part:
    held, entries = found.coverage
    share = f"{held:,} of {entries:,} entries" if entries > 1 else "the only entry"
    return paragraph(
        f"How sure: your step was called as {found.called}, and held against {found.optimizer} at {share}, "
        f"over {found.steps} {plural(range(found.steps), 'step', 'steps')} with the same gradients."
    )


def _parting(found: UpdateFindings) -> Iterator[Part]:
    """Say where a step and the reference first part, with the numbers of both."""
    at = found.parting
    if at is None:
        return
    entry = f"{cut(at.parameter, NAME)}{list(at.index) if at.index else ''}"
    yield paragraph(
        f"They first part at step {at.step}, in {entry}: from {_digits(at.before, at)} with the gradient "
        f"{number(at.gradient)}, yours goes to {_digits(at.yours, at)}, and the reference to "
        f"{_digits(at.reference, at)}."
    )


def _digits(x: float, at: Parting) -> str:
    """Write a number with so many digits that those of both sides differ."""
    for digits in (6, 9, 12, 17):
        if f"{at.yours:.{digits}g}" != f"{at.reference:.{digits}g}":
            return f"{x + 0.0:.{digits}g}"
    return repr(x)


def _names(parameters: Sequence[ParameterReport]) -> str:
    names = [cut(each.name, NAME) for each in parameters[:6]]
    if len(parameters) > len(names):
        return f"{', '.join(names)} and {len(parameters) - len(names):,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
