"""What a node is, and what may be written with it.

A `Value` holds one number. Operations on Values compute, and record what was computed from what:

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = (a * b + a).tanh()
    >>> c.backward()
    >>> print(f"{c:.6f} {a.grad:.6f} {b.grad:.6f}")
    -0.999329 -0.002682 0.002682

A node's local partials are computed together with its value, so what happens to `.data` afterwards
does not change the gradient of what has been computed.
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Any, Final, NoReturn, TypeVar, final

from . import graph, modes
from .errors import DataError, DetachedNumberError, GraphError, RuleError
from .ieee import describe, real
from .primitives import Primitive, abs_, arithmetic, elementary, leaky_relu, relu, sigmoid, softplus


class _NotYet(float):
    """The gradient of a node that no backward pass has reached: a 0.0 that can be told apart."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "NOT_YET"


NOT_YET: Final = _NotYet(0.0)

MethodT = TypeVar("MethodT", bound=Callable[..., Any])

_new = object.__new__


def _node(
    primitive: Primitive, data: float, parents: tuple[Any, ...], partials: tuple[Any, ...]
) -> "Value":
    node = _new(Value)
    node._data = data
    node.grad = NOT_YET
    node.name = None
    node.primitive = primitive
    node.parents = parents
    node.partials = partials
    node.origin = None
    return node


def _unary(primitive: Primitive) -> "Callable[[Value], Value]":
    """Make the method that applies a primitive of one argument."""
    forward, partials = primitive.quick_forward, primitive.quick_partials

    def method(self: "Value") -> "Value":
        if modes.open_blocks:
            return Value.record(primitive, (self,))
        x = self._data
        try:
            out = forward(x)
            local = partials(out, x)
        except (ArithmeticError, ValueError):
            out, local = primitive.linearize_totally(x)
        return _node(primitive, out, (self,), local)

    return _described(method, primitive)


def _binary(primitive: Primitive) -> "Callable[[Value, Any], Value]":
    """Make the operator that applies a primitive of two arguments."""
    forward, partials = primitive.quick_forward, primitive.quick_partials

    def method(self: "Value", other: Any) -> Any:
        if other.__class__ is Value:
            y = other._data
        elif other.__class__ is float:
            y = other
        else:
            other = y = _operand(other)
            if y is None:
                return NotImplemented
        if modes.open_blocks:
            return Value.record(primitive, (self, other))
        x = self._data
        try:
            out = forward(x, y)
            local = partials(out, x, y)
        except (ArithmeticError, ValueError):
            out, local = primitive.linearize_totally(x, y)
        node = _new(Value)  # _node written out: most nodes are made here, and a call is a tenth of it
        node._data = out
        node.grad = NOT_YET
        node.name = None
        node.primitive = primitive
        node.parents = (self, other)
        node.partials = local
        node.origin = None
        return node

    return _described(method, primitive)


def _reflected(primitive: Primitive) -> "Callable[[Value, Any], Value]":
    """Make the operator that has a plain number on its left."""

    def method(self: "Value", other: Any) -> Any:
        other = _operand(other)
        return NotImplemented if other is None else Value.record(primitive, (other, self))

    return _described(method, primitive)


def _comparison(compare: Callable[[float, float], bool]) -> "Callable[[Value, Any], bool]":
    """Make the operator that compares data."""

    def method(self: "Value", other: Any) -> bool:
        y = other._data if other.__class__ is Value else _operand(other)
        return NotImplemented if y is None else compare(self._data, y)

    return method


def _operand(other: Any) -> Any:
    """Return a plain number as a float; refuse what never is one; None leaves the operation to `other`.

    An array, for one, takes it to each of its entries.
    """
    if isinstance(other, Real):
        return real(other, "an operand")
    if other is None or isinstance(other, (str, bytes, complex, Decimal, list, tuple, dict, set)):
        raise DataError(f"an operand of a Value must be a real number or a Value, not {describe(other)}")
    return None


def _described(method: MethodT, primitive: Primitive) -> MethodT:
    method.__name__ = primitive.name
    method.__qualname__ = f"Value.{primitive.name}"
    method.__doc__ = (primitive.__doc__ or "").partition("\n")[0]
    return method


@lru_cache(maxsize=256)
def _raise_to(exponent: float) -> "Callable[[Value], Value]":
    return _unary(arithmetic.power(exponent))


@final
class Value:
    """A real number that remembers what it was computed from.

    `data` is any real number and is kept as a float; `name` is shown in drawings and errors.
    `grad` is d output / d self after `output.backward()`; before, it is 0.0. A Value that you make is
    a leaf; one that an operation makes has a `primitive`, and `parents` (Values, and plain floats for
    constants) with one of the local derivatives `partials` for each.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.primitive.name, y.partials, y.parents == (x, x)
    ('mul', (3.0, 3.0), True)
    >>> y.backward()
    >>> x
    Value(data=3.0, grad=6.0, name='x')
    """

    __slots__ = ("_data", "grad", "name", "origin", "parents", "partials", "primitive")

    _data: float
    grad: float
    name: str | None
    primitive: Primitive | None
    parents: tuple[Any, ...]
    partials: tuple[Any, ...]
    origin: str | None

    def __init__(self, data: Any, name: str | None = None) -> None:
        if isinstance(data, Value):
            raise DataError("a Value holds a number, not a Value; write value.detach() for a new leaf")
        self._data = real(data)
        self.grad = NOT_YET
        self.primitive = None
        self.parents = ()
        self.partials = ()
        self.origin = None
        self.named(name)

    @staticmethod
    def record(primitive: Primitive, args: tuple[Any, ...]) -> "Value":
        """Apply `primitive` to `args`, Values and floats, and return the new node."""
        data = [arg._data if arg.__class__ is Value else arg for arg in args]
        try:
            out = primitive.quick_forward(*data)
            partials = primitive.quick_partials(out, *data)
        except (ArithmeticError, ValueError):
            out, partials = primitive.linearize_totally(*data)
        if partials.__class__ is not tuple or len(partials) != len(args):
            raise RuleError(
                f"the partials of {primitive.name} must be a tuple of {len(args)}, one an argument, "
                f"not {describe(partials)}; write partials=lambda out, x: (..., )"
            )
        if out.__class__ is not float:
            out = real(out, f"the value of {primitive.name}")
        if modes.open_blocks and not modes.is_recording():
            return _node(primitive, out, (), ())
        return _node(primitive, out, args, partials)

    @property
    def data(self) -> float:
        """The number. What is assigned becomes an exact float, or is refused."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        self._data = real(data)

    def item(self) -> float:
        """Return the number alone, as `.data`.

        >>> Value(2).item()
        2.0
        """
        return self._data

    def named(self, name: str | None) -> "Value":
        """Give this node a name, and return it.

        >>> h = (Value(2.0) * 3.0).named("h")
        >>> h
        Value(data=6.0, name='h')
        """
        if name is not None and not isinstance(name, str):
            raise DataError(f"the name of a Value must be text, not {describe(name)}")
        self.name = name
        return self

    def detach(self) -> "Value":
        """Return a new leaf with the same number: gradients do not flow through it.

        >>> x = Value(3.0)
        >>> (x * x.detach()).backward()
        >>> x.grad
        3.0
        """
        return Value(self._data, self.name)

    def zero_grad(self) -> None:
        """Forget the gradient.

        >>> x = Value(3.0)
        >>> (2.0 * x).backward(); x.zero_grad(); (x * x).backward()
        >>> x.grad
        6.0
        """
        self.grad = NOT_YET

    def backward(self) -> None:
        """Add d self / d leaf to the `.grad` of every leaf below; interior nodes get theirs anew.

        The graph is kept: a second call adds the same amounts to the leaves once more.

        >>> x = Value(2.0)
        >>> y = (x * x) ** 2
        >>> y.backward(); x.grad
        32.0
        >>> y.backward(); x.grad
        64.0
        """
        if self.primitive is not None and not self.parents:
            raise GraphError(
                f"this Value, made by {self.primitive.name}, has no graph to go back through: it was "
                "computed inside no_grad(), or its graph was released; compute it again outside"
            )
        graph.accumulate(self)

    __add__ = __radd__ = _binary(arithmetic.add)
    __sub__ = _binary(arithmetic.sub)
    __rsub__ = _reflected(arithmetic.sub)
    __mul__ = __rmul__ = _binary(arithmetic.mul)
    __truediv__ = _binary(arithmetic.div)
    __rtruediv__ = _reflected(arithmetic.div)
    __rpow__ = _reflected(arithmetic.pow_)
    __neg__ = _unary(arithmetic.neg)
    __abs__ = abs = _unary(abs_)

    def __pow__(self, exponent: Any) -> "Value":
        if exponent.__class__ is Value:
            return Value.record(arithmetic.pow_, (self, exponent))
        exponent = _operand(exponent)
        return NotImplemented if exponent is None else _raise_to(exponent)(self)

    def __pos__(self) -> "Value":
        return self

    exp = _unary(elementary.exp)
    log = _unary(elementary.log)
    sqrt = _unary(elementary.sqrt)
    sin = _unary(elementary.sin)
    cos = _unary(elementary.cos)
    tanh = _unary(elementary.tanh)
    sigmoid = _unary(sigmoid)
    relu = _unary(relu)
    softplus = _unary(softplus)

    def leaky_relu(self, negative_slope: float = 0.01) -> "Value":
        """Keep the number above zero, and take `negative_slope` times it below."""
        node: Value = leaky_relu(self, negative_slope)
        return node

    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Compare by data with plain numbers, by identity with Values: no two of them are the same."""
        if isinstance(other, Value):
            return self is other
        return self._data == other if isinstance(other, Real) else NotImplemented

    def __bool__(self) -> bool:
        return self._data != 0.0

    def __float__(self) -> NoReturn:
        self._refuse("float")

    def __int__(self) -> NoReturn:
        self._refuse("int")

    def _refuse(self, kind: str) -> NoReturn:
        raise DetachedNumberError(
            f"turning {self!r} into {kind} would lose its graph silently. For the number write "
            ".data or .item(); to go on computing write autograd_scratch.exp(x) or x.exp() "
            "instead of math.exp(x), and so for the other functions"
        )

    def __round__(self, digits: int | None = None) -> float:
        return round(self._data, digits)

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        grad = "" if self.grad is NOT_YET else f", grad={self.grad!r}"
        name = "" if self.name is None else f", name={self.name!r}"
        return f"Value(data={self._data!r}{grad}{name})"

    def __reduce__(self) -> tuple[Any, ...]:
        if self.primitive is not None:
            raise GraphError(
                f"{self!r} is part of a graph and cannot be copied or pickled alone; "
                "write value.detach() for a leaf with its number"
            )
        return _leaf, (self._data, self.grad, self.name)


def _leaf(data: float, grad: float, name: str | None) -> Value:
    value = Value(data, name)
    value.grad = grad
    return value
