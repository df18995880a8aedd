"""A function bound to other names: the same code, with other things behind what it reads from outside.

That is how one rule runs on plain floats without dispatch, and again on floats that never raise.
"""

import builtins
from collections.abc import Callable, Iterator
from dis import get_instructions
from inspect import CO_VARARGS
from operator import is_
from types import CellType, CodeType, FunctionType
from typing import Any

Rule = Callable[..., Any]


def rebind(
    rule: Rule,
    replace: Callable[[Any], Any],
    doing: tuple[Rule, ...] = (),
    finish: Callable[[Rule], Rule] = lambda helper: helper,
) -> Rule:
    """Return `rule` with `replace` applied to all names that it reads; `rule` itself where none changes.

    The functions that it calls are bound in the same way, those that call each other on the outside only.
    `doing` are the functions being bound; `finish` is applied to each of those that are called.

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

    def bind(used: Any) -> Any:
        if not isinstance(used, FunctionType):
            return replace(used)
        return finish(rebind(used, replace, (*doing, rule), finish))

    reads = _globals_read(rule)
    held = [cell.cell_contents for cell in rule.__closure__ or ()]
    replaced = {name: bind(used) for name, used in reads.items()}
    closure = [bind(used) for used in held]
    if all(map(is_, (*replaced.values(), *closure), (*reads.values(), *held))):
        return rule
    scope = {"__builtins__": builtins, "__name__": rule.__module__, **replaced}
    cells = tuple(map(CellType, closure))
    bound = FunctionType(rule.__code__, scope, rule.__name__, rule.__defaults__, cells)
    scope |= {name: bound for name, used in reads.items() if used is rule}
    for cell in cells:
        if cell.cell_contents is rule:  # it calls itself
            cell.cell_contents = bound
    bound.__kwdefaults__ = rule.__kwdefaults__
    return bound


def _globals_read(rule: FunctionType) -> dict[str, Any]:
    scope = vars(builtins) | rule.__globals__
    return {name: scope[name] for name in _names(rule.__code__) if name in scope}


def _names(code: CodeType) -> Iterator[str]:
    """Yield the global names that `code` reads, and the functions written inside it."""
    yield from (step.argval for step in get_instructions(code) if step.opname == "LOAD_GLOBAL")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def arity_of(function: Rule) -> int | None:
    """Return how many arguments a function takes; None where there may be any number."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & CO_VARARGS:
        return None
    return int(code.co_argcount) - hasattr(function, "__self__")


def is_ours(rule: Any) -> bool:
    """Say whether a rule stands in this package, where the globals that it reads do not change."""
    return str(rule.__module__).startswith(__name__.partition(".")[0] + ".")
