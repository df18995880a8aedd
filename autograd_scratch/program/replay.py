"""A Program's function once more, on Values: what it falls back to where its plain code cannot go on.

The plain code raises where Python does, and knows nothing of the edges of a function's domain. Recorded on
Values, the same equations answer as IEEE 754 does, with the partials that belong to it.
"""

from collections.abc import Sequence
from typing import Any

from .. import modes
from ..primitives import Primitive
from ..primitives.conditions import CONDITIONS
from ..primitives.piecewise import detached
from ..transforms import hessian, value_and_grad
from ..value import Value
from .demand import demanded
from .equations import Equations
from .forms import leaves

NUMBERS = {*CONDITIONS, detached}

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
        wanted = [equations.value, *leaves(equations.extras)]
        value, *others = demanded(equations.equations, wanted, known, _applied, float)
        further[:] = map(_number, others)
        return value

    with modes.recording():
        if equations.order == 0 or not wrt:
            return _number(function(at)), [], [], further
        value, slopes = value_and_grad(function)(at)
        rows = hessian(function)(at) if equations.order == 2 else []
    return value, slopes, rows, further


def _applied(primitive: Primitive, args: Sequence[Any]) -> Any:
    """Apply a primitive; conditions, and what is detached, are plain numbers, as outside of a trace."""
    return primitive(*(map(_number, args) if primitive in NUMBERS else args))


def _number(thing: Any) -> float:
    return thing._data if isinstance(thing, Value) else thing
