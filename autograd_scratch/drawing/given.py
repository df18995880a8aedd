"""What `draw` is given: a loss that is there, a model and its inputs, or a function and its arguments."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from inspect import signature
from numbers import Real
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from .. import modes
from ..arrays.containers import arrange, indices, is_array
from ..checking.kept import run_of
from ..checking.report import Report
from ..checking.updates.report import UpdateReport
from ..errors import DataError
from ..graph import pull_back, toposort
from ..ieee import describe, is_array_of_one
from ..nn.calls import noting_calls
from ..nn.module import ParameterName
from ..nn.search import is_model, parameters_of
from ..nn.states import buffers_of, keeping
from ..stepping.tracing import Run, traced
from ..value import Value
from .calls import homes_of
from .models import models_among, parameters_by_path
from .scene import Scene
from .variables import leaf_arrays, recorded

_INPUT_NAMES = "xyzuvwabcdefgh"
_FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, partial)
_DEEPEST = 50  # containers inside each other


def scene_of(things: Sequence[Any], own: Mapping[str, Any]) -> Scene:
    """Return what is to be drawn of the arguments of `draw`; a DataError says what can be."""
    first, *others = things or (None,)
    if isinstance(first, (Report, UpdateReport)):
        return _of_report(first, others, own)
    if isinstance(first, Value) or not callable(first) or isinstance(first, type):
        return _of_values(things, own)
    if isinstance(first, _FUNCTIONS) or (not is_model(first) and hasattr(first, "__wrapped__")):
        return _of_function(first, others[0] if len(others) == 1 else others, own)
    return scene_of_model(first, others, own)


def _of_values(things: Any, names: Mapping[str, Any]) -> Scene:
    """Return the scene of what is there; of models among the variables the parameters are known."""
    roots = list(dict.fromkeys(_values(things)))
    if not roots:
        raise DataError("draw needs something to draw: draw(loss), or draw(model, x)")
    return _known(Run(str(roots[0].name or ""), roots), models_among(names), names)


def scene_of_model(model: Any, inputs: Sequence[Any], names: Mapping[str, Any]) -> Scene:
    """Return the scene of a model's answer, with the gradients of it if it is one number."""
    if not inputs:
        raise DataError("a model is drawn on an input: write draw(model, x)")
    named = [with_names(x, name) for x, name in zip(inputs, _INPUT_NAMES)]
    try:
        return scene_of_call(model, partial(model, *named), names)
    except DataError:  # as of indices, which are no Values
        with suppress(Exception):
            return scene_of_call(model, partial(model, *inputs), names)
        raise


def scene_of_call(model: Any, call: Callable[[], Any], names: Mapping[str, Any]) -> Scene:
    """Return the scene of what a call of a model gives."""
    with modes.recording(), noting_calls() as calls, keeping(buffers_of(model)):
        answer = call()
    roots = list(dict.fromkeys(_values(answer, has_numbers=True)))
    if not roots:
        raise DataError(
            f"the model gave {describe(answer)}, which holds no Value: there is nothing to draw"
        )
    called = next((name for name, thing in names.items() if thing is model), "")
    scene = _known(Run("", roots), models_among(names) | {called or "model": model}, names)
    homes, told = homes_of(calls, model)
    return replace(scene, slopes=_slopes(roots), homes=homes, told=told, is_there=False)


def _of_function(function: Any, at: Any, names: Mapping[str, Any]) -> Scene:
    """Return the scene of a function that is run on copies, with the gradients of what it gives."""
    with noting_calls() as calls:
        run = traced(function, _as_one_argument(function, at), "draw")
    homes, told = homes_of(calls)
    return replace(_seen(run, names), homes=homes, told=told)


def _of_report(report: Report | UpdateReport, others: Any, names: Mapping[str, Any]) -> Scene:
    """Return the scene of the loss that a report is about, as it was run for that."""
    if isinstance(report, UpdateReport):
        raise DataError("a report of compare_update has no graph to draw; draw takes one of compare")
    if others:
        raise DataError("a report is drawn alone: write draw(report)")
    run, parameters = run_of(report.kept)
    return replace(_seen(run, names), report=report, parameters=parameters)


def _seen(run: Run, names: Mapping[str, Any]) -> Scene:
    """Return the scene of what was run, with the names that variables had on the way."""
    variables = reversed(run.recorder.variables.items())  # those of the outermost functions first
    seen = {name: [*things.values()][-1] for name, things in variables}
    arguments = {**run.arguments, **leaf_arrays({**names, **seen}, run.arguments)}
    return Scene(
        replace(run, arguments=arguments),
        names={**seen, **names},
        slopes=_slopes(run.roots),
        is_there=False,
    )


def _as_one_argument(function: Any, at: Any) -> Any:
    """Return the arguments of a function; a list or dict that is the one argument of it in a list."""
    with suppress(TypeError, ValueError):  # without a signature
        (only,) = signature(function).parameters.values()
        is_list = isinstance(at, (list, tuple)) and len(at) > 1
        is_dict = isinstance(at, Mapping) and only.name not in at
        if only.kind is only.POSITIONAL_OR_KEYWORD and (is_list or is_dict):
            return [at]
    return at


def _known(run: Run, models: Mapping[str, Any], names: Mapping[str, Any]) -> Scene:
    """Return a scene in which the parameters of some models, and the arrays of variables, are known."""
    parameters: dict[Value, ParameterName] = {}
    called: dict[object, str] = {}
    for name, model in models.items():
        own = parameters_by_path(model)
        parameters |= own
        called |= {path.model: name for path in own.values()}
    arrays = leaf_arrays({key: x for key, x in names.items() if key not in models}, {}, parameters)
    run = replace(run, arguments=arrays, recorder=recorded(names))
    frozen = frozenset(p for model in models.values() if is_model(model) for p in _frozen(model))
    return Scene(run, parameters, names, called, frozen=frozen)


def _frozen(model: Any) -> set[Value]:
    return {*parameters_of(model, frozen=True)} - {*parameters_of(model)}


def _slopes(roots: Sequence[Value]) -> Mapping[Value, Any] | None:
    """Return the gradients of one root by all below it, with nothing written into the graph."""
    return pull_back(toposort(*roots), {roots[0]: 1.0}) if len(roots) == 1 else None


def _values(thing: Any, depth: int = 0, has_numbers: bool = False) -> Iterator[Value]:
    """Yield the Values in a thing to draw, which may be nested in containers, with numbers beside them."""
    if depth > _DEEPEST:
        raise DataError("what is to be drawn is a container that holds itself, or is nested too deep")
    if is_array_of_one(thing):
        thing = thing.item()
    if isinstance(thing, Value):
        yield thing
    elif has_numbers and isinstance(thing, Real):  # as the zeros around an image
        return
    elif isinstance(thing, Iterable) and not isinstance(thing, (str, type)):
        for entry in thing.values() if isinstance(thing, Mapping) else thing:
            yield from _values(entry, depth + 1, has_numbers)
    else:
        raise DataError(
            "draw takes Values, as in draw(loss), a model and its inputs, as in draw(model, x), or a "
            f"function and its arguments, as in draw(f, {{'w': 0.5}}), not {describe(thing)}"
        )


def with_names(x: Any, name: str) -> Any:
    """Make the numbers of an input Values, so that each is one box: x1, x2, ..."""
    if is_array(x):
        places = ("".join(str(i + 1) for i in index) for index in indices(x))
        return arrange(x, [with_names(entry, f"{name}{i}") for i, entry in zip(places, x.ravel().tolist())])
    if isinstance(x, (list, tuple)):
        entries = [with_names(entry, f"{name}{i}") for i, entry in enumerate(x, 1)]
        return tuple(entries) if isinstance(x, tuple) else entries
    return Value(x, name) if isinstance(x, Real) and not isinstance(x, bool) else x
