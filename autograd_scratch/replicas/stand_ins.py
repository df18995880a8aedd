"""What a person's functions see instead of NumPy, of `math`, and of some of Python's own functions.

NumPy decides for itself what `np.zeros` gives: an array of floats, into which no Value can be written. So
copies of functions see a module that looks like NumPy and makes arrays that take Values, where they are
found to be needed. NumPy itself is never changed.
"""

import builtins
import math
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import partial, wraps
from numbers import Real
from types import BuiltinFunctionType, ModuleType
from typing import Any

from .. import namesakes, primitives
from ..arrays.buffers import as_buffer, as_values, holds_values
from ..arrays.scipy_functions import of_scipy
from ..arrays.subclass import array_type
from ..arrays.vectorized import vectorized_type
from ..value import Value
from .numbers import number_type

_MATH = {
    name: getattr(primitives, name)
    for name in vars(math)
    if name in vars(primitives) and callable(getattr(primitives, name))
} | {"pow": primitives.pow_, "fabs": primitives.abs_, "prod": primitives.prod, "log": primitives.logarithm}
_BUILTINS = {"max": namesakes.max, "min": namesakes.min}
_MODULES = ("numpy", "math", "scipy")  # with all that is in SciPy's
NUMBERS = ("float64", "float32", "double", "single", "longdouble")

Function = Callable[..., Any]


class Known:
    """Stand-ins that were made, each once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any]] = {}  # with the originals, whose ids must stay theirs

    def of(self, thing: Any) -> Any:
        """Return what stands in for a thing: as a rule, itself."""
        raise NotImplementedError

    def once(self, thing: Any, make: Callable[[], Any]) -> Any:
        """Return the same stand-in for a thing whenever it is asked for."""
        if id(thing) not in self._known:
            self._known[id(thing)] = thing, make()
        return self._known[id(thing)][1]

    def close(self) -> None:
        """Let go of all stand-ins."""
        self._known.clear()


class StandIns(Known):
    """What stands in for what; `taking` are the sources of the arrays that take Values.

    A source is the place in a program where an array is made, or an array that an object holds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.taking: set[Hashable] = set()
        self.made: set[Hashable] = set()
        self.builtins: Mapping[str, Any] = {**vars(builtins), **_BUILTINS, "float": number_type(float)}

    def of(self, thing: Any) -> Any:
        if isinstance(thing, ModuleType):
            known = thing.__name__ in _MODULES or thing.__name__.startswith("scipy.")
            return self.once(thing, lambda: StandInModule(self, thing)) if known else thing
        module: Any = getattr(thing, "__module__", None)
        if not isinstance(module, str) or not callable(thing):
            return thing
        if module == "math" and isinstance(thing, BuiltinFunctionType):
            return self._of_math(thing)
        if thing is builtins.max or thing is builtins.min:
            return _BUILTINS[thing.__name__]
        if module.startswith("scipy."):
            return of_scipy(thing)
        if module.partition(".")[0] != "numpy":
            return thing
        if getattr(thing, "__name__", "") == "nditer":
            return self.once(thing, lambda: partial(_iterate, thing))
        if isinstance(thing, type):
            if thing.__name__ == "vectorize":
                return vectorized_type()
            return number_type(thing) if thing.__name__ in NUMBERS else thing
        is_function = type(thing).__name__ in FUNCTIONS and hasattr(thing, "__name__")
        return self._maker(thing) if is_function else thing

    def dress(self, copy: Any, original: Any) -> Any:
        """Return the copy of an array that a person's object holds."""
        if copy.dtype.kind in "iu" and copy.shape:
            return as_buffer(copy, None)  # which takes none, but knows how to multiply by them
        return self._given(copy, ("held", id(original)))

    def take(self, source: Hashable) -> None:
        """Let the arrays from a source take Values."""
        self.taking.add(source)

    def take_all(self) -> bool:
        """Let all arrays that were made so far take Values; say whether some did not before."""
        news = self.made - self.taking
        self.taking |= news
        return bool(news)

    def _of_math(self, function: BuiltinFunctionType) -> Any:
        """Return a function of numbers that takes Values as well."""
        ours = _MATH.get(function.__name__)
        return function if ours is None else self.once(function, lambda: _with_values(function, ours))

    def _maker(self, function: Function) -> Any:
        """Return a function of NumPy's with results that take Values."""
        return self.once(function, lambda: self._made_by(function))

    def _made_by(self, function: Function) -> Function:
        asks = _CONVERTING.get(function.__name__)

        @wraps(function)
        def maker(*args: Any, **options: Any) -> Any:
            if asks is None:
                result = function(*map(_in_array, args), **options)
            else:
                result = _converted(function, asks, args, options)
            if function.__name__.startswith("empty"):
                result.fill(0)  # what is left open may be anything, and is to be the same in each run
            return self._given(result)

        return maker

    def _given(self, result: Any, source: Hashable = None) -> Any:
        """Return an array as one that takes Values, if it has to, or that tells when it has to."""
        import numpy

        if not isinstance(result, numpy.ndarray):
            return result
        if getattr(result, "source", result) is None:  # made from whole numbers, as np.zeros_like does
            result = result.view(numpy.ndarray)
        if type(result) is not numpy.ndarray:
            return result
        if result.dtype == object:
            if not holds_values(result):
                return result
            return result.view(array_type()) if result.shape else result[()]
        if result.dtype.kind != "f" or not result.flags.writeable:
            return result
        source = _place() if source is None else source
        self.made.add(source)
        return as_values(result) if source in self.taking else as_buffer(result, source)


FUNCTIONS = ("function", "builtin_function_or_method", "_ArrayFunctionDispatcher")
_CONVERTING = {"array": 1, "asarray": 1, "asanyarray": 1, "ascontiguousarray": 1, "asfortranarray": 1}
_CONVERTING |= {"fromiter": 1, "full": 2}


def _converted(function: Function, place: int, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call a function that is told a type of numbers; Values stay what they are if that is float."""
    import numpy

    asked = args[place] if len(args) > place else options.get("dtype")
    if asked is None or (numpy.dtype(asked).kind != "f" and not any(map(holds_values, args))):
        return function(*args, **options)
    with_objects = (*args[:place], object, *args[place + 1 :]) if len(args) > place else args
    others = options if len(args) > place else {**options, "dtype": object}
    if function.__name__ == "fromiter":  # which consumes what it is given
        result = function(*with_objects, **others)
        return result if holds_values(result) else result.astype(asked)
    if not any(map(holds_values, args)):
        return function(*args, **options)
    return function(*with_objects, **others).view(array_type()).astype(asked)


def _in_array(thing: Any) -> Any:
    """Return a list of numbers as an array, where Values are among them: of a list NumPy makes its own."""
    if type(thing) is not list or not holds_values(thing) or not all(isinstance(x, _NUMBER) for x in thing):
        return thing
    import numpy

    return numpy.array(thing, object).view(array_type())


def _iterate(nditer: Function, op: Any, flags: Any = (), *args: Any, **options: Any) -> Any:
    """Go through the entries of arrays as `np.nditer` does, of Values as well."""
    return nditer(op, [*flags, "refs_ok"], *args, **options)


def _with_values(function: Function, ours: Function) -> Function:
    """Return a function of `math` that runs as ours where one of its arguments is a Value."""

    @wraps(function)
    def stand_in(*args: Any) -> Any:
        args = tuple(list(x) if isinstance(x, Iterator) else x for x in args)  # math.fsum(x * y for ...)
        if not any(map(holds_values, args)):
            return function(*args)
        return ours(*(x.item() if getattr(x, "size", 0) == 1 and x.shape else x for x in args))

    return stand_in


def _place() -> Hashable:
    """Return the place in the program that asks for an array: the calls that lead there."""
    frame, found = sys._getframe(3), []
    while frame is not None and frame.f_globals.get("__name__") != _RUNNING:
        found.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back  # type: ignore[assignment]
    return tuple(found)


_NUMBER = (Value, Real)
_RUNNING = f"{__package__}.running"


class StandInModule(ModuleType):
    """A module whose functions and classes may be stand-ins."""

    def __init__(self, stand_ins: Known, module: ModuleType) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__["__stand_ins__"], self.__dict__["__original__"] = stand_ins, module

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__["__stand_ins__"].of(getattr(self.__dict__["__original__"], name))
        self.__dict__[name] = found
        return found
