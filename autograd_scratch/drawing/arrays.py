"""Boxes for the parts of a graph: what they are called, what they compute, their shapes and numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ..stepping.labels import names_of
from ..stepping.phrases import phrase
from ..stepping.rolling import Steps
from ..stepping.sources import Source
from ..stepping.step import Step
from .figures import Figures
from .folding import Calls
from .parts import Part, leaves
from .scene import Scene
from .view import Box, Cell, Row, counted, fitting

_WIDTH = 26  # signs of a name, and of what is computed
_LONG = 34  # signs of a line
_ROWS = 16  # that are shown of what comes after one another
_TOLD = 4  # kinds of operations of a part


class Boxes:
    """Makes the boxes of parts."""

    def __init__(self, scene: Scene, found: Steps, figures: Figures, parts: Sequence[Part]) -> None:
        self._scene = scene
        self._found = found
        self._figures = figures
        self._labels = names_of(found)
        self._roots = set(scene.roots)
        home = {step.result: part for part in parts for step in part.steps}
        self._leaving = {
            source
            for step in found.all
            for operand in step.operands
            if operand.source is not None
            for source in leaves(operand.source)
            if home.get(source) is not home[step.result]
        }

    def of(self, part: Part, name: str) -> Box:
        """Return the box of a part, whose id is to be `name`."""
        if not part.steps:
            return self._given(part, name)
        part = _single(part)
        kind, about = self._kind(part), self._about(part)
        if isinstance(part.key, int):
            return Box(name, kind, (), self._lines(part), about=about)
        results = self._results(part)
        if len(results) == 1 and (len(part.steps) == 1 or isinstance(part.key, Part)):
            titles, (result,) = self._titles(results[0]), (results[0].result,)
            numbers = self._figures.array(result.shape, result.entries)
        else:
            titles = self._summary(part, results)
            entries = [entry for step in results for entry in step.result.entries]
            numbers = self._figures.array((len(entries),), entries)
        return Box(name, kind, (*titles, *numbers.rows), numbers.table, numbers.below, about=about)

    def _kind(self, part: Part) -> str:
        if any(map(self._is_root, part.steps)):
            return "output"
        return "array" if len(part.steps) == 1 or isinstance(part.key, Part) else "part"

    def _lines(self, part: Part) -> tuple[Row, ...]:
        """Return a row for each part that comes after another in one, or for the first and the last."""
        members = [member for member in part.members if member.steps]
        kept = members if len(members) <= _ROWS else [*members[: _ROWS // 2], *members[-_ROWS // 2 :]]
        rows = [self._line(member) for member in kept]
        hidden = len(members) - len(kept)
        if hidden:
            others = (Cell("...", cell.role) for cell in rows[0][1:])
            rows.insert(_ROWS // 2, (Cell(f"... {hidden:,} more", "name"), *others))
        return tuple(rows)

    def _line(self, part: Part) -> Row:
        """Return what a part is called and computes, and the size of its gradient, in one row."""
        part = _single(part)
        results = [step.result for step in self._results(part)]
        *_, last = self._results(part)
        names = dict.fromkeys(filter(None, (self._called(last), self._found.written(last))))
        text = " = ".join(names) or _operations([last])
        if isinstance(part.key, Calls) and len(part.steps) > 1:
            text = part.key.line.source
        shapes = {result.shape for result in results}
        shape = _shape(last.result.shape) if len(shapes) == 1 else ""
        times = f" x {len(results)}" if len(results) > 1 else ""
        norm = self._figures.size([entry for result in results for entry in result.entries])
        return (Cell(f"{fitting(text, _LONG)}{shape}{times}", "name"), *norm)

    def _titles(self, last: Step) -> Iterator[Row]:
        """Yield the rows above the numbers: name and shape, and what is computed."""
        label = _operations([last])
        told, shape = self._called(last), _shape(last.result.shape)
        if not told:
            yield (Cell(f"{label}{shape}", "name"),)
            return
        yield (Cell(f"{fitting(told, _WIDTH)}{shape}", "name"),)
        text = self._found.written(last) or label
        if text != told:
            yield (Cell(fitting(text, _WIDTH)),)

    def _called(self, step: Step) -> str:
        """Return the name of a step, or else the expression that stands for one, or ''."""
        own = self._scene.called.get(step.result.entries[0], "") if step.size == 1 else ""
        return step.result.name or own or self._found.expression(step)

    def _given(self, part: Part, name: str) -> Box:
        """Return the box of arrays that were given, or of what the round of a loop before left."""
        source = part.sources[0]
        if len(part.sources) > 1:
            row = (Cell(counted(sum(len(s.entries) for s in part.sources), "number"), "text"),)
            return Box(name, "input", ((Cell(counted(len(part.sources), "array"), "name"),), row))
        if source.kind == "carried":
            return self._before(source, name)
        called = source.name or self._labels.of(source)
        entry = source.entries[0]
        is_parameter = self._scene.parameter(entry) is not None
        title = f"{fitting(called, _WIDTH)}{_shape(source.shape)}"
        numbers = self._figures.array(source.shape, source.entries)
        kind = "parameter" if is_parameter else "input"
        return Box(
            name, kind, ((Cell(title, "name"),), *numbers.rows), numbers.table, numbers.below, about=title
        )

    def _before(self, source: Source, name: str) -> Box:
        """Return the box of what the round of a loop before left, and how many rounds there are."""
        *_, (made, _, _) = source.pieces
        step = next((step for step in self._found.all if step.result is made), None)
        called = (self._called(step) or _operations([step])) if step is not None else self._labels.of(made)
        rounds = counted(source.shape[0] - 1, "round") if source.shape else ""
        return Box(
            name,
            "before",
            ((Cell(f"{fitting(called, _WIDTH)} before", "name"),), (Cell(rounds),)),
            about=_BEFORE,
        )

    def _summary(self, part: Part, results: Sequence[Step]) -> Iterator[Row]:
        """Yield what many operations are: their line or module, or how many, and what they give."""
        what = fitting(_operations(part.steps), _LONG)
        if isinstance(part.key, Calls):
            yield (Cell(fitting(part.key.line.source, _LONG), "name"),)
            what = str(part.key.line)
        elif isinstance(part.key, str):
            yield (Cell(fitting(part.key, _LONG), "name"),)
        count = counted(sum(step.size for step in part.steps), "operation")
        yield (Cell(count, "text" if isinstance(part.key, (Calls, str)) else "name"),)
        yield (Cell(what),)
        parameters = sum(len(source.entries) for source in part.sources)
        if parameters:
            yield (Cell(counted(parameters, "parameter")),)
        shapes = dict.fromkeys(_shape(step.result.shape).strip() or "a number" for step in results)
        yield (Cell(f"gives {fitting(', '.join(shapes), _LONG)}"),)

    def _results(self, part: Part) -> list[Step]:
        """Return the steps of a part of which other parts take something, or which are drawn for."""
        own = (step for step in part.steps if step.result in self._leaving or self._is_root(step))
        return [*own] or part.steps[-1:]

    def _is_root(self, step: Step) -> bool:
        return not self._roots.isdisjoint(step.result.entries)

    def _about(self, part: Part) -> str:
        """Return what a part computes, step by step, and the lines."""
        told = []
        for step in part.steps[:12]:
            line = step.site.line if step.site is not None and step.site.calls else None
            where = f"   {line}  {line.source}" if line else ""
            told.append(
                f"{self._labels.of(step.result)} {step.result.shape} = {phrase(step, self._labels)}{where}"
            )
        more = len(part.steps) - len(told)
        return "\n".join([*told, *([f"... {more} more"] if more else [])])


_BEFORE = "What the round before has left; in the first round the start."


def _single(part: Part) -> Part:
    """Return the finer part of which a part consists, if that is one alone."""
    while isinstance(part.key, int) and len(part.members) == 1:
        (part,) = part.members
    return part


def _shape(shape: Sequence[int]) -> str:
    return f" {tuple(shape)}" if shape else ""


def _operations(steps: Sequence[Step]) -> str:
    """Return what some steps apply: `dot, +`, or how often what most of them do."""
    labels = [re.sub(r"\[.*", "", step.primitive.label) for step in steps]
    kinds = Counter(labels)
    if len(labels) <= _TOLD:
        return ", ".join(labels)
    told = ", ".join(f"{count} x {label}" for label, count in kinds.most_common(_TOLD))
    return told + (", ..." if len(kinds) > _TOLD else "")
