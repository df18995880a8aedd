"""What of a program a person wrote, and what is Python's, NumPy's, or another library's."""

import dis
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from os import sep
from types import CodeType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from ..wording import is_users_file

_FOREIGN = sys.stdlib_module_names | {"numpy", "scipy", "autograd_scratch"}
_MADE = "<string>"  # where dataclasses have the functions that they make
_READING = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_STORING = ("STORE_GLOBAL", "DELETE_GLOBAL")
_known: WeakKeyDictionary[type, tuple[int, bool]] = WeakKeyDictionary()
_BY_STATEMENT = 1 << 9  # among the flags of a class: made while the program runs, as `class` does
_FUNCTIONS = (FunctionType, staticmethod, classmethod)


def is_foreign(name: object) -> bool:
    """Say whether a module of this name is Python's, NumPy's, SciPy's or ours, or is installed.

    >>> is_foreign("numpy.linalg"), is_foreign("__main__"), is_foreign(None)
    (True, False, False)
    """
    top = str(name).partition(".")[0]
    if top == "__main__":
        return False
    return top in _FOREIGN or _is_installed(getattr(sys.modules.get(top), "__file__", None) or "")


@cache
def _is_installed(file: str) -> bool:
    return f"{sep}site-packages{sep}" in file


def is_persons(thing: FunctionType | type) -> bool:
    """Say whether a person wrote a function, or a class or some of its methods."""
    if isinstance(thing, FunctionType):
        file = thing.__code__.co_filename
        return not is_foreign(thing.__module__) if file == _MADE else _is_own(file)
    if thing.__module__ == "builtins" and thing.__flags__ & _BY_STATEMENT:  # in a namespace for `exec`
        return True
    return not is_foreign(thing.__module__) or _has_own_methods(thing)


def _has_own_methods(kind: type) -> bool:
    """Say whether a class has methods that a person wrote, which is asked for each of its objects."""
    size, answer = _known.get(kind, (-1, False))
    if size != len(vars(kind)):
        functions = (each for each in vars(kind).values() if isinstance(each, FunctionType))
        files = (function.__code__.co_filename for function in functions)
        answer = any(file != _MADE and _is_own(file) for file in files)
        _known[kind] = len(vars(kind)), answer
    return answer


def _is_own(file: str) -> bool:
    return is_users_file(file) and not _is_installed(file)


@cache
def names(code: CodeType) -> tuple[str, ...]:
    """Return the names that code, and the functions in it, look up, those of attributes included."""
    return tuple(dict.fromkeys(name for each in _codes(code) for name in each.co_names))


def stored_names(code: CodeType) -> Iterator[str]:
    """Yield the global variables that code, and the functions in it, may write.

    >>> def count():
    ...     global calls
    ...     calls += step.size
    >>> [*stored_names(count.__code__)], [*global_names(count.__code__)]
    (['calls'], ['calls', 'step'])
    """
    for each in _codes(code):
        yield from _of_steps(each, _STORING)


def global_names(code: CodeType) -> Iterator[str]:
    """Yield the global variables that code, and the functions in it, may read or write; no attributes."""
    for each in _codes(code):
        yield from _of_steps(each, _READING + _STORING)


@cache
def _of_steps(code: CodeType, kinds: tuple[str, ...]) -> tuple[str, ...]:
    found = (step.argval for step in dis.get_instructions(code) if step.opname in kinds)
    return tuple(dict.fromkeys(found))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def used_by(function: FunctionType) -> Iterator[tuple[Any, str, Any, str]]:
    """Yield what a function uses from around it, where that stands, and how it is called there.

    That is a variable of a closure, a global one, or a default, which has no name.
    """
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        with suppress(ValueError):  # a variable without a value yet
            yield cell.cell_contents, "variable", cell, name
    world = function.__globals__
    for name in global_names(function.__code__):
        if name in world:
            yield world[name], "global", world, name
    for default in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
        yield default, "default", function, ""


def functions_of(kind: type) -> Iterator[FunctionType]:
    """Yield the functions of a class and its bases, those of properties included."""
    for part in (part for each in kind.__mro__ for part in vars(each).values()):
        parts = (part.fget, part.fset) if isinstance(part, property) else (part,)
        for function in (getattr(each, "__func__", each) for each in parts if isinstance(each, _FUNCTIONS)):
            if isinstance(function, FunctionType):
                yield function
