"""Boxes for the parts of a graph: what they are called, what they compute, their shapes and numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

from ..arrays.containers import is_array
from ..stepping.labels import names_of
from ..stepping.leaves import together
from ..stepping.phrases import phrase
from ..stepping.rolling import Steps
from ..stepping.sources import Source
from ..stepping.step import Step
from ..value import Value
from ..wording import number
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
        self._root_ids = {id(root) for root in scene.roots}
        self._home = {step.result: part for part in parts for step in part.steps}
        self._users: defaultdict[Source, list[Step]] = defaultdict(list)
        for step in found.all:
            for operand in step.operands:
                for source in leaves(operand.source) if operand.source is not None else ():
                    self._users[source].append(step)

    def of(self, part: Part, name: str) -> Box:
        """Return the box of a part, whose id is to be `name`."""
        if not part.steps:
            return self._given(part, name)
        part = _single(part)
        kind, about = self._kind(part), self._about(part)
        if isinstance(part.key, int):
            return Box(name, kind, (), self._lines(part), about=about)
        results = self._results(part)
        is_named = isinstance(part.key, str)
        if len(results) == 1 and not is_named and (len(part.steps) == 1 or isinstance(part.key, Part)):
            titles, (result,) = self._titles(results[0]), (results[0].result,)
            numbers = self._figures.array(result.shape, result.entries, self._is_ordered(results[0]))
        else:
            titles = self._summary(part, results)
            entries = [entry for step in results for entry in step.result.entries]
            numbers = self._figures.array((len(entries),), entries, all(map(self._is_ordered, results)))
        return Box(name, kind, (*titles, *numbers.rows), numbers.table, numbers.below, about=about)

    def _is_ordered(self, step: Step) -> bool:
        """Say whether the order of entries is that of the program: it was recorded, or has a name."""
        return bool(step.result.name or (step.site is not None and step.site.calls))

    def _kind(self, part: Part) -> str:
        if any(map(self._is_root, part.steps)):
            return "output"
        is_one = len(part.steps) == 1 or isinstance(part.key, Part)
        return "array" if is_one and not isinstance(part.key, str) else "part"

    def _lines(self, part: Part) -> tuple[Row, ...]:
        """Return a row for each part that comes after another in one, or for the first and the last."""
        members = [member for member in part.members if member.steps]
        return _first_and_last([self._line(member) for member in members])

    def _line(self, part: Part) -> Row:
        """Return what a part is called and computes, and the size of its gradient, in one row."""
        part = _single(part)
        results = [step.result for step in self._results(part)]
        *_, last = self._results(part)
        shapes = {result.shape for result in results}
        shape = _shape(self._shape_of(last)) if len(shapes) == 1 else ""
        times = f" x {len(results)}" if len(results) > 1 else ""
        norm = self._figures.size([entry for result in results for entry in result.entries])
        return (Cell(f"{fitting(self._formula(part, last), _LONG)}{shape}{times}", "name"), *norm)

    def _formula(self, part: Part, last: Step) -> str:
        """Return the line of a part that calls other functions, and of any other what it computes."""
        if isinstance(part.key, Calls) and last.site is not None and part.key.is_inside(last.site):
            return _code(part.key.line.source)
        name, written = self._called(last), self._written(last)
        is_told = not name or name == written or _is_assignment(written, name)
        return written if is_told else f"{name} = {written}"

    def _titles(self, last: Step) -> Iterator[Row]:
        """Yield the rows above the numbers: name and shape, and what is computed."""
        told, shape = self._called(last), _shape(self._shape_of(last))
        written = self._written(last)
        yield (Cell(f"{fitting(told or written, _WIDTH)}{shape}", "name"),)
        if told and written != told:
            yield (Cell(fitting(written, _WIDTH)),)

    def _written(self, step: Step) -> str:
        """Return what a step computes: as the program has it, or else its operation and plain numbers."""
        tails = self._home[step.result].tails
        plain = (source for tail in tails for source in tail.sources if source.kind == "constants")
        has_box = any(source.name in ("x", "y") for source in plain)
        label = _operations([step]) if has_box else _operation(step)
        written = self._found.written(step)
        is_masked = step.primitive.name == "select" and re.fullmatch(r"[\w.]+\[.*\]", written)
        if is_masked and step.site is not None:  # what is put into a mask, and not only where
            written = step.site.line.source if step.site.line else ""
        return _code(written) or label

    def _shape_of(self, step: Step) -> Sequence[int]:
        """Return the shape that an array has in the program, where a variable holds it."""
        held = self._scene.run.recorder.variables.get(step.result.name.removeprefix("self."), {})
        entries = {id(x) for x in step.result.entries}
        for own, thing in held.items():
            if len(own) == len(entries) and is_array(thing) and entries == set(map(id, own)):
                return tuple(thing.shape)
        return step.result.shape

    def _called(self, step: Step) -> str:
        """Return the name of a step, or else the expression that stands for one, or ''."""
        own = self._scene.called.get(step.result.entries[0], "") if step.size == 1 else ""
        return step.result.name or own or self._found.expression(step)

    def _given(self, part: Part, name: str) -> Box:
        """Return the box of arrays that were given, or of what the round of a loop before left."""
        source = part.sources[0]
        if len(part.sources) > 1:
            rows = _first_and_last([self._array(source) for source in part.sources])
            count = sum(len(source.entries) for source in part.sources)
            about = f"{counted(len(part.sources), 'array')}, {counted(count, 'number')}"
            return Box(name, "input", (), rows, about=about)
        if source.kind == "carried":
            return self._before(source, name)
        called, shape = self._name_of(source)
        is_parameter = self._scene.holds_parameters(source.entries)
        title = f"{fitting(called, _WIDTH)}{_shape(shape)}"
        is_ordered = bool(source.name) or source.kind == "constants"
        numbers = self._figures.array(source.shape, source.entries, is_ordered or len(source.entries) < 4)
        is_root = not self._root_ids.isdisjoint(map(id, source.entries))
        kind = "output" if is_root else "parameter" if is_parameter else "input"
        rows = ((Cell(title, "name"),), *numbers.rows)
        return Box(name, kind, rows, numbers.table, numbers.below, about=title)

    def _array(self, source: Source) -> Row:
        """Return one row for an array: its name and shape, and the size of its gradient."""
        called, shape = self._name_of(source)
        norm = self._figures.size(source.entries)
        return (Cell(f"{fitting(called, _LONG)}{_shape(shape)}", "name"), *norm)

    def _name_of(self, source: Source) -> tuple[str, Sequence[int]]:
        """Return what an array is called, and its shape: of parameters as their paths tell."""
        if source.name:
            return source.name, source.shape
        paths = [self._scene.path(x) if isinstance(x, Value) else "" for x in source.entries]
        if all(paths) and self._scene.holds_parameters(source.entries):
            called, shape, _ = together([SimpleNamespace(name=path) for path in paths])
            return called or "parameters", shape
        few = ", ".join(paths) if all(paths) and len(paths) < 4 else ""
        return few or self._labels.of(source), source.shape

    def _before(self, source: Source, name: str) -> Box:
        """Return the box of what the round of a loop before left, and how many rounds there are."""
        inner = source
        while inner.kind == "carried":
            inner = inner.pieces[-1][0]
        step = next((step for step in self._found.all if step.result is inner), None)
        own = self._labels.of(inner)
        called = (self._called(step) or _operations([step])) if step is not None else own
        text = self._labels.of(source).replace(own, called, 1)
        rounds = counted(source.shape[0] - 1, "round") if source.shape else ""
        rows = (Cell(fitting(text, _WIDTH), "name"),), (Cell(rounds),)
        return Box(name, "before", rows, about=_BEFORE)

    def _summary(self, part: Part, results: Sequence[Step]) -> Iterator[Row]:
        """Yield what many operations are: their line or module, or how many, and what they give."""
        what = fitting(_operations(part.steps), _LONG)
        if isinstance(part.key, Calls):
            yield (Cell(fitting(_code(part.key.line.source), _LONG), "name"),)
            what = str(part.key.line)
        elif isinstance(part.key, str):
            yield (Cell(fitting(part.key, _LONG), "name"),)
            if self._scene.told.get(part.key):
                yield (Cell(fitting(self._scene.told[part.key], _LONG)),)
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
        inside = set(part.steps)
        own = (
            step
            for step in part.steps
            if self._is_root(step) or any(user not in inside for user in self._users[step.result])
        )
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


def _first_and_last(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows, of many the first and the last, and between them how many are left out."""
    if len(rows) <= _ROWS:
        return tuple(rows)
    others = (Cell("...", cell.role) for cell in rows[0][1:])
    hidden = (Cell(f"... {len(rows) - _ROWS:,} more", "name"), *others)
    return (*rows[: _ROWS // 2], hidden, *rows[-_ROWS // 2 :])


def _operation(step: Step) -> str:
    """Return the operation of a step with the plain numbers that it takes: `_ + 3`, `1 - _`."""
    label = _operations([step])
    if not any(operand.source is None for operand in step.operands) or step.primitive.arity is None:
        return label
    texts = [number(o.number) if o.source is None else "_" for o in step.operands]
    if len(texts) == 2 and not label.isidentifier():
        return f"{texts[0]} {label} {texts[1]}"
    return f"{label}({', '.join(texts)})"


def _code(line: str) -> str:
    """Return a line without its comment."""
    return re.sub(r"\s+#[^'\"]*$", "", line)


def _is_assignment(written: str, name: str) -> bool:
    return re.match(rf"{re.escape(name)}\s*[-+*/@%&|^]?=", written) is not None


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
