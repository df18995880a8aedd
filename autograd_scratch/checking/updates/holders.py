"""Parameters that objects of a person hold, with their gradients beside them: layers, tensors, networks.

Their numbers are found under the names that they have there: `data` and `grad` of a tensor, `W` and `dW` of
a layer, the same key in `params` and `grads`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...arrays.containers import extent, is_array
from ...errors import DataError, look_up
from ...ieee import describe
from ...nn.module import Module
from ...nn.search import is_model, parameters_of
from ...replicas import Holding, holdings
from ...replicas.holdings import Place
from ...value import Value
from ..methods import is_object
from ..names import meant
from ..precision import is_single
from .blocks import Blocks, Numbers, checked, like, read, zeros
from .memory import Memories
from .person import Begun, Person, method_of
from .roles import Role, arguments_of, role_of, roles_of
from .stand_ins import Twins
from .ways import Way

_VALUES = ("data", "value", "_data", "val", "items", "tensor", "array", "weight", "w")
_GRADIENTS = ("grad", "gradient", "_grad", "grads", "gradients")
_TWINS = {"params": "grads", "parameters": "gradients", "_params": "_grads", "weights": "gradients"}


class Held(NamedTuple):
    """A parameter and its gradient, where an object has them."""

    value: Holding
    places: Sequence[Place]  # of the gradient


class Holders:
    """The parameters in objects, by name, with what they start at."""

    is_named = False

    def __init__(self, at: Any, names: Sequence[str] = ()) -> None:
        self.at = at
        found = _pairs(holdings(at, whole=False))
        self.held = {name: pair for name, pair in found.items() if not names or name in names}
        if not self.held:
            raise DataError(
                f"compare_update found no parameters with gradients in {describe(at)}: they are to stand "
                "side by side, as p.data and p.grad, layer.W and layer.dW, or params['W'] and grads['W']; "
                "otherwise write at={'W': W}, and a step that is handed gradients, as def step(W, dW): ..."
            )
        trees = {name: pair.value.value for name, pair in self.held.items()}
        self.starts = {name: read(tree, name) for name, tree in trees.items()}
        self.shapes = {name: extent(tree) for name, tree in trees.items()}
        self.is_single = is_single([*trees.values()])

    def arrays(self, numbers: Numbers) -> dict[str, Any]:
        """Return other numbers in the form of each parameter."""
        return {name: like(pair.value.value, numbers[name]) for name, pair in self.held.items()}

    def whole(self, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters by their names."""
        return dict(arrays)

    def parts(self, whole: Any) -> dict[str, Any] | None:
        """Return the parameters in a dict; None if it has not all of them."""
        has_all = isinstance(whole, Mapping) and {*self.held} <= {*whole}
        return {name: whole[name] for name in self.held} if has_all else None


class HeldCall:
    """A step that changes objects which hold their parameters and gradients."""

    returns_moves = is_stale = False
    sign = 0

    def __init__(self, person: Person, holders: Holders, way: Way, state: Any = None) -> None:
        self._person, self._holders = person, holders
        self._begun = Begun(person)
        self._memories = Memories(person, way, self._begun.replica, state)
        self._begun.replica.of(holders.at)
        self.points: dict[str, Sequence[float]] = {}
        self.told = f"{person.name}({', '.join(person.roles)})"

    def start(self) -> None:
        """Begin anew."""
        self._kept: dict[str, Any] = {}
        self._begun.anew(self._begun.replica.of(self._holders.at))

    def take(self, t: int, gradients: Numbers) -> dict[str, Sequence[float]]:
        """Make a step, and return the parameters after it."""
        replica = self._begun.replica
        for name, gradient in self._holders.arrays(gradients).items():
            for place in self._holders.held[name].places:
                place.put(replica, gradient)
        args: dict[str, Any] = {}
        for name, role in self._person.roles.items() if not self._person.takes_any else ():
            is_guessed = role is Role.GRADIENTS and role_of(name) is None
            if role in (Role.PARAMETERS, Role.LAYER) or is_guessed:
                args[name] = replica.of(self._holders.at)
            elif name in self._kept:
                args[name] = self._kept[name]
            elif role is Role.TIME:
                args[name] = t
            elif role is Role.SETTING:
                args[name] = self._person.given[name]
            elif role in (Role.STATE, Role.BUFFER, Role.SETTINGS):
                args[name] = self._kept[name] = self._memories.at_first(name, self._whole, self._blank)
            else:
                raise DataError(
                    f"{self._person.name} takes {name}, and the parameters in at have their gradients "
                    "beside them; write a function of what is in at, as def step(layer): ..."
                )
        self._begun.run(args)
        told = f"step {t} of {self._person.name}"
        return {
            name: checked(name, pair.value.places[0].get(replica), self._holders.shapes[name], told)
            for name, pair in self._holders.held.items()
        }

    def _blank(self) -> list[Any]:
        return [zeros(pair.value.value) for pair in self._holders.held.values()]

    def _whole(self) -> Any:
        return dict(zip(self._holders.held, self._blank()))


def parameters_in(at: Any, step: Any) -> Blocks | Holders:
    """Return the parameters in `at`, or, without, those that the object of a step holds."""
    is_name = isinstance(at, str) and any(each.is_called(at) for each in holdings(step).values())
    names = [at] if is_name else at if isinstance(at, (list, tuple)) else []
    if names and all(isinstance(name, str) for name in names):
        owner = _owner(step)
        if owner is not None and not _takes_gradients(step):
            return Holders(owner, names)
        found = holdings(step).values()
        known = {path[-1]: each.value for each in found for path in each.paths if isinstance(path[-1], str)}
        return Blocks({name: look_up(name, known, "array in the step") for name in names})
    held = _held_by(step) if at is None else None
    at = held if at is None else at
    if values_in(at):
        twins = Twins(at)
        return Blocks(twins.numbers, twins=twins)
    is_beside = held is not None and not _takes_gradients(step)
    return Holders(at) if is_beside or is_of_objects(at) else Blocks(at, held=held)


def _owner(step: Any) -> Any:
    """Return the object that makes a step; None of a function or class."""
    owner = getattr(step, "__self__", step)
    return owner if is_object(owner) and not isinstance(owner, type) else None


def _takes_gradients(step: Any) -> bool:
    """Say whether a step is handed gradients."""
    method = step if _owner(step) is not step else getattr(step, method_of(step, ()))
    roles = roles_of(arguments_of(method) or {}, (), ())
    return not {*roles.values()}.isdisjoint((Role.GRADIENTS, Role.FUNCTION, Role.PAIRS))


def _held_by(step: Any) -> Any:
    """Return the parameters that the object of a step holds, or say that there are none."""
    owner = _owner(step)
    takes = owner is not None and _takes_gradients(step)
    kept = [(role_of(name.strip("_")), x) for name, x in getattr(owner, "__dict__", {}).items()]
    kept = [
        (role, x) for role, x in kept if isinstance(x, (list, tuple, dict)) or is_object(x) or is_array(x)
    ]
    named = [x for role, x in kept if role in (Role.PARAMETERS, Role.LAYER)]
    others = [x for _, x in kept if not any(x is each for each in named)]
    for thing in named if takes else (*named, *others, owner) if owner is not None else ():
        if takes or values_in(thing) or _pairs(holdings(thing)):
            return thing
    raise DataError(
        "at says which parameters the step changes, by name, as at={'W': W, 'b': b}; or, where the step "
        "itself has them, by their names alone, as at=['W', 'b']"
    )


def is_of_objects(at: Any) -> bool:
    """Say whether parameters stand in objects, alone or in a list or dict."""
    things = [*at.values()] if isinstance(at, Mapping) else at if isinstance(at, (list, tuple)) else [at]
    return bool(things) and all(is_object(thing) and not is_number(thing) for thing in things)


def is_number(thing: Any) -> bool:
    """Say whether an object stands for a number."""
    return hasattr(type(thing), "__float__") and not isinstance(thing, Value)


def values_in(at: Any) -> Any:
    """Return the Values of a list, dict or model, in that; None of anything else.

    >>> values_in([Value(0.5, "w")]), values_in([0.5])
    ([Value(data=0.5, name='w')], None)
    """
    if isinstance(at, Module) or (is_model(at) and isinstance(next(iter(at.parameters()), None), Value)):
        return parameters_of(at)
    things = [at] if isinstance(at, Value) else [*at.values()] if isinstance(at, dict) else at
    is_row = isinstance(things, (list, tuple)) and bool(things)
    return at if is_row and all(isinstance(thing, Value) for thing in things) else None


def _pairs(found: Mapping[str, Holding]) -> dict[str, Held]:
    """Return the parameters among what objects hold, with their gradients."""
    by_path = {path: holding for holding in found.values() for path in holding.paths}
    pairs: dict[str, Held] = {}
    for name, holding in found.items():
        for path in holding.paths:
            if any(key in _GRADIENTS for key in path):
                continue
            places = _gradient_of(path, holding, by_path)
            if places:
                pairs[name.removesuffix(f".{path[-1]}") if path[-1] in _VALUES else name] = Held(
                    holding, places
                )
                break
    return pairs


def _gradient_of(
    path: tuple[Any, ...], holding: Holding, by_path: Mapping[tuple[Any, ...], Holding]
) -> Sequence[Place]:
    """Return where the gradient of what stands on a path is, if it has one."""
    *before, key = path
    shape = extent(holding.value)
    for other, its in by_path.items():
        if other[:-1] == tuple(before) and isinstance(key, str) and isinstance(other[-1], str):
            is_its = key in meant(other[-1]) or (key in _VALUES and other[-1] in _GRADIENTS)
            if is_its and extent(its.value) == shape:
                return its.places
    for name in _GRADIENTS:
        inner = by_path.get((*before, name, key))
        if inner is not None and extent(inner.value) == shape:
            return inner.places
    for i, part in enumerate(path[:-1]):
        twin = by_path.get((*path[:i], _TWINS.get(part), *path[i + 1 :]))
        twin = twin or by_path.get((*path[:i], _TWINS.get(part), *path[i + 1 : -1], f"d{key}"))
        if twin is not None and extent(twin.value) == shape:
            return twin.places
    home = holding.places[0].home
    if key in _VALUES:
        for name in _GRADIENTS:
            if hasattr(home, name) and getattr(home, name, 0) is None:
                return [Place(home, "attribute", name)]
    return []
