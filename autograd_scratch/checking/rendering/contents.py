"""What a report says, and in which order.

The verdict comes first, and how sure it is; then where the first fault lies, the blocks, the mistakes that
explain it, the worst entries, what was set apart, and notes.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import isnan

from ...wording import cut, number, printable
from ..findings import (
    KINK,
    NOT_CHECKABLE,
    OK,
    RIGHT,
    ROUNDING,
    SHAPES,
    VERDICTS,
    WRONG,
    BlockReport,
    Findings,
    Where,
)
from .columns import BLOCK_TEXTS, BLOCKS, ENTRIES, ENTRY_TEXTS, NAME, rough
from .document import BAD, DOUBTFUL, GOOD, Document, Paragraph, Part
from .excerpts import excerpts
from .pieces import items, mistakes, paragraph, plural, table

_HOW_TO_READ = (
    "Yours is the gradient that was written by hand. The derived one comes from the forward pass itself, "
    "and is held against slopes that are measured on it. Made by autograd_scratch."
)
_STEP = "The step of the backward pass"
_IN_ORDER = "The blocks in the order of the backward pass"
_FARTHEST = "The entries that are off by most"
_NAMES = 6
_ROWS = 30

MOODS = {RIGHT: GOOD, ROUNDING: GOOD, KINK: DOUBTFUL, NOT_CHECKABLE: DOUBTFUL, WRONG: BAD, SHAPES: BAD}


def written(found: Findings) -> Document:
    """Return all that a report says."""
    parts = (
        _how_sure(found),
        *_first_fault(found),
        *excerpts(found),
        *_blocks(found),
        *mistakes(found.mistakes, ("derived", "by hand"), _STEP),
        *_worst_entries(found),
        *_kinks(found),
        *items("Notes", found.notes),
    )
    why = printable(_why(found))
    mood = MOODS.get(found.verdict, BAD)
    return Document(printable(found.verdict), why, mood, parts, _HOW_TO_READ)


def headline(found: Findings) -> str:
    """Return the verdict, and why.

    >>> headline(Findings("right", {"W": BlockReport("W", (2,), (2,), "right", error=1e-16)}))
    'right: one block agrees with the derived gradient, within 1e-16 of its largest entry'
    """
    return printable(f"{found.verdict}: {_why(found)}")


def _why(found: Findings) -> str:
    """Say in a few words why the verdict is what it is."""
    blocks = [*found.blocks.values()]
    if not blocks:
        return "there is no block to check"
    if found.verdict in OK:
        return _why_right(found.verdict, blocks)
    guilty = [block for block in blocks if block.verdict == found.verdict] or blocks
    of_all = f"{len(guilty)} of {len(blocks)} blocks, {_names(guilty)},"
    if len(guilty) == len(blocks) > 1:
        of_all = "both blocks" if len(blocks) == 2 else f"all {len(blocks)} blocks"
    which = of_all if len(blocks) > 1 else _names(guilty)
    if found.verdict == NOT_CHECKABLE:
        return f"{which} cannot be held against a measurement here; that is no pass"
    if found.verdict == SHAPES:
        return f"{which} {plural(guilty, 'has', 'have')} another shape than the derived gradient"
    why = f"{which} {plural(guilty, 'differs', 'differ')} from the derived gradient"
    if not found.mistakes:
        return f"{why}; no known mistake explains it"
    return f"{why}; most likely, {found.mistakes[0].title}"


def _why_right(verdict: str, blocks: Sequence[BlockReport]) -> str:
    many = {1: "one block agrees", 2: "both blocks agree"}.get(
        len(blocks), f"all {len(blocks)} blocks agree"
    )
    errors = [block.error for block in blocks if not isnan(block.error)]
    its = "its" if len(blocks) == 1 else "their"
    within = f", within {rough(max(errors))} of {its} largest entry" if errors else ""
    if errors and not max(errors):
        within = ", to the last bit"
    why = f"{many} with the derived gradient{within}"
    if verdict == ROUNDING:
        return f"{why}, which is what rounding does"
    return f"{why}, {_counted(blocks)} at a kink set apart" if verdict == KINK else why


def _how_sure(found: Findings) -> Paragraph:
    """Name the witness, how well it agrees with the derived gradient, and how much it has seen."""
    measured, entries = found.coverage
    loss = "" if isnan(found.loss) else f" The loss is {number(found.loss)}."
    if not measured:
        return paragraph(f"How sure: no entry was measured, yours is held against derived alone.{loss}")
    how = f" by {found.method}" if found.method else ""
    share = f"{measured:,} of {entries:,} entries" if entries > 1 else "the only entry"
    error = found.measured_error
    apart = "" if isnan(error) else f", and differs by at most {rough(error)} of a block's largest entry"
    return paragraph(f"How sure: the derived gradient was measured{how} at {share}{apart}.{loss}")


def _first_fault(found: Findings) -> Iterator[Part]:
    """Name the first wrong block on the way back from the loss, and where hand and derived part ways."""
    said = []
    if found.first_wrong is not None:
        after = f", after {cut(found.last_right, NAME)}, which is right" if found.last_right else ""
        said.append(
            f"Going back from the loss, the first wrong block is {cut(found.first_wrong, NAME)}{after}"
            f"{_worst(found)}."
        )
    if found.parting is not None:
        said.append(_parting(found, found.parting))
    if said:
        yield paragraph("\n".join(said))


def _parting(found: Findings, where: Where) -> str:
    """Say where gradients part ways; of the first wrong block alone, where that stands."""
    if where.block == found.first_wrong and not where.layer and where.line is not None:
        before = "" if found.last_right else ", or nearer to the loss"
        d = f"d{cut(found.first_wrong, NAME)}"
        hint = f"\nThe mistake is in {d} itself, or in what flows back through there{before}."
        hint = "" if found.mistakes else hint
        return f"It stands in {printable(where._replace(block=''))}{hint}"
    return f"Derived and hand-written gradients part ways at {printable(where)}"


def _worst(found: Findings) -> str:
    """Name the block that is wrong by most, if it is another than the first."""
    wrong = [block for block in found.blocks.values() if block.verdict == WRONG and not isnan(block.error)]
    worst = max(wrong, key=lambda block: block.error, default=None)
    if worst is None or worst.name == found.first_wrong:
        return ""
    name, error = cut(worst.name, NAME), rough(worst.error)
    return f"; the one that is off by most is {name}, by {error} of its largest entry"


def _blocks(found: Findings) -> Iterator[Part]:
    blocks = [*found.blocks.values()]
    shown = _shown(blocks)
    moods = [MOODS.get(block.verdict, BAD) for block in shown]
    yield from table("", _IN_ORDER, BLOCKS, shown, BLOCK_TEXTS, moods)
    if len(shown) < len(blocks):
        yield paragraph(f"And {len(blocks) - len(shown):,} more blocks, none of them worse.")
    yield from items("", [f"{cut(block.name, NAME)}: {block.note}" for block in shown if block.note])


def _shown(blocks: Sequence[BlockReport]) -> list[BlockReport]:
    """Return the blocks of the table, in their order: of very many the worst."""
    badness = {verdict: i for i, verdict in enumerate(VERDICTS)}
    worst = sorted(range(len(blocks)), key=lambda i: -badness.get(blocks[i].verdict, len(VERDICTS)))
    return [blocks[i] for i in sorted(worst[:_ROWS])]


def _worst_entries(found: Findings) -> Iterator[Part]:
    block = found.blocks.get(found.first_wrong or "")
    if block is not None:
        title = f"The worst entries of {cut(block.name, NAME)}"
        moods = [""] * len(block.worst)
        yield from table(title, _FARTHEST, ENTRIES, block.worst, ENTRY_TEXTS, moods)


def _kinks(found: Findings) -> Iterator[Part]:
    blocks = [block for block in found.blocks.values() if block.kinks]
    if blocks:
        of = ", ".join(f"{block.kinks:,} of {cut(block.name, NAME)}" for block in blocks[:_NAMES])
        more = f", and of {len(blocks) - _NAMES:,} more blocks" if len(blocks) > _NAMES else ""
        is_ = "is" if sum(block.kinks for block in blocks) == 1 else "are"
        yield paragraph(
            f"At a kink, with a slope on either side and none in between, {is_} {_counted(blocks)}: "
            f"{of}{more}."
        )


def _counted(blocks: Iterable[BlockReport]) -> str:
    count = sum(block.kinks for block in blocks)
    return "1 entry" if count == 1 else f"{count:,} entries"


def _names(blocks: Sequence[BlockReport]) -> str:
    """Name blocks: of many the first few."""
    names = [cut(block.name, NAME) for block in blocks[:_NAMES]]
    if len(blocks) > _NAMES:
        return f"{', '.join(names)} and {len(blocks) - _NAMES:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
