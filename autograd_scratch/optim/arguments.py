"""What an optimizer is given, parameters and a learning rate, in whichever order.

>>> from autograd_scratch import MLP, SGD
>>> model = MLP(2, [1])
>>> SGD(model.parameters(), lr=0.1), SGD(model, 0.1), SGD(0.1, model), SGD(0.1)
(SGD(lr=0.1), SGD(lr=0.1), SGD(lr=0.1), SGD(lr=0.1))
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, Protocol

from ..arrays.containers import entries, is_array
from ..errors import DataError, refuse_class
from ..ieee import describe
from ..nn.search import is_model, parameters_of
from ..primitives.arguments import is_several
from ..value import Value

RATE = "lr"
NAMES = ("params", "parameters")  # the parameters may be given under either, whatever the constructor says


class HasParameters(Protocol):
    """A model, or whatever else has parameters to train."""

    def parameters(self) -> list[Value]: ...


Parameters = HasParameters | Iterable[Value] | Value
ParametersOrRate = Parameters | float | None


def in_any_order(init: Callable[..., None]) -> Callable[..., None]:
    """Let a constructor that begins with parameters and `lr`, or with `lr` and these, take either order."""
    names = [p.name for p in signature(init).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    own = next((name for name in NAMES if {name, RATE} == {*names[:2]}), None)
    if own is None:
        return init

    @wraps(init)
    def constructor(self: Any, *given: Any, **settings: Any) -> None:
        if len(given) > len(names):
            init(self, *given)  # which Python refuses
        pair = [thing for thing in given[:2] if thing is not None]
        sets = [thing for thing in pair if _may_be_parameters(thing)]
        rates = [thing for thing in pair if not _may_be_parameters(thing)]
        sets += [settings.pop(name) for name in NAMES if name in settings]
        rates += [settings.pop(RATE)] if RATE in settings else []
        for several in (sets, rates):
            if len(several) > 1:
                raise DataError(
                    f"{type(self).__name__} takes parameters and a learning rate, one of each, not "
                    f"{' and '.join(map(describe, several))}: {right_form(self)}"
                )
        for group in sets[0] if sets and isinstance(sets[0], (list, tuple)) else ():
            _refuse_group(group)
        found = dict(zip([own], sets)) | dict(zip([RATE], rates)) | dict(zip(names[2:], given[2:]))
        init(self, **found, **settings)

    return constructor


def right_form(optimizer: object) -> str:
    """Say how an optimizer is made."""
    return f"write {type(optimizer).__name__}(model.parameters(), lr=0.1)"


def _refuse_group(thing: Any) -> None:
    """Refuse what PyTorch calls a group of parameters."""
    if isinstance(thing, Mapping) and "params" in thing:
        raise DataError(
            "an optimizer has one group of parameters, with the same settings for all; for several "
            "make one each, such as Adam(model.layers[0], lr=0.01) and Adam(model.layers[1], lr=0.001)"
        )


def listed(parameters: Any) -> list[Value]:
    """Return the parameters that are given: Values and models, alone, in arrays, lists or by name.

    >>> from autograd_scratch import values
    >>> listed({"W": values([1.0, 2.0]), "b": Value(3.0)})
    [Value(data=1.0), Value(data=2.0), Value(data=3.0)]
    """
    if isinstance(parameters, (Value, type)) or is_model(parameters):
        parameters = [parameters]
    if not isinstance(parameters, Iterable):
        is_method = getattr(parameters, "__name__", "") == "parameters"
        called = "; write model.parameters(), with brackets" if is_method else ""
        raise DataError(f"parameters are a model, or a list of Values, not {describe(parameters)}{called}")
    if not isinstance(parameters, Mapping) and not is_array(parameters):
        parameters = list(parameters)
    found: list[Value] = []
    for _, p in entries(parameters):
        refuse_class(p)
        if not isinstance(p, Value) and not is_model(p):
            raise DataError(f"a parameter must be a Value, not {describe(p)}")
        if isinstance(p, Value) and p.primitive is not None:
            raise DataError(
                f"a parameter is a leaf, and {describe(p)} is computed from others, as a loss is: give the "
                "model, or its parameters; of a number that is computed make a leaf, value.detach()"
            )
        found += [p] if isinstance(p, Value) else parameters_of(p)
    return found


def _may_be_parameters(thing: Any) -> bool:
    """Say whether a thing is more like parameters than like a learning rate."""
    return isinstance(thing, Value) or is_model(thing) or callable(thing) or is_several(thing)
