"""A person's step, in copies: a function, a method, an object, or a class of which an object is made."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from ...errors import DataError
from ...ieee import describe
from ...replicas import Holding, Replica, holdings
from ..methods import is_object, name_of
from .roles import (
    Role,
    arguments_of,
    is_rate_name,
    role_of,
    roles_of,
    settings_by_argument,
    takes_more,
)

_METHODS = (
    *("step", "update", "update_params", "update_parameters", "apply_gradients", "optimize", "apply"),
    *("get_update", "get_updates", "compute_update", "update_weights", "__call__", "forward"),
)
_GIVEN = (Role.GRADIENTS, Role.LAYER, Role.FUNCTION, Role.PAIRS)
_BEFORE = ("pre_update_params", "pre_update")
_AFTER = ("post_update_params", "post_update")


class Person:
    """What a person gave as the step; `settings` are those of the optimizer that it should be.

    Without that the step has its own ones, and `usual` ones where it has none. `has_own` says that it holds
    the parameters; these may be handed under `names`, several in each.
    """

    def __init__(
        self,
        step: Any,
        settings: Mapping[str, Any] | None,
        blocks: Collection[str],
        usual: Mapping[str, float] = MappingProxyType({}),
        has_own: bool = False,
        names: Collection[str] = (),
    ) -> None:
        self.step, self.settings, self._usual = step, settings or {}, usual
        self._blocks = {*(names or blocks)}
        self._has_settings = settings is not None
        self.is_class = isinstance(step, type)
        if not callable(step) and not is_object(step):
            raise DataError(
                "compare_update takes a step as a function, called as step(w, g), or your own optimizer, "
                f"an object or its class; not {describe(step)}"
            )
        is_function = inspect.isroutine(step) or isinstance(step, partial)
        self.method = "" if is_function else method_of(step, blocks)
        arguments = arguments_of(getattr(step, self.method) if self.method else step)
        if arguments is not None and self.is_class:
            arguments = dict([*arguments.items()][1:])
        self.takes_any = arguments is None
        self.takes_more = takes_more(getattr(step, self.method) if self.method else step)
        self.roles = (
            {"w": Role.PARAMETERS, "g": Role.GRADIENTS}
            if arguments is None
            else roles_of(arguments, self.values_for(arguments), names or blocks)
        )
        self.arguments = tuple(arguments or self.roles)
        self.by_keyword = {
            name
            for name, each in (arguments or {}).items()
            if each.default is not each.empty or each.kind is each.KEYWORD_ONLY
        }
        self.inside = _inside(step, blocks)
        self.given = self.values_for(arguments or {})
        made_with = (arguments_of(step) if self.is_class else None) or {}
        self.given |= self.values_for(made_with)
        self.holds = has_own or any(
            role_of(name) in (Role.PARAMETERS, Role.LAYER) and each.default in (each.empty, None)
            for name, each in made_with.items()
        )

    def values_for(self, arguments: Mapping[str, inspect.Parameter]) -> dict[str, Any]:
        """Return the values of arguments that stand for settings."""
        one_by_one = self._blocks if self._blocks <= {*arguments} else ()
        free = {name: each for name, each in arguments.items() if name not in one_by_one}
        if self._has_settings:
            return settings_by_argument(free, self.settings)
        needed = [name for name, each in free.items() if each.default is each.empty]
        return settings_by_argument(needed, self._usual)

    @property
    def settings_or_usual(self) -> Mapping[str, Any]:
        """The settings of the optimizer that the step should be, or usual ones."""
        return self.settings if self._has_settings else self._usual

    @property
    def name(self) -> str:
        """What the step is called."""
        if not self.method:
            return name_of(self.step)
        kind = self.step if self.is_class else type(self.step)
        return f"{kind.__name__}.{self.method}" if self.method != "__call__" else kind.__name__

    @property
    def remembered(self) -> list[str]:
        """The arguments in which is handed what the step remembers."""
        return [name for name, role in self.roles.items() if role in (Role.BUFFER, Role.STATE)]

    @property
    def owner(self) -> str:
        """The class of the object that the step is a method of."""
        step = self.step if self.method else getattr(self.step, "__self__", self.step)
        return (step if isinstance(step, type) else type(step)).__name__

    @property
    def is_method(self) -> bool:
        """Whether the step is that of an object, which may remember something."""
        return bool(self.method) or inspect.ismethod(self.step)


class Begun:
    """A step in copies, begun anew: `call` it, and look at its `owner`, the object that it is of."""

    def __init__(self, person: Person, stand_in: Callable[[Any], Any] = lambda thing: thing) -> None:
        self._person = person
        self.replica = Replica(stand_in)
        self.replica.of(person.step)
        self.owner: Any = None
        self.call: Callable[..., Any] = person.step

    def anew(self, parameters: Any = None, model: Any = None) -> None:
        """Put everything back; an object that holds its parameters, or their model, is made with these."""
        self.replica.restore()
        person = self._person
        copy = self.replica.of(person.step)
        if person.is_class:
            copy = copy(**self._constructor(parameters, model))
        self.call = getattr(copy, person.method) if person.method else copy
        self.owner = copy if person.method else getattr(copy, "__self__", None)

    def _constructor(self, parameters: Any, model: Any) -> dict[str, Any]:
        """Return what an object is made with."""
        arguments = arguments_of(self._person.step) or {}
        given = self._person.values_for(arguments)
        for name in arguments:
            if name not in given and role_of(name) in (Role.PARAMETERS, Role.LAYER):
                is_model = role_of(name) is Role.LAYER and model is not None
                given[name] = model if is_model else parameters
        return given

    def set_rate(self, rate: float) -> None:
        """Give the object another learning rate, if it has one."""
        for name in [*getattr(self.owner, "__dict__", {})]:
            if is_rate_name(name):
                setattr(self.owner, name, rate)

    def run(self, args: Mapping[str, Any]) -> Any:
        """Call the step, between what its object has to be called before and after."""
        self._tell(_BEFORE)
        person = self._person
        named = {x: each for x, each in args.items() if x in person.by_keyword or x not in person.roles}
        result = self.call(*(x for name, x in args.items() if name not in named), **named)
        self._tell(_AFTER)
        return result

    def _tell(self, names: Sequence[str]) -> None:
        for name in names:
            if callable(getattr(self.owner, name, None)):
                getattr(self.owner, name)()


def _inside(step: Any, blocks: Collection[str]) -> dict[str, Holding]:
    """Return where a step itself has parameters, by name, if it has them all: in attributes or globals."""
    held = [*holdings(step).values()] if blocks else []
    found = {name: next((x for x in held if x.is_called(name)), None) for name in blocks}
    return {name: x for name, x in found.items() if x is not None} if None not in found.values() else {}


def method_of(thing: Any, blocks: Collection[str]) -> str:
    """Return the method of an object, or of a class, that makes a step: one that is given something."""
    kind = thing if isinstance(thing, type) else type(thing)
    own = {name for each in kind.__mro__ for name in vars(each)}
    found = [name for name in _METHODS if name in own and inspect.isroutine(getattr(kind, name))]
    takes = {}
    for name in found:
        arguments = [*(arguments_of(getattr(kind, name)) or {}).items()][1:]
        takes[name] = {*roles_of(dict(arguments), (), blocks).values()}
    given = [name for name in found if not takes[name].isdisjoint(_GIVEN)]
    whole = [name for name in given if {Role.PARAMETERS, Role.GRADIENTS} <= takes[name]]
    if given:
        return given[0] if given[0] in _METHODS[:2] or not whole else whole[0]
    if found:
        return found[0]
    raise DataError(
        f"compare_update found no step in {kind.__name__}: no method is called {', '.join(_METHODS[:4])} "
        "or the like; give it the method, as compare_update(optimizer.my_step, at, Adam(lr=0.01))"
    )
