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
    trace, made = lower(equations.equations)
    floats: set[Variable] = set()
    for variable in trace.variables:
        are = [parent.__class__ is float or parent in floats for parent in variable.parents]
        if variable.primitive in MATH:
            floats.add(variable)
        elif variable.primitive in ARITHMETIC:
            if any(are):
                floats.add(variable)
        elif variable.primitive is not None and all(are[variable.primitive is select :]):
            floats.add(variable)
    results = (made[i] if isinstance(i, int) else i for i in equations.results())
    return all(result.__class__ is float or result in floats for result in results)
