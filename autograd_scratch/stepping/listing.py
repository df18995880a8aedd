"""The steps of a program as a table: name, shape, what each is computed from, and where.

A row is a step. The rounds of a loop over time are shown once, with how many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import DataError
from ..fragments import html_table, text
from ..tabular import text_table
from ..wording import Line, cut
from .labels import Names, names_of
from .maps import Map, Shape
from .phrases import ROUNDS, phrase
from .rolling import Share, Steps
from .sources import Source
from .step import Step
from .unrolled import repeats

_NAME, _LINE, _ROWS = 28, 44, 200  # signs of a name and of a line, and rows that are shown


@dataclass(frozen=True)
class Taken:
    """An operand of a step: the name and the shape of an array, and for each place the entry that is taken.

    A plain number that is the same everywhere has its text for a name, the shape () and no map.
    """

    name: str
    shape: Shape
    map: Map | None


@dataclass(frozen=True)
class Row:
    """A step: an array that one instruction, or one layer of a model, computed.

    `name` is what the program calls it, or else its expression there; `computed` the primitive and what
    it takes; `line` the line of the program, if it is known; `module` the path of a module of a model.
    """

    name: str
    shape: Shape
    primitive: str
    operands: tuple[Taken, ...]
    computed: str
    line: Line | None
    module: str = ""


class StepTable:
    """What `steps` gives: its rows, in the order of the program. It prints as a table, in notebooks too.

    `table["h"]` is the row of that name, `table[0]` the first one; `len(table)` is how many there are.
    """

    def __init__(self, title: str, found: Steps, note: str = "") -> None:
        """Name all steps; `note` says what is not known."""
        self._title = title
        self._note = note
        self._share = found.share()
        self._steps = found.all
        self._has_rounds = any(
            source.kind == "carried"
            for step in found.all
            for operand in step.operands
            if operand.source is not None
            for source in (operand.source, *(piece for piece, _, _ in operand.source.pieces))
        )
        self._labels = names_of(found)
        self.rows = tuple(map(self._row, found.all))
        self._loops = [*repeats([_signature(step) for step in found.all], ROUNDS, 60)]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: str | int) -> Row:
        if isinstance(key, int):
            return self.rows[key]
        for row in self.rows:
            if row.name == key:
                return row
        names = ", ".join(row.name for row in self.rows[:_NAME])
        raise DataError(f"there is no step {key!r}; there are {names}")

    def __repr__(self) -> str:
        return f"<{self._head()}; print it>"

    def __str__(self) -> str:
        header, rows = self._cells()
        lines = [self._head(), ""]
        lines += text_table(header, rows, None, len(header)) if rows else []
        return "\n".join([*lines, *(["", *self._notes()] if self._notes() else [])])

    def _repr_html_(self) -> str:
        header, rows = self._cells()
        notes = "".join(f"<p>{text(note)}</p>" for note in self._notes())
        return html_table(self._head(), header, rows, None, len(header)) + notes

    def _notes(self) -> list[str]:
        rounds = "x 8, say, is a round of a loop, 8 times; what it takes is that of the last one."
        before = "h before, say, is h as the round before left it, and in the first round the start."
        return [
            *([rounds] if self._loops else []),
            *([before] if self._has_rounds else []),
            *([self._note] if self._note else []),
        ]

    def _head(self) -> str:
        share: Share = self._share
        counts = (share.steps, "step"), (share.nodes, "number")
        return f"{self._title}: " + ", ".join(f"{n:,} {what}{'s' * (n != 1)}" for n, what in counts)

    def _row(self, step: Step) -> Row:
        operands = tuple(
            Taken(f"{operand.number:.6g}", (), None)
            if operand.source is None
            else Taken(self._label(operand.source), operand.source.shape, operand.map)
            for operand in step.operands
        )
        return Row(
            self._label(step.result),
            step.result.shape,
            step.primitive.name,
            operands,
            phrase(step, self._labels),
            step.site.line if step.site is not None else None,
            step.module,
        )

    def _label(self, source: Source) -> str:
        return self._labels.of(source)

    def _cells(self) -> tuple[list[str], list[list[str]]]:
        """Return the header and the rows as they are shown: the rounds of a loop once."""
        rounds = {start: (size, count) for start, size, count in self._loops}
        has_lines = any(row.line for row in self.rows)
        header = ["name", "shape", "computed from", "line" if has_lines else "module"]
        shown: list[list[str]] = []
        last: Line | None = None
        i = 0
        while i < len(self.rows) and len(shown) < _ROWS:
            size, count = rounds.get(i, (1, 1))
            end = i + size * count
            labels = _OfRounds(self._labels, self._steps, i, size, count) if count > 1 else self._labels
            for k in range(end - size, end):
                step, row = self._steps[k], self.rows[k]
                name = cut(labels.of(step.result), _NAME) + (f"  x {count}" if count > 1 else "")
                where = (_line(row.line, last) if row.line else "") if has_lines else row.module
                before = self._steps[k - size] if count > 1 else None
                shown.append([name, str(row.shape), phrase(step, labels, before), where])
                last = row.line
            i = end
        if i < len(self.rows):
            shown.append([f"... {len(self.rows) - i:,} more", "", "", ""])
        return header, shown


def _signature(step: Step) -> object:
    """Return what is the same of a step in each round of a loop; without a site nothing is."""
    return (step.site or step, step.primitive.name, step.result.shape)


def _line(line: Line, last: Line | None) -> str:
    """Return a line with its text, if it is not that of the row above."""
    return f"{line}" if line == last else f"{line}  {cut(line.source, _LINE)}"


class _OfRounds:
    """Labels in the last round of a loop: numbered in a round alone, with `before` for the round before."""

    def __init__(self, labels: Names, steps: list[Step], start: int, size: int, count: int) -> None:
        self._labels = labels
        inside = [step.result for step in steps[start : start + size * count]]
        self._rounds = {source: count - 1 - i // size for i, source in enumerate(inside)}
        round_ = Names({source: labels.base(source) for source in inside[-size:]})
        self._own = [round_.of(source) for source in inside[-size:]] * count
        self._places = {source: i for i, source in enumerate(inside)}

    def base(self, source: Source) -> str:
        """Return the label without a number."""
        return self._labels.base(source)

    def of(self, source: Source) -> str:
        """Return the label of a source in the last round."""
        back = self._rounds.get(source)
        if back is None:
            return self._labels.of(source)
        own = self._own[self._places[source]]
        return f"{own}{f' {back}' if back > 1 else ''} before" if back else own
