"""The types of numbers that a person's functions see: a Value is one of float, and stays a Value.

In runs on complex numbers these stay what they are in its place.

>>> number = number_type(float)
>>> number("2.5"), isinstance(2.0, number), isinstance(Value(2.0), number), number(Value(2.0))
(2.5, True, True, Value(data=2.0))
"""

from functools import cache
from typing import Any

from ..arrays.buffers import holds, holds_values
from ..value import Value


class _Kind(type):
    """What stands for a type of numbers: NumPy takes it for a dtype, and `isinstance` for the type."""

    original: Any
    kept: type

    def __call__(cls, *args: Any, **options: Any) -> Any:
        holds = holds_values if cls.kept is Value else holds_complex
        if len(args) == 1 and holds(args[0]):
            (thing,) = args
            return thing.item() if hasattr(thing, "__array__") and thing.size == 1 else thing
        return cls.original(*args, **options)

    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, (cls.original, cls.kept))

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, cls.original)

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is cls.original

    def __hash__(cls) -> int:
        return hash(cls.original)

    def __getattr__(cls, name: str) -> Any:
        if name == "dtype" and cls.original is float:  # which NumPy asks for
            import numpy

            return numpy.dtype(float)
        return getattr(cls.original, name)


@cache
def number_type(original: type, kept: type = Value) -> type:
    """Return what stands for a type of numbers, float or one of NumPy's, that keeps Values or complex."""
    inside = {"original": original, "kept": kept, "__doc__": original.__doc__}
    return _Kind(original.__name__, (), inside)


def holds_complex(thing: Any) -> bool:
    """Say whether a thing is a complex number, or an array, list, tuple or dict with some in it.

    >>> holds_complex([[1.0, 2j], 3.0]), holds_complex(1.0)
    (True, False)
    """
    return holds(thing, _is_complex)


def _is_complex(thing: Any) -> bool:
    return isinstance(thing, complex) or getattr(getattr(thing, "dtype", None), "kind", "") == "c"
