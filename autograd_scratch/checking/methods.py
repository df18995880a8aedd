"""Which methods of a network are its loss and its backward pass, and with what they are called."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import DataError
from ..replicas.persons import is_persons
from .calls import as_arguments

__tracebackhide__ = True  # pytest shows the lines of people, not these

LOSSES = (
    *("loss", "compute_loss", "calculate_loss", "loss_fn", "get_loss", "cost", "compute_cost"),
    *("cost_function", "objective", "forward", "__call__"),
)
BACKWARDS = (
    *("backward", "backprop", "back_prop", "back_propagation", "backpropagation", "backpropagate"),
    *("backward_pass", "compute_gradients", "compute_gradient", "gradients", "gradient", "grad"),
)


def is_object(thing: Any) -> bool:
    """Say whether a thing is an object of a person's class, which has methods to call.

    The class is asked, for an attribute may be called `func` or `dtype`, too, or be made when asked for.
    """
    kind = type(thing)
    is_function = inspect.isroutine(thing) or isinstance(thing, partial)
    is_data = isinstance(thing, (Mapping, list, tuple, type)) or hasattr(kind, "dtype")
    has_attributes = is_persons(kind) or hasattr(kind, "__slots__") or kind.__dictoffset__ != 0
    return not is_function and not is_data and has_attributes


def method_of(thing: Any, names: Sequence[str], what: str) -> Callable[..., Any]:
    """Return the method of an object that is called like what is looked for."""
    for name in names:
        method = getattr(thing, name, None)
        if callable(method) and inspect.isroutine(getattr(type(thing), name, method)):
            found: Callable[..., Any] = method
            return found
    raise DataError(
        f"compare found no {what} in an object of {type(thing).__name__}: no method is called "
        f"{', '.join(names[:4])} or the like; give it the method, as "
        f"{'net.loss' if what == 'loss' else 'hand=net.backward'}"
    )


def bound(method: Callable[..., Any], inputs: Any) -> inspect.BoundArguments:
    """Return what the loss is called with: inputs in order, in a dict by name, or one alone."""
    signature = inspect.signature(method)
    try:
        if isinstance(inputs, Mapping):
            return signature.bind(**inputs)
        return signature.bind(*as_arguments(inputs))
    except TypeError as fault:
        remedy = "write inputs=(X, y), say"
        if not as_arguments(inputs) and not inspect.ismethod(method):
            remedy = "say at which arrays, by name, as at={'W1': W1, 'b1': b1}"
        raise DataError(
            f"{name_of(method)}{signature} is called with inputs, and here: {fault}; {remedy}"
        ) from None


def is_needed(parameter: inspect.Parameter) -> bool:
    """Say whether a function cannot be called without an argument."""
    is_one = parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return is_one and parameter.default is parameter.empty


def name_of(function: Any) -> str:
    """Return what a function is called."""
    return str(getattr(function, "__name__", type(function).__name__))
