"""Truth tables: every pair of inputs and target that there is."""

from itertools import product

from ..errors import RangeError
from ..ieee import whole
from ..signatures import call_form

Row = tuple[tuple[float, ...], float]

_MOST = 16  # bits, of which there are 65,536 rows


def _table(*targets: float) -> tuple[Row, ...]:
    """Return the table of two inputs with these targets of 00, 01, 10 and 11."""
    return tuple(zip(product((0.0, 1.0), repeat=2), targets))


XOR = _table(0.0, 1.0, 1.0, 0.0)
"""The truth table of exclusive or: pairs of two inputs and a target, a tuple of four."""

XNOR = _table(1.0, 0.0, 0.0, 1.0)
"""The truth table of equality, in the form of `XOR`."""

AND = _table(0.0, 0.0, 0.0, 1.0)
"""The truth table of and, in the form of `XOR`."""

NAND = _table(1.0, 1.0, 1.0, 0.0)
"""The truth table of not and, in the form of `XOR`."""

OR = _table(0.0, 1.0, 1.0, 1.0)
"""The truth table of or, in the form of `XOR`."""

NOR = _table(1.0, 0.0, 0.0, 0.0)
"""The truth table of neither nor, in the form of `XOR`."""


@call_form("parity(4)")
def parity(bits: int) -> list[Row]:
    """Return the 2^bits rows of so many bits, 1 to 16, whose target is 1 where an odd number of them is 1.

    >>> parity(2) == list(XOR)
    True
    >>> parity(3)[-2:]
    [((1.0, 1.0, 0.0), 0.0), ((1.0, 1.0, 1.0), 1.0)]
    """
    bits = whole(bits, "the bits of parity", 1)
    if bits > _MOST:
        raise RangeError(f"parity of {bits} bits is a table of 2^{bits} rows; take at most {_MOST} bits")
    return [(row, sum(row) % 2.0) for row in product((0.0, 1.0), repeat=bits)]
