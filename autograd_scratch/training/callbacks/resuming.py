"""The state of a training run as data, and how a run goes on from it: exactly, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from ...errors import ModelFileError, StateError
from ...ieee import describe, real
from ...nn.states import entries_of, load, numbers_of
from ...optim.plain import count_in
from ...wording import cut
from ..asked import Asked, loss_name, with_seed
from ..former import Former
from ..history.history import History
from ..history.metrics import Metric
from ..run import Run
from .protocol import Callback, Callbacks, Training, load_states, states_of

FORMAT = "autograd_scratch training run"
VERSION = 1
UNTOLD = "clip_grad_norm"  # what files of former releases do not say, where it could not be asked for

_SEEDS = 2**48 - 1  # the largest
_PYTHON = ("python", "numpy")  # what backend="python" may run


class Followed(Protocol):
    """What of a run is kept: `before` is what `metrics` measured before the epoch that goes on."""

    run: Run
    history: History
    callbacks: Callbacks
    training: Training
    metrics: Mapping[str, Metric]
    before: dict[str, float]


def state_of(followed: Followed) -> dict[str, Any]:
    """Return where a run is, as numbers, texts, lists and dicts."""
    run, callbacks = followed.run, followed.callbacks.kept
    schedule = run.pace.schedule
    return {
        "format": FORMAT,
        "version": VERSION,
        "asked": _asked(run.asked),
        "seed": run.asked.seed,
        "backend": run.ran,
        "before": run.before,
        "losses": run.losses,
        "taken": run.taken,
        "total": run.total,
        "loss": followed.training.loss,
        "measured": followed.history.metrics,
        "measuring": followed.before if run.taken else {},
        "model": numbers_of(run.entries),
        "optimizer": run.optimizer.state_dict(*run.remembered),
        "schedule": None if schedule is None else schedule.state_dict(),
        "callbacks": [[type(each).__name__, state] for each, state in zip(callbacks, states_of(callbacks))],
    }


def agreed(asked: Asked, state: Mapping[str, Any]) -> Asked:
    """Return what is asked for with what a state has settled: seed and backend; the model has its numbers.

    A ModelFileError says what the run of the state was asked for and this one is not.
    """
    before = {UNTOLD: "none", **_dict(state, "asked")}
    told, seed = asked, count_in(state.get("seed"), "its 'seed'", _SEEDS)
    asked = with_seed(asked, seed)
    now = _asked(asked)
    if before.keys() != now.keys():
        raise ModelFileError("it does not say what the run was asked for")
    for name, asked_now in now.items():
        if before[name] is not None and asked_now is not None and before[name] != asked_now:
            raise _other(name, before[name], asked_now)
    if told.told_seed is not None and told.seed != seed:
        raise _other("seed", before["seed"], told.told_seed)
    ran = state.get("backend")
    if asked.engine == "derived" and asked.backend is None and ran in (*_PYTHON, "wasm", "numba"):
        asked = replace(asked, backend="python" if ran in _PYTHON else ran)
    former = Former(asked.model, asked.optimizer, asked.schedule)
    load_model(entries_of(asked.model), _dict(state, "model"))  # what is frozen, derived code has in itself
    return replace(asked, former=former)


def begin_again(state: Mapping[str, Any], followed: Followed) -> None:
    """Have a run be where a state says; where it cannot be, all is as it was before what was agreed on."""
    callbacks = followed.callbacks.kept
    states = states_of(callbacks)
    try:
        _go_to(state, followed)
    except BaseException:
        load_states(callbacks, states)
        if followed.run.asked.former is not None:
            followed.run.asked.former.restore()
        raise


def load_model(entries: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Set the numbers of a model from a state that has just its paths: all of them, or none."""
    for path in state.keys() ^ entries.keys():
        where = "it has" if path in state else "it lacks"
        raise StateError(f"{where} {cut(repr(path), 60)}: it is of another model")
    load(entries, state)


def _go_to(state: Mapping[str, Any], followed: Followed) -> None:
    run, history = followed.run, followed.history
    if run.ran != state.get("backend"):
        raise ModelFileError(
            f"its run was computed by {describe(state.get('backend'))}, and this one would be by "
            f"{run.ran!r}, whose last digits may be others; install what is missing, or begin anew with "
            "resume=False"
        )
    losses = _numbers(state, "losses")
    measured = _dict(state, "measured")
    if measured.keys() != history.metrics.keys():
        raise StateError(
            f"it has the metrics {_told(measured)}, and this run {_told(history.metrics)}: ask for the same"
        )
    seen = {name: _numbers(measured, name) for name in measured}
    if any(len(column) != len(losses) for column in seen.values()):
        raise StateError("its metrics are not as many as its losses")
    taken = count_in(state.get("taken"), "its 'taken'", run.asked.steps)
    total, loss = _number(state.get("total"), "its 'total'"), _number(state.get("loss"), "its 'loss'")
    measuring = _dict(state, "measuring")
    before = {name: _number(measuring[name], f"its {name!r}") for name in measuring}
    if taken and measuring.keys() != followed.metrics.keys():
        raise StateError("it has not measured what is measured before an epoch")
    epochs = count_in(state.get("before"), "its 'before'")
    run.optimizer.load_state_dict(_dict(state, "optimizer"), *run.remembered)
    run.check()
    if run.pace.schedule is not None:
        run.pace.schedule.load_state_dict(_dict(state, "schedule"))
    _load_callbacks(followed, state.get("callbacks"))
    run.before, run.taken, run.total = epochs, taken, total
    run.losses[:] = losses
    followed.before, followed.training.loss = before, loss
    for name, column in seen.items():
        history.metrics[name][:] = column


def _asked(asked: Asked) -> dict[str, Any]:
    """Return what must be the same for a run to go on exactly; None counts for anything."""
    return {
        "shuffling": asked.is_shuffled,
        "seed": asked.told_seed,
        "rows": asked.told_rows,
        "held-out rows": asked.told_held_out,
        "loss": loss_name(asked.loss),
        "batch_size": asked.batch_size,
        "accumulate": asked.accumulate,
        UNTOLD: "none" if asked.clip_grad_norm is None else asked.clip_grad_norm,
        "optimizer": type(asked.optimizer).__name__,
        "schedule": "none" if asked.schedule is None else type(asked.schedule).__name__,
        "schedule_per": asked.schedule_per,
        "engine": asked.engine,
        "shards": asked.shards,
        "trained parameters": len(asked.trained),
    }


def _other(name: str, before: Any, now: Any) -> ModelFileError:
    was = "another one" if before is None else cut(repr(before), 60)
    return ModelFileError(
        f"its run has {name} {was}, and this one {cut(repr(now), 60)}; ask for the same, or begin anew "
        "with resume=False"
    )


def _load_callbacks(followed: Followed, states: Any) -> None:
    callbacks = followed.callbacks.kept
    names = [type(each).__name__ for each in callbacks]
    rows = states if isinstance(states, list) else [states]
    are_pairs = all(isinstance(row, list) and len(row) == 2 for row in rows)
    if not are_pairs or [name for name, _ in rows] != names:
        raise StateError(f"it remembers other callbacks than this run, which has {_told(names)}")
    load_states(callbacks, [state for _, state in rows])
    for callback in callbacks:
        if isinstance(callback, Callback):
            callback.fits(followed.training)


def _told(names: Iterable[str]) -> str:
    return cut(", ".join(map(repr, names)), 60) or "none"


def _number(given: Any, what: str) -> float:
    if type(given) is bool:
        raise StateError(f"{what} must be a number, not {given}")
    return real(given, what)


def _numbers(state: Mapping[str, Any], name: str) -> list[float]:
    column = state.get(name)
    if not isinstance(column, list):
        raise StateError(f"it has no list {name!r}")
    return [_number(x, f"a number of its {name!r}") for x in column]


def _dict(state: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = state.get(name)
    if not isinstance(found, dict):
        raise StateError(f"it has no {name!r}")
    return found
