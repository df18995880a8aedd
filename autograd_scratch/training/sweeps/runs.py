"""What one run of a sweep does, perhaps in another process: make a model and its optimizer, and fit it."""

import pickle
from collections.abc import Callable, Mapping
from copy import deepcopy
from inspect import signature
from numbers import Real
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple

from ...errors import DataError
from ...ieee import describe
from ...nn.chance import Draws
from ...nn.search import is_model, models_in
from ...nn.states import entries_of, load, numbers_of
from ...optim import Optimizer
from ..fitting import fit
from ..history.history import History
from .shares import MODEL, SEED, Shares

_AS_THEY_ARE = (type, FunctionType, BuiltinFunctionType, MethodType)


class Task(NamedTuple):
    """What is asked for with one combination of settings, for any seed."""

    build: Callable[..., Any]
    data: Any
    targets: Any
    shares: Shares


class Trained:
    """A fitted model and its history; what is sent to another process is found there alike.

    A model that cannot be sent goes as its numbers, and has None for `model` until `model_of`.
    """

    def __init__(self, history: History, model: Any, numbers: Mapping[str, Any] | None = None) -> None:
        self.history = history
        self.model = model
        self.numbers = numbers

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            packed = pickle.dumps(self.model)
        except Exception:  # whatever a class of somebody's own raises there
            packed = b""
        return _received, (self.history, packed, numbers_of(entries_of(self.model)))


def run(task: Task, seed: int) -> Trained:
    """Make the model for a seed, and fit it."""
    model, optimizer = begun(task, seed)
    given = {name: own(setting) for name, setting in task.shares.fit.items()}
    holds_out = isinstance(given.get("validation"), Real)  # a share, which without a seed is the last rows
    if SEED not in given and ("batch_size" in given or holds_out or _draws(model)):
        given[SEED] = seed
    history = fit(model, task.data, task.targets, optimizer=optimizer, **given)
    if str(getattr(history, "stopped", "")).startswith("interrupted"):  # by Ctrl-C, which `fit` may keep
        raise KeyboardInterrupt
    return Trained(history, model)


def begun(task: Task, seed: int) -> tuple[Any, Optimizer]:
    """Return a new model and its optimizer."""
    made = task.build(**{SEED: seed, **{name: own(each) for name, each in task.shares.model.items()}})
    model, *others = made if isinstance(made, tuple) else (made,)
    kind = task.shares.kind
    if not is_model(model) or len(others) > 1 or not all(isinstance(each, Optimizer) for each in others):
        raise DataError(
            "build gives a model, such as MLP(2, [4, 1], seed=seed), or a model and its optimizer, not "
            f"{describe(made)}{'; is a return missing?' if made is None else ''}"
        )
    if others and kind is not None:
        raise DataError(
            "build gives an optimizer, and there is another one: leave optimizer= out, or build's"
        )
    if not others and kind is None:
        raise DataError(
            "sweep lacks an optimizer: write optimizer=SGD, lr=0.1, or have build give one, too"
        )
    return model, others[0] if others else _optimizer(kind, task.shares.optimizer, model)


def model_of(trained: Trained, task: Task, seed: int) -> Any:
    """Return the trained model; where its numbers alone were sent, one that is made anew has them."""
    if trained.model is None and trained.numbers is not None:
        trained.model, _ = begun(task, seed)
        load(entries_of(trained.model), trained.numbers)
    return trained.model


def own(setting: Any) -> Any:
    """Return a setting for one run alone: what is no function is copied, if it can be."""
    if isinstance(setting, _AS_THEY_ARE):
        return setting
    try:
        return deepcopy(setting)
    except Exception:  # of a lock or an open file, say, which are shared then
        return setting


def _optimizer(kind: Any, settings: Mapping[str, Any], model: Any) -> Optimizer:
    """Return a new optimizer with these settings."""
    if isinstance(kind, Optimizer):
        if any(group["params"] for group in kind.param_groups):
            name = type(kind).__name__
            raise DataError(
                f"this {name} has parameters of a model, and each run of a sweep has a model of its own: "
                f"write optimizer={name}, without them, or lambda model, lr: {name}(model.parameters(), lr)"
            )
        new = deepcopy(kind)
        for name in filter(settings.__contains__, new.setting_names):
            setattr(new, name, own(settings[name]))
        return new
    given = {name: own(each) for name, each in settings.items()}
    if not isinstance(kind, type) and MODEL in signature(kind).parameters:
        given[MODEL] = model
    made = kind(**given)
    if not isinstance(made, Optimizer):
        raise DataError(
            f"the function for the optimizer gives one, such as SGD(lr=0.1), not {describe(made)}"
        )
    return made


def _draws(model: Any) -> bool:
    """Say whether layers of a model draw by chance."""
    return any(
        isinstance(each, Draws)
        for part in models_in(model)
        for each in getattr(part, "__dict__", {}).values()
    )


def _received(history: History, packed: bytes, numbers: Mapping[str, Any]) -> Trained:
    """Return what came from another process."""
    try:
        return Trained(history, pickle.loads(packed), numbers)
    except Exception:  # it was not sent, or its class is not there
        return Trained(history, None, numbers)
