"""What a person's functions see instead of NumPy where slopes are measured: arrays that keep all digits.

An array of float32 rounds what is written into it, so the loss is a staircase; an array of floats drops
the imaginary part, with which a complex step would tell the slope. So copies of functions see a module that
looks like NumPy and makes arrays of float64, or of complex numbers. NumPy itself is never changed.
"""

import builtins
import sys
from collections.abc import Callable, Mapping
from functools import cache, wraps
from types import ModuleType
from typing import Any

from ..arrays.containers import replaced
from .analytic import BUILTINS, magnitude, of_complex
from .stand_ins import FUNCTIONS, Known, StandInModule

_MODULES = ("numpy", "numpy.linalg", "math")
_DTYPES = {"full": 2, "full_like": 2} | dict.fromkeys(
    (
        *("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "fromiter"),
        *("zeros", "ones", "empty", "zeros_like", "ones_like", "empty_like"),
    ),
    1,
)  # of functions that make arrays, the place where a dtype may be asked for
_SINGLE = 4  # bytes of a float, at most
_MOST = 3  # lines that are told

Function = Callable[..., Any]


class Doubles(Known):
    """What stands in for what: arrays have numbers of a `kind`, float or complex.

    `held_too` says whether those that objects hold have. `lines` are those that made arrays of float32,
    `held` the identities of such arrays that were held.
    """

    def __init__(self, kind: type, *, held_too: bool = True) -> None:
        super().__init__()
        self.kind, self.held_too = kind, held_too
        self.lines: dict[tuple[str, int], None] = {}
        self.held: set[int] = set()
        own = BUILTINS if kind is complex else {}
        self.builtins: Mapping[str, Any] = {**vars(builtins), **own}

    def of(self, thing: Any) -> Any:
        if isinstance(thing, ModuleType):
            known = thing.__name__ in _MODULES
            return self.once(thing, lambda: StandInModule(self, thing)) if known else thing
        if not callable(thing):
            return thing
        module = getattr(thing, "__module__", None)
        name = getattr(thing, "__name__", "")
        if type(thing).__name__ in FUNCTIONS and module == "numpy" and name in _DTYPES:
            return self.once(thing, lambda: self._maker(thing))
        return of_complex(thing, module, name) if self.kind is complex else thing

    def dress(self, copy: Any, original: Any) -> Any:
        """Return the copy of an array that a person's object holds."""
        if _is_single(copy):
            self.held.add(id(original))
        return self.given(copy) if self.held_too else copy

    def given(self, thing: Any) -> Any:
        """Return arrays of floats, in lists and dicts too, as ones that keep all digits."""
        return replaced(thing, self._wide)

    def _wide(self, thing: Any) -> Any:
        if getattr(getattr(thing, "dtype", None), "kind", "") not in ("f", "c") or not thing.shape:
            return thing
        wide = thing.astype(complex if thing.dtype.kind == "c" else self.kind, copy=False)
        return wide.view(_array_type())

    def _maker(self, function: Function) -> Function:
        place = _DTYPES[function.__name__]

        @wraps(function)
        def maker(*args: Any, **options: Any) -> Any:
            args = (*args[:place], *map(self._asked, args[place : place + 1]), *args[place + 1 :])
            if "dtype" in options:
                options["dtype"] = self._asked(options["dtype"])
            result = function(*args, **options)
            if _is_single(result):
                self._note()
            if function.__name__.startswith("empty"):
                result.fill(0)  # what is left open is to be the same in each run
            return self.given(result)

        return maker

    def _asked(self, dtype: Any) -> Any:
        """Return a dtype that keeps imaginary parts instead of one of floats."""
        import numpy

        is_real = dtype is None or numpy.dtype(dtype).kind != "f" or self.kind is float
        return dtype if is_real else _complex_like(dtype)

    def _note(self) -> None:
        """Note which line asks for an array of float32."""
        frame = sys._getframe(1)
        while frame.f_code.co_filename == __file__ and frame.f_back is not None:
            frame = frame.f_back
        if len(self.lines) < _MOST:
            self.lines[frame.f_code.co_filename, frame.f_lineno] = None


def _complex_like(dtype: Any) -> str:
    """Return the dtype of complex numbers that round as floats of a dtype do."""
    import numpy

    return "complex64" if numpy.dtype(dtype).itemsize <= _SINGLE else "complex128"


def _is_single(thing: Any) -> bool:
    """Say whether a thing is an array of float32 or float16."""
    kind = getattr(getattr(thing, "dtype", None), "kind", "")
    return kind == "f" and thing.itemsize <= _SINGLE and bool(thing.shape)


@cache
def _array_type() -> Any:
    import numpy

    class Wide(numpy.ndarray[Any, Any]):
        """An array that stays as wide as it is, with functions of real numbers for complex ones as well."""

        def astype(self, dtype: Any, *args: Any, **options: Any) -> Any:
            if numpy.dtype(dtype).kind == "f" and self.dtype.kind == "c":
                dtype = _complex_like(dtype)
            return super().astype(dtype, *args, **options)

        def var(
            self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, **more: Any
        ) -> Any:
            if self.dtype.kind != "c":
                return super().var(axis, dtype, out, ddof, **more)
            mean = self.mean(axis, keepdims=True)
            far = self - mean
            return (far * far).sum(axis, **more) / (self.size / mean.size - ddof)

        def std(self, *args: Any, **options: Any) -> Any:
            return numpy.sqrt(self.var(*args, **options))

        def __abs__(self) -> Any:
            return magnitude(self) if self.dtype.kind == "c" else super().__abs__()

    Wide.__name__ = Wide.__qualname__ = "ndarray"  # as it shows itself
    return Wide
