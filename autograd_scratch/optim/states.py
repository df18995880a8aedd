"""What an optimizer goes on from, as plain data: its settings, and a column for each slot of its memory.

>>> import json
>>> from autograd_scratch import SGD, Value
>>> w = Value(1.0, "w")
>>> optimizer = SGD([w], lr=0.25, momentum=0.5)
>>> (w * w).backward(); optimizer.step()
>>> state = optimizer.state_dict()
>>> state["param_groups"][0]["lr"], state["state"]
(0.25, {'params': [0], 'step': [1], 'slots': [[2.0]]})
>>> other = SGD([w], lr=0.1)
>>> other.load_state_dict(json.loads(json.dumps(state)))
>>> other, other.recall(w)
(SGD(lr=0.25, momentum=0.5), (1, (2.0,)))
"""

from collections.abc import Iterable, Mapping, Sequence
from inspect import signature
from itertools import chain, repeat
from typing import Any

from ..errors import DataError
from ..ieee import describe
from ..value import Value
from .arguments import GROUP
from .groups import settings_of, with_settings
from .plain import (
    count_in,
    counts_in,
    finite_in,
    fitted,
    formed,
    is_function,
    keyed,
    of_class,
    plain,
    rows_in,
)

KEYS = ("class", "parameters", "defaults", "param_groups", "scheduled", "state")
COLUMNS = (GROUP, "step", "slots")

Settings = dict[str, Any]


def state_of(optimizer: Any, parameters: Sequence[Value]) -> dict[str, Any]:
    """Return the state of an optimizer, in which these parameters are called by their places."""
    places = {p: place for place, p in enumerate(parameters)}
    defaults, own = _settings(optimizer)
    groups = zip(_group_places(optimizer, places), own)
    began = [optimizer._began.get(i) for i in range(len(own))]
    return {
        "class": type(optimizer).__name__,
        "parameters": len(parameters),
        "defaults": plain(defaults, _called(optimizer, "a setting")),
        "param_groups": [
            {GROUP: group, **plain(names, _called(optimizer, "a setting"))} for group, names in groups
        ],
        "scheduled": [None if rates is None else plain(rates, "a learning rate") for rates in began],
        "state": _columns(optimizer, places),
    }


def loading(optimizer: Any, state: Any, parameters: Sequence[Value]) -> Iterable[Any]:
    """Return what sets an optimizer to a state, once it is gone through; StateError if it does not fit.

    All of it is C, in which the interpreter does not look for Ctrl-C.
    """
    groups = _group_places(optimizer, {p: place for place, p in enumerate(parameters)})
    return fitted(optimizer, _loading, state, parameters, groups)


def _loading(
    optimizer: Any, given: Any, parameters: Sequence[Value], groups: list[list[int]]
) -> Iterable[Any]:
    state = of_class(given, optimizer, KEYS)
    if count_in(state["parameters"], "'parameters'") != len(parameters):
        raise DataError(
            f"it is of {state['parameters']} parameters, and there are {len(parameters)}: make the "
            "model as it was, or give the parameters that were given to state_dict"
        )
    other, own = _set(optimizer, state["defaults"], _groups_in(state["param_groups"], groups))
    scope = other.scopes()[0]
    scope["_began"] = _began_in(state["scheduled"], len(groups))
    scope["_memory"] = _memory_in(optimizer, state["state"], parameters)
    former = [held.own for held in optimizer._groups]
    return chain(
        map(dict.clear, former), map(dict.update, former, own), map(dict.update, [vars(optimizer)], [scope])
    )


def _called(optimizer: Any, what: str) -> str:
    return f"{what} of {type(optimizer).__name__}"


def _group_places(optimizer: Any, places: Mapping[Value, int]) -> list[list[int]]:
    """Return the places of the parameters of each group; of one that knows none, all."""
    found = []
    for held in optimizer._groups:
        group = dict.fromkeys(places if held.parameters is None else held.all())
        missing = next((p for p in group if p not in places), None)
        if missing is not None:
            raise DataError(
                f"{missing!r} is a parameter of this {type(optimizer).__name__}, and not among those that "
                "are given: give the whole model, or nothing for the optimizer's own parameters"
            )
        found.append([places[p] for p in group])
    return found


def _settings(optimizer: Any) -> tuple[Settings, list[Settings]]:
    """Return the settings of an optimizer, and of each group; {} and all, if one group has no others."""
    names = settings_of(optimizer)
    defaults = _kept(optimizer, {name: getattr(optimizer, name) for name in names})
    own = [held.own for held in optimizer._groups]
    if len(own) == 1 and not own[0]:
        return {}, [defaults]
    return defaults, [_kept(optimizer, settings) for settings in own]


def _kept(optimizer: Any, settings: Settings) -> Settings:
    """Return the settings that are no functions; as True or False if they are so by default."""
    arguments = signature(type(optimizer)).parameters
    return {
        name: bool(setting) if isinstance(arguments[name].default, bool) else setting
        for name, setting in settings.items()
        if not is_function(setting)
    }


def _columns(optimizer: Any, places: Mapping[Value, int]) -> dict[str, list[Any]]:
    """Return what is remembered: of which parameters, after how many steps, and a column for each slot."""
    memory = optimizer._memory
    found = [p for p in places if p in memory]
    states = [memory[p][1] for p in found]
    _length(optimizer, found, states)
    what = _called(optimizer, "a number in the memory")
    return {
        GROUP: [places[p] for p in found],
        "step": [int(memory[p][0]) for p in found],
        "slots": [_column([*column], what) for column in zip(*states)],
    }


def _column(numbers: list[Any], what: str) -> list[Any]:
    if {*map(type, numbers)} != {float}:
        numbers = [int(x) if isinstance(x, bool) else plain(x, what) for x in numbers]
    return finite_in(numbers, what)


def _length(optimizer: Any, parameters: Sequence[Value], states: Iterable[Sequence[Any]] = ()) -> int:
    """Return how many numbers are remembered of each parameter, from the first step on."""
    variants = optimizer.variants()
    some = dict(zip(optimizer.places(parameters), parameters))  # one in each group
    lengths = {len(variants[place].init(p.data)) for place, p in some.items()} | {*map(len, states)}
    if len(lengths) > 1:
        told = " or ".join(map(str, sorted(lengths)))
        raise DataError(
            f"{type(optimizer).__name__} remembers {told} numbers of a parameter: a state has as many of "
            "each, and from the first step on"
        )
    return max(lengths, default=0)


def _groups_in(given: Any, groups: list[list[int]]) -> list[Settings]:
    """Return what a state sets in each group, which has the parameters at these places."""
    found = []
    for i, (group, places) in enumerate(zip(rows_in(given, "'param_groups'", len(groups)), groups)):
        where = f"param_groups[{i}]"
        if not isinstance(group, Mapping) or GROUP not in group:
            raise DataError(f"{where} is a dict with {GROUP!r}, not {describe(group)}")
        own = rows_in(group[GROUP], f"{where}[{GROUP!r}]", len(places))
        if counts_in(own, f"{where}[{GROUP!r}]") != places:
            raise DataError(f"{where} is of other parameters than here, or these have another order")
        found.append({name: setting for name, setting in group.items() if name != GROUP})
    return found


def _set(optimizer: Any, defaults: Any, own: list[Settings]) -> tuple[Any, list[Settings]]:
    """Return an optimizer with the settings of a state, and all that its groups set."""
    known = {name: getattr(optimizer, name) for name in settings_of(optimizer)}
    current = _kept(optimizer, known)
    if len(own) == 1 and isinstance(defaults, Mapping) and not defaults:
        defaults, own = own[0], [{}]
    base = keyed(defaults, current, "'defaults', or the only group,")
    other = with_settings(
        optimizer,
        {name: _formed(optimizer, name, base[name], current[name], repr(name)) for name in current},
    )
    sets = []
    for i, (settings, held) in enumerate(zip(own, optimizer._groups)):
        unknown = next((name for name in settings if name not in known), None)
        if unknown is not None:
            raise DataError(f"param_groups[{i}] has {describe(unknown)}, which is no setting")
        new = {name: setting for name, setting in held.own.items() if is_function(setting)}
        for name, setting in settings.items():
            now = held.own.get(name, current.get(name))
            new[name] = _formed(optimizer, name, setting, now, f"{name!r} of param_groups[{i}]")
        checked = with_settings(other, new)
        sets.append({name: getattr(checked, name) for name in new})
    return other, sets


def _formed(optimizer: Any, name: str, given: Any, now: Any, what: str) -> Any:
    """Return a setting in the form that it has now; None if that is what it is by default."""
    is_none = given is None and signature(type(optimizer)).parameters[name].default is None
    return None if is_none else formed(given, now, what)


def _began_in(given: Any, count: int) -> dict[int, tuple[float, float]]:
    """Return the learning rates of groups before a schedule, and as it set them."""
    found = {}
    for i, rates in enumerate(rows_in(given, "'scheduled'", count)):
        if rates is not None:
            before, now = finite_in(rows_in(rates, f"scheduled[{i}]", 2), f"scheduled[{i}]")
            found[i] = before, now
    return found


def _memory_in(optimizer: Any, given: Any, parameters: Sequence[Value]) -> dict[Value, Any]:
    """Return what an optimizer remembers then, also of other parameters than these."""
    table = keyed(given, COLUMNS, "'state'")
    places = table[GROUP]
    if not isinstance(places, list):
        raise DataError(f"state[{GROUP!r}] is a list, not {describe(places)}")
    places = counts_in(places, f"state[{GROUP!r}]", len(parameters) - 1)
    if len({*places}) < len(places):
        raise DataError(f"state[{GROUP!r}] has a parameter twice")
    found = [parameters[place] for place in places]
    steps = counts_in(rows_in(table["step"], "state['step']", len(found)), "state['step']")
    count = _length(optimizer, found)
    slots = [
        finite_in(rows_in(slot, f"state['slots'][{i}]", len(found)), f"state['slots'][{i}]")
        for i, slot in enumerate(rows_in(table["slots"], "state['slots']", count))
    ]
    states = zip(*slots) if slots else repeat(())
    own = {*parameters}
    kept = {p: memory for p, memory in optimizer._memory.items() if p not in own}
    return kept | dict(zip(found, zip(steps, states)))
