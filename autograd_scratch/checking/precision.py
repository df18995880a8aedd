"""In which precision numbers were computed.

Of arrays the dtype tells it. What was put into lists or float64 afterwards is told by its digits: numbers
that need more than half of those that float32 has, and none beyond them, were made there. What was computed
from such numbers in float64 is told by its errors.
"""

import struct
from collections.abc import Mapping, Sequence
from math import frexp, isfinite
from typing import Any

SINGLE_EPSILON = 2.0**-23  # of float32, as EPSILON is of float64
_HALF = 12  # binary digits, which numbers that people write may have as well
_FINEST, _COARSEST = 0.01 * SINGLE_EPSILON, 10.0 * SINGLE_EPSILON  # of a block's largest error there
_ENOUGH = 8  # entries, of which all blocks together can tell


def is_single(tree: Any) -> bool:
    """Say whether a tree has arrays of float32; beside them those of float64 have no more digits."""
    return not _kinds(tree).isdisjoint(("float32", "float16"))


def is_half(tree: Any) -> bool:
    """Say whether a tree has arrays of float16."""
    return "float16" in _kinds(tree)


def fits_single(number: float) -> bool:
    """Say whether float32 can hold a number as it is."""
    try:
        rounded: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return False
    return rounded == number


def needs_single(numbers: Sequence[float]) -> bool:
    """Say whether float32 can hold numbers, and nothing smaller can.

    >>> needs_single([0.10000000149011612, 2.0]), needs_single([0.1, 2.0]), needs_single([0.5, 2.0])
    (True, False, False)
    """
    return all(isfinite(x) and fits_single(x) for x in numbers) and any(map(_is_long, numbers))


def looks_single(blocks: Sequence[tuple[Sequence[float], Sequence[float]]]) -> bool:
    """Say whether numbers, each block with what they ought to be, are off as float32 makes them.

    It makes errors in all blocks, none of them much above 1e-7 of its largest entry. A mistake is larger
    than that, and spares what does not come from it.

    >>> right = [[0.5, -2.0, 0.75, 1.0, -0.3], [4.0, 1.0, -3.0]]
    >>> looks_single([([x + 1e-7 for x in block], block) for block in right])
    True
    >>> looks_single([([x + 1e-7 for x in right[0]], right[0]), (right[1], right[1])])
    False
    """
    return sum(len(right) for _, right in blocks) >= _ENOUGH and all(
        len(numbers) == len(right)
        and _FINEST < max(abs(x - y) for x, y in zip(numbers, right)) / max(map(abs, right)) < _COARSEST
        for numbers, right in blocks
    )


def _is_long(number: float) -> bool:
    """Say whether a number of float32 has more than half of the digits there."""
    digits = frexp(number)[0] * 2.0**_HALF
    return digits != round(digits)


def _kinds(tree: Any) -> set[str]:
    """Return the dtypes in a tree."""
    if isinstance(tree, Mapping):
        return set().union(*map(_kinds, tree.values()))
    if isinstance(tree, (list, tuple)):
        return set().union(*map(_kinds, tree))
    return {str(getattr(tree, "dtype", ""))}
