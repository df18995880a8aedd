"""The data and the gradients of an array of Values, as arrays to read and to write.

>>> from autograd_scratch import values
>>> W = values([1.0, 2.0])
>>> W.data[0] = 5.0
>>> W.data -= 0.5
>>> W
values([4.5, 1.5])
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from ..errors import ShapeError
from ..value import Value


def part_of(array: Any, part: str, block: Any) -> Any:
    """Return a block of data or gradients that gives them to the entries where one is written."""
    if isinstance(block, Value) or not hasattr(block, "dtype") or block.dtype == object:
        return block
    numbers = block.view(_numbers_type())
    numbers.give = partial(give, array, part)
    return numbers


def give(array: Any, part: str, new: Any) -> None:
    """Give each entry that is a Value its data or gradient: one for all, or one each."""
    import numpy

    try:
        news = numpy.broadcast_to(numpy.asarray(new, object), array.shape).ravel().tolist()
    except ValueError:
        raise ShapeError(
            f"the {part} of an array of shape {array.shape} cannot be of shape {numpy.shape(new)}"
        ) from None
    trial = Value(0.0)
    for own in news:
        setattr(trial, part, own)  # a wrong one is refused before the first is given
    for entry, own in zip(array.flat, news):
        if isinstance(entry, Value):
            setattr(entry, part, own)


@cache
def _numbers_type() -> Any:
    import numpy

    class Numbers(numpy.ndarray[Any, Any]):
        """Numbers of an array, which get what is written into a place of these."""

        give: Callable[[Any], None] | None = None  # what is computed from them gives nothing

        def __setitem__(self, place: Any, new: Any) -> None:
            super().__setitem__(place, new)
            if self.give is not None:
                self.give(self)

        def fill(self, value: Any) -> None:
            self[...] = value

        def __reduce__(self) -> Any:
            return numpy.array(self).__reduce__()

    Numbers.__name__ = "array"  # as it shows itself
    return Numbers
