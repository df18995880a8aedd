"""What may be written with a node.

A `Value` holds one number. Operations on Values compute, and record what was computed from what:

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = (a * b + a).tanh()
    >>> c.backward()
    >>> print(f"{c:.6f} {a.grad:.6f} {b.grad:.6f}")
    -0.999329 -0.002682 0.002682

Each operator is made from its primitive, by a factory for its number of arguments: that is what keeps
the hot path short.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from types import FunctionType
from typing import Any, NoReturn, SupportsFloat, TypeVar, final

from . import modes, primitives
from .comparisons import operand
from .errors import OWN_RULE, RuleError
from .freeing import HIGHEST, landed
from .ieee import real
from .node import NOT_YET, new
from .primitives import Primitive, arithmetic, powers
from .primitives.reductions import dot, dot_of_floats, dot_p
from .single import Single

Operand = SupportsFloat  # a Value, or any real number

MethodT = TypeVar("MethodT", bound=Callable[..., Any])


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
        return Value.made(primitive, out, (self,), local, self.height)

    return _described(method, primitive)


def _binary(primitive: Primitive) -> "Callable[[Value, Operand], Value]":
    """Make the operator that applies a primitive of two arguments."""
    forward, partials = primitive.quick_forward, primitive.quick_partials

    def method(self: "Value", other: Any) -> Any:
        below = self.height
        if other.__class__ is Value:
            y = other._data
            if below < other.height:
                below = other.height
        elif other.__class__ is float:
            y = other
        else:
            other = y = operand(other)
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
        node = new(Value)  # `made` written out: most nodes are made here, and a call is a tenth of it
        node._data = out
        node._grad = NOT_YET
        node.name = None
        node.primitive = primitive
        node.origin = None
        if below < HIGHEST:
            node.height = below + 1
            node._first = self
            node._second = other
            node._first_partial, node._second_partial = local
        else:
            node.height = 0
            node.connect(*landed((self, other), local))
        return node

    return _described(method, primitive)


def _reflected(primitive: Primitive) -> "Callable[[Value, Operand], Value]":
    """Make the operator that has a plain number on its left."""
    forward, partials = primitive.quick_forward, primitive.quick_partials

    def method(self: "Value", other: Any) -> Any:
        x = other if other.__class__ is float else operand(other)
        if x is None:
            return NotImplemented
        if modes.open_blocks:
            return Value.record(primitive, (x, self))
        y = self._data
        try:
            out = forward(x, y)
            local = partials(out, x, y)
        except (ArithmeticError, ValueError):
            out, local = primitive.linearize_totally(x, y)
        return Value.made(primitive, out, (x, self), local, self.height)

    return _described(method, primitive)


def method_of(function: Callable[..., Any]) -> "Callable[..., Value]":
    """Make the method that hands on to a function with further, mostly optional, arguments."""

    def method(self: Any, *args: Any, **options: Any) -> "Value":
        node: Value = function(self, *args, **options)
        return node

    method.__name__, method.__doc__ = function.__name__, (function.__doc__ or "").partition("\n")[0]
    return method


def _described(method: MethodT, primitive: Primitive) -> MethodT:
    method.__name__ = primitive.name
    method.__qualname__ = f"Value.{primitive.name}"
    method.__doc__ = (primitive.__doc__ or "").partition("\n")[0]
    return method


@lru_cache(maxsize=256)
def _raise_to(exponent: float) -> "Callable[[Value], Value]":
    return _unary(powers.power(real(exponent, "an operand")))


@final
class Value(Single):
    """A real number that remembers what it was computed from.

    `data` is any real number and is kept as a float; `name` is shown in drawings and errors. Operators
    and functions, `x * y`, `sin(x)` or `x.sin()`, give new Values; what is no number is a DataError.
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

    __slots__ = ()

    __add__ = _binary(arithmetic.add)
    __radd__ = _reflected(arithmetic.add)
    __sub__ = _binary(arithmetic.sub)
    __rsub__ = _reflected(arithmetic.sub)
    __mul__ = _binary(arithmetic.mul)
    __rmul__ = _reflected(arithmetic.mul)
    __truediv__ = _binary(arithmetic.div)
    __rtruediv__ = _reflected(arithmetic.div)
    __floordiv__ = _binary(arithmetic.floordiv)
    __rfloordiv__ = _reflected(arithmetic.floordiv)
    __mod__ = _binary(arithmetic.mod)
    __rmod__ = _reflected(arithmetic.mod)
    __rpow__ = _reflected(powers.pow_p)
    __neg__ = _unary(arithmetic.neg)
    __abs__ = abs = fabs = _unary(primitives.abs_)
    __floor__ = floor = _unary(primitives.floor)
    __ceil__ = ceil = _unary(primitives.ceil)
    __trunc__ = trunc = _unary(primitives.trunc)

    def __pow__(self, exponent: Operand) -> "Value":
        if exponent.__class__ is int or exponent.__class__ is float:
            return _raise_to(exponent)(self)
        if exponent.__class__ is Value:
            return Value.record(powers.pow_p, (self, exponent))
        number = operand(exponent)
        return NotImplemented if number is None else _raise_to(number)(self)

    def pow(self, exponent: Operand) -> "Value":
        """Raise to a power, as `**` does."""
        return self**exponent

    def __divmod__(self, other: Operand) -> "tuple[Value, Value]":
        return self // other, self % other

    def __rdivmod__(self, other: Operand) -> "tuple[Value, Value]":
        return other // self, other % self

    def __pos__(self) -> "Value":
        return self

    # by their names in `math` and PyTorch, and by those that NumPy looks for in the entries of an array
    exp = _unary(primitives.exp)
    exp2 = _unary(primitives.exp2)
    expm1 = _unary(primitives.expm1)
    log = _unary(primitives.log)
    log2 = _unary(primitives.log2)
    log10 = _unary(primitives.log10)
    log1p = _unary(primitives.log1p)
    sqrt = _unary(primitives.sqrt)
    rsqrt = _unary(primitives.rsqrt)
    cbrt = _unary(primitives.cbrt)
    square = _unary(primitives.square)
    reciprocal = _unary(primitives.reciprocal)
    sin = _unary(primitives.sin)
    cos = _unary(primitives.cos)
    tan = _unary(primitives.tan)
    asin = arcsin = _unary(primitives.asin)
    acos = arccos = _unary(primitives.acos)
    atan = arctan = _unary(primitives.atan)
    atan2 = arctan2 = method_of(primitives.atan2)
    sinh = _unary(primitives.sinh)
    cosh = _unary(primitives.cosh)
    tanh = _unary(primitives.tanh)
    asinh = arcsinh = _unary(primitives.asinh)
    acosh = arccosh = _unary(primitives.acosh)
    atanh = arctanh = _unary(primitives.atanh)
    degrees = rad2deg = _unary(primitives.degrees)
    radians = deg2rad = _unary(primitives.radians)
    erf = _unary(primitives.erf)
    erfc = _unary(primitives.erfc)
    gamma = _unary(primitives.gamma)
    lgamma = _unary(primitives.lgamma)
    digamma = _unary(primitives.digamma)
    fmod = method_of(primitives.fmod)
    copysign = method_of(primitives.copysign)
    hypot = method_of(primitives.hypot)
    maximum = method_of(primitives.maximum)
    minimum = method_of(primitives.minimum)
    logaddexp = method_of(primitives.logaddexp)
    sinc = _unary(primitives.sinc)
    sign = _unary(primitives.sign)
    step = _unary(primitives.step)
    rint = _unary(primitives.rint)
    round = method_of(primitives.round_)
    sigmoid = _unary(primitives.sigmoid)
    log_sigmoid = _unary(primitives.log_sigmoid)
    softplus = method_of(primitives.softplus)
    softsign = _unary(primitives.softsign)
    hard_sigmoid = _unary(primitives.hard_sigmoid)
    hard_swish = _unary(primitives.hard_swish)
    relu = _unary(primitives.relu)
    relu6 = _unary(primitives.relu6)
    selu = _unary(primitives.selu)
    silu = _unary(primitives.silu)
    mish = _unary(primitives.mish)

    leaky_relu = method_of(primitives.leaky_relu)
    elu = method_of(primitives.elu)
    celu = method_of(primitives.celu)
    gelu = method_of(primitives.gelu)
    hard_tanh = method_of(primitives.hard_tanh)
    clamp = method_of(primitives.clamp)
    clip = clamp

    def conjugate(self) -> "Value":
        """Return this Value: a real number is its own conjugate. NumPy's `var` and `norm` look for it."""
        return self

    def __init_subclass__(cls) -> NoReturn:
        raise RuleError(f"Value has no subclasses: write a function of Values, or a primitive; {OWN_RULE}")


for _base in Value.__mro__[1:-1]:
    for _method in vars(_base).values():
        if isinstance(_method, FunctionType):  # errors of Python's name a function by this
            _method.__qualname__ = f"Value.{_method.__name__}"


def dot_rows(rows: Iterable[tuple[Sequence[Any], Any]], x: Sequence[Value | float]) -> list[Value]:
    """Return the node `dot(weights, x, bias)` for each row (weights, bias or None), reading `x` once."""
    inputs: list[Any] = [entry._data if entry.__class__ is Value else entry for entry in x]
    below = 1 + max([entry.height for entry in x if entry.__class__ is Value], default=0)
    is_bare = is_slow = False
    observer = None
    if modes.open_blocks:
        is_bare = modes.only_numbers()
        is_slow = not is_bare and (modes.is_strict() or not modes.is_recording())
        observer = modes.observer()
    nodes = []
    for weights, bias in rows:
        offset = 0.0 if bias is None else bias
        try:
            numbers = [weight._data for weight in weights if weight.height <= below]
            if offset.__class__ is not float:
                offset = bias._data if bias.height <= below else None
        except AttributeError:  # a weight that somebody fixed, to a plain number
            offset = None
        if offset is None or len(numbers) != len(inputs) or is_slow:
            nodes.append(dot(weights, x, bias))
            continue
        out, partials = dot_of_floats(numbers, inputs, offset)
        if is_bare:
            nodes.append(Value.made(dot_p, out, (), (), 0))
            modes.note(nodes[-1])
            continue
        parents = (*weights, *x) if bias is None else (*weights, *x, bias)
        nodes.append(Value.made(dot_p, out, parents, partials[:-1] if bias is None else partials, below))
        if observer is not None:
            observer.made(nodes[-1])
    return nodes
