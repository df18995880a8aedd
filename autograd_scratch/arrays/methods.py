"""What stands behind the dot of an array of Values: its methods, and the names of others."""

from collections.abc import Callable
from typing import Any

from ..refusals import refuse_if_tracing
from . import ufuncs
from .conditions import ORDERED

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
