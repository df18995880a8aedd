"""What things hold, down to the last one that can be reached: who it is, and the bytes of arrays."""

import random
from collections import deque
from functools import lru_cache, partial
from types import CellType, FunctionType, MappingProxyType, MethodType, ModuleType

import numpy as np

from autograd_scratch.replicas.persons import names
from autograd_scratch.replicas.slots import slots_of

REMEMBERING = type(lru_cache(int))
LIBRARIES = ("numpy", "pytest", "autograd_scratch")


class Snapshot:
    """All that can be reached from things; equal to another where the same objects hold the same."""

    def __init__(self, *things):
        self.contents, self._kept, pending = {}, [], [*things]
        while pending:
            thing = pending.pop()
            if id(thing) not in self.contents:
                contents, parts = looked_into(thing)
                parts = [*parts, *attributes_of(thing)]
                self.contents[id(thing)] = type(thing), contents, [*map(id, parts)]
                self._kept += thing, parts  # whose ids stay theirs
                pending += parts

    def __eq__(self, other):
        return self.contents == other.contents

    __hash__ = None


def looked_into(thing):
    """Return what a thing is by itself, and what it holds."""
    match thing:
        case np.ndarray():
            base = [] if thing.base is None else [thing.base]
            if thing.dtype == object:
                return thing.shape, [*thing.flat, *base]
            return (thing.shape, thing.dtype, thing.strides, thing.tobytes()), base
        case np.random.Generator():
            return repr(thing.bit_generator.state), []
        case np.random.RandomState():
            return repr(thing.get_state()), []
        case random.Random():
            return thing.getstate(), []
        case dict() | MappingProxyType():
            return [*map(id, thing)], [*thing, *thing.values()]
        case list() | tuple() | deque():
            return None, [*thing]
        case set() | frozenset():
            return None, sorted(thing, key=id)
        case FunctionType():
            return None, [
                *(thing.__closure__ or ()),
                thing.__defaults__,
                thing.__kwdefaults__,
                *used(thing),
            ]
        case CellType():
            return None, [thing.cell_contents] if thing != CellType() else []
        case MethodType():
            return None, [thing.__func__, thing.__self__]
        case partial():
            return None, [thing.func, thing.args, thing.keywords]
        case property():
            return None, [thing.fget, thing.fset, thing.fdel]
        case type():
            return None, [*vars(thing).values()] if is_own(thing.__module__) else []
        case ModuleType():
            return None, variables_of(thing) if is_own(thing.__name__) else []
        case int() | float() | complex() | str() | bytes():
            return repr(thing), []
    return (repr(thing.cache_info()) if isinstance(thing, REMEMBERING) else None), []


def variables_of(module):
    """Return what a module's names stand for, but for Python's, of which `_` is what was last displayed."""
    return [value for name, value in vars(module).items() if name != "__builtins__"]


def attributes_of(thing):
    is_known = isinstance(thing, (type, ModuleType)) or not hasattr(thing, "__dict__")
    return [*([] if is_known else [vars(thing)]), *slots_of(thing).values()]


def used(function):
    """Return the global variables that a function names."""
    world = function.__globals__
    return [world[name] for name in names(function.__code__) if name in world]


def is_own(name):
    return name.partition(".")[0] not in LIBRARIES and name in OWN


OWN = ("counters", "held_things", "held_arrays", "networks", "test_replicas", "test_compare_objects")
