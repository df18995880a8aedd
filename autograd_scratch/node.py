"""How a node is made, and what it holds.

Local partials are computed together with the value and stored, so what happens to the parents afterwards
does not change the gradient of what has been computed. `record` is the way into the graph that looks at
all modes; operators go shorter ways while no block is open.
"""

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any, Final, Self

from . import modes
from .anomalies import check_operation
from .edges import Edges
from .freeing import HIGHEST, landed
from .primitives import Primitive
from .primitives.conditions import CONDITIONS
from .primitives.piecewise import detached, identity


class _NotYet(float):
    """The gradient of a node that no backward pass has reached: a 0.0 that can be told apart."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "NOT_YET"


_NotYet.__name__ = "float"  # as Python's own messages call it

NOT_YET: Final = _NotYet(0.0)

new = object.__new__


class Node(Edges):
    """The base of `Scalar`, and so of `Value`: what `graph` walks, and what primitives record."""

    __slots__ = ("__dict__", "_data", "_grad", "height", "name", "origin", "primitive")

    _data: float
    _grad: Any
    height: int  # operations above the last landing
    name: str | None
    primitive: Primitive | None
    origin: str | None

    @classmethod
    def made(
        cls,
        primitive: Primitive,
        data: float,
        parents: tuple[Any, ...],
        partials: tuple[Any, ...],
        below: int = 0,
    ) -> Self:
        """Return a new node with these contents, unchecked; no parent is higher than `below`."""
        node = new(cls)
        node._data = data
        node._grad = NOT_YET
        node.name = None
        node.primitive = primitive
        node.origin = None
        if below >= HIGHEST:
            node.height = 0
            node.connect(*landed(parents, partials))
            return node
        node.height = below + 1
        count = len(parents)  # `connect` written out
        if count == 1:
            node._first = parents[0]
            node._first_partial = partials[0]
            node._second = None
        elif count == 2:
            node._first, node._second = parents
            node._first_partial, node._second_partial = partials
        elif count:
            node._first = parents
            node._first_partial = partials
            node._second = None
        else:
            node._first = node._first_partial = node._second = None
        return node

    @classmethod
    def record(cls, primitive: Primitive, args: tuple[Any, ...]) -> Self:
        """Apply `primitive` to `args`, Values and floats, and return the new node."""
        data = [arg._data if arg.__class__ is cls else arg for arg in args]
        below = 0
        for arg in args:
            if arg.__class__ is cls and arg.height > below:
                below = arg.height
        if modes.open_blocks:
            recording = modes.is_recording()
            if not recording and modes.is_tracing():
                return cls._record_detached(primitive, args)
            if modes.is_strict():
                return cls._record_strictly(primitive, args, data, below)
            if not recording:
                node = cls.made(primitive, primitive.evaluate(*data), (), (), 0)
                modes.note(node)
                return node
        out, partials = primitive.linearize(*data)
        node = cls.made(primitive, out, args, partials, below)
        observer = modes.observer() if modes.open_blocks else None
        if observer is not None:
            observer.made(node)
        return node

    @classmethod
    def _record_detached(cls, primitive: Primitive, args: tuple[Any, ...]) -> Self:
        """Record what `no_grad()` computes in a trace: it follows the inputs, and gradients end at it."""
        with modes.recording():
            node = cls.record(primitive, args)
            flat = primitive is detached or primitive in CONDITIONS
            return node if flat else cls.record(detached, (node,))

    @classmethod
    def _record_strictly(
        cls, primitive: Primitive, args: tuple[Any, ...], data: list[float], below: int
    ) -> Self:
        recording = modes.is_recording()
        flat = (0.0,) * len(args)  # nobody asks for the slopes of what is not recorded
        out, partials = primitive.linearize(*data) if recording else (primitive.evaluate(*data), flat)
        node = cls.made(primitive, out, args, partials, below)
        check_operation(node)
        if not recording:
            node.connect((), ())
        return node

    @classmethod
    def holding(cls, number: Any) -> Self:
        """Return a node of its own for a plain number, or for that of a node: no leaf, whoever asks."""
        return cls.record(identity, (number,))


# `any(map(set_grad, nodes, gradients))` is one step of C: Ctrl-C comes before or after it
set_data: Any = vars(Node)["_data"].__set__
set_grad: Any = vars(Node)["_grad"].__set__


def forgetting(nodes: Iterable[Any]) -> Iterator[None]:
    """Forget the gradients of nodes, as who iterates goes on: with `any` in that one step."""
    return map(set_grad, nodes, repeat(NOT_YET))
