"""What a number type can hold, and how plain numbers get into it without loss."""

import math
from fractions import Fraction
from typing import Any

from ...errors import DataError, ProgramError
from ...ieee import describe
from ...primitives import is_node


class Kind:
    """A number type: whether it is complex, whether it has infinities, and the ways in and out.

    >>> Kind(Fraction).constant(0.1)
    Fraction(3602879701896397, 36028797018963968)
    >>> Kind(complex).is_complex, Kind(Fraction).has_infinities
    (True, False)
    """

    def __init__(self, number: Any) -> None:
        if not _holds_fractions(number):
            raise ProgramError(
                f"a Program runs in a type of numbers that holds fractions, as fractions.Fraction, "
                f"decimal.Decimal, complex or mpmath.mpf, not in {describe(number)}"
            )
        self.number = number
        self.real = type(number(1).real)
        self.is_complex = not issubclass(self.real, number)
        self.from_float = getattr(number, "from_float", number)
        self.has_infinities = _has_infinities(number)
        self.package = number.__module__.partition(".")[0]
        ours = self.package in ("builtins", "decimal", "fractions")
        self.name = number.__name__ if ours else f"{self.package}.{number.__name__}"

    def constant(self, x: float) -> Any:
        """Return a plain int or float as it is; inf and nan stay floats where the type has neither."""
        if not self.has_infinities and not math.isfinite(x):
            return x
        return self.number(x) if isinstance(x, int) else self.from_float(x)

    def convert(self, argument: Any, what: str) -> Any:
        """Return a number in this type, if that is exact; `what` names it in the error.

        >>> Kind(Fraction).convert(0.5, "x")
        Fraction(1, 2)
        """
        if isinstance(argument, self.number):
            return argument
        if isinstance(argument, self.real):  # a real number, where the type is complex
            return self.number(argument)
        if isinstance(argument, (int, float)):
            return self.constant(argument)
        fraction = _as_fraction(argument)
        if fraction is None:
            raise DataError(f"{what} must be a number that {self.name} can hold, not {describe(argument)}")
        converted = self.of_fraction(fraction)
        if fraction_of(converted.real) != fraction:
            raise ProgramError(
                f"{what} is {describe(argument)}, which {self.name} cannot hold exactly; "
                f"round it to a {self.name} yourself"
            )
        return converted

    def of_fraction(self, fraction: Fraction) -> Any:
        """Return a fraction, rounded where the type has to."""
        if issubclass(self.number, Fraction):
            return fraction
        if issubclass(self.real, float):  # whose quotient does not overflow where numerators do
            return self.number(fraction.numerator / fraction.denominator)
        return self.number(fraction.numerator) / self.number(fraction.denominator)


def fraction_of(number: Any) -> Fraction:
    """Return a finite real number of any type as a fraction, exactly.

    >>> from decimal import Decimal
    >>> fraction_of(Decimal("0.25"))
    Fraction(1, 4)
    """
    if hasattr(number, "as_integer_ratio"):
        return Fraction(*map(int, number.as_integer_ratio()))
    if not number - number == 0:
        raise OverflowError(f"{number} is no fraction")
    shift = 0
    while int(number) != number:
        number *= 2**64
        shift += 64
    return Fraction(int(number), 1 << shift)


def _as_fraction(argument: Any) -> Fraction | None:
    try:
        return fraction_of(argument)
    except (TypeError, ValueError, ArithmeticError):
        return None


def _holds_fractions(number: Any) -> bool:
    try:
        holds = number(0.5) == 0.5 and number(1).real == 1 and isinstance(number, type)
        return bool(holds and not is_node(number(1)))
    except (TypeError, ValueError, ArithmeticError, AttributeError):
        return False


def _has_infinities(number: Any) -> bool:
    try:
        return bool(number(math.inf) == math.inf)
    except (TypeError, ValueError, ArithmeticError):
        return False
