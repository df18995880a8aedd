"""Parameters elsewhere for a while: what happens to agree where they are may not agree there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random

from ...node import set_data
from ...value import Value

_FAR = 0.1  # relative to the size of a parameter, and to one


@contextmanager
def moved(leaves: Sequence[Value], random: Random) -> Iterator[None]:
    """Have parameters near to where they are, and then as they were.

    >>> w = Value(0.0)
    >>> with moved([w], Random(0)):
    ...     is_elsewhere = w.data != 0.0
    >>> is_elsewhere, w.data
    (True, 0.0)
    """
    before = [leaf.data for leaf in leaves]
    try:
        any(map(set_data, leaves, [x + _FAR * random.uniform(-1.0, 1.0) * (1.0 + abs(x)) for x in before]))
        yield
    finally:
        any(map(set_data, leaves, before))
