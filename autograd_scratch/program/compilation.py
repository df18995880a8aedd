"""How source becomes a function: compiled under a file name of its own, which debuggers can show.

A traceback through generated code, `inspect.getsource` and pdb find the text in `linecache`, as long as
the function lives.
"""

import linecache
from collections.abc import Callable
from itertools import count
from typing import Any
from weakref import finalize

from ..errors import MissingPackageError
from .source import Source

_numbers = count(1)


def compiled(source: Source) -> Callable[..., Any]:
    """Return the function of a source, with the quick code of the primitives that it calls."""
    scope = _executed(source)
    scope |= {name: primitive.quick_forward for name, primitive in source.primitives.items()}
    function: Callable[..., Any] = scope[source.function]
    return function


def compiled_by_numba(source: Source) -> Callable[..., Any]:
    """Return the function of a source as machine code; numba compiles it when it is first called."""
    try:
        from numba import njit
    except ImportError as error:
        raise MissingPackageError(
            'backend="numba" needs numba: pip install "autograd-scratch[numba]"'
        ) from error
    scope = _executed(source)
    scope |= {name: njit(primitive.forward) for name, primitive in source.primitives.items()}
    function: Callable[..., Any] = njit(error_model="numpy")(scope[source.function])
    return function


def _executed(source: Source) -> dict[str, Any]:
    file = f"<derived {source.function} {next(_numbers)}>"
    scope: dict[str, Any] = {"__name__": f"derived.{source.function}"}
    exec(compile(source.text, file, "exec"), scope)
    linecache.cache[file] = (len(source.text), None, source.text.splitlines(keepends=True), file)
    finalize(scope[source.function], linecache.cache.pop, file, None)
    return scope


BACKENDS: dict[str, Callable[[Source], Callable[..., Any]]] = {
    "python": compiled,
    "numba": compiled_by_numba,
}
