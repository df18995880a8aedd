"""What a Program consists of: equations, and what goes in and comes out of them.

An `Equation` is a primitive and its operands, which are the positions of other equations or plain
numbers. One without a primitive is an argument, or a constant that was frozen. So a Program is flat,
whatever the depth of its graph, and can be copied and pickled. An operand comes later in one case alone:
what rounds carry on has what they make of it for a second operand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple

from ..arrays.containers import arrange, replaced
from ..primitives import Primitive
from ..stepping.maps import Shape
from ..stepping.rolling import Share
from ..stepping.tables import Integers
from .forms import Tree, leaves
from .gradients import gradient, hessian
from .operands import Operand
from .record import EXACT, TEXTBOOK, Recording
from .rolled.structure import table_of
from .textbook import textbook_gradient
from .variables import Place, Trace, Variable

Index = int | float  # the position of an equation, or a plain number


class Equation(NamedTuple):
    """One number of a Program: what it is computed from, what it is called, where it belongs."""

    primitive: Primitive | None
    operands: tuple[Index, ...]
    name: str | None
    place: Place
    shape: Shape = ()  # of an array


@dataclass(frozen=True)
class Equations:
    """All equations of a Program, in order, and the positions of its arguments and results."""

    equations: list[Equation]
    order: int
    arguments: Mapping[str, Tree]
    fixed: tuple[str, ...]
    frozen: Mapping[int, Any]  # plain numbers, or those of an array
    wrt: Tree
    value: Index
    gradient: list[Index]
    hessian: list[list[Index]]
    extras: Mapping[str, Tree]
    forms: Mapping[str, Tree]  # of the arguments, as people have them
    wrt_form: Tree
    extras_forms: Mapping[str, Tree] = field(default_factory=dict)
    integers: Mapping[str, Integers] = field(default_factory=dict)  # that choose entries, by name
    mixed: frozenset[tuple[float, ...]] = frozenset()  # arrays with numbers that stand elsewhere, too
    own: frozenset[tuple[float, ...]] = frozenset()  # arrays that the function made of plain numbers
    rolled: Share | None = None  # of a Program of arrays
    style: str = EXACT
    given: tuple[str, ...] = ()  # the names of all arguments, those of labels too; () if there are none
    labels: Mapping[str, Any] = field(default_factory=dict)  # whole numbers that choose entries, in lists
    assumptions: tuple[str, ...] = ()  # of textbook forms

    @property
    def varying(self) -> list[str]:
        """The arguments that may change from row to row of a data set."""
        return [key for key in self.arguments if key not in self.fixed]

    def moved(self, equations: list[Equation], at: Callable[[Index], Any]) -> "Equations":
        """Return the same with other equations, and a function from an old position to the new one."""

        def tree_at(tree: Tree) -> Tree:
            return arrange(tree, map(at, leaves(tree)))

        return replace(
            self,
            equations=equations,
            arguments={key: tree_at(tree) for key, tree in self.arguments.items()},
            frozen={at(i): number for i, number in self.frozen.items() if at(i) is not None},
            wrt=tree_at(self.wrt),
            value=at(self.value),
            gradient=[at(slope) for slope in self.gradient],
            hessian=[[at(entry) for entry in row] for row in self.hessian],
            extras={key: tree_at(tree) for key, tree in self.extras.items()},
        )

    def results(self) -> Iterator[Index]:
        """Yield what is computed, in order."""
        yield self.value
        yield from self.gradient
        for row in self.hessian:
            yield from row
        yield from leaves(self.extras)


def equations_of(recording: Recording, order: int, seed: Variable | float = 1.0) -> Equations:
    """Differentiate what was recorded, and keep what value, derivatives and further outputs need.

    The derivatives are those of `seed` times the value.
    """
    wrt = leaves(recording.wrt)
    assumptions: list[str] = []
    slopes: list[Operand] = []
    if order >= 1 and recording.style == TEXTBOOK:
        slopes, assumptions = textbook_gradient(recording.trace, recording.value, wrt, seed)
    elif order >= 1:
        slopes = gradient(recording.trace, recording.value, wrt, seed)
    rows = hessian(recording.trace, slopes, wrt) if order >= 2 else []
    if recording.value.__class__ is Variable and not recording.value.name:
        recording.value.name = "loss"
    arguments = [leaf for tree in recording.arguments.values() for leaf in leaves(tree)]
    results = [recording.value, *slopes, *chain(*rows), *leaves(recording.extras), *arguments, *wrt]
    equations, at = flat(recording.trace, results)

    def tree_at(tree: Tree) -> Tree:
        return arrange(tree, map(at, leaves(tree)))

    return Equations(
        equations=equations,
        order=order,
        arguments={key: tree_at(tree) for key, tree in recording.arguments.items()},
        fixed=recording.fixed,
        frozen={
            at(v): number
            for v, number in (recording.frozen | recording.trace.tables).items()
            if at(v) is not None
        },
        wrt=tree_at(recording.wrt),
        value=at(recording.value),
        gradient=[at(slope) for slope in slopes],
        hessian=[[at(entry) for entry in row] for row in rows],
        extras={key: tree_at(tree) for key, tree in recording.extras.items()},
        forms=recording.forms,
        wrt_form=recording.wrt_form,
        extras_forms=dict(recording.extras_forms),
        integers=recording.integers,
        mixed=recording.mixed,
        own=recording.own,
        rolled=recording.rolled,
        style=recording.style,
        given=recording.given,
        labels=dict(recording.labels),
        assumptions=tuple(assumptions),
    )


def equations_between(
    trace: Trace, arguments: Mapping[str, Any], value: Operand, extras: Mapping[str, Any]
) -> Equations:
    """Return the equations from arguments to a value and further results, without derivatives of it."""
    equations, at = flat(trace, [value, *leaves(extras), *leaves(arguments)])
    return Equations(
        equations=equations,
        order=0,
        arguments={key: replaced(tree, at) for key, tree in arguments.items()},
        fixed=(),
        frozen={at(v): numbers for v, numbers in trace.tables.items() if at(v) is not None},
        wrt=[],
        value=at(value),
        gradient=[],
        hessian=[],
        extras={key: replaced(tree, at) for key, tree in extras.items()},
        forms={},
        wrt_form=[],
    )


def flat(trace: Trace, results: Iterable[Operand]) -> tuple[list[Equation], Callable[[Operand], Any]]:
    """Return the equations that some results need, and the function from an operand to its position."""
    kept = trace.needed(results)
    positions = {variable: i for i, variable in enumerate(kept)}

    def at(operand: Operand) -> Any:
        return positions.get(operand) if operand.__class__ is Variable else operand

    def operands(variable: Variable) -> tuple[Any, ...]:
        found = tuple(map(at, variable.parents))
        return (*found, at(trace.loops[variable])) if variable in trace.loops else found

    return [Equation(v.primitive, operands(v), v.name and str(v.name), v.place, v.shape) for v in kept], at


def leaf_of(trace: Trace, equation: Equation, numbers: Any) -> Operand:
    """Return what has no equation; arrays of the same plain numbers, and without a name, are one."""
    if equation.name or not equation.shape or numbers.__class__ is not tuple:
        return trace.leaf(equation.name, equation.shape)
    return table_of(trace, numbers, equation.shape)
