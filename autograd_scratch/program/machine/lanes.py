"""exp, expm1 and tanh in plain arithmetic, for loops that a compiler runs in several lanes at once.

A call of the C library ends that: it takes one number. exp is right to one unit in the last place, expm1
to two, tanh to three; tests hold them against many digits. exp(x) is 2**k exp(r), with a polynomial for
exp(r) - 1, and k, the nearest whole number to x / log 2, is read from the bits of a float that was made
large enough.
"""

from collections.abc import Callable
from functools import cache
from math import factorial
from typing import Any

LOG2E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01  # few digits, so that products with k are exact
LN2_LOW = 1.90821492927058770002e-10
SHIFT = 6755399441055744.0  # 1.5 * 2**52: what is added to it is rounded to a whole number
TINY = 1e-300  # up to which expm1(x) and tanh(x) are x
LEAST, MOST = -745.2, 709.79  # beyond which exp is 0 and infinite

# of exp(r) = 1 + r + r**2 / 2 + ... for |r| < 0.35
C = [1.0 / factorial(n) for n in range(14)]


@cache
def in_lanes() -> dict[str, Callable[..., Any]]:
    """Return these functions by name, for numba."""
    from numba import njit, types
    from numba.extending import intrinsic

    def _power(context: Any, shifted: Any) -> Any:
        """Return 2**k, where SHIFT + k is given."""

        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            bias, digits = (context.get_constant(types.int64, n) for n in (1023, 52))
            k = builder.bitcast(args[0], bias.type)
            return builder.bitcast(builder.shl(builder.add(k, bias), digits), args[0].type)

        return types.float64(types.float64), code

    power: Any = intrinsic(_power)
    compiled = njit(error_model="numpy", forceinline=True)
    c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13 = C[2:]

    @compiled
    def rest(r: float) -> Any:
        """Return exp(r) - 1."""
        r2 = r * r
        r4 = r2 * r2
        low = (c2 + r * c3) + r2 * (c4 + r * c5)
        middle = (c6 + r * c7) + r2 * (c8 + r * c9)
        high = (c10 + r * c11) + r2 * (c12 + r * c13)
        return r + r2 * (low + r4 * (middle + r4 * high))

    @compiled
    def exp(x: float) -> Any:
        within = x if x > LEAST else LEAST
        within = within if within < MOST else MOST
        k = (within * LOG2E + SHIFT) - SHIFT
        r = (within - k * LN2_HIGH) - k * LN2_LOW
        half = 0.5 * k + SHIFT  # in two factors, since 2**k may be no normal number
        factor = power(half)
        found = (factor + factor * rest(r)) * power((k - (half - SHIFT)) + SHIFT)
        found = found if x >= LEAST else 0.0
        found = found if x <= MOST else x * 1e308 * 10.0
        return found if x == x else x

    @compiled
    def expm1(x: float) -> Any:
        within = x if x > -50.0 else -50.0
        within = within if within < MOST else MOST
        shifted = within * LOG2E + SHIFT
        k = shifted - SHIFT
        r = (within - k * LN2_HIGH) - k * LN2_LOW
        factor = power(shifted - 1.0)  # half of 2**k, which may be too large
        found = 2.0 * (factor * rest(r) + (factor - 0.5))
        found = found if x <= MOST else x * 1e308 * 10.0
        return found if abs(x) > TINY else x

    @compiled
    def tanh(x: float) -> Any:
        size = abs(x)
        within = size if size < 22.0 else 22.0
        shifted = (-2.0 * within) * LOG2E + SHIFT
        k = shifted - SHIFT
        r = (-2.0 * within - k * LN2_HIGH) - k * LN2_LOW
        factor = power(shifted)
        less = factor * rest(r) + (factor - 1.0)  # expm1(-2 size)
        found = -less / (2.0 + less)
        found = found if x > 0.0 else -found
        return found if size > TINY else x

    return {"exp": exp, "expm1": expm1, "tanh": tanh}
