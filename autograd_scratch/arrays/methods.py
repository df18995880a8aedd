"""What stands behind the dot of an array of Values: its methods, and the names of others."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from ..errors import DetachedNumberError
from ..refusals import refuse_if_tracing
from ..value import Value
from . import ufuncs
from .conditions import ORDERED, is_condition

_NUMBERS = "its numbers are `.data`"
INSTEAD = {
    **dict.fromkeys(("numpy", "cpu", "cuda", "to", "value"), _NUMBERS),
    **dict.fromkeys(("detach", "clone"), f"{_NUMBERS}; of them make new leaves, values(x.data)"),
    **dict.fromkeys(("softmax", "log_softmax"), "write softmax(x, axis=-1), or log_softmax"),
    **dict.fromkeys(("name", "label"), "each entry has its own, x[0].name"),
    "unsqueeze": "write x[None] or x[..., None], as in NumPy",
    "pow": "write x ** y",
    "t": "write x.T",
    "zero_": "write x.zero_grad() for gradients, x.data = 0.0 for numbers",
    "requires_grad": "gradients flow to each entry: leave it out",
}


def on_numbers(name: str) -> Callable[..., Any]:
    """Make the method that asks the numbers of an array, and not its Values."""

    def method(self: Any, *args: Any, **options: Any) -> Any:
        refuse_if_tracing(f"{name}()", ORDERED)
        return getattr(ufuncs.numbers(self), name)(*args, **options)

    method.__name__ = name
    return method


def in_place(name: str) -> Callable[..., Any]:
    """Make the method that gives an array's entries the order that NumPy's function gives them."""

    def method(self: Any, *args: Any, **options: Any) -> None:
        import numpy

        self[...] = getattr(numpy, name)(self, *args, **options)

    method.__name__ = name
    return method


def astype(self: Any, dtype: Any, *_: Any, **__: Any) -> Any:
    """Return the same Values in a new array, and conditions as numbers: there is one type of Values."""
    import numpy

    kind = numpy.dtype(dtype)
    if kind.kind == "b":
        return self != 0
    if kind not in (object, float) and not all(map(is_condition, self.flat)):
        raise DetachedNumberError(
            f"astype({str(kind)!r}) of Values would lose their graph; leave it out, or take the numbers "
            f"alone: data(x).astype({str(kind)!r})"
        )
    entries = (
        Value.holding(float(x) if isinstance(x, bool) else x) if is_condition(x) else x for x in self.flat
    )
    return numpy.fromiter(entries, object, self.size).reshape(self.shape).view(type(self))


def copied(self: Any, memo: dict[int, Any] | None) -> Any:
    """Return a copy: leaves are copied as they are alone, and what was computed stays in its graph."""
    twin = self.copy()
    if not Value.is_watched():
        twin.flat = [entry if is_computed(entry) else deepcopy(entry, memo) for entry in self.flat]
    return twin


def is_computed(entry: Any) -> bool:
    """Say whether an entry is a Value that an operation gave."""
    return isinstance(entry, Value) and entry.primitive is not None
