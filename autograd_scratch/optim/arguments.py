"""What an optimizer is given, parameters and a learning rate, in whichever order.

>>> from autograd_scratch import MLP, SGD
>>> model = MLP(2, [1])
>>> SGD(model.parameters(), lr=0.1), SGD(model, 0.1), SGD(0.1, model), SGD(0.1)
(SGD(lr=0.1), SGD(lr=0.1), SGD(lr=0.1), SGD(lr=0.1))
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
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
GROUP = "params"  # what a group calls them


class HasParameters(Protocol):
    """A model, or whatever else has parameters to train."""

    def parameters(self) -> list[Value]: ...


Parameters = HasParameters | Iterable[Value] | Value
Groups = Iterable[Mapping[str, Any]]
ParametersOrRate = Parameters | Groups | float | None


def in_any_order(init: Callable[..., None]) -> Callable[..., None]:
    """Let a constructor that begins with parameters and `lr`, or with `lr` and these, take either order."""
    parameters = signature(init).parameters
    names = [p.name for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
    own = next((name for name in NAMES if {name, RATE} == {*names[:2]}), None)
    if own is None:
        return init
    needs_rate = parameters[RATE].default is None

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
        sets = [[*each] if isinstance(each, Iterator) else each for each in sets]
        groups = groups_in(sets[0]) if sets and needs_rate and not rates else []
        if groups and all(RATE in group for group in groups):
            rates = [groups[0][RATE]]
        found = dict(zip([own], sets)) | dict(zip([RATE], rates)) | dict(zip(names[2:], given[2:]))
        init(self, **found, **settings)

    return constructor


def right_form(optimizer: object) -> str:
    """Say how an optimizer is made."""
    return f"write {type(optimizer).__name__}(model.parameters(), lr=0.1)"


def told_settings(thing: object, always: str = "", never: str = "") -> list[str]:
    """Write the settings of a thing as its constructor takes them, without those that it has by default."""
    return [
        f"{name}={_told(getattr(thing, name))}"
        for name, argument in signature(type(thing)).parameters.items()
        if name != never
        and hasattr(thing, name)
        and (name == always or getattr(thing, name) != argument.default)
    ]


def _told(setting: Any) -> str:
    return str(getattr(setting, "__name__", None) or repr(setting))


def is_group(thing: Any) -> bool:
    """Say whether a thing is a group of parameters with settings, as PyTorch has them."""
    return isinstance(thing, Mapping) and GROUP in thing


def groups_in(parameters: Any) -> list[Any]:
    """Return the groups that are given in place of parameters, if there are any."""
    is_row = isinstance(parameters, (list, tuple))
    return [*parameters] if is_row and any(map(is_group, parameters)) else []


def listed(parameters: Any) -> list[Value]:
    """Return the parameters that are given: Values and models, alone, in arrays, lists or by name.

    >>> from autograd_scratch import values
    >>> listed({"W": values([1.0, 2.0]), "b": Value(3.0)})
    [Value(data=1.0), Value(data=2.0), Value(data=3.0)]
    """
    if type(parameters) is list and all(p.__class__ is Value and p.primitive is None for p in parameters):
        return [*parameters]  # what follows does the same, and takes long where there are thousands
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
