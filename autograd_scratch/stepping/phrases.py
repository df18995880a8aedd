"""What a step computes, in words that are true of all its nodes: the primitive, and what it takes."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Protocol

from ..primitives.reductions import dot_p
from ..wording import cut, number
from .maps import Map
from .operands import Operand
from .sources import Source
from .step import Step

LONG = 76  # signs of a phrase
ROUNDS = 3  # of a loop, at least, that are shown once
EACH = "[round]"  # another part in each round of a loop

_ATOM = re.compile(r"[\w.]+(\[[^\[\]]*\]|\([^()]*\))*")


class Labels(Protocol):
    """What sources are called, each by a name of its own, and what rounds of a loop are called alike."""

    def of(self, source: Source) -> str:
        """Return the label of a source."""

    def base(self, source: Source) -> str:
        """Return the label without a number."""


def phrase(step: Step, labels: Labels, before: Step | None = None) -> str:
    """Return what a step computes, where sources have labels.

    A primitive of many terms says of how many; the map of an operand says which part is taken: one after
    the other, if it is another one than in the round of a loop `before`.
    """
    others = before.operands if before is not None else step.operands
    texts = [
        taken(one, labels.of, EACH if _moves(one, other) else None)
        for one, other in zip_longest(step.operands, others[: len(step.operands)])
    ]
    if step.primitive.arity is None or any(operand.terms for operand in step.operands):
        bases = [labels.base(operand.source) if operand.source else "" for operand in step.operands]
        text = f"{step.primitive.name.partition('[')[0]}({', '.join(_shortened(texts, bases))})"
        count = sum(max(operand.terms, 1) for operand in step.operands)
        count = count // 2 if step.primitive is dot_p else count
        return cut(
            text + (f" over {count} terms" if any(operand.terms > 1 for operand in step.operands) else ""),
            LONG,
        )
    marks = [f"_{i}_" for i in range(len(texts))]
    source = step.primitive.source
    text = str(source(*marks) if callable(source) else source.format(*marks))
    text = re.sub(r"(?<![\w.])(\d+)\.0\b", r"\1", text)

    def placed(mark: re.Match[str]) -> str:
        """Write an operand, in parentheses unless it is by itself, as an argument is."""
        if int(mark[2]) >= len(texts):  # a primitive is called so
            return mark[0]
        operand = texts[int(mark[2])]
        is_argument = mark[1] in ("(", ", ") and mark[3] in (")", ",")
        if not is_argument and not _ATOM.fullmatch(operand):
            operand = f"({operand})"
        return mark[1] + operand

    return cut(re.sub(r"(^|\(|, |[^(,])_(\d+)_(?=(\)|,|$|))", placed, text), LONG)


def _shortened(texts: Sequence[str], bases: Sequence[str]) -> Iterator[str]:
    """Yield what is taken, and once what is taken of many rounds of a loop."""
    for base, run in groupby(zip(bases, texts), key=itemgetter(0)):
        own = [text for _, text in run]
        yield from [f"{base} x {len(own)}"] if base and len(own) >= ROUNDS else own


def taken(operand: Operand, label: Callable[[Source], str], part: str | None = None) -> str:
    """Return what is taken as an operand: a number, or an array or a part of it."""
    if operand.source is None or operand.map is None:
        return number(operand.number)
    if operand.source.kind == "carried":
        return label(operand.source)
    return part_text(label(operand.source), operand.map, part)


def part_text(text: str, map_: Map, part: str | None = None) -> str:
    """Return the text of a part of an array, given that of the array."""
    part = part_of(map_) if part is None else part
    return f"({text}){part}" if part and not _ATOM.fullmatch(text) else text + part


def _moves(one: Operand, other: Operand | None) -> bool:
    """Say whether an operand is another part of the same array than in the round before."""
    if other is None or one.source is None or one.source is not other.source:
        return False
    return one.map != other.map


def part_of(map_: Map) -> str:
    """Return which part of an array a map takes, as an index; '' if it is all of it, in whatever order.

    >>> whole, column = Map((2, 3, 4), (3, 4), 0, (0, 4, 1)), Map((5, 3), (3, 4), 1, (0, 4))
    >>> part_of(whole), part_of(column), part_of(Map((2,), (5,), 3, (-2,)))
    ('', '[:, 1]', '[3:0:-2]')

    What moves along one axis by two, as windows do, or by no rule at all, is `[...]`.
    """
    if map_.table is not None:
        return "[...]"
    if map_.is_spread:
        return ""
    kept = map_.kept
    found = kept.indices()
    if found is None:
        return "[...]"
    origin, steps = found
    parts = []
    for dim, size in enumerate(map_.source):
        moving = [(n, step[dim]) for n, step in zip(kept.space, steps) if step[dim]]
        if len(moving) > 1:
            return "[...]"
        parts.append(_slice(origin[dim], *moving[0], size) if moving else str(origin[dim]))
    if any(sum(1 for move in step if move) > 1 for step in steps):  # along a diagonal
        return "[...]"
    parts = [":" if size == 1 else part for size, part in zip(map_.source, parts)]
    while parts and parts[-1] == ":":
        parts.pop()
    return f"[{', '.join(parts)}]" if parts else ""


def _slice(start: int, count: int, step: int, size: int) -> str:
    end = start + (count - 1) * step + (1 if step > 0 else -1)
    if step < 0:
        first, last = ("" if start == size - 1 else str(start)), ("" if end < 0 else str(end))
        return f"{first}:{last}:{step}"
    stop = "" if end + step > size else str(end)
    return f"{start or ''}:{stop}" + (f":{step}" if step > 1 else "")
