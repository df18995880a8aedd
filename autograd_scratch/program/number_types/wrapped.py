"""Numbers of any type as the code of a rule expects them: operators and comparisons as floats have them.

Where types differ, this is where they are made to agree: Decimal and mpf do not mix with each other's
constants, `%` of a Decimal has another sign, an order of complex numbers is missing, and a Fraction to
a fractional power is silently a float.
"""

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import DataError
from ...primitives import Primitive
from ...primitives.binding import Rule
from .kind import Kind, fraction_of

FRACTIONAL_POWER = "fractional power"
LARGEST_EXPONENT = 2**20  # of a Fraction: its numerator would not fit into memory


class MissingFunctionError(Exception):
    """A number type has no function of this name."""


def _operator(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: "Number", other: Any) -> "Number":
        return type(self)(function(self.number, type(self)(other).number))

    return method


def _reflected(method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda self, other: method(type(self)(other), self)


def _comparison(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], bool]:
    def method(self: "Number", other: Any) -> bool:
        x, y = self.number.real, self.operand(other).real
        if x != x or y != y:  # a Decimal would raise
            return False
        if isinstance(y, float) and math.isinf(y) and not self.kind.has_infinities:
            return bool(compare(0.0, y))
        return bool(compare(x, y))

    return method


class Number:
    """A number of the type that `kind` describes; made by `wrapper_of`, a class for each kind.

    Plain ints and floats that it meets become numbers of its type, exactly. It is ordered by its real
    part, so a rule takes the branch that it takes on floats; it is equal to a number that is the same.

    >>> number = wrapper_of(Kind(Fraction), lambda primitive: primitive.forward)
    >>> (number(2) * 0.5 + 3).number, number(-7) % 3.0 == 2
    (Fraction(4, 1), True)
    """

    __slots__ = ("number",)
    kind: ClassVar[Kind]
    evaluate: ClassVar[Callable[[Primitive], Rule]]

    def __new__(cls, number: Any = 0) -> Any:
        """Make one, or of a text what `float` makes, since rules find this class under that name."""
        return float(number) if isinstance(number, str) else super().__new__(cls)

    def __init__(self, number: Any = 0) -> None:
        if not self.kind.is_complex and getattr(number, "imag", 0) != 0:
            raise ValueError(f"it would be {number}, which is not real")
        number = self.operand(number)
        if not isinstance(number, self.kind.number):
            raise OverflowError(f"{self.kind.name} has no {number}")
        self.number = number

    @classmethod
    def operand(cls, other: Any) -> Any:
        """Return what an operator is applied to, in the type; inf or nan where that has none."""
        return other.number if isinstance(other, Number) else cls.kind.convert(other, "a number in a rule")

    __add__ = _operator(operator.add)
    __radd__ = _reflected(__add__)
    __sub__ = _operator(operator.sub)
    __rsub__ = _reflected(__sub__)
    __mul__ = _operator(operator.mul)
    __rmul__ = _reflected(__mul__)
    __truediv__ = _operator(operator.truediv)
    __rtruediv__ = _reflected(__truediv__)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)

    def __eq__(self, other: object) -> bool:
        try:
            return bool(self.number == self.operand(other))
        except DataError:
            return False

    def __hash__(self) -> int:
        return hash(self.number)

    def __bool__(self) -> bool:
        return bool(self.number != 0)

    def __neg__(self) -> "Number":
        return type(self)(-self.number)

    def __pos__(self) -> "Number":
        return self

    def __abs__(self) -> "Number":
        """Return |x|, of a complex number with its real part positive: complex steps need that."""
        return -self if self < 0 else self

    def __pow__(self, other: Any) -> "Number":
        exponent = self.operand(other)
        whole = type(self)(exponent).whole()
        if whole is None and isinstance(self.number, Fraction):
            raise MissingFunctionError(FRACTIONAL_POWER)
        if isinstance(self.number, Fraction) and abs(whole or 0) > LARGEST_EXPONENT:
            raise OverflowError(f"the exponent {whole} is too large for exact arithmetic")
        if whole == 0 or self.number == 1:  # nan has these powers, and is one, too
            return type(self)(1)
        return type(self)(self.number ** (exponent if whole is None else whole))

    __rpow__ = _reflected(__pow__)

    def __floordiv__(self, other: Any) -> "Number":
        return type(self)(math.floor(self.exact() / type(self)(other).exact()))

    __rfloordiv__ = _reflected(__floordiv__)

    def __mod__(self, other: Any) -> "Number":
        divisor = type(self)(other)
        return self.left_over(divisor, math.floor(self.exact() / divisor.exact()))

    __rmod__ = _reflected(__mod__)

    def __divmod__(self, other: Any) -> tuple["Number", "Number"]:
        return self // other, self % other

    def __int__(self) -> int:
        return math.trunc(self.exact())

    def __trunc__(self) -> int:
        return math.trunc(self.exact())

    def __floor__(self) -> int:
        return math.floor(self.exact())

    def __ceil__(self) -> int:
        return math.ceil(self.exact())

    def __round__(self, digits: int | None = None) -> Any:
        nearest = round(self.exact(), digits)
        return nearest if isinstance(nearest, int) else type(self)(self.kind.of_fraction(nearest))

    def __repr__(self) -> str:
        return repr(self.number)

    def exact(self) -> Fraction:
        """Return the real part as a fraction."""
        return fraction_of(self.number.real)

    def whole(self) -> int | None:
        """Return the number as an int if it is one, of moderate size."""
        if self.number - self.number != 0 or self.number != self.number.real:
            return None
        fraction = self.exact()
        return fraction.numerator if fraction.denominator == 1 and abs(fraction) < 2**62 else None

    def left_over(self, divisor: "Number", quotient: int) -> "Number":
        """Return x - quotient * divisor, rounded once."""
        rest = type(self)(self.kind.of_fraction(self.exact() - quotient * divisor.exact()))
        if self.kind.is_complex:
            rest += (self - self.number.real) - quotient * (divisor - divisor.number.real)
        return rest

    @classmethod
    def record(cls, primitive: Primitive, args: tuple[Any, ...]) -> Any:
        """Apply a primitive: what it does when it is called with one."""
        return cls.evaluate(primitive)(*map(cls, args))

    def is_traced(self) -> bool:
        """Say that a rule may branch on it."""
        return False


def wrapper_of(kind: Kind, evaluate: Callable[[Primitive], Rule]) -> type[Number]:
    """Return the class of numbers of a kind; `evaluate` gives the function of a primitive on them."""
    return type("Number", (Number,), {"kind": kind, "evaluate": staticmethod(evaluate), "__slots__": ()})
