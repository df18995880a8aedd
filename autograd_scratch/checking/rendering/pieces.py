"""Pieces that reports are put together from: sentences, lists, tables, mistakes that explain something."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from ...wording import number, printable
from ..findings import Mistake
from .columns import Column
from .document import Item, Items, Paragraph, Part, Table


def mistakes(
    found: Sequence[Mistake], labels: tuple[str, str], caption: str, called: str = "mistake"
) -> Iterator[Part]:
    """List the explanations: each of one mistake, or of several that are needed together.

    `labels` are those of the formulas, and `caption` says what these are. `called` is what a mistake is.
    """
    explanations = [list(group) for _, group in groupby(found, _explanation)]
    if explanations:
        several = len(explanations) > 1
        title = "What explains it, likeliest first"
        if not several:
            title = f"The {plural(explanations[0], called, f'{called}s')}"
        told = tuple(_item(each, labels, caption) for each in explanations)
        yield Items(title, told, numbered=several)


def _explanation(mistake: Mistake) -> object:
    """Return what mistakes share that are needed together."""
    return mistake.evidence, frozenset((mistake.kind, *mistake.together))


def _item(mistakes: Sequence[Mistake], labels: tuple[str, str], caption: str) -> Item:
    first = mistakes[0]
    missing = [kind for kind in first.together if kind not in {m.kind for m in mistakes}]
    kinds = " and ".join(mistake.kind for mistake in mistakes)
    places = dict.fromkeys(f"where: {mistake.where}" for mistake in mistakes)
    told = re.findall(r"-?[\d.e+-]*\d", first.evidence)
    factors = [number(m.factor) for m in mistakes if m.factor and m.kind != "factor_missing"]
    factors = [factor for factor in factors if factor not in told]
    details = [*places, first.evidence]
    if factors:
        details.append(f"The {plural(factors, 'factor is', 'factors are')} {' and '.join(factors)}.")
    if missing:
        details.append(f"Together with: {', '.join(missing)}.")
    formulas = [
        pair
        for mistake in mistakes
        if mistake.formula is not None
        for pair in (
            (labels[0], printable(mistake.formula.derived)),
            (labels[1], printable(mistake.formula.implied)),
        )
    ]
    text = printable(f"{kinds}: {'; '.join(mistake.title for mistake in mistakes)}")
    return Item(text, tuple(printable(detail) for detail in details if detail), tuple(formulas), caption)


def plural(things: Sequence[object], one: str, many: str) -> str:
    """Return the word that goes with how many there are."""
    return one if len(things) == 1 else many


def paragraph(text: str) -> Paragraph:
    """Return sentences, of which each line stays one."""
    return Paragraph("\n".join(map(printable, text.split("\n"))))


def items(title: str, texts: Sequence[str]) -> Iterator[Part]:
    """Yield a list of texts, if there are any."""
    if texts:
        yield Items(title, tuple(Item(printable(text)) for text in texts))


def table(
    title: str,
    caption: str,
    columns: Sequence[Column],
    things: Sequence[object],
    left: int,
    moods: Sequence[str],
) -> Iterator[Part]:
    """Yield a table with a row for each thing, if there is one."""
    if things:
        rows = tuple(tuple(printable(column.cell(thing)) for column in columns) for thing in things)
        titles, meanings = zip(*((column.title, column.meaning) for column in columns))
        yield Table(printable(title), titles, rows, left, tuple(moods), caption, meanings)
