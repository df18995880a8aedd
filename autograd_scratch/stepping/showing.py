"""What a person's function, or a loss that is there, computed: `steps`."""

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from ..arrays.containers import entries
from ..collector import without_collector
from ..errors import AutogradError, DataError, DetachedNumberError, RuleError
from ..ieee import describe
from ..replicas import Stage
from ..signatures import call_form
from ..value import Value
from ..wording import line_of
from .examples import are_whole, arrays_in, as_values, by_name, by_position
from .listing import StepTable
from .recorder import Recorder
from .rolling import Steps

_NAMED, _LISTED = "steps(f, {'x': 0.5})", "steps(f, [0.5, 1.0])"
_UNKNOWN = "Not known here: lines, and the names of intermediate arrays. steps(function, at) tells them."


@call_form("steps(f, {'X': X, 'W': W})")
@without_collector
def steps(function: Any, at: Any = None) -> StepTable:
    """Return a table of what each line of a function computed, as arrays: name, shape, operands, line.

    `function` is one in NumPy or plain Python, a method, a model, or an object with a method `loss`; `at`
    are its arguments, by name or in order; whole numbers, such as labels, stay what they are where Values
    will not do. It runs on Values, in a copy, so that nothing of yours is changed. Loops over samples and
    units are axes, sums in loops are sums, and the rounds of a loop over time are the first axis. What is
    computed and not used for the result is left out.

    >>> import numpy as np
    >>> X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> def loss(W, b):
    ...     h = np.tanh(X @ W + b)
    ...     return np.sum(h**2)
    >>> table = steps(loss, {"W": np.ones((3, 4)), "b": np.zeros(4)})
    >>> [(row.name, row.shape, row.computed) for row in table][:3]
    [('X @ W', (2, 4), 'dot(X, W) over 3 terms'), ('X @ W + b', (2, 4), '(X @ W) + b'), ('h', (2, 4), \
'tanh(X @ W + b)')]
    >>> table["h"].operands[0].shape
    (2, 4)

    Or it is a loss that was computed, or an array of such: then there are neither lines nor names of
    intermediate arrays, but shapes, and the modules of a model by their paths.
    """
    roots = _roots(function)
    if roots:
        if at is not None:
            raise DataError(
                "a loss that was computed has no arguments; write steps(loss), or steps(function, at)"
            )
        return StepTable(roots[0].name or "A result", Steps(roots, {}, Recorder()), _UNKNOWN)
    with closing(Stage()) as stage:
        return _of_function(stage, function, at)


def _of_function(stage: Stage, function: Any, at: Any) -> StepTable:
    """Run a function, and return the table of its steps."""
    function = _callable(function)
    name = str(getattr(function, "__name__", type(function).__name__))
    given = by_name(at, _NAMED) if isinstance(at, Mapping) else by_position(function, at, _LISTED)
    whole = {key: tree for key, tree in given.items() if are_whole(tree)}
    recorder = Recorder()
    staged = stage.staged(function)

    def result_of(arguments: Mapping[str, Any]) -> Any:
        args, kwargs = ((), arguments) if isinstance(at, Mapping) else (arguments.values(), {})
        return _run(recorder, lambda: staged(*args, **kwargs), name)

    arguments = as_values(given)
    try:
        result = result_of(arguments)
    except (RuleError, DetachedNumberError):
        if not whole:
            raise
        recorder.forget()
        arguments = as_values({key: tree for key, tree in given.items() if key not in whole})
        result = result_of({key: whole.get(key, arguments.get(key)) for key in given})
    roots = _roots(result)
    if not roots:
        raise DataError(
            f"{name} gave {describe(result)}, which was not computed from its arguments: there are no steps"
        )
    named = arrays_in(arguments)
    shapes = ", ".join(f"{place} {shape}" for place, (shape, _) in [*named.items()][:8])
    more = ", ..." if len(named) > 8 else ""
    return StepTable(f"{name}({shapes}{more})", Steps(roots, named, recorder))


def _callable(function: Any) -> Callable[..., Any]:
    """Return what is called: a function, or the method `loss` of an object."""
    for found in (function, getattr(function, "loss", None)):
        if callable(found):
            called: Callable[..., Any] = found
            return called
    raise DataError(
        "steps takes a function, an object with a method `loss`, or a Value that was computed, not "
        f"{describe(function)}; write steps(f, {{'x': x}}), say"
    )


def _run(recorder: Recorder, function: Callable[[], Any], name: str) -> Any:
    try:
        return recorder.run(function, {})
    except (TypeError, IndexError, AttributeError) as fault:
        if isinstance(fault, AutogradError):
            raise
        line = line_of(fault)
        place = f" at {line}, `{line.source}`" if line else ""
        raise RuleError(
            f"{name} does what Values cannot{place}: {fault}. An index, a count or a label is no number to "
            "differentiate by: leave it to the closure, as y in steps(lambda w: f(w, y), [w])"
        ) from fault


def _roots(thing: Any) -> list[Value]:
    """Return what was computed in an arrangement of Values and other things, each once."""
    found = [entry for _, entry in entries(thing)] if not isinstance(thing, Value) else [thing]
    return list(dict.fromkeys(x for x in found if isinstance(x, Value) and x.parents))
