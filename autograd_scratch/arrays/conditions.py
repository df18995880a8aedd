"""What NumPy's comparisons are while a function is being traced: conditions, entry by entry.

Outside of a trace they look at the numbers alone, and give booleans.
"""

from collections.abc import Callable
from functools import reduce, wraps
from typing import Any

from ..primitives import copysign, is_node, where
from ..primitives.conditions import CONDITIONS as MADE
from ..primitives.conditions import both, either, is_finite, is_infinite, is_nan, opposite, same
from ..primitives.piecewise import equal, less, less_equal
from ..refusals import refuse_reading
from ..value import Value

MASKED = (
    "Keep every entry: write np.where(z > 0, z, 0.0) for z[z > 0], and z = np.where(z < 0, 0.0, z) for "
    "z[z < 0] = 0.0"
)
ORDERED = "Write np.where, np.maximum or z.max(), which keep what they choose from"


def _inverted(condition: Any) -> Any:
    return ~condition if is_node(condition) else not condition


CONDITIONS: dict[str, Callable[..., Any]] = {
    "less": less,
    "less_equal": less_equal,
    "greater": lambda x, y: less(y, x),
    "greater_equal": lambda x, y: less_equal(y, x),
    "equal": same,
    "not_equal": lambda x, y: opposite(same(x, y)),
    "isnan": is_nan,
    "isinf": is_infinite,
    "isfinite": is_finite,
    "logical_and": both,
    "logical_or": either,
    "logical_xor": lambda x, y: opposite(equal(opposite(x), opposite(y))),
    "logical_not": opposite,
    "bitwise_xor": lambda x, y: (x | y) & _inverted(x & y),
    "invert": lambda x: _inverted(x),
    "signbit": lambda x: less(copysign(1.0, x), 0.0),
}


def condition_of(name: str) -> Callable[..., Any]:
    """Return what a comparison of NumPy's does with entries; on plain numbers it is a boolean."""
    function = CONDITIONS[name]

    @wraps(function)
    def compared(*entries: Any) -> Any:
        condition = function(*entries)
        return condition if is_node(condition) else bool(condition)

    return compared


def connected(name: str) -> Callable[..., Any]:
    """Return `logical_and` or `logical_or` of any number of entries, as np.all and np.any take it."""
    connect = condition_of(name)
    return lambda *entries: reduce(connect, entries, name == "logical_and")


def choose(condition: Any, *arms: Any) -> Any:
    """Do as `np.where`, with both arms kept where the condition is one of a trace."""
    import numpy

    traced = Value.is_traced() and numpy.asarray(condition).dtype == object
    if not traced and not (arms and Value.is_observed()):
        return numpy.where(condition, *arms)
    if not arms:
        refuse_reading("np.where(condition)", "Give it both arms: np.where(z > 0, z, 0.0)")
    return numpy.frompyfunc(where, 3, 1)(condition, *arms)


def is_condition(entry: Any) -> bool:
    """Say whether an entry is a condition of a trace, or true or false."""
    import numpy

    made = isinstance(entry, Value) and entry.primitive in MADE
    return made or isinstance(entry, (bool, numpy.bool_))


def holds_conditions(place: Any) -> bool:
    """Say whether an index, or a mask, has Values in it: in a trace nobody knows what it chooses."""
    parts = place if isinstance(place, tuple) else (place,)
    return any(isinstance(x, Value) or getattr(getattr(x, "dtype", None), "kind", "") == "O" for x in parts)
