"""What of a program a person wrote, and what is Python's, NumPy's, or another library's."""

import dis
import sys
from collections.abc import Iterator
from functools import cache
from os import sep
from types import CodeType, FunctionType

from ..wording import is_users_file

_FOREIGN = sys.stdlib_module_names | {"numpy", "scipy", "autograd_scratch"}
_MADE = "<string>"  # where dataclasses have the functions that they make
_READING = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_STORING = ("STORE_GLOBAL", "DELETE_GLOBAL")


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
    functions = (each for each in vars(thing).values() if isinstance(each, FunctionType))
    files = (function.__code__.co_filename for function in functions)
    return not is_foreign(thing.__module__) or any(file != _MADE and _is_own(file) for file in files)


def _is_own(file: str) -> bool:
    return is_users_file(file) and not _is_installed(file)


def names(code: CodeType) -> Iterator[str]:
    """Yield the names that code, and the functions in it, look up, those of attributes included."""
    for each in _codes(code):
        yield from each.co_names


def global_names(code: CodeType) -> Iterator[str]:
    """Yield the global variables and builtins that code, and the functions in it, look up.

    >>> [*global_names((lambda x: len(x.data)).__code__)], [*names((lambda x: len(x.data)).__code__)]
    (['len'], ['len', 'data'])
    """
    for each in _codes(code):
        yield from _named(each, _READING)


def stored_names(code: CodeType) -> Iterator[str]:
    """Yield the global variables that code, and the functions in it, may write.

    >>> def count():
    ...     global calls
    ...     calls += 1
    >>> [*stored_names(count.__code__)]
    ['calls']
    """
    for each in _codes(code):
        yield from _named(each, _STORING)


@cache
def _named(code: CodeType, operations: tuple[str, ...]) -> tuple[str, ...]:
    found = (step.argval for step in dis.get_instructions(code) if step.opname in operations)
    return tuple(dict.fromkeys(found))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
