"""What a person's objects keep between two calls of the loss: their attributes, lists and dicts.

A check runs the loss on Values and on complex numbers as well, and a class that keeps what it computes,
or averages over its calls, would go on with these. So each run starts from what was there before the
check. Arrays are no part of it: what the loss is given is copied.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

_MOST = 1_000  # things that are put back
_LONG = 1_000  # entries: a longer container is data, and nothing that a call changes
_FOREIGN = sys.stdlib_module_names | {"numpy", "scipy", "autograd_scratch"}


class Kept:
    """What is reachable from functions, as it is now; `restore` puts it back."""

    def __init__(self, *functions: Any) -> None:
        self._saved: list[tuple[Any, Any]] = []
        pending: list[Any] = [*functions]
        seen: dict[int, Any] = {}
        while pending and len(self._saved) < _MOST:
            thing = pending.pop()
            if id(thing) not in seen:
                seen[id(thing)] = thing
                pending.extend(self._within(thing))

    def restore(self) -> None:
        """Put all back as it was; nothing is gone in between, for Ctrl-C may come there."""
        for container, before in self._saved:
            if isinstance(container, list):
                container[:] = before
            else:
                container.update(before)
                for added in container.keys() - before.keys():
                    del container[added]

    def _within(self, thing: Any) -> Iterator[Any]:
        """Yield what a call of a thing may use; save what it may change."""
        if isinstance(thing, FunctionType):
            yield from () if _is_foreign(thing) else _used(thing)
        elif isinstance(thing, MethodType):
            yield from (thing.__self__, thing.__func__)
        elif isinstance(thing, partial):
            yield from (thing.func, *thing.args, *thing.keywords.values())
        elif isinstance(thing, tuple):
            yield from thing[:_LONG]
        elif isinstance(thing, (list, dict)):
            if len(thing) <= _LONG:
                self._saved.append((thing, thing.copy()))
                yield from thing.values() if isinstance(thing, dict) else thing
        elif _is_persons(thing):
            attributes = vars(thing)
            self._saved.append((attributes, attributes.copy()))
            yield from attributes.values()
            for kind in type(thing).__mro__:
                yield from (each for each in vars(kind).values() if isinstance(each, FunctionType))


def _is_persons(thing: Any) -> bool:
    """Say whether a thing is an object of a class that a person wrote, with attributes."""
    has_attributes = isinstance(getattr(thing, "__dict__", None), dict)
    return has_attributes and not isinstance(thing, type) and not _is_foreign(type(thing))


def _is_foreign(thing: Any) -> bool:
    """Say whether a function or class is Python's, NumPy's or ours, and so keeps nothing of a person's."""
    return str(thing.__module__).partition(".")[0] in _FOREIGN


def _used(function: FunctionType) -> Iterator[Any]:
    """Yield what a function uses from around it."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a variable without a value yet
            continue
    yield from function.__defaults__ or ()
    yield from (
        function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__
    )


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that code, and the functions in it, look up."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def from_one_state(loss: Callable[..., Any], kept: Kept) -> Callable[..., Any]:
    """Return the loss as a function each call of which starts from what was kept."""

    def run(*args: Any, **arguments: Any) -> Any:
        kept.restore()
        return loss(*args, **arguments)

    return run
