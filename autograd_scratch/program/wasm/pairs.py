"""Expressions of WebAssembly, written with Python's operators: pairs of floats, of bits, of truth values.

>>> body = Body("half", ["x"])
>>> (x,) = body.arguments
>>> y = body.keep(x * 0.5)
>>> print(body.function([y + y]))
(func $half (param $x v128) (result v128)
    (local $t1 v128)
    (local.set $t1 (f64x2.mul (local.get $x) (v128.const f64x2 0.5 0.5)))
    (f64x2.add (local.get $t1) (local.get $t1)))
"""

from collections.abc import Sequence
from math import isinf, isnan
from typing import Any, Self, TypeVar

from ..layout import indented


class Expression:
    """A pair of something, as the text that computes it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Pair(Expression):
    """Two floats."""

    def __add__(self, other: Any) -> "Pair":
        return _two("f64x2.add", self, other)

    def __radd__(self, other: Any) -> "Pair":
        return _two("f64x2.add", other, self)

    def __sub__(self, other: Any) -> "Pair":
        return _two("f64x2.sub", self, other)

    def __rsub__(self, other: Any) -> "Pair":
        return _two("f64x2.sub", other, self)

    def __mul__(self, other: Any) -> "Pair":
        return _two("f64x2.mul", self, other)

    def __rmul__(self, other: Any) -> "Pair":
        return _two("f64x2.mul", other, self)

    def __truediv__(self, other: Any) -> "Pair":
        return _two("f64x2.div", self, other)

    def __rtruediv__(self, other: Any) -> "Pair":
        return _two("f64x2.div", other, self)

    def __neg__(self) -> "Pair":
        return Pair(f"(f64x2.neg {self})")

    def __abs__(self) -> "Pair":
        return Pair(f"(f64x2.abs {self})")

    def __lt__(self, other: Any) -> "Truth":
        return Truth(f"(f64x2.lt {self} {pair(other)})")

    def __le__(self, other: Any) -> "Truth":
        return Truth(f"(f64x2.le {self} {pair(other)})")

    def __gt__(self, other: Any) -> "Truth":
        return Truth(f"(f64x2.gt {self} {pair(other)})")

    def equals(self, other: Any) -> "Truth":
        """Say of each whether it is equal."""
        return Truth(f"(f64x2.eq {self} {pair(other)})")

    def differs(self, other: Any) -> "Truth":
        """Say of each whether it is not equal, as nan is not to itself."""
        return Truth(f"(f64x2.ne {self} {pair(other)})")

    def at_least(self, bound: float) -> "Pair":
        """Return what is below a bound as that bound; nan stays nan."""
        return Pair(f"(f64x2.pmax {self} {pair(bound)})")

    def at_most(self, bound: float) -> "Pair":
        """Return what is above a bound as that bound; nan stays nan."""
        return Pair(f"(f64x2.pmin {self} {pair(bound)})")

    def sqrt(self) -> "Pair":
        """Return the square roots, correctly rounded."""
        return Pair(f"(f64x2.sqrt {self})")

    def whole(self, way: str) -> "Pair":
        """Return whole numbers: "nearest", "floor", "ceil" or "trunc"."""
        return Pair(f"(f64x2.{way} {self})")

    def signed_as(self, other: "Pair") -> "Pair":
        """Return sizes, none of them negative, with the signs of others."""
        return (self.bits | (other.bits & (-(2**63)))).floats

    @property
    def bits(self) -> "Bits":
        """The same as two whole numbers of 64 bits."""
        return Bits(self.text)


class Bits(Expression):
    """Two whole numbers of 64 bits."""

    def __add__(self, other: Any) -> "Bits":
        return Bits(f"(i64x2.add {self} {bits(other)})")

    def __sub__(self, other: Any) -> "Bits":
        return Bits(f"(i64x2.sub {self} {bits(other)})")

    def __lshift__(self, count: int) -> "Bits":
        return Bits(f"(i64x2.shl {self} (i32.const {count}))")

    def __rshift__(self, count: int) -> "Bits":
        return Bits(f"(i64x2.shr_u {self} (i32.const {count}))")

    def __and__(self, other: Any) -> "Bits":
        return Bits(f"(v128.and {self} {bits(other)})")

    def __or__(self, other: Any) -> "Bits":
        return Bits(f"(v128.or {self} {bits(other)})")

    def __xor__(self, other: Any) -> "Bits":
        return Bits(f"(v128.xor {self} {bits(other)})")

    def equals(self, other: Any) -> "Truth":
        """Say of each whether it is equal."""
        return Truth(f"(i64x2.eq {self} {bits(other)})")

    @property
    def floats(self) -> Pair:
        """The same bits as two floats."""
        return Pair(self.text)


class Truth(Expression):
    """Two truth values: all bits, or none."""

    def __and__(self, other: Self) -> "Truth":
        return Truth(f"(v128.and {self} {other})")

    def __or__(self, other: Self) -> "Truth":
        return Truth(f"(v128.or {self} {other})")

    def __invert__(self) -> "Truth":
        return Truth(f"(v128.not {self})")

    def chooses(self, chosen: Any, otherwise: Any) -> Pair:
        """Return one of two for each that is true, the other for each that is not."""
        return Pair(f"(v128.bitselect {pair(chosen)} {pair(otherwise)} {self})")

    @property
    def number(self) -> Pair:
        """1.0 for what is true, 0.0 for what is not."""
        return Pair(f"(v128.and {self} {pair(1.0)})")


def _two(operation: str, x: Any, y: Any) -> Pair:
    return Pair(f"({operation} {pair(x)} {pair(y)})")


def pair(x: Any) -> Pair:
    """Return a float as a pair of it; a pair as it is."""
    return x if isinstance(x, Pair) else Pair(f"(v128.const f64x2 {literal(x)} {literal(x)})")


def bits(x: Any) -> Bits:
    """Return a whole number as a pair of it; bits as they are."""
    return x if isinstance(x, Bits) else Bits(f"(v128.const i64x2 {x} {x})")


def series(x: Pair, factors: Sequence[float]) -> Pair:
    """Write x (factors[0] + x (factors[1] + ...)).

    >>> series(Pair("x"), [0.5, 0.25])
    (f64x2.mul x (f64x2.add (v128.const f64x2 0.5 0.5) (f64x2.mul x (v128.const f64x2 0.25 0.25))))
    """
    total = x * factors[-1]
    for factor in factors[-2::-1]:
        total = x * (factor + total)
    return total


def literal(x: float) -> str:
    """Write a float exactly.

    >>> literal(0.1), literal(float("-inf")), literal(float("nan"))
    ('0.1', '-inf', 'nan')
    """
    if isnan(x):
        return "nan"
    return f"{'-' * (x < 0)}inf" if isinf(x) else repr(x)


KeptT = TypeVar("KeptT", bound=Expression)


class Body:
    """The body of a function of pairs: what is kept in its locals, line by line."""

    def __init__(self, name: str, parameters: Sequence[str]) -> None:
        self.name = name
        self.parameters = parameters
        self.lines: list[str] = []
        self._count = 0

    @property
    def arguments(self) -> list[Pair]:
        """The pairs that the function is given."""
        return [Pair(f"(local.get ${name})") for name in self.parameters]

    def keep(self, x: KeptT) -> KeptT:
        """Compute an expression now, and return what reads it."""
        self._count += 1
        self.lines.append(f"(local.set $t{self._count} {x})")
        return type(x)(f"(local.get $t{self._count})")

    def function(self, results: Sequence[Pair]) -> str:
        """Return the text of the function that gives some results."""
        head = "".join(f" (param ${name} v128)" for name in self.parameters)
        gives = f" (result{' v128' * len(results)})"
        own = [f"(local $t{i} v128)" for i in range(1, self._count + 1)]
        body = [*own, *self.lines, *(result.text for result in results)]
        return "\n".join([f"(func ${self.name}{head}{gives}", *indented(body)]) + ")"
