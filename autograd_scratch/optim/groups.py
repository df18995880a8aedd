"""Groups of parameters, which an optimizer steps with settings of their own.

>>> from autograd_scratch import SGD, Value
>>> a, b = Value(1.0, "a"), Value(2.0, "b")
>>> optimizer = SGD([{"params": a}, {"params": [b], "lr": 0.01}], lr=0.1, momentum=0.9)
>>> [group["lr"] for group in optimizer.param_groups]
[0.1, 0.01]
>>> optimizer.param_groups[1]["lr"] = 0.5
>>> optimizer
SGD([{}, {'lr': 0.5}], lr=0.1, momentum=0.9)

A setting that a group does not name is the optimizer's own.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

from ..errors import DataError, GraphError, look_up
from ..ieee import describe
from ..nn.search import is_model, parameters_of
from ..value import Value
from .arguments import GROUP, is_group, listed


class Held(NamedTuple):
    """What an optimizer keeps of a group: parameters, None if each step says which, and own settings."""

    parameters: Any
    own: dict[str, Any]

    def all(self) -> list[Value]:
        """Return the parameters, also those of a model that are frozen now."""
        if is_model(self.parameters):
            return parameters_of(self.parameters, frozen=True)
        return self.parameters or []


class Group(MutableMapping[str, Any]):
    """A group as a dict of its parameters and of all settings, which may be set."""

    def __init__(self, optimizer: Any, held: Held) -> None:
        self._optimizer = optimizer
        self._held = held

    def __getitem__(self, name: str) -> Any:
        if name == GROUP:
            return listed(self._held.parameters or [])
        if name not in settings_of(self._optimizer):
            raise KeyError(name)
        own = self._held.own
        return own[name] if name in own else getattr(self._optimizer, name)

    def __setitem__(self, name: str, setting: Any) -> None:
        if name == GROUP:
            raise DataError(
                "a group keeps its parameters; further ones are a group of their own: write "
                f"optimizer.add_param_group({{{GROUP!r}: ...}})"
            )
        look_up(name, dict.fromkeys(settings_of(self._optimizer)), f"setting of {_name(self._optimizer)}")
        own = with_settings(self._optimizer, self._held.own | {name: setting})
        if self._held.own or len(self._optimizer.param_groups) > 1:
            self._held.own[name] = getattr(own, name)
        else:
            setattr(self._optimizer, name, setting)

    def __delitem__(self, name: str) -> None:
        raise DataError(f"a group keeps its settings; write group[{name!r}] = ... for another one")

    def __iter__(self) -> Iterator[str]:
        return iter((GROUP, *settings_of(self._optimizer)))

    def __len__(self) -> int:
        return 1 + len(settings_of(self._optimizer))

    def __repr__(self) -> str:
        return repr(dict(self))


def settings_of(optimizer: Any) -> list[str]:
    """Return the names of an optimizer's settings: what its constructor takes, and keeps."""
    return [name for name in optimizer.setting_names if hasattr(optimizer, name)]


def with_settings(optimizer: Any, own: Mapping[str, Any]) -> Any:
    """Return an optimizer with other settings, which are checked in the order of its constructor."""
    other = optimizer.alone({})
    for name in filter(own.__contains__, optimizer.setting_names):
        setattr(other, name, own[name])
    return other


def held_of(parameters: Any, own: Mapping[str, Any]) -> Held:
    """Return what is kept of some parameters: a model, which is asked anew at each step, or a list."""
    if parameters is not None and not is_model(parameters):
        parameters = listed(parameters)
    return Held(parameters, dict(own))


def added_group(optimizer: Any, group: Any, others: Sequence[Held]) -> Held:
    """Return what is kept of a group that comes after others."""
    if not is_group(group):
        raise DataError(
            f"a group is a dict of parameters and their settings, {{{GROUP!r}: model.a, 'lr': 0.01}}, not "
            f"{describe(group)}"
        )
    own = {name: setting for name, setting in group.items() if name != GROUP}
    known = dict.fromkeys(optimizer.setting_names)
    for name in own:
        look_up(name, known, f"setting of {_name(optimizer)}")
    checked = with_settings(optimizer, own)
    held = held_of(group[GROUP], {name: getattr(checked, name) for name in own})
    if not held.all():
        raise GraphError(f"group {len(others)} has no parameters: {describe(group[GROUP])}")
    number_of = {p: number for number, other in enumerate(others) for p in other.all()}
    for p in held.all():
        if p in number_of:
            raise DataError(
                f"{p!r} is in group {number_of[p]} and in group {len(others)}; give each parameter to one"
            )
    return held


def _name(optimizer: Any) -> str:
    return type(optimizer).__name__
