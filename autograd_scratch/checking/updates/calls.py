"""How a person's step is called: with all parameters or one at a time, in a dict, a list or an object.

`start` puts all back, `take` makes one step with given gradients and returns the parameters that it
leaves. What a step remembers it keeps itself, or is handed what it returned the last time.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...arrays.containers import entries, extent, is_array
from ...errors import AutogradError, DataError
from ...ieee import describe
from ..names import meant
from .blocks import Blocks, Named, Numbers, checked, read, zeros
from .memory import Memories, key_of_parameters
from .person import Begun, Person
from .roles import Role, called_after, is_rate_name, role_of
from .stand_ins import Layer, Parameter, tensor
from .ways import APART, BY_NAME, INSIDE, LAYER, LISTED, OBJECTS, PAIRED, TENSORS, WHOLE, Way

_MORE = "**"  # what is handed by any name
_REMEMBERED = (Role.BUFFER, Role.STATE, Role.TIME, Role.OPTIONAL)


class Call:
    """A person's step, called in one way."""

    def __init__(self, person: Person, blocks: Blocks, way: Way, state: Any = None) -> None:
        self._person, self._blocks, self._way = person, blocks, way
        is_apart = way.vessel == APART
        self._targets: list[str | None] = [*blocks.starts] if is_apart else [None]
        stands = [] if blocks.twins is None else [blocks.twins.of]
        self._begun = [Begun(person, *stands) for _ in (self._targets if is_apart and way.own else [None])]
        self._memories = Memories(person, way, self._begun[0].replica, state)
        self._key = key_of_parameters(state, person, blocks)
        self.rate: float | None = None  # the learning rate, where it changes on the way
        self.points: dict[str, Sequence[float]] = {}  # for which a gradient was asked last
        self.is_stale = False  # whether it returns the old parameters, and changes those that it is given
        self.told = f"{person.name}({', '.join(person.roles)})"
        self.sign = 0  # of a step that is returned: what makes it one downhill

    @property
    def returns_moves(self) -> bool:
        """Whether the step is handed no parameters, and holds none: it returns by how much they change."""
        if self._key is not None or self._way.moves:
            return self._way.moves
        roles = {*self._person.roles.values()}
        has_none = roles.isdisjoint((Role.PARAMETERS, Role.LAYER, Role.PAIRS)) and not self._person.holds
        return has_none and self._way.vessel not in (INSIDE, OBJECTS, PAIRED, TENSORS)

    def start(self) -> None:
        """Begin anew."""
        self.points = {}
        self.sign = 0
        arrays = self._blocks.arrays(self._blocks.starts)
        self._things: dict[str, Any] = arrays
        self._numbers: dict[str, Sequence[float]] = dict(self._blocks.starts)
        self._kept: list[dict[str, Any]] = [{} for _ in self._targets]
        self._vessel = self._filled(arrays)
        self._objects = self._vessel if self._way.vessel in (OBJECTS, TENSORS) else []
        twins = self._blocks.twins
        if twins is not None:
            twins.begin()
            self._vessel, self._objects = twins.parameters, twins.values
        for begun in self._begun:
            begun.anew(self._vessel, None if twins is None else twins.whole)
        if self._blocks.held is not None:
            self._vessel = self._begun[0].replica.of(self._blocks.held)
        if self._way.vessel == INSIDE:
            for name, array in arrays.items():
                self._person.inside[name].put(self._begun[0].replica, array)

    def _filled(self, arrays: dict[str, Any]) -> Any:
        """Return what parameters are handed in."""
        vessel = self._way.vessel
        if vessel == LAYER:
            return Layer(arrays)
        if vessel in (OBJECTS, TENSORS):
            return [*map(Parameter if vessel == OBJECTS else tensor, arrays.values())]
        return [*arrays.values()] if vessel in (LISTED, PAIRED) else self._blocks.whole(arrays)

    def take(self, t: int, gradients: Numbers) -> dict[str, Sequence[float]]:
        """Make a step, and return the parameters after it."""
        given = self._blocks.arrays(gradients)
        before = {name: [*numbers] for name, numbers in self._numbers.items()}
        if self._way.vessel == LAYER:
            self._vessel.receive(given)
        for parameter, gradient in zip(self._objects, given.values()):
            parameter.grad = tensor(gradient) if self._way.vessel == TENSORS else gradient
        for i, target in enumerate(self._targets):
            begun = self._begun[i % len(self._begun)]
            args = {**self._arguments(t, target, given, self._kept[i]), **self._kept[i].get(_MORE, {})}
            if self.rate is not None:
                begun.set_rate(self.rate)
            result = begun.run(args)
            new = self._new(begun, target, args, result, self._kept[i])
            for name, thing in new.items():
                told = f"step {t} of {self._person.name}"
                self._numbers[name] = checked(name, thing, self._blocks.shapes[name], told)
            if self.returns_moves:
                self._move(new, before, gradients)
                self._things = self._blocks.arrays(self._numbers)
                self._vessel = self._filled(self._things) if self._way.moves else self._vessel
            else:
                self._things = {**self._things, **new}
        return dict(self._numbers)

    def _arguments(
        self, t: int, target: str | None, given: dict[str, Any], kept: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what the step is called with, by the names of its arguments."""
        found: dict[str, Any] = {}
        for name, role in self._person.roles.items():
            if role is Role.LAYER and self._blocks.twins is not None:
                found[name] = self._blocks.twins.whole
            elif role in (Role.PARAMETERS, Role.LAYER) and self._way.vessel != PAIRED:
                found[name] = self._parameters(name, target)
            elif role in (Role.PAIRS, Role.PARAMETERS):
                pairs = [*zip(self._vessel, given.values())]
                is_turned = 0 <= name.find("grad") < max(map(name.find, ("par", "var", "weight")))
                found[name] = [(g, p) for p, g in pairs] if is_turned else pairs
            elif role is Role.GRADIENTS:
                found[name] = self._gradients(name, target, given)
            elif role is Role.FUNCTION:
                found[name] = self._asked(name, target, given)
            elif role is Role.SETTING:
                is_rate = self.rate is not None and is_rate_name(name)
                found[name] = self.rate if is_rate else self._person.given[name]
            elif role is Role.NAME:
                found[name] = target
            elif role is Role.LOSS:
                found[name] = 0.0
            elif name in kept:
                found[name] = kept[name]
            elif role is Role.TIME:
                found[name] = t - 1 + self._way.first
            elif role is Role.OPTIONAL:
                found[name] = None
            else:
                found[name] = kept[name] = self._at_first(name, target)
        return found

    def _parameters(self, name: str, target: str | None) -> Any:
        if self._way.vessel == BY_NAME:
            return self._vessel[name]
        return self._vessel if target is None else self._things[target]

    def _gradients(self, name: str, target: str | None, given: dict[str, Any]) -> Any:
        if self._way.vessel == BY_NAME:
            return Named(self._blocks.whole(given))[name]
        if self._way.vessel in (INSIDE, LAYER) and self._is_of_one(name):
            return Named(given)[name]
        if target is not None:
            return given[target]
        if self._way.vessel == INSIDE and len(given) == 1:
            return next(iter(given.values()))
        if self._way.vessel == LISTED:
            return [*given.values()]
        return self._blocks.whole(given, self._way.prefix)

    def _is_of_one(self, name: str) -> bool:
        """Say whether a gradient is that of one parameter, by its name."""
        return any(each in self._things for each in meant(name))

    def _asked(self, name: str, target: str | None, given: dict[str, Any]) -> Callable[[Any], Any]:
        """Return a function that gives gradients, and notes for which parameters it is asked."""

        def gradient(point: Any) -> Any:
            found = self._fitting(point, target)
            for each, thing in (found or {}).items():
                told = f"{self._person.name} asks for a gradient, and"
                self.points[each] = checked(each, thing, self._blocks.shapes[each], told)
            return self._gradients(name, target, given)

        return gradient

    def _at_first(self, name: str, target: str | None) -> Any:
        """Return what is handed for something to remember, before the first step."""
        arrays = self._things if target is None else {target: self._things[target]}

        def blank() -> list[Any]:
            return [*map(zeros, arrays.values())]

        def whole() -> Any:
            if target is not None or self._way.vessel in (LISTED, PAIRED):
                return blank() if target is None else blank()[0]
            zeros_of = self._blocks.whole(dict(zip(arrays, blank())))
            one = called_after(name, zeros_of) if self._way.vessel == BY_NAME else None
            return zeros_of if one is None else zeros_of[one]

        return self._memories.at_first(name, whole, blank)

    def _new(
        self, begun: Begun, target: str | None, args: dict[str, Any], result: Any, kept: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the parameters that a step has left, and note what it remembers."""
        changed = self._changed(begun, target, args)
        if result is None:
            return changed
        if self._key is not None:
            kept[self._person.remembered[0]] = result
            return self._fitting(result[self._key], target) or changed
        found = self._fitting(result, target)
        rest: Sequence[Any] = ()
        if found is None and isinstance(result, (tuple, list)) and result:
            found, rest = self._fitting(result[0], target), result[1:]
        if isinstance(result, Mapping) and self._is_moved(changed) and self._person.takes_more:
            kept[_MORE] = result
            return changed
        if found is None and isinstance(result, Mapping):
            fits = (self._fitting(each, target) for each in result.values())
            found = next((each for each in fits if each is not None), None)
        if self._way.vessel == BY_NAME and isinstance(result, tuple) and len(result) >= len(self._vessel):
            named = self._blocks.parts(dict(zip(self._vessel, result))) or {}
            if named and all(extent(x) == self._blocks.shapes[name] for name, x in named.items()):
                found, rest = named, result[len(self._vessel) :]
        self._remember(rest, kept)
        if found is None:
            if self.returns_moves:
                raise DataError(
                    f"{self._person.name} is given gradients alone, and returns {describe(result)}; that "
                    "is to be what the parameters change by"
                )
            return changed
        return self._fresher(found, changed)

    def _is_moved(self, things: Mapping[str, Any]) -> bool:
        return any(read(thing, name) != [*self._numbers[name]] for name, thing in things.items())

    def _fresher(self, found: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
        """Return what a step returns, or what it changed in place, if it returns the old numbers."""
        if self.returns_moves:
            return found
        told = {name: read(thing, name) for name, thing in found.items()}
        old = {name: [*self._numbers[name]] for name in found}
        if told == old != {name: read(changed[name], name) for name in found}:
            self.is_stale = True
            return {name: changed[name] for name in found}
        if self._way.vessel in (WHOLE, LISTED, BY_NAME):
            self._vessel = self._filled(found)
        return found

    def _changed(self, begun: Begun, target: str | None, args: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters where a step may have changed them in place."""
        vessel = self._way.vessel
        if vessel == INSIDE:
            inside = self._person.inside
            return {name: inside[name].places[0].get(begun.replica) for name in self._things}
        if vessel == LAYER:
            return dict(self._vessel.arrays())
        if self._objects:
            return {name: parameter.data for name, parameter in zip(self._things, self._objects)}
        if target is not None or self.returns_moves:
            return {target: self._things[target]} if target is not None else dict(self._things)
        held = self._held(begun) if self._person.holds else self._vessel
        is_row = vessel in (LISTED, PAIRED)
        found = dict(zip(self._things, held)) if is_row else self._blocks.parts(held)
        return dict(self._things) if found is None else found

    def _held(self, begun: Begun) -> Any:
        """Return the parameters that an object was made with, where it has them now."""
        named = {name: x for name, x in vars(begun.owner).items() if role_of(name) is Role.PARAMETERS}
        return next((x for x in named.values() if self._fitting(x, None) is not None), self._vessel)

    def _fitting(self, thing: Any, target: str | None) -> dict[str, Any] | None:
        """Return parameters by name, if a thing has their form; else None."""
        if isinstance(thing, (str, bytes)) or thing is None:
            return None
        if target is not None:
            return {target: thing} if self._has_numbers(thing, target) else None
        if self._way.vessel == LISTED:
            if not isinstance(thing, (list, tuple)) or len(thing) != len(self._things):
                return None
            found = dict(zip(self._things, thing))
        elif self._way.vessel in (LAYER, OBJECTS, PAIRED, TENSORS, BY_NAME, INSIDE):
            return None
        else:
            if (
                not self._blocks.is_named
                and isinstance(thing, tuple)
                and not isinstance(self._vessel, tuple)
            ):
                return None
            parts = self._blocks.parts(thing)
            if parts is None:
                return None
            found = parts
        return found if all(self._has_numbers(thing, name) for name, thing in found.items()) else None

    def _has_numbers(self, thing: Any, name: str) -> bool:
        """Say whether a thing is a number, or an array or list of such, or a tuple where there was one."""
        if isinstance(thing, Mapping) or (isinstance(thing, tuple) > isinstance(self._things[name], tuple)):
            return False
        if is_array(thing) and thing.dtype.kind in "fiuc":
            return True
        try:
            return all(isinstance(float(x), float) for _, x in entries(thing))
        except (TypeError, ValueError, AutogradError):
            return False

    def _remember(self, rest: Sequence[Any], kept: dict[str, Any]) -> None:
        """Keep what a step returned beside the parameters for its next call."""
        roles = self._person.roles
        named = [name for name, role in roles.items() if role in _REMEMBERED]
        without_time = [name for name in named if roles[name] is not Role.TIME]
        times = [x for name, x in zip(named, rest) if roles[name] is Role.TIME]
        names = named if len(rest) == len(named) and not any(map(extent, times)) else without_time
        if len(names) == 1 and rest and self._way.blank.many > 1:
            kept[names[0]] = self._memories.again(rest)
            return
        kept.update(zip(names, rest))

    def _move(self, moves: dict[str, Any], before: Numbers, gradients: Numbers) -> None:
        """Change the parameters by what a step returned, in the direction that goes down at first."""
        steps = {name: self._numbers[name] for name in moves}
        if not self.sign:
            along = sum(d * g for name in moves for d, g in zip(steps[name], gradients[name]))
            self.sign = (along < 0) - (along > 0)
        for name, row in steps.items():
            self._numbers[name] = [w + self.sign * d for w, d in zip(before[name], row)]
