"""The kind of array that Values live in: NumPy's, of dtype object, with functions that know Values.

NumPy lets a subclass of its array say what functions do: `__array_ufunc__` for the elementwise ones and
their sums, `__array_function__` for all others. Both hand on to rooms that work on plain arrays, and
what comes back is dressed again: an array of Values as this kind, a single number as a Value, so that
`loss.backward()` is there even where every term was a constant.

The base class belongs to NumPy, which is imported when the first such array is made: so the class is
made by a function, once.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from numbers import Real
from typing import TYPE_CHECKING, Any

from .. import modes, primitives
from ..elsewhere import Elsewhere, named_elsewhere
from ..errors import AutogradError, MissingPackageError, ShapeError
from ..ieee import real
from ..node import forgetting
from ..primitives.arguments import array_rules as entry_rules
from ..primitives.arguments import entry_by_entry
from ..single import array_rules
from ..value import Value, method_of
from . import branches, functions, masks, methods, ufuncs
from .conditions import holds_conditions
from .parts import give, part_of
from .selections import Selection

if TYPE_CHECKING:
    import numpy


def array_of(parts: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Return an array with Values, or plain numbers, for its entries in order."""
    kind = array_type()
    import numpy

    return numpy.fromiter(parts, object, len(parts)).reshape(shape).view(kind)


def block_of(shape: tuple[int, ...], parts: list[Any]) -> Any:
    """Return an array of this shape: of floats where all parts are, else one for Values; or the number."""
    if not shape:
        return parts[0]
    import numpy

    if all(type(part) is float for part in parts):
        return numpy.array(parts, float).reshape(shape)
    return array_of(parts, shape)


def block_made(shape: tuple[int, ...], parts: list[Any]) -> Any:
    """Do as `block_of`, for what an operation gives."""
    block = block_of(shape, parts)
    if shape:
        _tell(block)
    return block


def array_type() -> "type[numpy.ndarray[Any, Any]]":
    """Return the class of arrays of Values."""
    return _array_types()[Value.is_traced()]


@cache
def _array_types() -> "tuple[type[numpy.ndarray[Any, Any]], type[numpy.ndarray[Any, Any]]]":
    """Return the class of arrays of Values, and that of those that are made in a trace."""
    try:
        import numpy
    except ImportError as fault:
        raise MissingPackageError(
            "arrays of Values need NumPy, which is not installed; run pip install 'autograd-scratch[numpy]'"
        ) from fault

    @named_elsewhere("an array of Values", methods.INSTEAD, Elsewhere)
    class ValueArray(numpy.ndarray[Any, Any]):
        """An array of Values, and of plain numbers for constants."""

        __array_priority__ = 10.0

        def __array_ufunc__(
            self, ufunc: Any, method: Any, *inputs: Any, out: tuple[Any, ...] = (), **options: Any
        ) -> Any:
            if any(isinstance(x, Selection) for x in inputs):
                return NotImplemented
            if out:
                options["out"] = _undressed(out)
            plain = tuple(
                numpy.asarray(x, object) if isinstance(x, Value) else _undressed(x) for x in inputs
            )
            if not any(isinstance(x, Value) or _holds_objects(x) for x in plain):
                return getattr(ufunc, method)(*plain, **options)
            if method in ("__call__", "outer") and not ufunc.__name__.startswith("bitwise"):  # of booleans
                plain = tuple(map(as_objects, plain))
            try:
                result = ufuncs.run(ufunc, method, plain, options)
            except AutogradError as fault:
                raise functions.with_our_name(fault) from fault.__cause__
            if out and result is not None:
                first, *others = (_dressed(each) if each.shape else each for each in out)
                return (first, *others) if others else first
            return _dressed(_held(result))

        def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
            if Value in types:
                args, kwargs = functions.each(_as_array, args), functions.each(_as_array, kwargs)
                types = [kind for kind in types if kind is not Value]
            if Selection in types and func is not numpy.place:
                return NotImplemented
            branched = branches.find(func) if Value.is_traced() else None
            result = NotImplemented if branched is None else branched(*args, **kwargs)
            return self._applied(func, types, args, kwargs) if result is NotImplemented else result

        def _applied(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
            named = functions.find(func)
            try:
                if named is not None:
                    plain = _undressed(args)
                    if func.__name__ in functions.OF_ENTRIES:
                        plain = tuple(map(as_objects, plain))
                    return _dressed(named(*plain, **_undressed(kwargs)))
                if func.__name__ == "concatenate":
                    args = functions.each(as_objects, args)
                return _dressed(super().__array_function__(func, types, args, kwargs))
            except (TypeError, AttributeError) as fault:
                return _dressed(functions.retry(func, fault, _undressed(args), _undressed(kwargs)))

        def dot(self, other: Any, out: Any = None) -> Any:
            return numpy.dot(self, other, out=out)

        def __setitem__(self, place: Any, new: Any) -> None:
            traced = Value.is_traced() and holds_conditions(place)
            if traced or (Value.is_observed() and masks.is_mask(place, self)):
                masks.write(self, place, new)
                _tell(self)
                return
            if not modes.is_recording():
                old = self.view(numpy.ndarray)[place]
                if isinstance(old, numpy.ndarray):
                    new = ufuncs.update(old, _undressed(new))
                elif ufuncs.update_leaf(old, new):
                    new = old
            super().__setitem__(place, new)

        def nonzero(self) -> Any:
            return numpy.nonzero(self)

        def fill(self, value: Any) -> None:
            self[...] = value

        def backward(self) -> None:
            if self.size != 1:
                raise ShapeError(
                    f"backward() starts from one number, not from an array of shape {self.shape}; "
                    "write loss.mean().backward() or loss.sum().backward()"
                )
            self.sum().backward()

        @property
        def data(self) -> Any:
            numbers = [x.data if isinstance(x, Value) else float(x) for x in self.flat]
            return part_of(self, "data", numpy.array(numbers).reshape(self.shape))

        @data.setter
        def data(self, new: Any) -> None:
            give(self, "data", new)

        @property
        def grad(self) -> Any:
            return part_of(
                self, "grad", block_of(self.shape, [ufuncs.gradient_of(entry) for entry in self.flat])
            )

        @grad.setter
        def grad(self, new: Any) -> None:
            give(self, "grad", new)

        def zero_grad(self) -> None:
            any(forgetting([entry for entry in self.flat if isinstance(entry, Value)]))

        def __repr__(self) -> str:
            if self.dtype != object:
                return repr(self.view(numpy.ndarray))
            text = numpy.array2string(
                ufuncs.numbers(self.view(numpy.ndarray)), separator=", ", prefix="values("
            )
            return f"values({text})"

        def __str__(self) -> str:
            return str(ufuncs.numbers(self.view(numpy.ndarray)))

        def __reduce__(self) -> tuple[Any, ...]:
            return array_of, (self.ravel().tolist(), self.shape)

    class TracedArray(ValueArray):
        """An array that is made while a function is being traced. It takes conditions, at a price."""

        def __getitem__(self, place: Any) -> Any:
            if Value.is_traced() and holds_conditions(place):
                return masks.selected(self, place)
            return super().__getitem__(place)

    for name in vars(Value).keys() & vars(primitives).keys() - {*dir(numpy.ndarray)}:
        setattr(ValueArray, name, method_of(getattr(primitives, name)))
    for name, method in methods.METHODS.items():
        setattr(ValueArray, name, method)

    def _holds_objects(thing: Any) -> bool:
        return isinstance(thing, numpy.ndarray) and thing.dtype == object

    def _undressed(thing: Any) -> Any:
        if isinstance(thing, ValueArray):
            return thing.view(numpy.ndarray)
        if type(thing) in (list, tuple):
            return type(thing)(map(_undressed, thing))
        if type(thing) is dict:
            return {key: _undressed(part) for key, part in thing.items()}
        return thing

    def _dressed(result: Any) -> Any:
        if isinstance(result, numpy.ndarray):
            if result.dtype != object:
                return result.view(numpy.ndarray)
            if result.shape == ():
                return _dressed(_held(result[()]))
            _tell(result)
            return result if isinstance(result, ValueArray) else result.view(array_type())
        if isinstance(result, (list, tuple)):
            parts = map(_dressed, result)
            return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
        return Value.holding(result) if type(result) is float else result

    for kind in (ValueArray, TracedArray):
        kind.__name__ = kind.__qualname__ = "array of Values"  # as messages call it

    return ValueArray, TracedArray


def apply(function: Callable[..., Any], args: Any, options: Any) -> Any:
    """Apply a function of NumPy's to Values that are in no array, as to arrays of one entry."""
    result = function(*functions.each(_as_array, args), **functions.each(_as_array, options))
    return result[()] if isinstance(result, array_type()) and result.shape == () else result


def _as_array(thing: Any) -> Any:
    return array_of([thing], ()) if isinstance(thing, Value) else thing


def _as_list(thing: Any) -> Any:
    kind = getattr(getattr(thing, "dtype", None), "kind", "")
    return [_as_array(entry) for entry in thing] if kind == "O" and thing.ndim == 1 else thing


def _go_through(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """Apply a function of numbers entry by entry: an array of floats where all are plain numbers."""
    selection = next((x for x in args if isinstance(x, Selection)), None)
    if selection is not None:
        return selection.through(partial(entry_by_entry, function), args)
    import numpy

    plain = [numpy.asarray(as_objects(x), object) for x in args]
    name = getattr(function, "name", function.__name__)
    try:
        shape = numpy.broadcast_shapes(*[x.shape for x in plain])
    except ValueError:
        shapes = ", ".join(str(x.shape) for x in plain)
        raise ShapeError(
            f"{name} goes through arrays entry by entry, and shapes {shapes} do not fit"
        ) from None
    with numpy.errstate(all="ignore"):  # the primitives answer as IEEE does, without a word
        out = numpy.asarray(numpy.frompyfunc(function, len(plain), 1)(*plain), object)
    parts = [x if isinstance(x, Value) else real(x, f"an entry of {name}") for x in out.ravel().tolist()]
    return block_made(shape, parts)


def as_objects(thing: Any) -> Any:
    """Return an array of numbers as objects, if somebody observes this thread; else a thing as it is."""
    kind = getattr(getattr(thing, "dtype", None), "kind", "")
    if not modes.open_blocks or kind not in ("f", "i", "u", "b") or not thing.shape:
        return thing
    observer = modes.observer()
    return thing if observer is None else observer.read(thing)


array_rules.append(apply)
entry_rules.append(_go_through)


def _tell(array: Any) -> None:
    """Tell who observes this thread, if anybody does, of an array."""
    observer = modes.observer()
    if observer is not None:
        observer.made_array(array)


def _held(entry: Any) -> Any:
    """Return a Value for a number that an operation on Values gave."""
    is_number = isinstance(entry, Real) and not isinstance(entry, bool)
    return Value.holding(float(entry)) if is_number else entry
