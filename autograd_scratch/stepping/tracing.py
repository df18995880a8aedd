"""A function is run on Values, or a loss is there: what was computed, and what was noted of it."""

from collections.abc import Callable, Hashable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..arrays.containers import entries
from ..errors import AutogradError, DataError, DetachedNumberError, RuleError
from ..ieee import describe
from ..replicas import Stage
from ..value import Value
from ..wording import line_of
from .examples import are_whole, arrays_in, as_values, by_name, by_position
from .maps import Shape
from .recorder import Recorder
from .rolling import Steps

_UNKNOWN = "Not known here: lines, and the names of intermediate arrays. steps(function, at) tells them."


@dataclass(frozen=True)
class Run:
    """What was computed: results, and the arrays that they were computed from, by name."""

    title: str
    roots: list[Value]
    arguments: Mapping[str, tuple[Shape, list[Any]]] = field(default_factory=dict)
    recorder: Recorder = field(default_factory=Recorder)
    note: str = ""

    def steps(self, has_loops: bool = True, apart: Mapping[Any, Hashable] = MappingProxyType({})) -> Steps:
        """Return the steps, as `Steps` gives them."""
        return Steps(self.roots, self.arguments, self.recorder, has_loops, apart)


def computed(thing: Any, at: Any = None, verb: str = "steps") -> Run | None:
    """Return a loss, or an arrangement of such, that was computed already; None if it is something else.

    `verb` is the function of the package that errors tell to call.
    """
    roots = _roots(thing)
    if roots and at is not None:
        raise DataError(
            f"a loss that was computed has no arguments; write {verb}(loss), or {verb}(function, at)"
        )
    return Run(roots[0].name or "A result", roots, note=_UNKNOWN) if roots else None


def traced(function: Any, at: Any, verb: str = "steps") -> Run:
    """Run a function on Values, in a copy, and note what it does; `at` are its arguments."""
    with closing(Stage()) as stage:
        return _of_function(stage, function, at, verb)


def _of_function(stage: Stage, function: Any, at: Any, verb: str) -> Run:
    function = _callable(function, verb)
    name = str(getattr(function, "__name__", type(function).__name__))
    if isinstance(at, Mapping):
        given = by_name(at, f"{verb}(f, {{'x': 0.5}})")
    else:
        given = by_position(function, at, f"{verb}(f, [0.5, 1.0])")
    whole = {key: tree for key, tree in given.items() if are_whole(tree)}
    recorder = Recorder()
    staged = stage.staged(function)

    def result_of(arguments: Mapping[str, Any]) -> Any:
        args, kwargs = ((), arguments) if isinstance(at, Mapping) else (arguments.values(), {})
        return _run(recorder, lambda: staged(*args, **kwargs), name, verb)

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
    return Run(f"{name}({shapes}{more})", roots, named, recorder)


def _callable(function: Any, verb: str) -> Callable[..., Any]:
    """Return what is called: a function, or the method `loss` of an object."""
    for found in (function, getattr(function, "loss", None)):
        if callable(found):
            called: Callable[..., Any] = found
            return called
    raise DataError(
        f"{verb} takes a function, an object with a method `loss`, or a Value that was computed, not "
        f"{describe(function)}; write {verb}(f, {{'x': x}}), say"
    )


def _run(recorder: Recorder, function: Callable[[], Any], name: str, verb: str) -> Any:
    try:
        return recorder.run(function, {})
    except (TypeError, IndexError, AttributeError) as fault:
        if isinstance(fault, AutogradError):
            raise
        line = line_of(fault)
        place = f" at {line}, `{line.source}`" if line else ""
        raise RuleError(
            f"{name} does what Values cannot{place}: {fault}. An index, a count or a label is no number to "
            f"differentiate by: leave it to the closure, as y in {verb}(lambda w: f(w, y), [w])"
        ) from fault


def _roots(thing: Any) -> list[Value]:
    """Return what was computed in an arrangement of Values and other things, each once."""
    found = [entry for _, entry in entries(thing)] if not isinstance(thing, Value) else [thing]
    return list(dict.fromkeys(x for x in found if isinstance(x, Value) and x.parents))
