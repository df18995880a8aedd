"""Copies of a person's functions, and of all that these hold: what runs in them changes nothing outside.

A function is copied with globals of its own, an object with its attributes, a class with its methods. So
the copies see each other as the originals do, and may see something else where the originals see NumPy.
What cannot be copied, such as a file, or an object of a library's class, is shared; a person's object that
is shared gets back what it held.

    >>> class Counter:
    ...     def __init__(self):
    ...         self.calls = 0
    ...     def next(self):
    ...         self.calls += 1
    ...         return self.calls
    >>> counter = Counter()
    >>> replica = Replica()
    >>> next = replica.of(counter.next)
    >>> next(), next(), counter.calls
    (1, 2, 0)
    >>> replica.restore(); next()
    1
"""

import builtins
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

from .arrays import LARGE, copy_generator, copy_objects, copy_view, root_of
from .containers import copy_dict, copy_list, copy_namespace, copy_set, copy_tuple
from .copies import Copies, Module
from .functions import (
    copy_builtin,
    copy_cached_property,
    copy_cell,
    copy_function,
    copy_method,
    copy_partial,
    copy_property,
    copy_vectorized,
    copy_wrapper,
    wrapped_by,
)
from .libraries import is_array, is_generator
from .objects import copy_class, copy_object
from .persons import is_foreign, is_persons

Dress = Callable[[Any, Any], Any]

_MAKERS: Mapping[type, Callable[[Copies, Any], Any]] = {
    list: copy_list,
    tuple: copy_tuple,
    **dict.fromkeys((dict, defaultdict, OrderedDict), copy_dict),
    **dict.fromkeys((set, deque), copy_set),
    SimpleNamespace: copy_namespace,
    FunctionType: copy_function,
    CellType: copy_cell,
    MethodType: copy_method,
    BuiltinFunctionType: copy_builtin,
    partial: copy_partial,
    property: copy_property,
    **dict.fromkeys((staticmethod, classmethod), copy_wrapper),
    cached_property: copy_cached_property,
}


def is_of_shared(fault: ValueError) -> bool:
    """Say whether a fault is that of writing to an array that may only be read, as large ones are."""
    return "read-only" in str(fault)


class Replica(Copies):
    """Copies of what functions hold; `restore` puts all of it back to what it was when it was copied.

    `stand_in` gives what a copy sees instead of a thing, as a rule the thing itself. `dress` gives what the
    copy of an array of floats becomes. `copies_all` says that arrays of more than a million entries are
    copied as well: else they are shared, and writing to one is a ValueError.
    """

    def __init__(
        self,
        stand_in: Callable[[Any], Any] = lambda thing: thing,
        dress: Dress = lambda copy, original: copy,
        builtins: Mapping[str, Any] = vars(builtins),
        *,
        copies_all: bool = False,
        copies_generators: bool = True,
    ) -> None:
        super().__init__(builtins)
        self._stand_in, self._dress = stand_in, dress
        self._copies_all, self._copies_generators = copies_all, copies_generators

    @property
    def replica(self) -> "Replica":
        """Itself, as a stage has one."""
        return self

    def make(self, thing: Any) -> Any:
        other = self._stand_in(thing)
        if other is not thing:
            return other
        if type(thing) in _MAKERS:
            return _MAKERS[type(thing)](self, thing)
        if isinstance(thing, ModuleType):
            return thing if is_foreign(thing.__name__) else Module(self, thing)
        if isinstance(thing, type):
            return copy_class(self, thing)
        if is_array(thing):
            return self._array(thing)
        if isinstance(thing, tuple):
            return copy_tuple(self, thing)
        if is_generator(thing):
            return copy_generator(self, thing) if self._copies_generators else thing
        return self._object(thing)

    def _object(self, thing: Any) -> Any:
        """Copy an object of a person's class, and the function of a person's in that of a library."""
        function = wrapped_by(thing)
        if isinstance(function, FunctionType):
            return self.copy(function)
        if type(thing).__name__ == "vectorize" and isinstance(getattr(thing, "pyfunc", None), FunctionType):
            return copy_vectorized(self, thing)
        return copy_object(self, thing) if is_persons(type(thing)) else thing

    def _array(self, thing: Any) -> Any:
        """Copy an array; a view stays a view, and what is large is shared, to be read only."""
        root = root_of(thing)
        if thing.dtype == object:
            return copy_objects(self, thing)
        if root.size > LARGE and not self._copies_all:
            copy = thing.view()
            copy.flags.writeable = False
            return copy
        if root is not thing and root.dtype == thing.dtype:
            return copy_view(self.copy(root), thing, root)
        import numpy

        before = thing.copy(order="K")
        copy = self._dress(thing.copy(order="K"), thing)
        if thing.flags.writeable:
            plain = copy.view(numpy.ndarray)
            self.restoring(lambda: numpy.copyto(plain, before))
        copy.flags.writeable = thing.flags.writeable
        return copy
