"""A loop that has to be computed round by round, as `for t in range(...)`.

What rounds carry on is one variable, as people write it. Where others need all of its rounds, it is an
array with an entry more, the start.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Protocol

from ...stepping.maps import Shape
from ..expressions import ATOM, Text
from ..layout import indented
from ..naming import Names
from ..operands import Operand
from ..rolled.rounds import Entry, Last, Loop
from ..variables import Variable
from .lines import assigned
from .reshapes import own_axes
from .views import View, aligned, called, full, sizes


class Statements(Protocol):
    """What writes lines, and can write those of a round."""

    names: Names
    views: dict[Variable, View]
    numbers: dict[Variable, tuple[float, ...]]
    targets: Mapping[Variable, str]
    last: Set[Variable]

    @property
    def round(self) -> str: ...

    def name(self, variable: Variable, wanted: str | None) -> str: ...
    def view(self, operand: Operand) -> View: ...
    def whole(self, operand: Operand, shape: Shape) -> Text: ...
    def inner(self) -> "Statements": ...
    def write(self, variables: Sequence[Variable], results: Sequence[Operand]) -> None: ...
    def texts_of_lines(self) -> Iterator[str]: ...


def lines_of(statements: Statements, loop: Loop, wanted: Set[Variable]) -> Iterator[str]:
    """Yield the lines of a loop that fills those arrays that are wanted, which get their names."""
    t = statements.round
    body = statements.inner()
    body.numbers.update(loop.trace.tables)
    for leaf, (array, shift) in loop.taken.items():
        view = statements.view(array)
        view = view if shift is None else row(view, _plus(t, shift))
        body.views[leaf] = view if leaf.shape else View(aligned(view, 0))
    filled = {entry: made for entry, made in loop.filled if made in wanted}
    targets: list[tuple[str, Operand]] = []
    last: list[tuple[str, Operand, Shape]] = []
    for state in loop.states:
        shape = state.found.shape
        if state in filled:
            array = filled[state]
            name = statements.name(array, array.name)
            before, after = (_plus(t, 1), t) if loop.is_reversed else (t, _plus(t, 1))
            start = statements.view(state.start)
            if start.text.text == "0.0":
                yield f"{name} = np.zeros({sizes(array.shape)})"
            else:
                yield f"{name} = np.empty({sizes(array.shape)})"
                place = -1 if loop.is_reversed else 0
                yield from assigned(f"{name}[{place}]", aligned(start, len(shape)).text)
            body.views[state.found] = View(Text(f"{name}[{before}]", ATOM), own_axes(shape))
            targets.append((f"{name}[{after}]", state.made))
        else:
            last_one = filled.get(Last(state))
            if last_one is None:
                name = statements.names.new(state.name or "state")
            else:
                name = statements.name(last_one, state.name)
            start = statements.view(state.start)
            yield from assigned(name, (full(start, shape) if shape else aligned(start, 0)).text)
            body.views[state.found] = View(Text(name, ATOM), own_axes(shape))
            last.append((name, state.made, shape))
    for entry, made in loop.filled:
        if isinstance(entry, Entry) and made in wanted:
            name = statements.name(made, made.name)
            kind = "empty" if made.shape[0] == loop.count else "zeros"
            yield f"{name} = np.{kind}({sizes(made.shape)})"
            targets.append((f"{name}[{_plus(t, entry.shift)}]", entry.made))
    yield f"for {t} in {f'reversed(range({loop.count}))' if loop.is_reversed else f'range({loop.count})'}:"
    rows = re.compile(rf"\[({t}(?: [-+] \d+)?)\]\[(?=[-\d:, None]*\])")  # an array would mean another thing
    yield from indented(rows.sub(r"[\1, ", line) for line in _round(body, loop, targets, last))


def _round(
    body: Statements,
    loop: Loop,
    targets: Sequence[tuple[str, Operand]],
    last: Sequence[tuple[str, Operand, Shape]],
) -> Iterator[str]:
    """Yield the lines of one round: what it fills goes to targets, and what it carries on comes last."""
    body.targets = {
        made: text for text, made in reversed(targets) if made.__class__ is Variable and made.parents
    }
    body.last = {made for _, made, _ in last} - {*body.targets}
    body.write(loop.trace.variables, [*(made for _, made in targets), *(made for _, made, _ in last)])
    lines = [*body.texts_of_lines()]
    for text, made in targets:
        if body.targets.get(made) != text:
            lines += assigned(
                text, aligned(body.view(made), 0 if made.__class__ is float else len(made.shape)).text
            )
    moves = {name: body.whole(made, shape).text for name, made, shape in last}
    for name, made in [*moves.items()]:
        others = {key: text for key, text in moves.items() if key != name}
        renamed = _renamed([*lines, *others.values()], made, name)
        if renamed:
            lines, moves = renamed[: len(lines)], dict(zip(others, renamed[len(lines) :]))
    yield from lines
    names, texts = [*moves], [*moves.values()]
    if any(_has(text, name) for i, text in enumerate(texts) for name in names[:i]):
        yield from assigned(", ".join(names), ", ".join(texts))
    else:
        for name, text in moves.items():
            yield from assigned(name, text)


def _renamed(lines: Sequence[str], made: str, name: str) -> list[str]:
    """Return lines in which what is made has the name of what it replaces; [] if that is needed longer.

    >>> _renamed(["m_2 = 0.9 * m + g", "x -= m_2"], "m_2", "m")
    ['m = 0.9 * m + g', 'x -= m']
    >>> _renamed(["m_2 = 0.9 * m + g", "x -= m"], "m_2", "m")
    []
    """
    begin = next((i for i, line in enumerate(lines) if line.startswith(f"{made} = ")), None)
    if not made.isidentifier() or begin is None or any(_has(line, name) for line in lines[begin + 1 :]):
        return []
    return [re.sub(rf"\b{made}\b", name, line) for line in lines]


def _has(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def row(view: View, index: str) -> View:
    """Return how a row of an array is seen.

    >>> row(View(Text("x", ATOM), (1, 0)), "t").text.text, row(View(Text("b", ATOM), (1,)), "t").text.text
    ('x[:, t]', 'b')
    """
    axes = tuple(axis and axis - 1 for axis in view.axes if axis != 0)
    if 0 not in view.axes:
        return View(view.text, axes)
    parts = [*[":"] * view.axes.index(0), index]
    return View(called(view.text, f"[{', '.join(parts)}]"), axes)


def _plus(t: str, shift: int) -> str:
    return t if not shift else f"{t} + {shift}" if shift > 0 else f"{t} - {-shift}"
