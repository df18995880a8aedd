"""Which optimizers a person's step may be meant as, with the settings that stand in that person's code."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from ...errors import AutogradError, DataError, look_up
from ...ieee import describe
from ...optim import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop
from ...replicas.persons import functions_of, used_by
from .roles import settings_by_argument

Make = Callable[..., Optimizer]

_RATE = 0.01  # where none is found: it is solved for
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


def _nesterov(**settings: Any) -> Optimizer:
    return SGD(**settings, nesterov=True)


# by what is in the name of a function or class, the more special first; with the settings that they need
FAMILIES: Mapping[str, tuple[Make, Mapping[str, float]]] = {
    "nadam": (NAdam, {}),
    "adamw": (AdamW, {}),
    "amsgrad": (_amsgrad, {}),
    "adam": (Adam, {}),
    "rmsprop": (RMSprop, {}),
    "adagrad": (Adagrad, {}),
    "adadelta": (Adadelta, {}),
    "nesterov": (_nesterov, {"momentum": 0.9}),
    "nag": (_nesterov, {"momentum": 0.9}),
    "momentum": (SGD, {"momentum": 0.9}),
    "velocity": (SGD, {"momentum": 0.9}),
    "sgd": (SGD, {}),
    "gradientdescent": (SGD, {}),
}
_KIN = {"sgd": ("momentum", "nesterov"), "gradientdescent": ("momentum", "nesterov"), "adam": ("amsgrad",)}
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
    kind = step if isinstance(step, type) else type(getattr(step, "__self__", step))
    names = f"{getattr(step, '__name__', '')} {kind.__name__}".lower().replace("_", "")
    called = [name for name in FAMILIES if name in names]
    called = [*dict.fromkeys((*called, *(kin for name in called for kin in _KIN.get(name, ()))))]
    order = dict.fromkeys((*called, *_OTHERS))
    every = [_made(*FAMILIES[name], numbers) for name in order]
    return Meant(every, every[: len(called)] or every)


def _made(make: Make, needed: Mapping[str, float], numbers: Mapping[str, float]) -> Optimizer:
    """Return an optimizer with the settings that are found by their names."""
    kind = make if isinstance(make, type) else type(make(lr=_RATE, **needed))
    wanted = [*inspect.signature(kind).parameters]
    wanted += ["beta1", "beta2"] if "betas" in wanted else []
    called = settings_by_argument(numbers, {name: name for name in wanted})
    settings = {**needed, **{setting: numbers[name] for name, setting in called.items()}}
    return _with(make, needed, settings)


def _with(make: Make, needed: Mapping[str, float], settings: Mapping[str, float]) -> Optimizer:
    """Return an optimizer with settings; what one of them cannot be stays as usual."""
    own: dict[str, Any] = {name: x for name, x in settings.items() if name not in ("beta1", "beta2")}
    if "beta1" in settings or "beta2" in settings:
        own["betas"] = (settings.get("beta1", 0.9), settings.get("beta2", 0.999))
    own = {"lr": _RATE, **needed, **own}
    try:
        return make(**own)
    except (AutogradError, TypeError):
        return make(lr=_RATE, **needed)


def every_family() -> Iterator[Optimizer]:
    """Yield an optimizer of each kind, with usual settings."""
    for name in _OTHERS:
        make, needed = FAMILIES[name]
        yield _with(make, needed, {})


def with_settings(optimizer: Optimizer, settings: Mapping[str, float]) -> Optimizer:
    """Return an optimizer like one, with other settings."""
    other = copy(optimizer)
    own: dict[str, Any] = {name: x for name, x in settings.items() if name not in ("beta1", "beta2")}
    if "beta1" in settings:
        own["betas"] = settings["beta1"], settings["beta2"]
    for name, setting in own.items():
        setattr(other, name, setting)
    return other


def constants_of(step: Any) -> list[float]:
    """Return the numbers that stand in a person's step, and in what it uses, each once."""
    found: dict[float, None] = {}
    for function in _functions(step):
        for constant in _constants(function.__code__):
            found[constant] = None
    for number in _numbers_by_name(step).values():
        found[number] = None
    return [*found]


def _constants(code: CodeType) -> Iterator[float]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _constants(constant)
        elif type(constant) is float:
            yield constant


def _functions(step: Any) -> Iterator[FunctionType]:
    function = getattr(step, "__func__", step)
    if isinstance(function, FunctionType):
        yield function
    kind = step if isinstance(step, type) else type(getattr(step, "__self__", step))
    yield from functions_of(kind)


def _numbers_by_name(step: Any) -> dict[str, float]:
    """Return the numbers that a step has by name: in defaults, attributes, closures and globals."""
    found: dict[str, float] = {}

    def note(name: str, thing: Any) -> None:
        if type(thing) in (int, float) or (hasattr(thing, "dtype") and getattr(thing, "shape", 0) == ()):
            found.setdefault(name, float(thing))
        elif name == "betas" and isinstance(thing, tuple) and len(thing) == 2:
            found.setdefault("beta1", thing[0])
            found.setdefault("beta2", thing[1])

    owner = getattr(step, "__self__", step)
    if not isinstance(owner, (type, FunctionType)):
        for name, thing in getattr(owner, "__dict__", {}).items():
            note(name, thing)
    functions = [*_functions(step)]
    for function in functions:
        with suppress(TypeError, ValueError):
            for name, argument in inspect.signature(function).parameters.items():
                note(name, argument.default)
        for thing, _, _, name in used_by(function):
            if name:
                note(name, thing)
    return found
