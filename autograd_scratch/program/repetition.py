"""Whether a function does the same when it is called again: a Program does for ever what one call did.

So a function is traced twice with the same arguments, and the two graphs are held against each other, bit
by bit. That finds masks, noise and counters, which would be frozen.
"""

import pickle
from collections.abc import Callable, Mapping, Sequence
from math import copysign
from numbers import Real
from random import Random
from typing import Any, NoReturn

from .. import graph, modes
from ..arrays.containers import is_array
from ..errors import TracingError
from ..ieee import is_array_of_one
from ..primitives import Primitive
from ..stepping.locals import with_locals
from ..stepping.recorder import Recorder
from ..value import Value
from ..wording import Line, users_line
from .forms import leaves


def traced_twice(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    called: str,
    recorder: Recorder | None = None,
) -> tuple[Any, dict[Value, str]]:
    """Trace a function twice; return what it gave first and the names there, or say what was not the same.

    A recorder looks on the first time.

    >>> from itertools import count
    >>> steps, x = count(1), Value(3.0)
    >>> traced_twice(lambda x: x * next(steps), [x], {}, "f")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd_scratch.errors.TracingError: f, called twice with the same arguments, does not do the same...
    """
    with modes.recording(), modes.tracing():
        if recorder is None:
            first = with_locals(None, function, *_own(args), **_own(kwargs))
        else:
            with modes.observing(recorder):
                first = with_locals(recorder.watch, function, *_own(args), **_own(kwargs))
        states = {source: _state(source) for source in first.drawn}
        try:
            if recorder is None:
                second = with_locals(None, function, *_own(args), **_own(kwargs))
            else:  # of what is observed `where` keeps both arms
                with modes.observing(later := _Noting()):
                    second = with_locals(None, function, *_own(args), **_own(kwargs))
        except Exception as fault:
            _refuse(called, f"the second time it raises {type(fault).__name__}: {fault}", fault)
        difference = None
        made = None if recorder is None else ([*recorder.sites], later.nodes)  # as they were made: no walk
        if made is None or _difference(first.result, second.result, made) is not None:
            difference = _difference(first.result, second.result)
        if difference is not None:
            _, what = difference
            _refuse(called, what + _where(lambda: function(*_own(args), **_own(kwargs))))
        moved = first.drawn & second.drawn
        if any(states[source] != _state(source) for source in moved):
            _refuse(called, "it draws random numbers, others in each call")
    return first.result, first.names


def _own(tree: Any) -> Any:
    """Return arguments in containers and arrays of their own, which a function may write to."""
    if type(tree) is dict:
        return {key: _own(branch) for key, branch in tree.items()}
    if type(tree) in (list, tuple):
        return type(tree)(map(_own, tree))
    return tree.copy() if is_array(tree) else tree


def _state(source: Any) -> Any:
    """Return the state of a random generator, Python's or NumPy's."""
    return source.getstate() if isinstance(source, Random) else pickle.dumps(source)


def _refuse(called: str, what: str, fault: Exception | None = None) -> NoReturn:
    raise TracingError(
        f"{called}, called twice with the same arguments, does not do the same: {what}. A Program would do "
        "for ever what the first call did; draw masks and noise, and count, outside, and give them as "
        'arguments (in fit write engine="eager")'
    ) from fault


def _where(call: Callable[[], Any]) -> str:
    """Say in which line two more calls differ, if they do."""
    lines = _Lines()
    with modes.observing(lines):
        difference = _difference(call(), call())
    line = None if difference is None else lines.of.get(difference[0])
    return f", {line}" if line is not None else ""


class _Unheeding:
    """Hears of all operations, and does nothing."""

    def made(self, node: Any) -> None:
        pass

    def made_array(self, array: Any) -> None:
        pass

    def read(self, array: Any) -> Any:
        return array

    def compared(self, compare: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        return compare(x, y)

    def forget(self) -> None:
        pass


class _Noting(_Unheeding):
    """Remembers the nodes."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []

    def made(self, node: Any) -> None:
        self.nodes.append(node)

    def forget(self) -> None:
        self.nodes.clear()


class _Lines(_Unheeding):
    """Remembers in which of the user's lines each node was made."""

    def __init__(self) -> None:
        self.of: dict[Value, Line] = {}

    def made(self, node: Any) -> None:
        self.of[node] = users_line()

    def forget(self) -> None:
        self.of.clear()


def _difference(
    first: Any, second: Any, made: Sequence[Sequence[Any]] | None = None
) -> tuple[Any, str] | None:
    """Return the first node of a graph that another graph has not in its place, and what differs.

    `made` are all nodes of both in the order in which they were made, needed or not.
    """
    first, second = _entries(first), _entries(second)
    orders = made or [graph.toposort(*filter(_is_value, roots)) for roots in (first, second)]
    known: dict[Any, Any] = {}
    for one, other in zip(*orders):
        name, count, later = one.primitive.name, len(one.parents), len(other.parents)
        if not _same_rule(one.primitive, other.primitive):
            return one, f"{name} the first time is {other.primitive.name} the second"
        if count != later:
            return one, f"the number of operands of {name} is {count} the first time and {later} the second"
        if [*map(known.get, one.parents, one.parents)] != [*other.parents]:  # which is quick
            for x, y in zip(one.parents, other.parents):
                if not _same(x, y, known):
                    return one, f"{_told(x)} in {name} the first time is {_told(y)} the second"
        known[one] = other
    sizes = [*map(len, orders)]
    if sizes[0] != sizes[1]:
        return None, "the number of its operations is {} the first time and {} the second".format(*sizes)
    for x, y in zip(first, second):
        if not _same(x, y, known):
            return None, f"it gives {_told(x)}, then {_told(y)}"
    return None


def _entries(result: Any) -> list[Any]:
    """Return the Values that a function gives, and its plain numbers as floats."""
    numbers = (entry.item() if is_array_of_one(entry) else entry for entry in leaves(result))
    return [float(number) if isinstance(number, Real) else number for number in numbers]


def _is_value(thing: Any) -> bool:
    return isinstance(thing, Value)


def _same(x: Any, y: Any, known: dict[Any, Any]) -> bool:
    """Say whether two operands are the same number, or Values in the same place."""
    if isinstance(x, Value) and isinstance(y, Value):
        are_new_leaves = x not in known and not x.parents and not y.parents and x is not y
        if are_new_leaves and x.primitive is y.primitive and _same_number(x._data, y._data):
            known[x] = y
        return known.get(x, x) is y
    return x.__class__ is y.__class__ and (x.__class__ is not float or _same_number(x, y))


def _same_number(x: float, y: float) -> bool:
    return (x == y and copysign(1.0, x) == copysign(1.0, y)) or (x != x and y != y)


def _same_rule(one: Primitive, other: Primitive) -> bool:
    """Say whether two primitives are one, or made anew in each call."""
    return one is other or one.name == other.name


def _told(operand: Any) -> str:
    return repr(operand._data if isinstance(operand, Value) else operand)
