"""Where the parameters are that a step changes: in `at`, or in the object that it is of."""

from collections.abc import Mapping
from typing import Any

from ...arrays.containers import is_array
from ...errors import DataError, look_up
from ...nn.module import Module
from ...nn.search import is_model, parameters_of
from ...replicas import holdings
from ...value import Value
from ..methods import is_object
from .blocks import Blocks
from .holders import Holders
from .pairing import are_handed, pairs_in, rows_in
from .person import method_of
from .roles import Role, arguments_of, role_of, roles_of
from .stand_ins import Twins


def parameters_in(at: Any, step: Any) -> Blocks | Holders:
    """Return the parameters in `at`, or, without, those that the object of a step holds."""
    is_name = isinstance(at, str) and any(each.is_called(at) for each in holdings(step).values())
    names = [at] if is_name else at if isinstance(at, (list, tuple)) else []
    if names and all(isinstance(name, str) for name in names):
        owner = _owner(step)
        if owner is not None and not _gradients_of(step):
            return Holders(owner, names)
        found = holdings(step).values()
        known = {path[-1]: each.value for each in found for path in each.paths if isinstance(path[-1], str)}
        return Blocks({name: look_up(name, known, "array in the step") for name in names})
    held = _held_by(step) if at is None else None
    at = held if at is None else at
    if values_in(at):
        twins = Twins(at)
        return Blocks(twins.numbers, twins=twins)
    is_beside = held is not None and not _gradients_of(step)
    if is_beside or is_of_objects(at):
        return Holders(at, handed=_gradients_of(step))
    return Blocks(at, held=held)


def _owner(step: Any) -> Any:
    """Return the object that makes a step; None of a function or class."""
    owner = getattr(step, "__self__", step)
    return owner if is_object(owner) and not isinstance(owner, type) else None


def _gradients_of(step: Any) -> list[str]:
    """Return the arguments in which a step is handed gradients."""
    is_whole = isinstance(step, type) or _owner(step) is step
    arguments = arguments_of(getattr(step, method_of(step, ())) if is_whole else step) or {}
    roles = roles_of(dict([*arguments.items()][isinstance(step, type) :]), (), ())
    return [name for name, role in roles.items() if role in (Role.GRADIENTS, Role.FUNCTION, Role.PAIRS)]


def _held_by(step: Any) -> Any:
    """Return the parameters that the object of a step holds, or say that there are none."""
    owner = _owner(step)
    takes = owner is not None and bool(_gradients_of(step))
    kept = [(role_of(name.strip("_")), x) for name, x in getattr(owner, "__dict__", {}).items()]
    kept = [
        (role, x) for role, x in kept if isinstance(x, (list, tuple, dict)) or is_object(x) or is_array(x)
    ]
    named = [x for role, x in kept if role in (Role.PARAMETERS, Role.LAYER)]
    others = [x for _, x in kept if not any(x is each for each in named)]
    if takes and len(named) > 1 and are_handed(holdings(owner), _gradients_of(step)):
        return owner
    for thing in named if takes else (*named, *others, owner) if owner is not None else ():
        if takes or values_in(thing) or pairs_in(holdings(thing)):
            return thing
        if any(thing is each for each in named) and rows_in(holdings(thing)):
            return thing
    if takes and are_handed(holdings(owner), _gradients_of(step)):
        return owner
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
    is_other = is_model(at) and callable(at.parameters)
    if isinstance(at, Module) or (is_other and isinstance(next(iter(at.parameters()), None), Value)):
        return parameters_of(at)
    things = [at] if isinstance(at, Value) else [*at.values()] if isinstance(at, dict) else at
    is_row = isinstance(things, (list, tuple)) and bool(things)
    return at if is_row and all(isinstance(thing, Value) for thing in things) else None
