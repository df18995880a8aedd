"""Whether what a model became gives the numbers that it gave itself."""

from typing import Any

from ..errors import ProgramError
from .flows import Flows, leaves_of
from .packages import package

# Both sides compute with floats of 64 bits, and add in other orders: what differs is some thousand units
# in the last place, 2e-16, of the largest number that was added. A wrong formula, or a number that went
# through one of 32 bits, differs by 1e-8 or more. Below 1 it is absolute: what is left of terms that
# cancel, or comes out of the far end of a sigmoid, is exact in no other way.
TOLERANCE = 1e-10


def refuse_disagreement(model: Any, expected: Flows, found: Any, where: str) -> None:
    """Raise ProgramError where some answers are not those of the model."""
    numpy = package("numpy", where)
    arrays = [flow.array for flow in leaves_of(expected)]
    others = [numpy.asarray(each, dtype=float) for each in leaves_of(found)]
    if len(arrays) != len(others):
        raise ProgramError(
            f"{_called(model)} gives {len(arrays)} arrays, and in {where} it gives {len(others)}; nothing "
            "is handed over"
        )
    for array, other in zip(arrays, others):
        if _narrow(array.shape) != _narrow(other.shape):
            raise ProgramError(
                f"{_called(model)} gives the shape {array.shape}, and in {where} {other.shape}; nothing is "
                "handed over"
            )
        other = other.reshape(array.shape)
        scale = max([1.0, *numpy.abs(array[numpy.isfinite(array)]).ravel().tolist()])
        agrees = numpy.isclose(other, array, rtol=0.0, atol=TOLERANCE * scale, equal_nan=True)
        if not agrees.all():
            first = tuple(map(int, numpy.argwhere(~agrees)[0]))
            raise ProgramError(
                f"{_called(model)} gives {array[first]!r} at {first}, and in {where} {other[first]!r}; "
                "nothing is handed over. Give an example that it is made for, if this one is not"
            )


def _narrow(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1."""
    return tuple(size for size in shape if size != 1)


def _called(model: Any) -> str:
    return str(model.signature()) if hasattr(model, "signature") else type(model).__name__
