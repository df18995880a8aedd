"""A model with other numbers for its parameters: what turns a model into a function of them.

Transforms differentiate functions of their arguments. `functional_call` makes a model's parameters
arguments, arranged as `state_dict` has them:

    >>> from autograd_scratch import MLP, grad, mse
    >>> model = MLP(1, [2, 1], "tanh", seed=0)
    >>> loss = lambda state: mse(functional_call(model, state, [0.5]), 1.0)
    >>> gradient = grad(loss)(model.state_dict())
    >>> list(gradient) == list(model.state_dict())
    True
"""

from collections.abc import Callable, Mapping
from functools import partial
from operator import setitem
from typing import Any

from ..arrays.containers import is_array
from ..errors import DataError, StateError
from ..ieee import describe
from ..signatures import call_form
from ..value import Value
from .module import Module
from .search import models_in, places, stand_ins
from .states import Buffer, entries_of, keeping, leaves_of


@call_form("functional_call(model, model.state_dict(), x)")
def functional_call(model: Any, state: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:
    """Return model(*args, **kwargs) computed with the numbers or Values of `state` for parameters.

    `state` maps paths, as `state_dict` does, to parameters and buffers; what it leaves out stays as it is.
    The model itself is not changed. The name and the form are those of `torch.func`. A path that the model
    does not have is a StateError.

    >>> from autograd_scratch import Neuron, grad
    >>> neuron = Neuron(1, "linear", weights=[2.0], bias=1.0)
    >>> grad(lambda state: functional_call(neuron, state, [3.0]))({"w.0": 2.0, "b": 1.0})
    {'w.0': 3.0, 'b': 1.0}
    """
    if not isinstance(model, Module):
        raise DataError(f"functional_call takes a model, a Module, not {describe(model)}")
    run: Any = model
    return substituted(model, state, run, *args, **kwargs)


def substituted(
    model: Module, state: Mapping[str, Any], function: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> Any:
    """Call `function` while a model has the numbers or Values of `state` for parameters and buffers."""
    if not isinstance(state, Mapping):
        raise StateError(f"a state is a mapping from path to number, not {describe(state)}")
    entries = entries_of(model)
    unknown = [path for path in state if path not in entries]
    if unknown:
        raise StateError(f"nothing in {model.signature()} is called {', '.join(map(repr, unknown))}")
    others = {
        parameter: number if isinstance(number, Value) else Value(number)
        for path, new in state.items()
        for parameter, number in leaves_of(path, entries[path], new)
    }
    held = [
        (_plain(holder) if is_array(holder) else holder, key, thing)
        for part in models_in(model)
        for _, _, holder, key, thing in places(part)
        if thing.__class__ is Value and thing in others
    ]
    for holder, _, parameter in held:
        if isinstance(holder, tuple):
            raise StateError(f"{parameter!r} is in a tuple, where nothing can stand in for it; use a list")
    hidden = others.keys() - {parameter for _, _, parameter in held}
    if hidden:
        raise StateError(
            f"nothing can stand in for {hidden.pop()!r}: it is in no attribute of {model.signature()}"
        )
    holders, keys, own = zip(*held) if held else ((), (), ())
    substitute = map(setitem, holders, keys, [others[parameter] for parameter in own])
    restore = partial(any, map(setitem, holders, keys, own))  # in C: Ctrl-C comes before or after
    buffers = {path: entry for path, entry in entries.items() if isinstance(entry, Buffer)}
    new = [(buffer, buffer.shaped(state[path], path)) for path, buffer in buffers.items() if path in state]
    before = stand_ins.set(stand_ins.get() | {*others.values()})
    try:
        with keeping(buffers.values()):
            any(substitute)
            for buffer, held in new:
                buffer.held = held
            return function(*args, **kwargs)
    finally:
        restore()
        stand_ins.reset(before)


def _plain(array: Any) -> Any:
    """Return a view of an array's entries that writes as NumPy does, and not as arrays of Values do."""
    import numpy

    return array.view(numpy.ndarray)
