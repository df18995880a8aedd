"""What a schedule is to go on from, as plain data: its attributes, but for its optimizer and functions.

Those that its constructor takes are told too, and have to be the same where the state is loaded.

>>> from autograd_scratch import SGD
>>> from autograd_scratch.optim import StepLR
>>> schedule = StepLR(SGD(lr=0.5), step_size=2, gamma=0.5)
>>> for _ in range(5): schedule.step()
>>> state = schedule.state_dict()
>>> state["last_epoch"], state["base_lrs"], state["step_size"]
(5, [0.5], 2)
>>> other = StepLR(SGD(lr=0.5), step_size=2, gamma=0.5)
>>> other.load_state_dict(state)
>>> other.last_epoch, other.get_last_lr()
(5, [0.125])
"""

from collections.abc import Mapping
from inspect import signature
from typing import Any

from ...errors import DataError
from ...ieee import describe
from ..hyperparameters import at_least_zero
from ..plain import count_in, finite_in, formed, is_function, is_same, keyed, of_class, plain, rows_in

Attributes = dict[str, Any]


def state_of(schedule: Any) -> Attributes:
    """Return the state of a schedule, in which parts are states of their own."""
    name, kept = type(schedule).__name__, _kept(schedule)
    return {"class": name} | {
        key: [part.state_dict() for part in thing]
        if _is_parts(thing)
        else plain(thing, f"{key!r} of {name}")
        for key, thing in kept.items()
    }


def changes(schedule: Any, state: Any) -> list[tuple[Attributes, Attributes]]:
    """Return the attributes of a schedule and of its parts, each with what a state sets them to."""
    now = schedule.state_dict()
    given = of_class(state, schedule, now)
    arguments = signature(type(schedule)).parameters
    new: Attributes = {}
    of_parts = []
    for name, former in _kept(schedule).items():
        if _is_parts(former):
            rows = rows_in(given[name], repr(name), len(former))
            of_parts += [change for part, row in zip(former, rows) for change in changes(part, row)]
        elif name not in arguments:
            new[name] = schedule.read(name, plain(given[name], repr(name)))
        elif not is_same(plain(given[name], repr(name)), now[name]):
            raise DataError(
                f"it has {name}={describe(given[name])}, and here it is {now[name]!r}: make the schedule "
                "with the same arguments"
            )
    return [(vars(schedule), new), *of_parts]


def read(schedule: Any, name: str, given: Any) -> Any:
    """Return what an attribute becomes by plain data that may be anything."""
    former, what = getattr(schedule, name), repr(name)
    if name == "last_epoch":
        return count_in(given, what)
    if name == "base_lrs":
        rates = finite_in(rows_in(given, what, len(former)), what)
        return [at_least_zero(rate, "base learning rate", schedule) for rate in rates]
    if name == "_last":
        return [_settings(*pair, schedule) for pair in zip(rows_in(given, what, len(former)), former)]
    return given if given is None else formed(given, former, what)


def _settings(given: Any, former: Mapping[str, Any], schedule: Any) -> dict[str, Any]:
    """Return what a schedule has set in a group."""
    given = keyed(given, former, "each of '_last'")
    found = {name: formed(given[name], setting, repr(name)) for name, setting in former.items()}
    return found | {
        name: at_least_zero(found[name], "learning rate", schedule) for name in found if name == "lr"
    }


def _kept(schedule: Any) -> Attributes:
    return {
        name: thing
        for name, thing in vars(schedule).items()
        if name != "optimizer" and not is_function(thing)
    }


def _is_parts(thing: Any) -> bool:
    """Say whether a thing is a list of schedules."""
    return (
        isinstance(thing, list) and bool(thing) and all(hasattr(type(part), "moved_on") for part in thing)
    )
