"""The two ends of a textbook's derivation: the forward part as it is written, and its gradient."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from ...arrays.containers import arrange
from ...primitives import Primitive
from ..forms import leaves
from ..gradients import Plain, gradient
from ..operands import Operand
from ..record import Recording
from ..rolled.structure import inner_of
from ..variables import Trace, Variable
from .algebra import Algebra
from .matching import Equalities, rewritten
from .spellings import Spelled, leaky, reshaped_later
from .table import OTHERWISE, SLOPES, SPELLINGS


def as_written(recording: Recording) -> Recording:
    """Return a recording in which our own losses are spelled as textbooks define them."""
    trace = recording.trace
    results = [recording.value, *leaves(recording.extras)]
    spelled = Spelled(trace)
    known = rewritten(trace, results, spelled, spelled.complements(trace.needed(results)))
    results = [known.get(result, result) for result in results]
    known = rewritten(trace, results, reshaped_later, {})
    value, *rest = (known.get(result, result) for result in results)
    left = iter(rest)
    extras = {key: arrange(tree, islice(left, len(leaves(tree)))) for key, tree in recording.extras.items()}
    return replace(recording, value=value, extras=extras)


def textbook_gradient(
    trace: Trace, output: Operand, wrt: Sequence[Variable], seed: Operand = 1.0
) -> tuple[list[Operand], list[str]]:
    """Write the derivatives of `seed * output` into the trace; return them, and what they assume."""
    spellings = Equalities(SPELLINGS)
    twins = rewritten(trace, [output], lambda x: leaky(spellings(x)), {})
    slopes = gradient(trace, twins.get(output, output), wrt, seed, kind=Plain)
    equalities = Equalities(SLOPES)
    sloped = rewritten(trace, slopes, lambda x: equalities(x) if is_backward(x) else x, {})
    slopes = [sloped.get(slope, slope) for slope in slopes]
    own: dict[Variable, Operand] = {}
    for variable, twin in twins.items():
        if twin.__class__ is Variable and twin not in own:
            own[twin] = variable
    algebra = Algebra(trace)
    found = rewritten(trace, [output, *slopes], algebra, own)
    return [found.get(slope, slope) for slope in slopes], algebra.totals.assumptions


def in_other_words(primitives: Iterable[Primitive | None]) -> bool:
    """Say whether textbooks have other forms for the derivatives of some of these primitives."""
    return any(inner_of(primitive) in OTHERWISE for primitive in primitives)


def is_backward(operand: Operand) -> bool:
    """Say whether an operand belongs to the backward part."""
    return operand.__class__ is Variable and operand.place[0]
