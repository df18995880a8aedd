"""A Program's function once more, on Values: what it falls back to where its plain code cannot go on.

The plain code raises where Python does, and knows nothing of the edges of a function's domain. Recorded on
Values, the same equations answer as IEEE 754 does, with the partials that belong to it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .. import modes
from ..primitives.piecewise import select
from ..transforms import hessian, value_and_grad
from ..value import Value
from .equations import Equations, Index
from .forms import leaves

Results = tuple[float, list[float], list[list[float]], list[float]]


def replayed(equations: Equations, numbers: Sequence[float]) -> Results:
    """Return value, gradient, Hessian and further outputs at these numbers for the arguments' leaves."""
    places = [index for tree in equations.arguments.values() for index in leaves(tree)]
    given = dict(zip(places, numbers)) | dict(equations.frozen)
    wrt = leaves(equations.wrt)
    at = [given[index] for index in wrt]
    further: list[float] = []

    def function(asked: list[Any]) -> Any:
        known = given | dict(zip(wrt, asked))
        made = _values(equations, known)
        further[:] = [_number(_at(made, index)) for index in leaves(equations.extras)]
        return _at(made, equations.value)

    with modes.recording():
        if equations.order == 0 or not wrt:
            return _number(function(at)), [], [], further
        value, slopes = value_and_grad(function)(at)
        rows = hessian(function)(at) if equations.order == 2 else []
    return value, slopes, rows, further


def _values(equations: Equations, known: dict[int, Any]) -> list[Any]:
    """Return every equation of the forward part, computed on Values and floats."""
    made: list[Any] = []
    for i, (primitive, operands, _, (backward, _)) in enumerate(equations.equations):
        if backward:
            break
        if primitive is None:
            made.append(known[i])
            continue
        args = [_at(made, operand) for operand in operands]
        if primitive is select:  # what is not chosen leaves no trace
            made.append(args[1] if _number(args[0]) else args[2])
        else:
            made.append(primitive(*args))
    return made


def _at(made: list[Any], index: Index) -> Any:
    return made[index] if isinstance(index, int) else index


def _number(thing: Any) -> float:
    return thing.data if isinstance(thing, Value) else thing


def arguments_flat(trees: Iterable[Any]) -> list[Any]:
    """Return the entries of all arguments."""
    return [entry for tree in trees for entry in leaves(tree)]
