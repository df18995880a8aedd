"""What a node is: a number that remembers what it was computed from.

`Scalar` has everything of a Value but the operations: its number, its gradient, its name and text.
"""

import sys
from copy import deepcopy
from inspect import signature
from typing import Any, NoReturn, Self, SupportsFloat

from . import modes
from .adjoints import accumulate, accumulate_nodes
from .anomalies import check_sweep
from .errors import (
    OWN_RULE,
    CallError,
    DataError,
    DetachedNumberError,
    GraphError,
    RuleError,
)
from .ieee import describe, real
from .node import NOT_YET as NOT_YET
from .node import Node
from .primitives.piecewise import detached
from .refusals import refuse_reading, refuse_truth, refuse_writing
from .wording import is_formatting

_NOT_GIVEN: Any = object()


def _form(self: Any, data: SupportsFloat, name: str | None = None, *, label: str | None = None) -> None:
    """How a Value is made: what its constructor takes beside this it refuses."""


class Scalar(Node):
    """The base of `Value`, which adds the operations."""

    __slots__ = ()

    def __init__(
        self,
        data: SupportsFloat = _NOT_GIVEN,
        name: str | None = None,
        _op: Any = None,
        label: str | None = None,
        _children: Any = None,
        requires_grad: Any = None,
    ) -> None:  # without `*`: arguments by name alone would cost a fifth more, given or not
        if isinstance(data, Scalar):
            raise DataError("a Value holds a number, not a Value; write value.detach() for a new leaf")
        self._data = data if data.__class__ is float else _number(data)
        self._grad = NOT_YET
        self.height = 0
        self.name = None
        self.primitive = None
        self._first = None
        self._second = None
        self._first_partial = None
        self.origin = None
        if modes.open_blocks:
            modes.note(self)
        if name is not None or label is not None or _op is not None or _children is not None:
            self._call(name, label, _op, _children)
        if requires_grad is not None:
            raise CallError("gradients flow to each Value: leave requires_grad out, and write Value(2.0)")

    def _call(self, name: Any, label: Any, op: Any, children: Any) -> None:
        """Take the name, or the lecture's label, and refuse the rest of other constructors.

        In micrograd children come second: where there are none it is a leaf, and `op` at most its name.
        """
        if any(isinstance(given, (tuple, list, set)) and not given for given in (name, children)):
            name, op, label, children = label or name or op or None, None, None, None
        for given in (name, children, op):
            if isinstance(given, (tuple, list, set)) or (given is op and op is not None):
                raise RuleError(f"a Value takes a number and a name, not {describe(given)}; {OWN_RULE}")
        if name is not None and label is not None:
            raise DataError("`label` is another word for the name of a Value: give one of them")
        self.named(label or None if name is None else name)

    @property
    def data(self) -> float:
        """The number. What is assigned becomes a plain float, or is refused."""
        if modes.open_blocks and modes.is_tracing():
            refuse_reading(".data, .item() or data(...)")
        return self._data

    @data.setter
    def data(self, data: SupportsFloat) -> None:
        if modes.open_blocks and modes.is_tracing():
            refuse_writing("the number of a Value", "Give the new number back from the function instead")
        self._data = real(data)

    @property
    def grad(self) -> Any:
        """The gradient; 0.0 where no backward pass has been. Assigning None forgets it, as `zero_grad`.

        A float, or, on a leaf after `backward(create_graph=True)`, a Value.
        """
        if modes.open_blocks and modes.is_tracing():
            refuse_reading(".grad or gradients(...)", "Write grad(f)(x), whose answer is a Value")
        return self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        if grad is None:
            self._grad = NOT_YET
        else:
            self._grad = grad if isinstance(grad, Scalar) else real(grad, "a gradient")

    @property
    def is_reached(self) -> bool:
        """Whether a backward pass has given this node a gradient since it was last forgotten.

        >>> from autograd_scratch import Value
        >>> x, y = Value(1.0), Value(2.0)
        >>> (x * 0.0).backward()
        >>> x.is_reached, y.is_reached
        (True, False)
        """
        return self._grad is not NOT_YET

    def numel(self) -> int:
        """Return how many numbers this is, as of a tensor: one."""
        return 1

    def item(self) -> Any:
        """Return the number alone, as `.data`; the Value itself where `compare` or `derive` looks on.

        There the number that NumPy's `item()` gives is still differentiated.

        >>> from autograd_scratch import Value
        >>> Value(2).item()
        2.0
        """
        return self if self.is_watched() else self.data

    tolist = item

    def named(self, name: str | None) -> Self:
        """Give this node a name, and return it.

        >>> from autograd_scratch import Value
        >>> h = (Value(2.0) * 3.0).named("h")
        >>> h
        Value(data=6.0, name='h')
        """
        if name is not None and not isinstance(name, str):
            raise DataError(f"the name of a Value must be text, not {describe(name)}")
        self.name = name
        return self

    def detach(self) -> Self:
        """Return a new leaf with the same number: gradients do not flow through it.

        >>> from autograd_scratch import Value
        >>> x = Value(3.0)
        >>> (x * x.detach()).backward()
        >>> x.grad
        3.0
        """
        name = None if self.name is None else str(self.name)
        if self.is_traced():
            return self.record(detached, (self,)).named(name)
        return type(self)(self._data, name)

    def zero_grad(self) -> None:
        """Forget the gradient.

        >>> from autograd_scratch import Value
        >>> x = Value(3.0)
        >>> (2.0 * x).backward(); x.zero_grad(); (x * x).backward()
        >>> x.grad
        6.0
        """
        self._grad = NOT_YET

    def backward(self, gradient: Any = None, retain_graph: bool = True, create_graph: bool = False) -> None:
        """Add d self / d leaf, times `gradient` (by default 1), to the `.grad` of every leaf.

        Interior nodes get theirs anew.

        The graph is kept, whatever `retain_graph` says: a second call adds the same amounts to the leaves
        once more.

        >>> from autograd_scratch import Value
        >>> x = Value(2.0)
        >>> y = (x * x) ** 2
        >>> y.backward(); x.grad
        32.0
        >>> y.backward(); x.grad
        64.0

        With `create_graph` the gradients of the leaves are Values, computed from the leaves, to be
        differentiated again. (Forget them with `zero_grad` when done: leaf and gradient refer to each
        other. The function `grad` has no such circle.)

        >>> x.zero_grad(); y.backward(create_graph=True)
        >>> slope = x.grad
        >>> x.zero_grad(); slope.backward(); x.grad  # 12 x ** 2
        48.0
        """
        if self.primitive is not None and not self.parents:
            raise GraphError(
                f"this Value, made by {self.primitive.name}, has no graph to go back through: it was "
                "computed inside no_grad(), or its graph was released; compute it again outside"
            )
        seed: Any = 1.0 if gradient is None else gradient
        if not isinstance(seed, Scalar):
            seed = real(seed, "a gradient")
        elif not create_graph:
            seed = seed._data
        if modes.open_blocks:
            if modes.is_tracing():
                refuse_writing("gradients by backward()", "Write grad(f)(x), whose answer is a Value")
            if modes.is_strict():
                check_sweep(self)
        if create_graph:
            accumulate_nodes(self, seed)
        else:
            accumulate(self, seed)

    @staticmethod
    def is_observed() -> bool:
        """Say whether somebody observes the operations of this thread: then `where` keeps both arms."""
        return bool(modes.open_blocks) and modes.observer() is not None

    @staticmethod
    def is_traced() -> bool:
        """Say whether a function is being traced, and a condition on a node is to keep both arms."""
        return bool(modes.open_blocks) and modes.is_tracing()

    @classmethod
    def is_watched(cls) -> bool:
        """Say whether a function is being traced or observed: what it copies is to stay in its graph."""
        return cls.is_traced() or cls.is_observed()

    def __bool__(self) -> bool:
        if modes.open_blocks and modes.is_tracing():
            refuse_truth(self)
        return self._data != 0.0

    def __float__(self) -> float:
        return self._data if is_formatting(sys._getframe(1)) else self._refuse("float")

    def __int__(self) -> int:
        return int(self._data) if is_formatting(sys._getframe(1)) else self._refuse("int")

    def _refuse(self, kind: str) -> NoReturn:
        if self.is_traced():
            refuse_reading(kind, "Write autograd_scratch.exp(x), not math.exp(x), and so for the others")
        raise DetachedNumberError(
            f"turning {self!r} into {kind} would lose its graph silently. For the number write "
            ".data or .item(); to go on computing write autograd_scratch.exp(x) or x.exp() "
            "instead of math.exp(x), and so for the other functions. For the numbers of an array write "
            "data(array); to write Values into an array, make it with values(np.zeros(3)) or "
            "np.empty(3, dtype=object), not np.zeros(3), or collect them in a list and np.stack it"
        )

    def __round__(self, digits: int | None = None) -> float:
        if self.is_traced():
            refuse_reading("round", "Write autograd_scratch.round(x, digits), which gives a Value")
        return round(self._data, digits)

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        gradient = self._grad
        if isinstance(gradient, Scalar):  # its number alone: two may be each other's gradient
            gradient = f"Value(data={gradient._data!r})"
        grad = "" if gradient is NOT_YET else f", grad={gradient}"
        name = "" if self.name is None else f", name={self.name!r}"
        return f"Value(data={self._data!r}{grad}{name})"

    def __copy__(self) -> Self:
        return self if self.is_watched() else _copied(self.__reduce__())

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self if self.is_watched() else _copied(deepcopy(self.__reduce__(), memo))

    def __reduce__(self) -> tuple[Any, ...]:
        if self.parents:
            raise GraphError(
                f"{self!r} is part of a graph and cannot be copied or pickled alone; "
                "write value.detach() for a leaf with its number"
            )
        if self.is_traced():
            refuse_reading("a copy", "Use the Value itself")
        if isinstance(self._grad, Scalar):
            raise GraphError(
                f"the gradient of {self!r} is part of a graph, and neither can be copied or pickled; "
                "forget it with zero_grad(), or keep its number: x.grad = x.grad.data"
            )
        return _leaf, (type(self), self._data, self._grad, self.name), vars(self) or None


def _copied(reduced: tuple[Any, ...]) -> Any:
    """Return the copy of a leaf that its `__reduce__` describes."""
    make, parts, hung = reduced
    copy = make(*parts)
    vars(copy).update(hung or {})
    return copy


def _leaf(kind: type[Scalar], data: float, grad: float, name: str | None) -> Scalar:
    value = kind(data, name)
    value._grad = grad
    return value


vars(Scalar.__init__)["__signature__"] = signature(_form)


def _number(data: Any) -> float:
    if data is _NOT_GIVEN:
        raise CallError('a Value needs a number: write Value(2.0), or Value(2.0, "a") with a name')
    return real(data)
