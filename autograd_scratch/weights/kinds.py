"""How numbers stand in the bytes of a file: one after the other, the lowest byte first.

>>> packed("F32", [1.5, -2.0]).hex()
'0000c03f000000c0'
>>> unpacked("F32", bytes.fromhex("0000c03f000000c0")), unpacked("BF16", bytes.fromhex("c03f00c0"))
((1.5, -2.0), (1.5, -2.0))
"""

from collections.abc import Sequence
from struct import pack, unpack
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """How many bytes a number has, and what `struct` calls it."""

    size: int
    letter: str


KINDS = {
    "F64": Kind(8, "d"),
    "F32": Kind(4, "f"),
    "F16": Kind(2, "e"),
    "BF16": Kind(2, "H"),  # the upper half of F32, which `struct` does not know
    "I64": Kind(8, "q"),
    "I32": Kind(4, "i"),
    "I16": Kind(2, "h"),
    "I8": Kind(1, "b"),
    "U64": Kind(8, "Q"),
    "U32": Kind(4, "I"),
    "U16": Kind(2, "H"),
    "U8": Kind(1, "B"),
    "BOOL": Kind(1, "?"),
}
UNREAD = {  # those that safetensors has beside them: numbers of few bits, and complex ones
    *("F4", "F6_E2M3", "F6_E3M2", "F8_E4M3", "F8_E4M3FNUZ", "F8_E5M2", "F8_E5M2FNUZ", "F8_E8M0", "C64"),
}
WHOLE = {kind for kind in KINDS if kind[0] in "IU"}
EXACT = 2**53  # up to which every whole number is a float


def packed(kind: str, numbers: Sequence[float]) -> bytes:
    """Return the bytes of numbers, of a kind that `struct` knows."""
    return pack(f"<{len(numbers)}{KINDS[kind].letter}", *numbers)


def kind_of(numbers: Sequence[float]) -> str:
    """Return the kind that numbers are written as: I64 for Python's ints, and F64 for others.

    >>> kind_of([1, 2]), kind_of([1.0, 2.0]), kind_of([])
    ('I64', 'F64', 'F64')
    """
    return "I64" if {*map(type, numbers)} == {int} else "F64"


def unpacked(kind: str, content: bytes | memoryview) -> tuple[Any, ...]:
    """Return the numbers in some bytes."""
    size, letter = KINDS[kind]
    numbers = unpack(f"<{len(content) // size}{letter}", content)
    if kind == "BF16":
        return unpack(f"<{len(numbers)}f", pack(f"<{len(numbers)}I", *[half << 16 for half in numbers]))
    return numbers
