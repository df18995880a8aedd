"""The loss, run on numbers and on Values; what it must not do is told with the person's line."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .. import modes
from ..arrays.containers import entries
from ..errors import AutogradError, DataError, NonFiniteError, RuleError, ShapeError
from ..ieee import describe, real
from ..value import Value
from ..wording import line_of, number
from .calls import check_unchanged, on_values
from .differences import EPSILON
from .inputs import Problem
from .passes.forward import Forward, observed
from .passes.observer import Observer
from .precision import SINGLE_EPSILON
from .results import results_of
from .runs import copied

__tracebackhide__ = True  # pytest shows the lines of people, not these

_BACK, _MANY = 4, 100  # operations back from the loss, and how many of each
_ALIKE = 1e-6  # how near the loss on Values must be to that on numbers, relative to its terms


def value_of(problem: Problem) -> float:
    """Return the loss at the point; refuse one that differs from call to call, or changes what it gets."""
    given = problem.arguments()
    first = _number_from(_called(problem, given))
    for name, before in (problem.at | problem.others).items():
        check_unchanged(name, before, given[name])
    second = _number_from(_called(problem, problem.arguments()))
    if first != second and not (first != first and second != second):
        raise DataError(
            f"the loss changes from call to call: {number(first)}, then {number(second)}, for the same "
            "numbers. Is there dropout, a random number without a seed, or something kept from the call "
            "before? Draw or set it once, outside of the function"
        )
    if first - first != 0.0:
        raise NonFiniteError(
            f"the loss is {first} at this point, where no gradient can be checked; look for the cause with "
            "`with strict():` around the loss on Values, or choose another point"
        )
    return first


def once(problem: Problem) -> float:
    """Run the loss at the point."""
    return _number_from(_called(problem, problem.arguments()))


def _number_from(result: Any) -> float:
    """Return the one number that a loss gives."""
    parts = [entry for _, entry in entries(result)] if not isinstance(result, Value) else [result]
    if len(parts) != 1 or isinstance(result, Mapping):
        raise ShapeError(
            f"the loss must be one number, and is {describe(result)}; write loss.mean() or loss.sum(), or "
            "return the loss alone"
        )
    return parts[0].data if isinstance(parts[0], Value) else real(parts[0], "the loss")


def _called(problem: Problem, arguments: Mapping[str, Any]) -> Any:
    """Run the loss on numbers, or, where it calls methods of Values, on Values."""
    try:
        return problem.loss(**arguments)
    except (AttributeError, TypeError) as fault:
        if isinstance(fault, AutogradError):
            raise
        try:
            with modes.no_grad():
                return problem.loss(**_leaves_for(problem), **copied(problem.others))
        except (AttributeError, TypeError):
            lists = [name for name, tree in problem.at.items() if isinstance(tree, list)]
            if lists and "list" in str(fault):
                raise DataError(
                    f"the loss does with {', '.join(lists)} what lists cannot: {fault}. at[{lists[0]!r}] "
                    f"is a list and is handed over as one; write at={{{lists[0]!r}: np.array({lists[0]})}}"
                ) from fault
            raise fault from None


def _leaves_for(problem: Problem) -> dict[str, Any]:
    """Return the arguments by which is differentiated as fresh Values, in arrays where they are arrays."""
    return {name: on_values(name, tree) for name, tree in problem.at.items()}


def forward_of(problem: Problem, expected: float, tie: int = 0) -> tuple[Forward, Observer]:
    """Run the loss on Values; return its graph, and what was seen on the way."""
    arguments = _leaves_for(problem)
    with _told_with_line(problem):
        rounding = SINGLE_EPSILON if any(each.is_single for each in problem.hand.values()) else EPSILON
        result, observer = observed(problem.loss, arguments, copied(problem.others), tie, rounding)
    observer.marked |= results_of(problem, observer)
    for name, marked in observer.marked.items():
        _check_mark(name, marked, arguments)
    got = _number_from(result)
    loss = result if isinstance(result, Value) else next((x for _, x in entries(result)), None)
    if not isinstance(loss, Value):
        loss = Value(got)
    if not tie and abs(got - expected) > _ALIKE * max(abs(expected), _size_of_terms(loss)):
        raise DataError(
            f"the loss is {number(expected)} on numbers and {number(got)} on Values; does it do something "
            "else for arrays of objects, or compute in float32 or float16?"
        )
    if not loss.parents:  # one of the numbers itself
        with modes.recording(), modes.observing(observer):
            loss = loss * 1.0
    return Forward(loss, arguments, observer), observer


def _check_mark(name: str, marked: Any, arguments: Mapping[str, Any]) -> None:
    """Refuse a mark that is called like an argument, and is something else."""
    if name not in arguments:
        return
    there, here = ([x for _, x in entries(tree)] for tree in (arguments[name], marked))
    if len(there) != len(here) or any(x is not y for x, y in zip(there, here)):
        raise DataError(
            f"the loss marks a result as {name!r}, which is the name of one of its arguments; give the "
            "mark another name"
        )


def _size_of_terms(loss: Value) -> float:
    """Return the largest number among those that a loss was computed from last."""
    near, largest = [loss], abs(loss.data)
    for _ in range(_BACK):
        near = [x for node in near[:_MANY] for x in node.parents if isinstance(x, Value)]
        largest = max([largest, *(abs(x.data) for x in near)])
    return largest


@contextmanager
def _told_with_line(problem: Problem) -> Iterator[None]:
    """Say in which line of a person's program the loss could not go on with Values."""
    try:
        yield
    except AutogradError as fault:
        line = line_of(fault)
        if line is None:
            raise
        told = type(fault)(f"{fault}\n    at {line}: {line.source}")
        raise told.with_traceback(fault.__traceback__) from None
    except (TypeError, ValueError, AttributeError, AssertionError, ArithmeticError, LookupError) as fault:
        line = line_of(fault)
        where = f"\n    at {line}: {line.source}" if line else ""
        raise RuleError(
            "the loss runs on numbers and not on Values, with which its gradient is derived: "
            f"{type(fault).__name__}: {fault}. Write it with operators and functions of NumPy{where}"
        ) from fault
