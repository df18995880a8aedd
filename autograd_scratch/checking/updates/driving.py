"""A person's step, run over some gradients in the first way of calling it that works."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import AutogradError, DataError, ShapeError
from ...ieee import NAN
from ...wording import line_of
from ..runs import quiet_floats
from .blocks import Blocks, Numbers
from .calls import Call
from .gradients import Gradients
from .holders import HeldCall, Holders
from .person import Person
from .roles import Role
from .ways import Way, ways

_WRAPPED = (
    "write a function of parameters and gradients in the form of at, as "
    "def step(params, grads): optimizer.update(params, grads)"
)


@dataclass(frozen=True)
class Driven:
    """What a step made of its parameters, by step, with its gradients, and how it was called.

    What `looks_ahead` asks for gradients elsewhere than at its parameters: then it is there that these are.
    """

    call: Call | HeldCall
    way: Way
    parameters: Sequence[Numbers]
    gradients: Sequence[Numbers]
    looks_ahead: bool = False


def is_finite(run: Driven) -> bool:
    """Say whether all that a step made are numbers."""
    return all(x - x == 0.0 for numbers in run.parameters for row in numbers.values() for x in row)


def driven(
    person: Person, blocks: Blocks | Holders, gradients: Gradients, steps: int, state: Any
) -> Driven:
    """Run a step in the first way of calling it that works, or say why none does."""
    faults: list[tuple[Way, Exception]] = []
    still: Driven | None = None
    for way in ways(person, blocks):
        try:
            run = run_in(way, person, blocks, gradients, steps, state)
        except Exception as fault:  # of a way that is not this step's
            faults.append((way, fault))
            continue
        if _moves(run, blocks):
            return run
        still = still or run
    if still is not None:
        raise DataError(_unmoved(person, still))
    raise _refused(person, faults)


def run_in(
    way: Way,
    person: Person,
    blocks: Blocks | Holders,
    gradients: Gradients,
    steps: int,
    state: Any = None,
    rates: Sequence[float] = (),
) -> Driven:
    """Run a step in one way; with `rates` as its learning rates, if these change."""
    kind = HeldCall if isinstance(blocks, Holders) else Call
    call: Call | HeldCall = kind(person, blocks, way, state)  # type: ignore[arg-type]
    asks = Role.FUNCTION in person.roles.values()
    parameters: list[Numbers] = []
    given: list[Numbers] = []
    points: list[Numbers] = []
    with quiet_floats():
        call.start()
        before: Numbers = blocks.starts
        for t in range(1, steps + 1 + asks):
            given.append(gradients(min(t, steps), before))
            if rates and isinstance(call, Call):
                call.rate = rates[min(t, steps) - 1]
            try:
                before = call.take(t, given[-1])
            except (ArithmeticError, ValueError) as fault:
                if not _is_of_numbers(fault):
                    raise
                before = {name: [NAN] * len(start) for name, start in blocks.starts.items()}
            parameters.append(before)
            points.append(dict(call.points))
    if asks and points[1:] != parameters[:-1] and all(map(len, points)):
        return Driven(call, way, points[1:], given[:steps], looks_ahead=True)
    return Driven(call, way, parameters[:steps], given[:steps])


def _is_of_numbers(fault: Exception) -> bool:
    """Say whether a fault is what Python raises where IEEE 754 has inf or nan."""
    return isinstance(fault, ArithmeticError) or "math domain error" in str(fault)


def _moves(run: Driven, blocks: Blocks | Holders) -> bool:
    """Say whether a step has changed anything."""
    return any(
        [*numbers[name]] != [*start] for numbers in run.parameters for name, start in blocks.starts.items()
    )


def _unmoved(person: Person, run: Driven) -> str:
    return (
        f"{run.call.told} was called with gradients that are not 0, and neither returns new parameters nor "
        "changes those that it is given: w = w - ... makes another array, which is lost at the end of a "
        "function. Write w -= ... on an array, params[name] -= ... in a dict, or return w"
    )


def _refused(person: Person, faults: Sequence[tuple[Way, Exception]]) -> Exception:
    """Return the error that says why a step could not be called."""
    own: Iterator[Exception] = (
        fault for kind in (ShapeError, AutogradError) for _, fault in faults if isinstance(fault, kind)
    )
    fault = next(own, faults[0][1])
    if isinstance(fault, AutogradError) or len({(type(each), str(each)) for _, each in faults}) == 1:
        return fault
    line = line_of(fault)
    where = f"\n    at {line}: {line.source}" if line else ""
    is_state = Role.STATE in person.roles.values() or Role.BUFFER in person.roles.values()
    remedy = "say what is remembered at first, as state=(0.0, 0.0)" if is_state else _WRAPPED
    told = DataError(
        f"the step was called as {person.name}({', '.join(person.roles)}), and raises "
        f"{type(fault).__name__}: {fault}; {remedy}{where}"
    )
    told.__cause__ = fault
    return told
