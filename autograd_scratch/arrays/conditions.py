"""What NumPy's comparisons are while a function is being traced: conditions, entry by entry.

Outside of a trace they look at the numbers alone, and give booleans.
"""

from collections.abc import Callable
from functools import reduce, wraps
from typing import Any, NoReturn

from ..primitives import copysign, is_node, where
from ..primitives.conditions import CONDITIONS as MADE
from ..primitives.conditions import both, either, is_finite, is_infinite, is_nan, opposite, same
from ..primitives.piecewise import equal, less, less_equal
from ..refusals import refuse_choosing
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
    return numpy.frompyfunc(where, 3, 1)(condition, *arms)


def is_condition(entry: Any) -> bool:
    """Say whether an entry is a condition of a trace, or true or false."""
    import numpy

    made = isinstance(entry, Value) and entry.primitive in MADE
    return made or isinstance(entry, (bool, numpy.bool_))


def are_same(mask: Any, other: Any) -> bool:
    """Say whether two masks are computed in the same way from the same Values."""
    import numpy

    pairs = [*zip(numpy.ravel(mask).tolist(), numpy.ravel(other).tolist())]
    known = set()
    while pairs:
        x, y = pair = pairs.pop()
        if x is y or pair in known:
            continue
        known.add(pair)
        if not (isinstance(x, Value) and isinstance(y, Value)):
            if isinstance(x, Value) or isinstance(y, Value) or x != y:
                return False
        elif x.primitive is None or x.primitive is not y.primitive or len(x.parents) != len(y.parents):
            return False
        else:
            pairs += zip(x.parents, y.parents)
    return bool(mask.shape == other.shape)


def holds_conditions(place: Any) -> bool:
    """Say whether an index, or a mask, has Values in it: in a trace nobody knows what it chooses."""
    parts = place if isinstance(place, tuple) else (place,)
    return any(
        isinstance(x, (Value, Places)) or getattr(getattr(x, "dtype", None), "kind", "") == "O"
        for x in parts
    )


class Places:
    """Where a mask of conditions holds: what `np.where(mask)` gives of one axis, to be used as an index."""

    def __init__(self, mask: Any, axis: int) -> None:
        self.mask = mask
        self.axis = axis

    @property
    def size(self) -> Any:
        """How many these are: a Value."""
        import numpy

        return numpy.where(self.mask, 1.0, 0.0).sum()

    @property
    def shape(self) -> tuple[Any]:
        """How many these are."""
        return (self.size,)

    def _refuse(self, what: str) -> NoReturn:
        refuse_choosing(what, "Give it both arms: np.where(z > 0, z, 0.0)")

    def __len__(self) -> int:
        self._refuse("len of np.where(condition)")

    def __getitem__(self, place: Any) -> Any:
        self._refuse("an index of np.where(condition)")


def places_of(condition: Any) -> tuple[Places, ...]:
    """Return what `np.where(condition)` is in a trace."""
    import numpy

    return tuple(Places(condition, axis) for axis in range(numpy.ndim(condition)))


def masks_in(place: Any) -> Any:
    """Return an index with the mask itself for the places at which it holds, one for each of its axes."""
    parts = place if isinstance(place, tuple) else (place,)
    found: list[Any] = []
    expected: list[Any] = []
    for part in parts:
        if not isinstance(part, Places):
            found.append(part)
        elif expected and part.axis == expected[0].axis and are_same(part.mask, expected[0].mask):
            del expected[0]
        elif expected or part.axis:
            part._refuse("a part of np.where(condition)")
        else:
            found.append(part.mask)
            expected = [*places_of(part.mask)][1:]
    if expected:
        expected[0]._refuse("a part of np.where(condition)")
    return found[0] if len(found) == 1 else tuple(found)
