"""What stands for a number that is not known yet, and the trace in which operations on it are written.

A `Variable` is a node like a Value, with a primitive and parents, and without a number. The rules of
primitives run on it, so a gradient of Variables is more Variables. A trace writes each equation once:
the same operation on the same operands is the same Variable. It leaves out what IEEE arithmetic allows to
leave out, as a product with one:

    >>> trace = Trace()
    >>> x, y = trace.leaf("x"), trace.leaf("y")
    >>> x * y + 1.0 * y * x
    <mul(x, y) + mul(x, y)>
    >>> -(-x) is x, x * y is y * x
    (True, True)

Leaves are themselves: two of the same name are two.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from weakref import ref

from ..freeing import HIGHEST, landed
from ..ieee import real
from ..primitives import Primitive, arithmetic
from ..primitives.arithmetic import add, div, mul, neg, sub
from ..primitives.piecewise import abs_
from ..stepping.maps import Shape
from .operands import SIMPLER, Operand

COMMUTATIVE = frozenset((add, mul))


class Variable:
    """A number of a Program, or an array of numbers: an argument, or what a primitive makes of others."""

    __slots__ = ("_trace", "height", "name", "parents", "place", "primitive", "sentinel", "shape")

    height: int
    primitive: Primitive | None
    parents: tuple[Operand, ...]
    name: str | None
    place: "Place"
    sentinel: tuple[Any, ...]  # of a landing
    shape: Shape  # () for a number

    def __init__(
        self,
        trace: "Trace",
        primitive: Primitive | None,
        parents: tuple[Operand, ...],
        shape: Shape = (),
    ) -> None:
        self._trace = ref(trace)  # which holds this Variable: no circle, which would be freed all at once
        self.shape = shape
        self.primitive = primitive
        self.parents = parents
        self.name = None
        self.place = trace.place
        self.height = 1 + max((p.height for p in parents if p.__class__ is Variable), default=-1)
        if self.height > HIGHEST:
            self.height = 0
            self.parents, self.sentinel = landed(parents, ())

    @property
    def trace(self) -> "Trace":
        """The trace that this is written in."""
        trace = self._trace()
        assert trace is not None  # as long as anything is written, somebody holds it
        return trace

    @classmethod
    def record(cls, primitive: Primitive, args: Sequence[Operand]) -> Operand:
        """Apply `primitive` to Variables and floats; what depends on no Variable is a float."""
        for arg in args:
            if arg.__class__ is cls:
                return arg.trace.apply(primitive, tuple(args))
        return primitive(*args)

    @staticmethod
    def is_traced() -> bool:
        """Say that `where` keeps both arms: no Variable knows which one is taken."""
        return True

    @staticmethod
    def is_observed() -> bool:
        """Say that nobody observes what is computed: there are no numbers."""
        return False

    def __add__(self, other: Operand) -> Operand:
        return self.trace.apply(add, (self, _operand(other)))

    def __radd__(self, other: Operand) -> Operand:
        return self.trace.apply(add, (_operand(other), self))

    def __sub__(self, other: Operand) -> Operand:
        return self.trace.apply(sub, (self, _operand(other)))

    def __rsub__(self, other: Operand) -> Operand:
        return self.trace.apply(sub, (_operand(other), self))

    def __mul__(self, other: Operand) -> Operand:
        return self.trace.apply(mul, (self, _operand(other)))

    def __rmul__(self, other: Operand) -> Operand:
        return self.trace.apply(mul, (_operand(other), self))

    def __truediv__(self, other: Operand) -> Operand:
        return self.trace.apply(div, (self, _operand(other)))

    def __rtruediv__(self, other: Operand) -> Operand:
        return self.trace.apply(div, (_operand(other), self))

    def __floordiv__(self, other: Operand) -> Operand:
        return self.trace.apply(arithmetic.floordiv, (self, _operand(other)))

    def __rfloordiv__(self, other: Operand) -> Operand:
        return self.trace.apply(arithmetic.floordiv, (_operand(other), self))

    def __mod__(self, other: Operand) -> Operand:
        return self.trace.apply(arithmetic.mod, (self, _operand(other)))

    def __rmod__(self, other: Operand) -> Operand:
        return self.trace.apply(arithmetic.mod, (_operand(other), self))

    def __neg__(self) -> Operand:
        return self.trace.apply(neg, (self,))

    def __abs__(self) -> Operand:
        return self.trace.apply(abs_, (self,))

    def __repr__(self) -> str:
        return f"<{self._told(2)}>"

    def _told(self, depth: int) -> str:
        if self.primitive is None or not depth:
            return str(self.name or "...")
        parents = [p._told(depth - 1) if p.__class__ is Variable else repr(p) for p in self.parents]
        if self.primitive is add:
            return " + ".join(parents)
        return f"{self.primitive.name}({', '.join(parents)})"


Place = tuple[bool, str]  # whether in the backward part, and the module's path
FORWARD: Place = (False, "")


class Trace:
    """The equations of a Program, in the order in which they were written, each once."""

    def __init__(self) -> None:
        self.variables: list[Variable] = []
        self.place: Place = FORWARD
        self.tables: dict[Variable, Any] = {}  # plain numbers: those of an array, or one with a name
        self.loops: dict[Variable, Operand] = {}  # of what rounds carry on: what each of them makes of it
        self.notes: dict[type, Any] = {}  # what is found out about its Variables, by who does
        self._known: dict[Any, Variable] = {}

    def leaf(self, name: str | None, shape: Shape = ()) -> Variable:
        """Return a new Variable that nothing was computed for."""
        variable = Variable(self, None, (), shape)
        variable.name = name
        self.variables.append(variable)
        return variable

    def table(self, numbers: Sequence[float], shape: Shape, name: str | None = None) -> Variable:
        """Return a Variable for an array of plain numbers, given in C order."""
        variable = self.leaf(name, shape)
        self.tables[variable] = tuple(numbers)
        return variable

    def constant(self, number: float, name: str) -> Variable:
        """Return a Variable for a plain number with a name."""
        variable = self.leaf(name)
        self.tables[variable] = number
        return variable

    def apply(self, primitive: Primitive, args: tuple[Operand, ...]) -> Operand:
        """Return what `primitive` makes of `args`: a new Variable, one that is there, or a float."""
        simpler = SIMPLER.get(primitive)
        if simpler is not None:
            found = simpler(*args)
            if found is not None:
                return found
        if not any(arg.__class__ is Variable for arg in args):
            return primitive(*args)
        return self.known(primitive, args) or self.new(primitive, args)

    def quotient(self, x: Operand, y: Operand) -> Operand:
        """Return x / y, of plain numbers too as an equation: in Fractions that is exact."""
        if x.__class__ is not float or y.__class__ is not float:
            return x / y
        return self.known(div, (x, y)) or self.new(div, (x, y))

    def with_numbers(self, results: Sequence[Operand], numbers: Mapping[Variable, float]) -> list[Operand]:
        """Return some results once more, with plain numbers for some Variables that they depend on."""
        known: dict[Operand, Operand] = dict(numbers)
        for variable in self.needed(results):
            if variable.primitive is not None and not known.keys().isdisjoint(variable.parents):
                parents = tuple(known.get(parent, parent) for parent in variable.parents)
                known[variable] = self.apply(variable.primitive, parents)
        return [known.get(result, result) for result in results]

    def needed(self, results: Iterable[Operand]) -> list[Variable]:
        """Return what some results are computed from, and the results themselves, in order."""
        found = {result for result in results if result.__class__ is Variable}
        while True:
            for variable in reversed(self.variables):
                if variable in found:
                    found.update(parent for parent in variable.parents if parent.__class__ is Variable)
            carried = {self.loops[loop] for loop in self.loops if loop in found}
            carried = {each for each in carried if each.__class__ is Variable}
            if carried <= found:
                return [variable for variable in self.variables if variable in found]
            found |= carried

    def new(self, primitive: Primitive, args: tuple[Operand, ...]) -> Variable:
        """Return a new Variable, of plain numbers too."""
        variable = Variable(self, primitive, args, shape_of(primitive, args))
        self._known[_key(primitive, args)] = variable
        self.variables.append(variable)
        return variable

    def known(self, primitive: Primitive, args: tuple[Operand, ...]) -> Variable | None:
        """Return the Variable that is this equation, if it was written before."""
        found = self._known.get(_key(primitive, args))
        if found is None and primitive in COMMUTATIVE:
            found = self._known.get(_key(primitive, args[::-1]))
        return found


def _key(primitive: Primitive, args: tuple[Operand, ...]) -> tuple[Any, ...]:
    """Return what tells equations apart: 0.0 and -0.0 are two numbers, though they are equal."""
    if 0.0 in args:
        args = tuple(repr(arg) if arg.__class__ is float else arg for arg in args)
    return primitive, args


def shape_of(primitive: Any, args: Sequence[Operand]) -> Shape:
    """Return the shape of what a primitive makes of its operands: theirs, unless it moves entries."""
    of_structure = getattr(primitive, "shape_of", None)
    if of_structure is not None:
        shape: Shape = of_structure(args)
        return shape
    return max((arg.shape for arg in args if arg.__class__ is Variable), key=len, default=())


def _operand(other: Any) -> Operand:
    return other if other.__class__ is Variable else real(other, "an operand")
