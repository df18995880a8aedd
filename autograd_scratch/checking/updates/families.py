"""Which optimizers a person's step may be meant as, with the settings that stand in that person's code."""

import inspect
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any, NamedTuple

from ...errors import AutogradError, DataError, look_up
from ...ieee import describe
from ...optim import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
)
from ...replicas.persons import functions_of, is_persons, used_by
from ..methods import is_object
from .recipes import PAIRS, by_argument
from .roles import settings_by_argument

Make = Callable[..., Optimizer]

_RATE = 0.01  # where none is found: it is solved for
_MANY = 50  # functions and objects that are looked at for settings
_MORE = ("weight_decay", "momentum")
USUAL: Mapping[str, float] = {  # settings with which a step is called that has no own ones
    "lr": _RATE,
    "beta1": 0.9,
    "beta2": 0.999,
    "eps": 1e-8,
    "momentum": 0.9,
    "alpha": 0.9,
    "weight_decay": 0.01,
    "rho": 0.9,
}


def _amsgrad(**settings: Any) -> Optimizer:
    return Adam(**settings, amsgrad=True)


def _centered(**settings: Any) -> Optimizer:
    return RMSprop(**settings, centered=True)


def _nesterov(**settings: Any) -> Optimizer:
    return SGD(**settings, nesterov=True)


# by what is in the name of a function or class, the more special first; with the settings that they need
FAMILIES: Mapping[str, tuple[Make, Mapping[str, float]]] = {
    "nadam": (NAdam, {}),
    "radam": (RAdam, {}),
    "rectifiedadam": (RAdam, {}),
    "adamax": (Adamax, {}),
    "adamw": (AdamW, {}),
    "amsgrad": (_amsgrad, {}),
    "adam": (Adam, {}),
    "rmsprop": (RMSprop, {}),
    "centered": (_centered, {}),
    "adagrad": (Adagrad, {}),
    "adadelta": (Adadelta, {}),
    "rprop": (Rprop, {}),
    "lion": (Lion, {}),
    "nesterov": (_nesterov, {"momentum": 0.9}),
    "nag": (_nesterov, {"momentum": 0.9}),
    "momentum": (SGD, {"momentum": 0.9}),
    "velocity": (SGD, {"momentum": 0.9}),
    "sgd": (SGD, {}),
    "gradientdescent": (SGD, {}),
}
_KIN = {
    "sgd": ("momentum", "nesterov"),
    "gradientdescent": ("momentum", "nesterov"),
    "adam": ("amsgrad",),
    "rmsprop": ("centered",),
}
_OTHERS = (
    "sgd",
    "momentum",
    "nesterov",
    "rmsprop",
    "adagrad",
    "adam",
    "adamw",
    "amsgrad",
    "adadelta",
    "nadam",
    "radam",
    "adamax",
    "lion",
    "rprop",
)


class Meant(NamedTuple):
    """The optimizers that a step may be meant as, the likeliest first, and the likely ones of these."""

    all: Sequence[Optimizer]
    likely: Sequence[Optimizer]
    is_given: bool = False

    def with_more(self, known: Sequence[float]) -> Iterator[Optimizer]:
        """Yield them with weight decay or momentum, of the size of numbers that are known."""
        for optimizer in self.likely:
            for name in _MORE:
                if getattr(optimizer, name, None) == 0.0:
                    yield from (with_settings(optimizer, {name: x}) for x in known if 0.0 < x < 1.0)


def meant(optimizer: Any, step: Any, given: Mapping[str, Any]) -> Meant:
    """Return what a step may be meant as; `given` are settings that it is called with, by their names."""
    if isinstance(optimizer, Optimizer):
        return Meant([optimizer], [optimizer], is_given=True)
    numbers = {**_numbers_by_name(step), **given}
    if isinstance(optimizer, str):
        make, needed = look_up(re.sub(r"\W|_", "", optimizer.lower()), FAMILIES, "optimizer")
        found = [_made(make, needed, numbers)]
        return Meant(found, found)
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        found = [_made(optimizer, {}, numbers)]
        return Meant(found, found)
    if optimizer is not None:
        raise DataError(
            "optimizer is the one of this package that the step should be, as optimizer=Adam(lr=0.01), or "
            f"left out; not {describe(optimizer)}"
        )
    reached = _reached(step)
    names = " ".join(getattr(thing, "__name__", type(thing).__name__) for thing in reached)
    names = names.lower().replace("_", "")
    called = [name for name in FAMILIES if name in names]
    called = [*dict.fromkeys((*called, *(kin for name in called for kin in _KIN.get(name, ()))))]
    order = dict.fromkeys((*called, *_OTHERS))
    every = [_made(*FAMILIES[name], numbers) for name in order]
    return Meant(every, every[: len(called)] or every)


def _made(make: Make, needed: Mapping[str, float], numbers: Mapping[str, float]) -> Optimizer:
    """Return an optimizer with the settings that are found by their names."""
    kind = make if isinstance(make, type) else type(make(lr=_RATE, **needed))
    wanted = [*inspect.signature(kind).parameters]
    wanted += [name for pair in PAIRS if pair in wanted for name in PAIRS[pair]]
    called = settings_by_argument(numbers, {name: name for name in wanted})
    settings = {**needed, **{setting: numbers[name] for name, setting in called.items()}}
    return _with(make, needed, settings)


def _with(make: Make, needed: Mapping[str, float], settings: Mapping[str, float]) -> Optimizer:
    """Return an optimizer with settings; what one of them cannot be stays as usual."""
    usual = make(lr=_RATE, **needed)
    try:
        return make(**{"lr": _RATE, **needed, **by_argument(settings, usual)})
    except (AutogradError, TypeError):
        return usual


def every_family() -> Iterator[Optimizer]:
    """Yield an optimizer of each kind, with usual settings."""
    for name in _OTHERS:
        make, needed = FAMILIES[name]
        yield _with(make, needed, {})


def with_settings(optimizer: Optimizer, settings: Mapping[str, float]) -> Optimizer:
    """Return an optimizer like one, with other settings."""
    other = copy(optimizer)
    for name, setting in by_argument(settings, optimizer).items():
        setattr(other, name, setting)
    return other


def has_single(step: Any) -> bool:
    """Say whether a step has settings that are of float32."""
    things = [each for thing in _reached(step) for each in getattr(thing, "__dict__", {}).values()]
    numbers = [thing for thing in things if hasattr(thing, "dtype") and getattr(thing, "shape", 0) == ()]
    return any(number.dtype == "float32" for number in numbers)


def constants_of(step: Any) -> list[float]:
    """Return the numbers that stand in a person's step, and in what it uses, each once."""
    found: dict[float, None] = {}
    for thing in _reached(step):
        for function in _functions(thing):
            found |= dict.fromkeys(_constants(function.__code__))
    for number in _numbers_by_name(step).values():
        found[number] = None
    return [*found]


def _constants(code: CodeType) -> Iterator[float]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _constants(constant)
        elif type(constant) is float:
            yield constant


def _reached(step: Any) -> list[Any]:
    """Return a step, with the person's functions, objects and classes that it uses: the nearest first."""
    found: dict[int, Any] = {}
    pending = deque([step])
    while pending and len(found) < _MANY:
        thing = pending.popleft()
        if isinstance(thing, MethodType):
            pending.extendleft((thing.__self__, thing.__func__))
        elif isinstance(thing, partial):
            pending.extend((thing.func, *thing.keywords.values()))
        elif id(thing) not in found and (thing is step or _is_persons(thing)):
            found[id(thing)] = thing
            for function in _functions(thing):
                pending.extend(used for used, *_ in used_by(function))
    return [*found.values()]


def _is_persons(thing: Any) -> bool:
    kind = thing if isinstance(thing, (type, FunctionType)) else type(thing)
    return is_persons(kind) and (kind is thing or is_object(thing))


def _functions(thing: Any) -> Iterator[FunctionType]:
    if isinstance(thing, FunctionType):
        yield thing
    else:
        yield from functions_of(thing if isinstance(thing, type) else type(thing))


def _numbers_by_name(step: Any) -> dict[str, float]:
    """Return the numbers that a step has by name: in defaults, attributes, closures and globals."""
    found: dict[str, float] = {}

    def note(name: str, thing: Any) -> None:
        if type(thing) in (int, float) or (hasattr(thing, "dtype") and getattr(thing, "shape", 0) == ()):
            found.setdefault(name, float(thing))
        elif name in PAIRS and isinstance(thing, (tuple, list)) and len(thing) == 2:
            for each, number in zip(PAIRS[name], thing):
                note(each, number)

    for thing in _reached(step):
        if not isinstance(thing, (type, FunctionType)):
            for name, part in getattr(thing, "__dict__", {}).items():
                note(name, part)
        for function in _functions(thing):
            with suppress(TypeError, ValueError):
                for name, argument in inspect.signature(function).parameters.items():
                    note(name, argument.default)
            for used, _, _, name in used_by(function):
                if name:
                    note(name, used)
    return found
