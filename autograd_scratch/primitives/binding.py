"""A function bound to other globals: the same code, with other things behind the names that it reads.

That is how one rule runs on plain floats without dispatch, and again on floats that never raise.
"""

import builtins
from collections.abc import Callable, Iterator
from dis import get_instructions
from types import CodeType, FunctionType
from typing import Any

Rule = Callable[..., Any]


def rebind(rule: Rule, replace: Callable[[Any], Any], doing: tuple[Rule, ...] = ()) -> Rule:
    """Return `rule` with `replace` applied to every global that it reads; `rule` itself where none changes.

    The functions that it calls are bound in the same way; one that calls itself, on the outside only.
    `doing` are the functions being bound.

    >>> def doubled(x):
    ...     return scale * x
    >>> scale = 2
    >>> rebind(doubled, lambda used: used + 1)(10)
    30
    """
    if not isinstance(rule, FunctionType):
        replacement: Rule = replace(rule)
        return replacement
    if rule in doing:
        return rule
    reads = _globals_read(rule)
    replaced = {
        name: rebind(used, replace, (*doing, rule)) if isinstance(used, FunctionType) else replace(used)
        for name, used in reads.items()
    }
    if all(replaced[name] is used for name, used in reads.items()):
        return rule
    scope = {"__builtins__": builtins, "__name__": rule.__module__, **replaced}
    bound = FunctionType(rule.__code__, scope, rule.__name__, rule.__defaults__, rule.__closure__)
    bound.__kwdefaults__ = rule.__kwdefaults__
    return bound


def _globals_read(rule: FunctionType) -> dict[str, Any]:
    scope = rule.__globals__
    return {name: scope[name] for name in _names(rule.__code__) if name in scope}


def _names(code: CodeType) -> Iterator[str]:
    """Yield the global names that `code` reads, and the functions written inside it."""
    yield from (step.argval for step in get_instructions(code) if step.opname == "LOAD_GLOBAL")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
