"""What floats do where Python raises.

IEEE 754 answers every operation: 1/0 is infinite, exp(1000) too, log(-1) is not a number. Python's
operators and its `math` module raise instead, or, as `(-2.0) ** 0.5` does, turn complex. Derivatives
are computed along with values, often at the very edge of a function, so this package answers as IEEE
does. Python's own arithmetic runs first and costs nothing where it succeeds; where it raises, the
same rule runs again in the two things that this room provides:

    Total       a float whose operators are total
    total_math  the module `math` again, with functions that are total

    >>> Total(1.0) / 0.0, Total(-1.0) / 0.0, Total(0.0) / 0.0
    (inf, -inf, nan)
    >>> total_math.exp(1000.0), total_math.log(0.0), total_math.log(-1.0)
    (inf, -inf, nan)

`real` is the door through which all numbers come in.
"""

import inspect
import math
import operator
import re
import reprlib
import sys
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from numbers import Integral, Real
from types import SimpleNamespace
from typing import Any

from .errors import DataError

INF = math.inf
NAN = math.nan

_SAYS_ITS_TYPE = re.compile(r"[A-Za-z_][\w.]*\(")  # Fraction(1, 2), values([1.0, 2.0])


def real(number: Any, what: str = "data") -> float:
    """Return `number`, any real number, as a plain float; `what` names it in the error.

    >>> from fractions import Fraction
    >>> real(Fraction(1, 4)), real(True)
    (0.25, 1.0)
    >>> real("0.5", "the learning rate")
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: the learning rate must be a real number, not '0.5' (str); \
write float('0.5') if the text comes from a file
    """
    if type(number) is float:
        return number
    if type(number) is int or isinstance(number, Real) or is_array_of_one(number):
        try:
            return float(number)
        except OverflowError:
            raise DataError(
                f"{what} must fit into a float, at most 1.8e308; this {type(number).__name__} is larger"
            ) from None
    raise DataError(f"{what} must be a real number, not {describe(number)}{_remedy(number)}")


def whole(number: Any, what: str, least: int = 0) -> int:
    """Return a count, any whole number from `least` on, as an int; `what` names it in the error.

    >>> whole(2.5, "epochs")
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: epochs must be a whole number from 0 on, not 2.5 (float)
    """
    if not isinstance(number, Integral) or number < least:
        raise DataError(f"{what} must be a whole number from {least} on, not {describe(number)}")
    return int(number)


def describe(thing: object) -> str:
    """Show `thing` and its type, where that is not to be seen, in few characters and on one line.

    >>> describe([1.0] * 100)
    '[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, ...] (list)'
    >>> describe(float), describe(describe)
    ('the class float', 'the function describe')
    """
    if thing is None:
        return "None"
    if isinstance(thing, type):
        return f"the class {thing.__name__}"
    if callable(thing) and hasattr(thing, "__name__"):
        return f"the {'method' if inspect.ismethod(thing) else 'function'} {thing.__name__}"
    try:
        text = " ".join(map(str.strip, reprlib.repr(thing).splitlines()))
    except ValueError:  # of a whole number of more digits than Python writes
        text = "..."
    return text if _SAYS_ITS_TYPE.match(text) else f"{text} ({type(thing).__name__})"


def _remedy(thing: object) -> str:
    if inspect.ismethod(thing):
        return f"; write {thing.__name__}() for what it gives"
    if callable(thing) and hasattr(thing, "__name__"):  # a class has the attributes that its instances have
        return ""
    if isinstance(thing, (str, bytes)):
        return f"; write float({thing!r}) if the text comes from a file" if len(thing) < 25 else ""
    if isinstance(thing, complex):
        return "; differentiate its real and imaginary parts as two Values"
    if getattr(getattr(thing, "dtype", None), "kind", "") == "O":
        return "; on an array of Values write NumPy's function, as np.exp(z), or take entry by entry"
    if hasattr(thing, "backward"):
        return "; its number is .data"
    if isinstance(thing, (list, tuple)) or hasattr(thing, "__array__"):
        return (
            "; a Value holds one number, so make one Value for each entry: [Value(x) for x in ...], or "
            "values(np.array(...)) for an array of them"
        )
    if hasattr(thing, "state_dict"):
        return "; of a model take the numbers, model.state_dict(), and compute with functional_call"
    if thing is None:
        return "; is a `return` missing where it comes from?"
    if isinstance(thing, Decimal):
        return "; write float(...) of it"
    return ""


def is_array_of_one(thing: Any) -> bool:
    """Say whether `thing` is a number in an array without axes, or one of NumPy's own."""
    is_one = hasattr(type(thing), "__array__") and getattr(thing, "shape", None) == ()
    return is_one and not isinstance(thing, (complex, str, bytes))


def divide(x: float, y: float) -> float:
    """Divide as IEEE 754 does: by a zero the quotient is infinite, and nan if `x` is zero too.

    >>> divide(1.0, -0.0)
    -inf
    """
    if y != 0.0:
        return x / y
    return NAN if x == 0.0 or x != x else math.copysign(INF, x) * math.copysign(1.0, y)


def floor_divide(x: float, y: float) -> float:
    """Divide and round down; by a zero it is what `divide` says."""
    return x // y if y != 0.0 else divide(x, y)


def remainder(x: float, y: float) -> float:
    """Return `x % y`, of the sign of `y` as in Python; by a zero it is nan."""
    return x % y if y != 0.0 else NAN


def power(x: float, y: float) -> float:
    """Raise to a power as C's `pow` does; a negative base to a fraction is nan, never complex.

    >>> power(-2.0, 0.5), power(0.0, -1.0), power(10.0, 400.0)
    (nan, inf, inf)
    """
    try:
        return math.pow(x, y)
    except OverflowError:
        pass
    except ValueError:
        if x != 0.0:
            return NAN
    odd = y % 2.0 == 1.0
    return math.copysign(INF, x) if odd else INF


def _operator(function: Callable[..., float]) -> Callable[..., Any]:
    def method(self: float, *others: Any) -> Any:
        return Total(function(float(self), *map(float, others)))

    return method


def _reflected(function: Callable[[float, float], float]) -> Callable[[float, Any], Any]:
    def method(self: float, other: Any) -> Any:
        return Total(function(float(other), float(self)))

    return method


class Total(float):
    """A float whose operators answer as IEEE 754 does, with Total floats.

    >>> 1.0 / (Total(2.0) - 2.0)
    inf
    """

    __slots__ = ()

    __add__ = _operator(operator.add)
    __radd__ = _reflected(operator.add)
    __sub__ = _operator(operator.sub)
    __rsub__ = _reflected(operator.sub)
    __mul__ = _operator(operator.mul)
    __rmul__ = _reflected(operator.mul)
    __truediv__ = _operator(divide)
    __rtruediv__ = _reflected(divide)
    __mod__ = _operator(remainder)
    __rmod__ = _reflected(remainder)
    __floordiv__ = _operator(floor_divide)
    __rfloordiv__ = _reflected(floor_divide)
    __neg__ = _operator(operator.neg)
    __abs__ = _operator(operator.abs)

    def __pow__(self, other: Any, modulus: None = None) -> Any:
        return Total(power(float(self), float(other)))

    def __rpow__(self, other: Any, modulus: None = None) -> Any:
        return Total(power(float(other), float(self)))


Total.__name__ = "float"  # as Python's own messages call it


def _total(
    function: Callable[..., float], poles: Mapping[float, float], outside: float, odd: bool
) -> Callable[..., Any]:
    """Make `function` total: infinite where it overflows and at its poles, and `outside` its domain."""

    def total(*args: float) -> Any:
        try:
            result = function(*args)
        except OverflowError:
            return Total(math.copysign(INF, args[0]) if odd else INF)
        except ValueError:
            return Total(poles.get(args[0], outside) if poles else outside)
        return Total(result) if type(result) is float else result

    return total


class _Start(float):
    """A float from which `sum` goes on with `+`: from a plain one on, Python 3.12 corrects the sum."""

    __slots__ = ()


# what `sum` begins with to add floats from left to right on every Python: x + y + z to the last bit, as
# generated code has it, and to the sign of a zero
START: float = _Start(-0.0) if sys.version_info >= (3, 12) else -0.0


def total_sum(terms: Iterable[float], start: float = 0.0) -> Any:
    """Add up as Python's `sum` does from the same start."""
    return Total(sum(map(float, terms), float(start) if type(start) is Total else start))


def _sum(terms: Iterable[float]) -> Any:
    """Add up as `math.fsum` does, or, where that raises, as IEEE 754 does."""
    terms = list(map(float, terms))
    try:
        return Total(math.fsum(terms))
    except (OverflowError, ValueError):
        return Total(sum(terms))


_POLES: dict[str, dict[float, float]] = {name: {0.0: -INF} for name in ("log", "log2", "log10")}
_POLES |= {"log1p": {-1.0: -INF}, "atanh": {-1.0: -INF, 1.0: INF}}

total_math = SimpleNamespace(
    **{
        name: _total(
            thing, _POLES.get(name, {}), INF if name == "lgamma" else NAN, odd=name in ("sinh", "gamma")
        )
        if callable(thing)
        else thing
        for name, thing in vars(math).items()
        if not name.startswith("_")
    }
)
total_math.pow = lambda x, y: Total(power(x, y))
total_math.fsum = _sum
