"""Steps that are run: by an optimizer of this package, or line by line, entry for entry.

An entry is one number of a parameter. The gradients are those that the person's step was given, so that no
two trajectories drift apart for another reason than a difference in the step.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from types import CodeType
from typing import Any, NamedTuple

from ...ieee import NAN, Total, real, total_math
from ...optim import Optimizer
from .recipes import Recipe

Path = list[float]

_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_WORDS = frozenset(("if", "else", "w"))


class Entry(NamedTuple):
    """One number of a parameter: its place there, at what it starts, and its gradient at each step."""

    parameter: str
    place: int
    start: float
    gradients: Sequence[float]


@dataclass(frozen=True)
class Course:
    """What is computed step by step: entries with their gradients, and what is known of each step."""

    entries: Sequence[Entry]
    gradients: Sequence[Mapping[str, Sequence[float]]]  # by step, all entries of each parameter
    steps: int
    rates: Sequence[float] = ()  # the learning rate of each step, where it changes

    def of(self, parameters: Sequence[str]) -> "Course":
        """Return the course of some of the parameters."""
        some = [entry for entry in self.entries if entry.parameter in parameters]
        return Course(some, self.gradients, self.steps)

    def alone(self, i: int) -> "Course":
        """Return the course of one entry."""
        return Course(self.entries[i : i + 1], self.gradients, self.steps, self.rates)

    def rows(self, names: Sequence[str], entry: Entry) -> list[tuple[float, ...]]:
        """Return all that lines of a recipe may read of an entry, a row each step."""
        key = (*names, entry.parameter, entry.place)
        if key not in self._rows:
            self._rows[key] = [*zip(*(_COLUMNS[name](self, entry) for name in names))]
        return self._rows[key]

    @cached_property
    def _rows(self) -> dict[tuple[Any, ...], list[tuple[float, ...]]]:
        return {}

    @property
    def names(self) -> list[str]:
        """The names of all parameters, in order."""
        return [*self.gradients[0]]


def _squares(course: Course, entry: Entry) -> list[float]:
    return [math.fsum(x * x for x in step[entry.parameter]) for step in course.gradients]


def _all_squares(course: Course, entry: Entry) -> list[float]:
    return [math.fsum(x * x for row in step.values() for x in row) for step in course.gradients]


def _count(course: Course, entry: Entry) -> int:
    return len(course.gradients[0][entry.parameter])


def _counted(course: Course, place: int, many: int) -> list[float]:
    """Return which call it is that a parameter sees, of those that count one call each."""
    return [step * many + place + 1 for step in range(course.steps)]


def _by_layer(course: Course, entry: Entry) -> list[float]:
    """Return which call it is that parameters with the same number in their names see."""
    layers = [*dict.fromkeys(map(_number_of, course.names))]
    return _counted(course, layers.index(_number_of(entry.parameter)), len(layers))


def _number_of(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+", name))


def _by_entry(course: Course, entry: Entry) -> list[float]:
    sizes = {name: len(numbers) for name, numbers in course.gradients[0].items()}
    before = sum(sizes[name] for name in course.names[: course.names.index(entry.parameter)])
    return _counted(course, before + entry.place, sum(sizes.values()))


_COLUMNS: Mapping[str, Callable[[Course, Entry], Sequence[float]]] = {
    "t": lambda course, entry: range(1, course.steps + 1),
    "g": lambda course, entry: entry.gradients,
    "g_first": lambda course, entry: [entry.gradients[0]] * course.steps,
    "g_before": lambda course, entry: [0.0, *entry.gradients[:-1]],
    "g_sum": lambda course, entry: [*accumulate(entry.gradients)],
    "t_parameter": lambda course, entry: _counted(
        course, course.names.index(entry.parameter), len(course.names)
    ),
    "t_layer": _by_layer,
    "t_first": lambda course, entry: _counted(course, 0, len(course.names)),
    "t_last": lambda course, entry: _counted(course, len(course.names) - 1, len(course.names)),
    "t_entry": _by_entry,
    "rate": lambda course, entry: course.rates,
    "sum_g2": _squares,
    "all_g2": _all_squares,
    "mean_g2": lambda course, entry: [x / _count(course, entry) for x in _squares(course, entry)],
}


def path_of(optimizer: Optimizer, entry: Entry) -> Path:
    """Return the numbers that an optimizer of this package makes of an entry, step by step."""
    w, state, path = entry.start, optimizer.init(entry.start), []
    for t, g in enumerate(entry.gradients, 1):
        try:
            w, state = optimizer.update(w, g, state, t)
        except ArithmeticError:  # where IEEE 754 has inf or nan
            w = NAN
        path.append(real(w))
    return path


class Runner:
    """A recipe that is run: `paths` gives the numbers of each entry, step by step.

    >>> steps = Recipe(("v = momentum * v + g", "w = w - lr * v"), {"lr": 0.5, "momentum": 0.5})
    >>> course = Course([Entry("w", 0, 1.0, [2.0, 1.0])], [{"w": [2.0]}, {"w": [1.0]}], 2)
    >>> [path for _, path in Runner(steps).paths(course)]
    [[0.0, -1.0]]
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._remembered, self._columns = _names_of(recipe.lines, frozenset(recipe.settings))
        self._source = _source(recipe, self._remembered, self._columns)
        self._scopes: dict[type, dict[str, Any]] = {}
        self._settings = dict(recipe.settings)

    def set(self, name: str, setting: float) -> None:
        """Give a setting another value."""
        self._settings[name] = setting
        for kind, scope in self._scopes.items():
            scope[name] = kind(setting)

    def paths(self, course: Course) -> Iterator[tuple[Entry, Path]]:
        """Yield the entries with their numbers, each when it is asked for."""
        if self._recipe.shared:
            yield from self._together(course)
            return
        for entry in course.entries:
            rows = course.rows(self._columns, entry)
            yield entry, self._path([entry.start], [[row] for row in rows], entry.gradients[0])[0]

    def _together(self, course: Course) -> Iterator[tuple[Entry, Path]]:
        """Yield entries that share what is remembered with those in the same place of other parameters."""
        places: dict[int, list[Entry]] = {}
        for entry in course.entries:
            places.setdefault(entry.place, []).append(entry)
        for entries in places.values():
            rows = zip(*(course.rows(self._columns, entry) for entry in entries))
            starts = [entry.start for entry in entries]
            yield from zip(entries, self._path(starts, [*rows], entries[0].gradients[0]))

    def _path(self, starts: Sequence[float], rows: Sequence[Sequence[Any]], first: float) -> list[Path]:
        """Return the numbers of entries that share what is remembered: most often it is one."""
        try:
            found: list[Path] = self._scope(float)["paths"](starts, rows, first)
            return found
        except (ArithmeticError, ValueError, TypeError):  # a complex number, where a root was drawn
            total = [[tuple(map(Total, row)) for row in step] for step in rows]
            found = self._scope(Total)["paths"]([*map(Total, starts)], total, Total(first))
            return [[float(x) for x in path] for path in found]

    def _scope(self, kind: type) -> dict[str, Any]:
        """Return the functions that run the recipe on floats, or on such as answer everything."""
        if kind not in self._scopes:
            root = math.sqrt if kind is float else total_math.sqrt
            settings = {name: kind(setting) for name, setting in self._settings.items()}
            scope = {**settings, "sqrt": root, "sign": _sign, "number": kind}
            exec(_code(self._source), scope)
            self._scopes[kind] = scope
        return self._scopes[kind]


def _names_of(lines: Sequence[str], settings: frozenset[str]) -> tuple[list[str], list[str]]:
    """Return what lines remember from step to step, and the columns that they read, `t` first."""
    remembered: dict[str, None] = {}
    columns: dict[str, None] = {"t": None, "g": None}
    known: set[str] = set()
    for line in lines:
        target, _, formula = line.partition(" = ")
        for name in _NAME.findall(formula):
            if name in _COLUMNS:
                columns[name] = None
            elif name not in known | settings | _WORDS | _FUNCTIONS:
                remembered[name] = None
        known.add(target)
    return [*remembered], [*columns]


def _source(recipe: Recipe, remembered: Sequence[str], columns: Sequence[str]) -> str:
    """Return a function that takes steps, all entries one after the other in each of them.

    Lines are repeated for a step that is taken twice, with the count going on.
    """
    indent = "\n            "
    lines = indent.join(recipe.lines or ("pass",))
    if recipe.repeats:
        lines = f"h, t = g, 2 * t - 1{indent}{lines}{indent}g, t = h, t + 1{indent}{lines}"
    starts = "\n    ".join(f"{name} = number({recipe.start.get(name, '0')})" for name in remembered)
    return (
        f"def paths(numbers, rows, g):\n    numbers = [*numbers]\n    found = [[] for _ in numbers]\n"
        f"    {starts}\n    for step in rows:\n        for i, ({', '.join(columns)}) in enumerate(step):\n"
        f"            w = numbers[i]{indent}{lines}{indent}numbers[i] = w{indent}found[i].append(w)\n"
        "    return found\n"
    )


@cache
def _code(source: str) -> CodeType:
    return compile(source, "<a step>", "exec")


def _sign(x: float) -> float:
    return (x > 0) - (x < 0)


_FUNCTIONS = frozenset(("sqrt", "max", "min", "abs", "sign"))
