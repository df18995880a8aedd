"""Which parameters a model has: the one answer for every reader, from optimizers to drawings.

A model is a Module, or an object of any class with `parameters()`. A Module without a `parameters` of its
own has the leaves that stand where its constructor left leaves: in the same attributes, and under the
same keys of the dicts there; a place in a list, tuple or array does not count, so a list of weights may
grow. What a call keeps in other attributes is no parameter. A `parameters` of one's own is asked instead,
and says it for all that is below.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from types import BuiltinFunctionType, FunctionType
from typing import Any, NamedTuple

from ..arrays.containers import entries, is_array
from ..errors import DataError, GraphError, ModelError
from ..ieee import describe
from ..value import Value

SLOTS = "_places_of_parameters"  # where a Module keeps what `slots_of` gives at the end of its constructor

_NEVER = {float, int, str, bool, type(None), frozenset, FunctionType, BuiltinFunctionType}
_CONTAINERS = {list, tuple, dict}
_asking: ContextVar[tuple[Any, ...]] = ContextVar("asking", default=())
_asking_for_all: ContextVar[bool] = ContextVar("asking_for_all", default=False)
stand_ins: ContextVar[frozenset[Value]] = ContextVar("stand_ins", default=frozenset())


# Where in a model a Value or another model is: its path, the path without places in sequences, the
# container and the key there, and the thing itself. A plain tuple: there is one for each parameter.
Place = tuple[str, str, Any, Any, Any]


def parameters_of(model: Any, *, frozen: bool = False) -> list[Value]:
    """Return the parameters of a model that training may change, each once; with `frozen`, all of them.

    >>> from autograd_scratch import MLP
    >>> len(parameters_of(MLP(2, [4, 1])))
    17
    """
    return [*found(model, frozen=frozen)]


def nothing_to_train(model: Any) -> GraphError:
    """Return the error for a model without parameters, or with frozen ones alone."""
    if parameters_of(model, frozen=True):
        return GraphError("there is nothing to train: all parameters are frozen; write model.unfreeze()")
    return GraphError(
        f"there is nothing to train: {type(model).__name__} has no parameters. These are the Values that "
        "its constructor makes, self.w = Value(0.5); declare one that is made later by "
        "self.register_parameter('w', Value(0.5)), or return all from def parameters(self)"
    )


def is_model(thing: Any) -> bool:
    """Say whether a thing has parameters to tell: a Module, or anything else with `parameters`."""
    if isinstance(thing, type):
        return False
    return hasattr(type(thing), "parameters") or "parameters" in getattr(thing, "__dict__", ())


def found(
    model: Any, *, frozen: bool = False, ask: bool = True, ask_below: bool = True
) -> dict[Value, str]:
    """Return the parameters of a model and their paths, each once, in order; with `frozen`, all.

    Without `ask`, what the model's own `parameters` says is not asked, only looked for; without
    `ask_below`, nor is that of the models in it.
    """
    frozen = frozen or _asking_for_all.get()
    search = _Search(frozen, ask_below)
    search.run(model, ask and not any(model is asked for asked in _asking.get()))
    return {p: path for p, path in search.accepted.items() if frozen or p not in search.frozen}


def models_in(model: Any) -> list[Any]:
    """Return a model and all models below it, each once."""
    return [entered for _, entered in models_by_path(model)]


def models_by_path(model: Any) -> list[tuple[str, Any]]:
    """Return a model and all models below it, each once, with what the paths of its parameters begin with.

    >>> from autograd_scratch import MLP
    >>> [path for path, _ in models_by_path(MLP(2, [1]))]
    ['', 'layers.0.', 'layers.0.neurons.0.']
    """
    search = _Search(True, ask_below=False)
    search.run(model, ask=False)
    return [(path, entered) for entered, _, path in search.entered.values()]


def slots_of(attributes: Mapping[str, Any]) -> frozenset[str]:
    """Return the slots of the leaves in some attributes, and those that lead there.

    >>> sorted(slots_of({"w": [Value(1.0), Value(2.0)], "extra": {"b": Value(3.0)}, "width": 2}))
    ['extra', 'extra.b', 'w']
    """
    slots = {
        slot
        for _, slot, _, _, thing in _places("", attributes, frozenset())
        if thing.__class__ is Value and thing.primitive is None
    }
    keys = [slot.split(".") for slot in slots]
    return frozenset(".".join(parts[:end]) for parts in keys for end in range(1, len(parts) + 1))


def places(model: Any, prefix: str = "") -> list[Place]:
    """Return the places in a model, in order, but not those in the models that it holds."""
    attributes = getattr(model, "__dict__", {})
    return _places(prefix, attributes, attributes.get(SLOTS, frozenset()))


def _places(prefix: str, attributes: Mapping[str, Any], slots: frozenset[str]) -> list[Place]:
    seen: dict[Any, Any] = {}  # kept alive: a row of an array is made anew, and its id too
    found = []
    pending = _entries(prefix, "", attributes)
    while pending:
        place = pending.pop()
        path, slot, _, _, thing = place
        kind = thing.__class__
        if kind is Value or (kind not in _CONTAINERS and (is_model(thing) or not _is_container(thing))):
            found.append(place)
            continue
        mark = id(thing), slot if slot in slots else None  # what leads to a slot, by each way
        if mark not in seen:
            seen[mark] = thing
            pending += _entries(f"{path}.", slot, thing)
    return found


def _entries(path: str, slot: str, holder: Any) -> list[Place]:
    """List the places in a container, the last one first."""
    if isinstance(holder, dict):
        stem = f"{slot}." if slot else ""
        found = [
            (f"{path}{key}", f"{stem}{key}", holder, key, thing)
            for key, thing in holder.items()
            if thing.__class__ is Value or _may_hold_values(thing)
        ]
    else:
        found = [
            (f"{path}{i}", slot, holder, i, thing)
            for i, thing in enumerate(holder)
            if thing.__class__ is Value or _may_hold_values(thing)
        ]
    return found[::-1]


def _may_hold_values(thing: Any) -> bool:
    kind = thing.__class__
    return kind not in _NEVER and (kind in _CONTAINERS or is_model(thing) or _is_container(thing))


def _is_container(thing: Any) -> bool:
    return isinstance(thing, (list, tuple, dict)) or (is_array(thing) and bool(thing.dtype == object))


def _may_be_parameter(value: Value) -> bool:
    """Say whether a Value is a leaf, or stands in for one in `functional_call`."""
    return value.primitive is None or value in stand_ins.get()


class _Frame(NamedTuple):
    """A model that is being looked through."""

    model: Any
    path: str
    places: Iterator[Place]
    slots: frozenset[str] | None
    is_frozen: bool
    accepts: bool
    is_asked: bool


class _Search:
    """A way through a model and all below, which notes the leaves and whose they are."""

    def __init__(self, frozen: bool, ask_below: bool) -> None:
        self.accepted: dict[Value, str] = {}
        self.frozen: set[Value] = set()
        self.entered: dict[int, tuple[Any, bool, str]] = {}
        self._all = frozen
        self._ask_below = ask_below
        self._homes: dict[Value, str] = {}
        self._kept: dict[Value, str] = {}

    def run(self, model: Any, ask: bool) -> None:
        """Look through a model; with `ask`, its own `parameters` is asked."""
        frames = self._frames("", model, False, True, ask)
        while frames:
            frame = frames[-1]
            below = self._note_leaves(frame)
            if below is None:
                frames.pop()
                if frame.is_asked:
                    self._ask(frame)
            else:
                path, model = below
                accepts = frame.accepts and not frame.is_asked
                frames += self._frames(f"{path}.", model, frame.is_frozen, accepts, self._ask_below)

    def _frames(self, path: str, model: Any, is_frozen: bool, accepts: bool, ask: bool) -> list[_Frame]:
        """Return the frame of a model, unless it was looked through already."""
        _, earlier, first = self.entered.get(id(model), (None, None, path))
        if earlier is not None and earlier >= accepts:
            return []
        self.entered[id(model)] = model, accepts, first
        is_asked = ask and accepts
        if is_module(model):
            is_asked = is_asked and not model._looks_for_parameters()
            is_frozen = model.frozen
        slots = getattr(model, "__dict__", {}).get(SLOTS)
        return [_Frame(model, path, iter(places(model, path)), slots, is_frozen, accepts, is_asked)]

    def _note_leaves(self, frame: _Frame) -> tuple[str, Any] | None:
        """Note the leaves of a model up to the next model in it; return this one, and its path."""
        slots, homes = frame.slots, self._homes
        accepts = frame.accepts and not frame.is_asked
        for path, slot, _, _, thing in frame.places:
            if thing.__class__ is not Value:
                return path, thing
            if thing.primitive is not None and not _may_be_parameter(thing):
                continue
            if slots is not None and slot not in slots:
                self._kept.setdefault(thing, path)
                continue
            path = homes.setdefault(thing, path)
            if frame.is_frozen:
                self.frozen.add(thing)
            if accepts:
                self.accepted.setdefault(thing, path)
        return None

    def _ask(self, frame: _Frame) -> None:
        for i, leaf in enumerate(_told(frame.model, self._all, is_inner=bool(frame.path))):
            home = self._homes.get(leaf)
            path = home or self._kept.get(leaf) or f"{frame.path}parameters.{i}"
            self.accepted.setdefault(leaf, path)
            if home is None and frame.is_frozen:
                self.frozen.add(leaf)


def is_module(model: Any) -> bool:
    """Say whether a model is a Module, which may be frozen, and looks for its parameters by itself."""
    return hasattr(type(model), "_looks_for_parameters")


def _told(model: Any, frozen: bool, is_inner: bool) -> list[Value]:
    """Return what a model says its parameters are: `parameters()`, or an attribute of that name."""
    asking = _asking.set((*_asking.get(), model))
    for_all = _asking_for_all.set(frozen)
    try:
        told = model.parameters
        told = told() if callable(told) else told
        told = told if isinstance(told, (dict, str)) or not isinstance(told, Iterable) else list(told)
    finally:
        _asking_for_all.reset(for_all)
        _asking.reset(asking)
    if is_inner and not is_module(model) and not any(isinstance(p, Value) for _, p in entries(told)):
        return []  # not one of ours
    name = type(model).__name__
    if isinstance(told, str) or not isinstance(told, Iterable):
        raise ModelError(f"parameters() of {name} gives {describe(told)}; return a list of its Values")
    return _leaves(told, f"parameters() of {name}")


def _leaves(told: Iterable[Any], where: str) -> list[Value]:
    """Return the leaves in nested containers, each of which can be a parameter."""
    listed = list(told.values() if isinstance(told, dict) else told)
    if not all(p.__class__ is Value for p in listed):
        listed = [entry for _, entry in entries(listed)]
    for p in listed:
        if not isinstance(p, Value):
            raise DataError(f"a parameter must be a Value, not {describe(p)}, which is in {where}")
        if not _may_be_parameter(p):
            raise GraphError(
                f"a parameter must be a leaf, and {p!r} in {where} was computed; "
                "write Value(number), or .detach() at the end of the formula"
            )
    return listed
