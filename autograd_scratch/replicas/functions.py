"""Copies of functions, with globals, closures and defaults of their own, and of what wraps functions."""

from contextlib import suppress
from functools import cached_property, partial
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import Any

from ..arrays.vectorized import vectorized_type
from .containers import fill_dict
from .copies import Copies
from .persons import is_persons


def copy_function(copies: Copies, thing: FunctionType) -> Any:
    """Copy a function that a person wrote; another holds nothing of a person's."""
    if not is_persons(thing):
        return thing
    cells = tuple(map(copies.copy, thing.__closure__ or ()))
    world = copies.world(thing.__globals__)
    copy = FunctionType(thing.__code__, world.names, thing.__name__, None, cells or None)
    copy.__qualname__, copy.__module__, copy.__doc__ = thing.__qualname__, thing.__module__, thing.__doc__

    def fill() -> None:
        copy.__defaults__ = copies.copy(thing.__defaults__)
        copy.__kwdefaults__ = copies.copy(thing.__kwdefaults__)
        fill_dict(copies, vars(thing), vars(copy))
        world.prepare(thing)

    return copies.know(thing, copy, fill)


def copy_cell(copies: Copies, thing: CellType) -> Any:
    """Copy a variable of a closure."""
    copy = CellType()

    def fill() -> None:
        with suppress(ValueError):  # a variable without a value yet
            before = copy.cell_contents = copies.copy(thing.cell_contents)
            copies.restoring(lambda: setattr(copy, "cell_contents", before))

    return copies.know(thing, copy, fill)


def copy_method(copies: Copies, thing: MethodType) -> Any:
    """Copy a method with its object."""
    return MethodType(copies.copy(thing.__func__), copies.copy(thing.__self__))


def copy_builtin(copies: Copies, thing: BuiltinFunctionType) -> Any:
    """Copy the method of a container, as `losses.append`; other functions of C hold nothing."""
    owner = thing.__self__
    if owner is None or isinstance(owner, ModuleType):
        return thing
    copy = copies.copy(owner)
    return thing if copy is owner else getattr(copy, thing.__name__)


def copy_partial(copies: Copies, thing: Any) -> Any:
    """Copy a function with some of its arguments."""
    options = {name: copies.copy(part) for name, part in thing.keywords.items()}
    return partial(copies.copy(thing.func), *copies.copy(thing.args), **options)


def copy_property(copies: Copies, thing: property) -> Any:
    """Copy a property with its functions."""
    fget, fset, fdel = map(copies.copy, (thing.fget, thing.fset, thing.fdel))
    return property(fget, fset, fdel, thing.__doc__)


def copy_wrapper(copies: Copies, thing: Any) -> Any:
    """Copy a static method or a class method."""
    return type(thing)(copies.copy(thing.__func__))


def copy_cached_property(copies: Copies, thing: Any) -> Any:
    """Copy an attribute that is computed once."""
    copy: Any = cached_property(copies.copy(thing.func))
    copy.attrname = thing.attrname
    return copy


def wrapped_by(thing: Any) -> Any:
    """Return the function of a person's that a library's object runs, or nothing.

    That is what numba compiles, and what `lru_cache` calls: it would remember Values.
    """
    if isinstance(thing, type) or is_persons(type(thing)):  # whose attributes may be computed
        return None
    return thing.__wrapped__ if hasattr(thing, "cache_parameters") else getattr(thing, "py_func", None)


def copy_vectorized(copies: Copies, thing: Any) -> Any:
    """Copy what `np.vectorize` gives."""
    function = copies.copy(thing.pyfunc)
    return vectorized_type()(function, thing.otypes, thing.__doc__, thing.excluded, False, thing.signature)
