"""What is noted while a person's function runs on Values.

Of every node its site, of every operation on arrays the array that it gave, the names of local variables,
and what functions returned.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .. import modes
from ..arrays.containers import entries, is_array
from ..arrays.conversion import data
from ..replicas.persons import names
from ..value import Value
from ..watching import telling, watched
from ..wording import is_users
from .maps import Shape
from .sites import Site, Sites, Within
from .tables import Integers, Tables

_AXES = ("rows", "columns")
_LONG = 1_000  # entries: a longer list is data that nobody prints


class Array(NamedTuple):
    """An array that an operation gave: its entries, Values and constants, in order."""

    site: Site
    shape: tuple[int, ...]
    entries: tuple[Any, ...]


class Recorder:
    """What `modes.observing` tells of a function's operations, and the profiler of its variables."""

    def __init__(self, base: CodeType | None = None) -> None:
        """Begin; `base` is the code of who calls the function, if not by `run`."""
        self.forget()
        self._places = Sites(base or Recorder.run.__code__)

    def forget(self) -> None:
        """Begin anew."""
        self.sites: dict[Value, Site] = {}
        self.within: dict[Value, Within] = {}  # of what our layers made
        self.arrays: list[Array] = []
        self.tables = Tables()
        self.names: dict[tuple[Any, ...], dict[CodeType | None, str]] = {}  # by the function that has it
        self.returned: dict[tuple[CodeType, tuple[Any, ...]], int] = {}  # of several results
        self.variables: dict[str, dict[tuple[Any, ...], Any]] = {}  # what was called so, by its Values
        self.codes: dict[CodeType, set[str]] = {}  # functions that ran, and what is an array there
        self.numbers: dict[CodeType, dict[str, float]] = {}  # in the variables of a function
        self.lists: dict[tuple[Shape, tuple[float, ...]], str] = {}  # of plain numbers: what is called so
        self.integers: dict[str, Integers] = {}  # arrays of whole numbers, by their names
        self.plain: dict[str, Any] = {}  # arrays of plain numbers, by the names of variables
        self.lengths: dict[int, str] = {}  # of arrays of plain numbers: what is so long

    def run(self, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        """Call a function, and note what it computes, and its local variables."""
        with modes.recording(), modes.observing(self):
            return watched(self.watch, function, **arguments)

    def made(self, node: Value) -> None:
        self.sites[node] = self._places.here()
        if self._places.within:
            self.within[node] = self._places.within

    def made_array(self, array: Any) -> None:
        self.arrays.append(Array(self._places.here(), array.shape, tuple(array.ravel().tolist())))

    def read(self, array: Any) -> Any:
        return self.tables.read(array)

    def compared(self, compare: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        return compare(data(x), data(y))  # of Values, it would ask this recorder again

    def named(self, name: str, thing: Any, code: CodeType | None = None) -> None:
        """Note what the Values in a variable are called: by the first that has them, not by a view.

        What a function returned before it gets as an argument, as a layer does from one of its class.
        Without the code of a function, it is a name that the person gave, and goes before others.
        """
        found = _values(thing)
        if found:
            if code is None or (code, found) not in self.returned:
                self.names.setdefault(found, {}).setdefault(code, name)
            self.variables.setdefault(name.removeprefix("self."), {})[found] = thing

    def watch(self, frame: FrameType, event: str, result: Any) -> None:
        """Take the names of local variables from a function that returns, and note what it returns."""
        if event == "return" and id(frame.f_code) in telling:
            for name, thing in frame.f_locals.items():
                self.named(name, thing, frame.f_code)
        if event != "return" or not is_users(frame):
            return
        if not frame.f_code.co_name.startswith("<"):
            for name, thing in frame.f_locals.items():
                if name.strip("_"):
                    self.named(name, thing, frame.f_code)
            for name, thing in getattr(frame.f_locals.get("self"), "__dict__", {}).items():
                self.named(f"self.{name}", thing, frame.f_code)
            self._measure(frame)
        elif (
            frame.f_code.co_name == "<lambda>" and frame.f_code.co_filename != "<string>"
        ):  # no text of ours
            self._measure(frame)
        parts = enumerate(result) if isinstance(result, (tuple, list)) else ()
        for place, thing in ((-1, result), *parts):
            found = _values(thing)
            if found:
                self.returned.setdefault((frame.f_code, found), place)

    def _measure(self, frame: FrameType) -> None:
        """Note how long the arrays of plain numbers are that a function uses."""
        arrays = self.codes.setdefault(frame.f_code, set())
        used = {name: frame.f_globals[name] for name in names(frame.f_code) if name in frame.f_globals}
        own = getattr(frame.f_locals.get("self"), "__dict__", {})
        for name, thing in own.items():
            if type(thing) in (int, float):
                self.numbers.setdefault(frame.f_code, {})[f"self.{name}"] = float(thing)
        for name, thing in (*frame.f_locals.items(), *used.items(), *own.items()):
            if type(thing) in (int, float):
                self.numbers.setdefault(frame.f_code, {}).setdefault(name, float(thing))
            if isinstance(thing, (list, tuple)) and 1 < len(thing) <= _LONG:
                rows = numbers_in(thing)
                if rows is not None:
                    self.lists.setdefault(rows, name)
            if is_array(thing) and thing.dtype.kind in "biuf":
                if thing.dtype.kind in "iu" and thing.shape:
                    self.integers.setdefault(name, (tuple(thing.ravel().tolist()), thing.shape))
                arrays.add(name)
                self.plain.setdefault(name, thing)
                self.tables.named(name, thing)
                for size, what in zip(thing.shape, _AXES if thing.ndim == 2 else ("length",)):
                    self.lengths.setdefault(size, f"the {what} of {name}")


def numbers_in(rows: Any) -> tuple[Shape, tuple[float, ...]] | None:
    """Return the shape of nested lists of plain numbers that are as regular as an array, and these.

    >>> numbers_in([[0, 1.5], [2, 3]]), numbers_in([1.0, [2.0]])
    (((2, 2), (0.0, 1.5, 2.0, 3.0)), None)
    """
    shape: Shape = ()
    level: list[Any] = [rows]
    while isinstance(level[0], (list, tuple)):
        sizes = {len(part) if isinstance(part, (list, tuple)) else -1 for part in level}
        if len(sizes) > 1 or not (size := sizes.pop()) or size * len(level) > _LONG**2:
            return None
        shape = (*shape, size)
        level = [entry for part in level for entry in part]
    return (shape, tuple(map(float, level))) if {*map(type, level)} <= {float, int} else None


def _values(thing: Any) -> tuple[Any, ...]:
    """Return the Values in an arrangement."""
    with suppress(RecursionError):  # of a list that contains itself
        return tuple(entry for _, entry in entries(thing) if isinstance(entry, Value))
    return ()
