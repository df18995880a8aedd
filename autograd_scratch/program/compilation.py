"""How source becomes a function: compiled under a file name of its own, which debuggers can show.

Its imports are not executed: the function is handed what it calls, wherever that was defined.

A traceback through generated code, `inspect.getsource` and pdb find the text in `linecache`, as long as
the function lives.
"""

import linecache
import math
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from itertools import count
from types import FunctionType
from typing import Any
from weakref import ref

from ..errors import MissingPackageError, ProgramError
from ..primitives import Primitive
from ..primitives.binding import rebind
from .machine.stand_ins import stand_ins
from .naming import identifier, remark
from .source import Source

_numbers = count(1)


def compiled(source: Source) -> Callable[..., Any]:
    """Return the function of a source, with the quick code of the primitives that it calls."""
    if source.is_of_arrays:
        return _executed(source, _for_arrays, _numpy())
    return _executed(source, lambda primitive: primitive.quick_forward, vars(math))


def _for_arrays(primitive: Primitive) -> Callable[..., Any]:
    """Return the quick code of a primitive, called for each entry of arrays."""
    import numpy as np

    return np.vectorize(primitive.quick_forward, otypes=[float])


def _numpy() -> dict[str, Any]:
    """Return what the source of a function of arrays names."""
    import numpy as np
    from numpy.lib.stride_tricks import sliding_window_view

    return {"np": np, "sliding_window_view": sliding_window_view}


def need_numba() -> None:
    """Refuse to go on without numba, by name."""
    try:
        import numba  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            'backend="numba" needs numba: pip install "autograd-scratch[numba]"'
        ) from error


@lru_cache(maxsize=100)
def compiled_by_numba(source: Source) -> Callable[..., Any]:
    """Return the function of a source as machine code; numba compiles it when it is first called.

    The same source is compiled once.
    """
    need_numba()
    from numba import njit
    from numba.core.errors import NumbaError

    function = executed_for_numba(source, {})
    fast = njit(error_model="numpy")(function)

    def called(*args: Any) -> Any:
        try:
            return fast(*args)
        except NumbaError as error:
            raise ProgramError(
                f'numba cannot compile {refused(source, function, str(error))}; write backend="python"'
            ) from error

    return called


def executed_for_numba(source: Source, more: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    """Return the function of a source in Python, with what numba puts in for the functions it calls."""
    return _executed(source, _for_numba, {**vars(math), **stand_ins(), **more})


def refused(source: Source, function: Callable[..., Any], fault: str) -> str:
    """Say what numba refuses: the line of a source that its message ends with, and what is called there."""
    file = function.__code__.co_filename
    places = re.findall(rf"{re.escape(file)}\W+(?:line )?(\d+)", fault)
    if not places:
        return source.function
    line = linecache.getline(file, int(places[-1])).strip()
    names = {name: (name, name) for name in source.functions}
    names |= {
        name: (identifier(getattr(primitive.forward, "__name__", "")), remark(primitive.name))
        for name, primitive in source.primitives
    }
    called = [names[name] for name in dict.fromkeys(re.findall(r"\w+", line)) if name in names]
    told = set(re.findall(r"\w+", fault.rpartition(file)[0].rpartition("callee type")[2]))
    refused = [name for itself, name in called if itself in told] or [name for _, name in called]
    return f"{' or '.join(refused) or 'a line'} in {source.function}, where it says {line!r}"


@cache
def _for_numba(primitive: Primitive) -> Any:
    """Return the function of a primitive as numba takes it, with those that it calls."""
    if primitive.is_ours and primitive.name in stand_ins():
        return stand_ins()[primitive.name]
    return _machine_code(rebind(primitive.forward, _called_by_numba, finish=_machine_code))


def _called_by_numba(used: Any) -> Any:
    return _for_numba(used) if isinstance(used, Primitive) else used


def _machine_code(rule: Callable[..., Any]) -> Any:
    """Return a function as numba takes it.

    numba writes the name of a function into its own source, so that must be an identifier, too.
    """
    from numba import njit

    if not isinstance(rule, FunctionType):
        return rule
    called = identifier(rule.__name__)
    code = rule.__code__.replace(co_name=called, co_qualname=called)
    named = FunctionType(code, rule.__globals__, called, rule.__defaults__, rule.__closure__)
    named.__module__ = __name__
    return njit(named)


def _executed(
    source: Source, rule_of: Callable[[Primitive], Callable[..., Any]], functions: Mapping[str, Any]
) -> Callable[..., Any]:
    """Return the function of a source. Its globals hold all but itself: that would be a circle."""
    file = f"<derived {source.function} {next(_numbers)}>"
    scope: dict[str, Any] = {"__name__": f"derived.{source.function}", **dict(source.constants)}
    scope |= functions if source.is_of_arrays else {name: functions[name] for name in source.functions}
    scope |= {name: rule_of(primitive) for name, primitive in source.primitives}
    exec(compile("\n" * source.imports.count("\n") + source.code, file, "exec"), scope)
    function: Callable[..., Any] = scope.pop(source.function)
    # when it is freed, `cache.pop(file, reference)` is called: in C, since Ctrl-C in Python would be lost
    reference: Any = ref(function, partial(linecache.cache.pop, file))
    linecache.cache[file] = (reference, None, source.text.splitlines(keepends=True), file)
    return function


BACKENDS: dict[str, Callable[[Source], Callable[..., Any]]] = {
    "python": compiled,
    "numba": compiled_by_numba,
}
