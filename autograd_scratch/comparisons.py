"""What comparing nodes gives: whether it is true of their numbers, or, in a trace, a condition.

While a function is being traced nothing may depend on the numbers that it is called with. So a comparison
is an operation like any other there, a condition: a node that is 1.0 where it holds, else 0.0.

    >>> from autograd_scratch import Value, modes
    >>> x = Value(3.0, "x")
    >>> x > 2.0
    True
    >>> with modes.tracing():
    ...     condition = (x > 2.0) & ~(x >= 5.0)
    >>> condition
    Value(data=1.0)
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from numbers import Real
from typing import Any

from . import modes
from .aliases import Aliased
from .errors import DataError
from .ieee import describe, real
from .primitives import Primitive
from .primitives.conditions import CONDITIONS, both, either, opposite
from .primitives.piecewise import equal, less, less_equal
from .scalar import Scalar
from .wording import expression


def operand(other: Any) -> Any:
    """Return a plain number as a float, and None for what may know the operation itself, as an array does.

    What never is a number is refused by name.
    """
    if other.__class__ is int or isinstance(other, Real):
        return real(other, "an operand")
    if other is None or isinstance(other, (str, bytes, complex, Decimal, list, tuple, dict, set)):
        raise DataError(f"an operand of a Value must be a real number or a Value, not {describe(other)}")
    return None


def _comparison(
    compare: Callable[[float, float], bool], relation: Primitive, swapped: bool = False
) -> Callable[[Any, Any], Any]:
    """Make the operator that compares numbers, or records that it did."""

    def method(self: Any, other: Any) -> Any:
        kind = self.__class__
        y = other._data if other.__class__ is kind else operand(other)
        if y is None:
            return NotImplemented
        if modes.open_blocks and modes.is_tracing():
            other = other if other.__class__ is kind else y
            return kind.record(relation, (other, self) if swapped else (self, other))
        observer = modes.observer() if modes.open_blocks else None
        return compare(self._data, y) if observer is None else observer.compared(compare, self, other)

    return method


def _connective(primitive: Primitive, sign: str) -> Callable[[Any, Any], Any]:
    """Make the operator that combines conditions."""

    def method(self: Any, other: Any) -> Any:
        if getattr(other, "shape", ()) != ():
            return NotImplemented
        return self.__class__.record(primitive, (_condition(self, sign), _condition(other, sign)))

    return method


def _condition(thing: Any, sign: str) -> Any:
    """Return a condition as it is, and a truth value as a float; refuse what is neither."""
    if isinstance(thing, Scalar):
        if thing.primitive in CONDITIONS:
            return thing
        what = f"the Value {expression(thing)}"
    elif thing.__class__ is bool or getattr(getattr(thing, "dtype", None), "kind", "") == "b":
        return float(thing)
    else:
        what = describe(thing)
    raise DataError(
        f"{sign} is for conditions, such as x > 0, and {what} is none; write x != 0 for whether it is not "
        "zero. A comparison beside it needs parentheses: (x > 0) & (y > 0)"
    )


class Comparable(Aliased):
    """A node that can be compared; a base of `Value`."""

    __slots__ = ()

    __lt__ = _comparison(operator.lt, less)
    __le__ = _comparison(operator.le, less_equal)
    __gt__ = _comparison(operator.gt, less, swapped=True)
    __ge__ = _comparison(operator.ge, less_equal, swapped=True)
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        """Compare by data with plain numbers, by identity with Values: no two of them are the same."""
        if isinstance(other, Scalar):
            return self is other
        if not isinstance(other, Real):
            return NotImplemented
        if modes.open_blocks and modes.is_tracing():  # nothing equals nan
            number = real(other, "an operand")
            return number == number and self.record(equal, (self, number))
        return self._data == other

    def __ne__(self, other: object) -> Any:
        same = self.__eq__(other)
        if same is NotImplemented:
            return same
        return ~same if isinstance(same, Comparable) else not same

    __and__ = __rand__ = _connective(both, "&")
    __or__ = __ror__ = _connective(either, "|")

    def __invert__(self) -> Any:
        return self.record(opposite, (_condition(self, "~"),))
