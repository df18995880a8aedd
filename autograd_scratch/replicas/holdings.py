"""Which numbers a person's functions hold, under which names, and how copies get others in their place.

Held is what stands in variables of closures, in globals that are named, in the attributes of the object
that a method is of, and in the objects, lists and dicts there.

    >>> class Layer:
    ...     def __init__(self):
    ...         self.params = {"w": [0.5, 1.0]}
    >>> class Net:
    ...     def __init__(self):
    ...         self.layers, self.bias = [Layer(), Layer()], 0.25
    ...     def loss(self):
    ...         return sum(layer.params["w"][0] for layer in self.layers) + self.bias
    >>> net = Net()
    >>> held = holdings(net.loss)
    >>> [*held]
    ['bias', "layers[0].params['w']", "layers[1].params['w']"]
    >>> replica = Replica()
    >>> loss = replica.of(net.loss)
    >>> held["bias"].put(replica, 10.0)
    >>> loss(), net.loss()
    (11.0, 1.25)
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from types import FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from ..wording import shown
from .arrays import copy_view, root_of
from .copies import variables
from .functions import wrapped_by
from .libraries import is_array, is_float
from .persons import functions_of, is_foreign, is_persons, names, used_by
from .replica import Replica
from .slots import slots_of

_DEEPEST = 50  # objects and containers inside each other
_LONG = 1_000  # entries: a longer container is data


class Place(NamedTuple):
    """Where something stands: an object with attributes, a dict, list, variable or globals, and its key.

    What is in a tuple has the place of the tuple for its home, for which another tuple is put.
    """

    home: Any
    kind: str
    key: Any

    def get(self, replica: Replica) -> Any:
        """Return what stands in this place of the copies."""
        if self.kind == "global":
            return replica.world(self.home).look_up(self.key)
        if self.kind == "part":
            return self.home.get(replica)[self.key]
        home = replica.of(self.home)
        if self.kind == "attribute":
            return object.__getattribute__(home, self.key)
        return home.cell_contents if self.kind == "variable" else home[self.key]

    def put(self, replica: Replica, new: Any) -> None:
        """Put something else into this place of the copies."""
        if self.kind == "global":
            replica.world(self.home).put(self.key, new)
        elif self.kind == "part":
            parts = [*self.home.get(replica)]
            parts[self.key] = new
            kind = type(self.home.get(replica))
            self.home.put(replica, kind(*parts) if hasattr(kind, "_fields") else kind(parts))
        elif self.kind == "attribute":
            object.__setattr__(replica.of(self.home), self.key, new)
        elif self.kind == "variable":
            replica.of(self.home).cell_contents = new
        else:
            kind = list if isinstance(self.home, list) else dict
            kind.__setitem__(replica.of(self.home), self.key, new)


class _Met(NamedTuple):
    """Something on the way: the keys that lead there, how they are written, and where it stands."""

    thing: Any
    path: tuple[Any, ...] = ()
    texts: tuple[str, ...] = ()
    place: Place | None = None

    def further(self, thing: Any, kind: str, key: Any) -> "_Met":
        """Return what stands one step further."""
        text = f".{key}" if kind == "attribute" else f"[{shown(key)}]"
        return _Met(thing, (*self.path, key), (*self.texts, text), Place(self.thing, kind, key))


@dataclass(eq=False)
class Holding:
    """Numbers that are held: a number, an array or nested lists, the keys that lead there, and all places.

    `texts` are the keys of the first of its `paths` as they are written; `views` are the arrays that are
    views of this one.
    """

    value: Any
    texts: tuple[str, ...]
    paths: list[tuple[Any, ...]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    views: "list[Holding]" = field(default_factory=list)

    def is_called(self, name: str) -> bool:
        """Say whether a way to it ends in a name."""
        return any(path[-1] == name for path in self.paths)

    def put(self, replica: Replica, new: Any) -> None:
        """Put other numbers, or Values, into all places of the copies, and into what is a view of these."""
        for place in self.places:
            place.put(replica, new)
        for view in self.views:
            view.put(replica, copy_view(new, view.value, self.value))


def holdings(*functions: Any, whole: bool = False) -> dict[str, Holding]:
    """Return the numbers that functions and objects hold by name, the nearest ones first.

    A name is the shortest that tells them apart: W1 for the attribute of `net`, or net.W1. These are floats
    and arrays of floats; with `whole` it is the arrays of whole numbers instead.
    """
    is_asked = _is_whole if whole else _is_numbers
    found: dict[Any, Holding] = {}
    pending, seen = deque(map(_Met, functions)), {}
    while pending:
        met = pending.popleft()
        thing, path, texts, place = met
        if is_asked(thing):
            if place is not None:
                key = (*place[1:], id(place.home)) if is_float(thing) else id(thing)
                holding = found.setdefault(key, Holding(thing, texts))
                holding.places.append(place)
                holding.paths.append(path)
        elif (isinstance(thing, tuple) or id(thing) not in seen) and len(path) <= _DEEPEST:
            seen[id(thing)] = thing
            pending.extend(_inside(met))
    for holding in found.values():
        root = root_of(holding.value) if is_array(holding.value) else holding.value
        if root is not holding.value and id(root) in found:
            found[id(root)].views.append(holding)
    return _named([*found.values()])


def _is_whole(thing: Any) -> bool:
    return is_array(thing) and thing.dtype.kind in "iu"


def _is_numbers(thing: Any) -> bool:
    """Say whether a thing is a float, an array of such, or nested lists, as a matrix may be."""
    if is_array(thing):
        return bool(thing.dtype.kind == "f")
    return is_float(thing) or _is_row(thing)


def _is_row(thing: Any) -> bool:
    if not isinstance(thing, list) or not thing or len(thing) > _LONG:
        return False
    if all(type(part) in (float, int) for part in thing):
        return any(type(part) is float for part in thing)
    return all(map(_is_row, thing)) and len({*map(len, thing)}) == 1


def _inside(met: _Met) -> Iterator[_Met]:
    """Yield what a thing holds, with the way to it."""
    thing = wrapped_by(met.thing) or met.thing
    if isinstance(thing, MethodType):
        yield met._replace(thing=thing.__self__)
        yield _Met(thing.__func__)
    elif isinstance(thing, partial):
        yield from map(_Met, (thing.func, *thing.args, *thing.keywords.values()))
    elif isinstance(thing, FunctionType):
        yield from _of_function(thing) if is_persons(thing) else ()
    elif isinstance(thing, (list, dict)) and len(thing) <= _LONG:
        for key, part in thing.items() if isinstance(thing, dict) else enumerate(thing):
            yield met.further(part, "key", key)
    elif isinstance(thing, tuple) and len(thing) <= _LONG:
        fields = getattr(thing, "_fields", None)
        for index, part in enumerate(thing):
            further = (
                met.further(part, "attribute", fields[index]) if fields else met.further(part, "key", index)
            )
            yield further._replace(place=met.place and Place(met.place, "part", index))
    elif not isinstance(thing, type) and (type(thing) is SimpleNamespace or is_persons(type(thing))):
        for name in (*getattr(thing, "__dict__", ()), *slots_of(thing)):
            yield met.further(object.__getattribute__(thing, name), "attribute", name)
        yield from map(_Met, functions_of(type(thing)))


def _of_function(function: FunctionType) -> Iterator[_Met]:
    """Yield what a function uses from around it, by the names that it has there."""
    for thing, kind, home, name in used_by(function):
        yield _Met(thing, (name,), (name,), Place(home, kind, name)) if name else _Met(thing)
        if isinstance(thing, ModuleType) and not is_foreign(thing.__name__):
            inside = variables(thing)
            for name in names(function.__code__):
                if name in inside:
                    yield _Met(inside[name], (name,), (name,), Place(inside, "global", name))


def _named(found: list[Holding]) -> dict[str, Holding]:
    """Return holdings by their names."""
    short = {id(holding): "".join(holding.texts[_is_in_object(holding) :]) for holding in found}
    counts = Counter(text.removeprefix(".") for text in short.values())
    named: dict[str, Holding] = {}
    for holding in found:
        name = short[id(holding)].removeprefix(".")
        if counts[name] > 1:
            name = "".join(holding.texts).removeprefix(".")
        named.setdefault(name, holding)
    return named


def _is_in_object(holding: Holding) -> bool:
    """Say whether a path begins with the variable of an object: its attributes have names themselves."""
    texts = holding.texts
    return len(texts) > 1 and not texts[0].startswith(".") and texts[1].startswith(".")
