"""Whom each setting of a sweep is for: who makes the model, its optimizer, or `fit`.

>>> from autograd_scratch import MLP, SGD
>>> def build(seed, hidden):
...     return MLP(2, [hidden, 1], seed=seed)
>>> shared_out(build, {"hidden": 4, "lr": 0.5, "epochs": 9, "optimizer": SGD})
Shares(model={'hidden': 4}, fit={'epochs': 9}, optimizer={'lr': 0.5}, kind=<class \
'autograd_scratch.optim.sgd.SGD'>)
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from inspect import Parameter, signature
from typing import Any, NamedTuple

from ...errors import CallError, DataError, refuse_class
from ...ieee import describe
from ...nn.search import is_model
from ...optim import Optimizer
from ...signatures import NAMES_ELSEWHERE, NOWHERE
from ..fitting import fit

SEED, OPTIMIZER, MODEL = "seed", "optimizer", "model"
_FOR_ONE = {  # what `fit` takes, and is not to be given to many at once
    **dict.fromkeys(
        ("checkpoint", "resume"), "a checkpoint is the file of one run, and a sweep has many: leave it out"
    ),
    "shards": "an executor computes whole runs of a sweep, and shards only of a single fit: leave it out",
}
_OF_SWEEP = {  # what `sweep` takes itself
    "seeds": "Write seeds=range(8)",
    "grid": 'Write grid={"lr": [0.1, 1.0], "hidden": [2, 4]}',
    "executor": "Write executor=ThreadPoolExecutor(4), of concurrent.futures",
}
_BY_NAME = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_A_BUILD = "lambda seed, hidden=4: MLP(2, [hidden, 1], seed=seed)"


class Shares(NamedTuple):
    """The settings of a run by whom they are for, and the optimizer, or what makes one."""

    model: dict[str, Any]
    fit: dict[str, Any]
    optimizer: dict[str, Any]
    kind: Any


class _Taker(NamedTuple):
    """Somebody who takes settings: these, and with `rest` all that nobody else takes."""

    called: str
    names: Sequence[str]
    rest: bool = False


def shared_out(build: Callable[..., Any], settings: Mapping[str, Any]) -> Shares:
    """Return which settings are for whom: each for all who take one of its name.

    One that nobody takes is a CallError, as is a lack of one.
    """
    own = _taker("build", build)
    kind = None if OPTIMIZER in own.names else settings.get(OPTIMIZER)
    needed = {name: p.default is p.empty for name, p in _of_fit().items()}
    takers = [own, _Taker("fit", [*needed]), _taker_of(kind)]
    named = {OPTIMIZER} | {name for taker in takers for name in taker.names}
    rests = [taker for taker in takers if taker.rest]
    for name in settings:
        if name in _FOR_ONE and name not in own.names:
            raise CallError(f"sweep takes no {name!r}: {_FOR_ONE[name]}")
        if name not in named and not rests:
            raise CallError(_unknown(name, takers))
    first, second, third = (
        {
            key: each
            for key, each in settings.items()
            if key in taker.names or (taker.rest and key not in named)
        }
        for taker in takers
    )
    first.pop(SEED, None)  # one that is given is for `fit`
    missing = [name for name, is_needed in needed.items() if is_needed and name not in settings]
    if missing:
        raise CallError(f"sweep lacks {missing[0]!r}, which fit needs: write {missing[0]}=...")
    try:
        signature(build).bind(**{SEED: 0, **first})
    except TypeError as fault:
        raise CallError(
            f"build cannot be called with the settings ({fault}): give what it lacks by name, to sweep "
            "itself or in its grid"
        ) from None
    except ValueError:  # no signature
        pass
    return Shares(first, second, third, kind)


def check_build(build: Any) -> None:
    """Say if a thing does not make models from seeds."""
    if not callable(build) or is_model(build):
        raise DataError(
            f"build is a function that makes a new model for a seed, such as {_A_BUILD}, not "
            f"{describe(build)}"
        )
    taker = _taker("build", build)
    if SEED not in taker.names and not taker.rest:
        raise CallError(
            f"build is called with a seed, build(seed=0), and does not take it: write {_A_BUILD}"
        )


def _of_fit() -> dict[str, Parameter]:
    """Return what `fit` is called with by name alone, but for the optimizer."""
    parameters = signature(fit).parameters
    return {
        name: each
        for name, each in parameters.items()
        if each.kind is each.KEYWORD_ONLY and name != OPTIMIZER
    }


def _taker_of(kind: Any) -> _Taker:
    """Return what an optimizer takes, or what makes one; or say that it is neither."""
    if kind is None:
        return _Taker("", ())
    if isinstance(kind, Optimizer):
        return _Taker(type(kind).__name__, kind.setting_names)
    if isinstance(kind, type) and issubclass(kind, Optimizer):
        return _Taker(kind.__name__, kind.setting_names)
    refuse_class(kind)
    if not callable(kind):
        raise DataError(
            "the optimizer of a sweep is a class such as SGD, one with settings, SGD(lr=0.1), or a "
            f"function, lambda lr: SGD(lr, momentum=0.9), not {describe(kind)}"
        )
    taker = _taker("the function for the optimizer", kind)
    return taker._replace(names=[name for name in taker.names if name != MODEL])


def _taker(called: str, function: Callable[..., Any]) -> _Taker:
    try:
        parameters = signature(function).parameters.values()
    except ValueError:  # of a function in C
        return _Taker(called, (), True)
    return _Taker(
        called,
        [each.name for each in parameters if each.kind in _BY_NAME],
        any(each.kind is each.VAR_KEYWORD for each in parameters),
    )


def _unknown(name: str, takers: Sequence[_Taker]) -> str:
    """Say that nobody takes a setting, and which one was perhaps meant."""
    takers = [taker for taker in takers if taker.called]
    known = [each for taker in takers for each in taker.names if each != SEED]
    known += _OF_SWEEP
    alike = [each for each in known if name.lower() in NAMES_ELSEWHERE.get(each, "").split()]
    meant = alike or get_close_matches(name.lower(), known, n=1)
    *others, last = (taker.called for taker in takers)
    if name in NOWHERE and not alike:
        remedy = NOWHERE[name]
    elif meant:
        remedy = f"did you mean {meant[0]}? {_OF_SWEEP.get(meant[0], '')}".rstrip()
    else:
        own = "; ".join(f"{taker.called} takes {', '.join(taker.names)}" for taker in takers)
        remedy = (
            own
            if any(taker.called not in ("build", "fit") for taker in takers)
            else (f"{own}; settings of an optimizer, as lr, need one: write optimizer=SGD")
        )
    return f"neither {', '.join(others)} nor {last} takes {name!r}; {remedy}"
