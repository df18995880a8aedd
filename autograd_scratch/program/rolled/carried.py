"""What the rounds of a loop carry on: an array of a start, and of what each round makes of what it finds.

    carried     out[0] = start, out[t + 1] = next[t]; or from the end: out[count] = start, out[t] = next[t]

`next` is computed from the array itself, at an earlier round, so it is no operand, but is noted in the
`loops` of the trace. All other equations of a loop are arrays with a first axis for the rounds.
Differentiating them is as everywhere, and adjoints are carried in the other direction.
"""

from math import prod
from typing import Any

from ...stepping.maps import Map, Shape, spread, strides_of
from ..operands import Operand
from ..variables import Trace, Variable
from .structure import Structural, Take, is_single


class Carried(Structural):
    """What some rounds carry on, each array of a shape. The number tells those of one trace apart."""

    def __init__(self, number: int, count: int, shape: Shape, is_reversed: bool) -> None:
        super().__init__("carried", (number, count, shape, is_reversed))
        self.number = number
        self.count = count
        self.shape = shape
        self.is_reversed = is_reversed

    def __reduce__(self) -> Any:
        return type(self), self.key

    def shape_of(self, args: Any) -> Shape:
        return (self.count + 1, *self.shape)

    @property
    def found(self) -> Map:
        """What each round finds."""
        return self._from(self.is_reversed)

    @property
    def made(self) -> Map:
        """What each round makes."""
        return self._from(not self.is_reversed)

    @property
    def first(self) -> Map:
        """The start."""
        own = strides_of(self.shape_of(()))
        return Map(self.shape, self.shape_of(()), own[0] * self.count * self.is_reversed, own[1:])

    def _from(self, is_later: bool) -> Map:
        own = strides_of(self.shape_of(()))
        return Map((self.count, *self.shape), self.shape_of(()), own[0] * is_later, own)


def begun(trace: Trace, start: Operand, count: int, shape: Shape, is_reversed: bool = False) -> Variable:
    """Return what rounds carry on from a start, which are to be closed."""
    primitive = Carried(len(trace.loops), count, shape, is_reversed)
    loop = trace.new(primitive, (start,))
    trace.loops[loop] = 0.0
    return loop


def close(loop: Variable, next_: Operand) -> None:
    """Say what each round makes of what it finds."""
    primitive: Any = loop.primitive
    loop.trace.loops[loop] = whole(loop.trace, next_, primitive.made.space)


def whole(trace: Trace, x: Operand, shape: Shape) -> Variable:
    """Return an operand as an array of a shape, if it is one number for all entries, too."""
    if x.__class__ is float:
        return trace.table((x,) * prod(shape), shape)
    found: Variable = trace.apply(Take(spread((), shape, [])), (x,)) if is_single(x, shape) else x
    return found
