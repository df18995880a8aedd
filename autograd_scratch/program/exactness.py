"""Whether code gives floats whatever real numbers it is given, integers say."""

from ..primitives.arithmetic import add, div, mul, sub
from ..primitives.piecewise import select
from ..primitives.reductions import dot_p, mean_p, prod_p, sum_p
from .equations import Equations
from .expressions import MATH
from .lowering import lower
from .variables import Variable

ARITHMETIC = frozenset((add, sub, mul, div, sum_p, mean_p, prod_p, dot_p))


def gives_floats(equations: Equations) -> bool:
    """Say whether all results are floats even if arguments are integers: a float went into each."""
    trace, at = lower(equations.equations, equations.style)
    floats: set[Variable] = set()
    for variable in trace.variables:
        are_floats = [parent.__class__ is float or parent in floats for parent in variable.parents]
        if variable.primitive in MATH:
            is_float = True
        elif variable.primitive in ARITHMETIC:
            is_float = any(are_floats)
        elif variable.primitive is select:
            is_float = all(are_floats[1:])
        else:
            is_float = variable.primitive is not None and all(are_floats)
        if is_float:
            floats.add(variable)
    return all(result.__class__ is float or result in floats for result in map(at, equations.results()))
