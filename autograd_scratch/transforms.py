"""Functions of functions: the gradient, Jacobian or Hessian of a function, as a function.

    >>> cube = lambda x: x * x * x
    >>> grad(cube)(2.0), grad(grad(cube))(2.0), grad(grad(grad(cube)))(2.0)
    (12.0, 12.0, 6.0)

The function is called once, with fresh nodes for its arguments, and the graph that it leaves is pulled
back or pushed forward. Nobody's `.grad` is touched. Arguments and answers may be numbers, or nested
lists, tuples, dicts and NumPy arrays of numbers; a gradient is arranged as its argument is.

Where a Value takes part, among the arguments or by a closure, the answer is a Value too, and can be
differentiated again by whoever made that Value. So calls nest to any depth, and each differentiates
by its own arguments alone:

    >>> grad(lambda x: x * grad(lambda y: x * y * y)(1.0))(3.0)
    12.0

Names and meanings are those of JAX and of PyTorch's `torch.func`.

Reference: B. Pearlmutter, J. Siskind, "Reverse-Mode AD in a Functional Framework", TOPLAS 2008.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from itertools import chain, islice
from math import prod
from operator import index
from typing import Any

from . import graph, modes
from .arrays.containers import arrange, arrange_blocks, block_of, blocks, entries, is_array, shape_of
from .errors import DataError, ShapeError
from .ieee import describe, real
from .primitives.piecewise import identity
from .value import Value

Function = Callable[..., Any]
ArgumentNumbers = int | Sequence[int]


def grad(f: Function, argnums: ArgumentNumbers = 0) -> Function:
    """Return the function that gives the gradient of `f`, whose result is one number.

    `argnums` says by which of the positional arguments, counted from 0; a tuple gives a tuple.

    >>> grad(lambda w, x: w[0] * x + w[1])([2.0, 3.0], 5.0)
    [5.0, 1.0]
    >>> grad(lambda w, x: w[0] * x + w[1], argnums=(0, 1))([2.0, 3.0], 5.0)
    ([5.0, 1.0], 2.0)
    """
    both = value_and_grad(f, argnums)

    @_named("grad", f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def value_and_grad(f: Function, argnums: ArgumentNumbers = 0) -> Function:
    """Return the function that gives the value of `f` and its gradient, as a pair.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    @_named("value_and_grad", f)
    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = _Call(f, args, kwargs, argnums)
        call.only_output()
        gradient = [[derivative] for derivative in call.pull_back([1.0])]
        return call.values()[0], call.arranged(gradient)

    return value_and_gradient


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """Return f(*primals), and the function that pulls a cotangent of the output back to the arguments.

    It gives a tuple with the product of the cotangent and the Jacobian for each argument.

    >>> out, pull = vjp(lambda x, y: [x * y, x + y], 3.0, 4.0)
    >>> out, pull([1.0, 10.0])
    ([12.0, 7.0], (14.0, 13.0))
    """
    call = _Call(f, primals, {}, range(len(primals)))

    def pull(cotangent: Any) -> Any:
        derivatives = call.pull_back(_fitting(cotangent, call.output, "the cotangent"))
        return call.arranged([derivative] for derivative in derivatives)

    return arrange(call.output, call.values()), pull


def jvp(f: Function, primals: Any, tangents: Any) -> tuple[Any, Any]:
    """Return f(*primals), and its derivative in the direction of the tangents: forward mode.

    Primals and tangents are tuples of arguments; anything else is the only argument. A tangent that
    is the plain number zero is none: what does not move meets no partial, not even an infinite one.

    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 10.0))
    (12.0, 34.0)
    """
    primals, tangents = _arguments(primals), _arguments(tangents)
    directions = _fitting(tangents, primals, "the tangents")
    call = _Call(f, primals, {}, range(len(primals)))
    return arrange(call.output, call.values()), arrange(call.output, call.push_forward(directions))


def jacobian(f: Function, argnums: ArgumentNumbers = 0) -> Function:
    """Return the function that gives all first derivatives: of each output by each input.

    They are arranged as the output, and in the place of each number of it as the argument. For an
    array of shape s by an array of shape t that is an array of shape s + t. The cheaper of forward and
    reverse mode is taken: a sweep an input, or a sweep an output.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1], x[1]])([3.0, 4.0])
    [[4.0, 3.0], [1.0, 1.0], [0.0, 1.0]]
    """

    @_named("jacobian", f)
    def all_first_derivatives(*args: Any, **kwargs: Any) -> Any:
        call = _Call(f, args, kwargs, argnums)
        rows = iter(call.all_derivatives())
        parts = []
        for _, block in blocks(call.output):
            shape = shape_of(block)
            own = list(islice(rows, prod(shape)))
            columns = [[row[j] for row in own] for j in range(len(call.inputs))]
            parts.append(call.arranged(columns, shape))
        return arrange_blocks(call.output, parts)

    return all_first_derivatives


def hessian(f: Function, argnums: ArgumentNumbers = 0) -> Function:
    """Return the function that gives all second derivatives of `f`, whose result is one number.

    They are arranged as the argument, and in the place of each number of it as the argument again.

    >>> hessian(lambda x: x[0] * x[0] * x[1])([3.0, 4.0])
    [[8.0, 6.0], [6.0, 0.0]]
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Function, primals: Any, tangents: Any) -> Any:
    """Return the product of the Hessian of `f` and a vector, at a small multiple of the gradient's cost.

    Primals and tangents are tuples of arguments, and then so is the answer, unless there is only one;
    anything else is the only argument.

    >>> hvp(lambda x: x[0] * x[0] * x[1], [3.0, 4.0], [1.0, 10.0])
    [68.0, 6.0]
    """
    primals, tangents = _arguments(primals), _arguments(tangents)
    argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(f, argnums), primals, tangents)[1]


class _Call:
    """A call of a function with nodes for its arguments, and what can be asked of the graph it leaves."""

    def __init__(
        self, f: Function, args: Sequence[Any], kwargs: Mapping[str, Any], argnums: ArgumentNumbers
    ) -> None:
        positions = _positions(argnums, len(args))
        self.several = isinstance(argnums, Sequence)
        self.wanted = [args[i] for i in positions]
        arguments = list(args)
        given: list[Any] = []
        self.inputs: list[Value] = []
        with modes.recording():
            for i in positions:
                places = list(entries(args[i], f"argument {i}"))
                inputs = [_input(place, entry) for place, entry in places]
                arguments[i] = arrange(args[i], inputs)
                given += [entry for _, entry in places]
                self.inputs += inputs
            self.output = f(*arguments, **kwargs)
        self.outputs = [_checked(place, entry) for place, entry in entries(self.output, "the result")]
        self.order = graph.toposort(*filter(_is_value, self.outputs))
        self.of_values = any(map(_is_value, given)) or self._meets_others()

    def _meets_others(self) -> bool:
        """Say whether the output depends on leaves besides the inputs."""
        known = set(self.inputs)
        below = (parent for node in self.order for parent in node.parents)
        return any(
            node.__class__ is Value and not node.parents and node.primitive is None and node not in known
            for node in chain(below, self.outputs)
        )

    def only_output(self) -> Any:
        """Return the output, which must be one number."""
        if len(self.outputs) != 1 or isinstance(self.output, (list, tuple, dict)) or is_array(self.output):
            raise ShapeError(
                f"a gradient needs a function whose result is one number, not {describe(self.output)}; "
                "write jacobian, or add the numbers up"
            )
        return self.outputs[0]

    def pull_back(self, cotangents: Iterable[Any]) -> list[Any]:
        """Return the gradient by each input, given the cotangent of each output."""
        given: dict[Value, Any] = {}
        for out, cotangent in zip(self.outputs, cotangents, strict=True):
            if _is_value(out) and _is_moving(cotangent):
                given[out] = given[out] + cotangent if out in given else cotangent
        with modes.recording():
            adjoints = graph.pull_back(given, self.inputs, self._partials_of())
        return [self._answer(adjoints.get(x, 0.0)) for x in self.inputs]

    def push_forward(self, tangents: Iterable[Any]) -> list[Any]:
        """Return the tangent of each output, given the tangent of each input."""
        given = {
            x: tangent for x, tangent in zip(self.inputs, tangents, strict=True) if _is_moving(tangent)
        }
        with modes.recording():
            moved = graph.push_forward(self.order, given, self._partials_of())
        return [self._answer(moved.get(out, 0.0) if _is_value(out) else 0.0) for out in self.outputs]

    def all_derivatives(self) -> list[list[Any]]:
        """Return the derivatives of each output by all inputs."""
        rows, columns = len(self.outputs), len(self.inputs)
        if columns <= rows:
            by_input = [self.push_forward(_unit(j, columns)) for j in range(columns)]
            return [[derivatives[i] for derivatives in by_input] for i in range(rows)]
        return [self.pull_back(_unit(i, rows)) for i in range(rows)]

    def values(self) -> list[Any]:
        """Return the outputs: as they are where Values take part, else their numbers."""
        return [
            self._answer(out if self.of_values or not _is_value(out) else out.data) for out in self.outputs
        ]

    def arranged(self, columns: Iterable[list[Any]], shape: tuple[int, ...] = ()) -> Any:
        """Arrange derivatives as the arguments are, given for each input those of a block of outputs."""
        columns = iter(columns)
        arranged = []
        for argument in self.wanted:
            parts = []
            for _, block in blocks(argument):
                own = list(islice(columns, prod(shape_of(block))))
                flat = [column[i] for i in range(prod(shape)) for column in own]
                parts.append(block_of(shape + shape_of(block), flat))
            arranged.append(arrange_blocks(argument, parts))
        return tuple(arranged) if self.several else arranged[0]

    def _partials_of(self) -> Callable[[Any], tuple[Any, ...]]:
        to_differentiate = self.of_values and modes.is_recording()
        return Value.partials_to_differentiate if to_differentiate else graph.stored_partials

    def _answer(self, number: Any) -> Any:
        return Value.record(identity, (number,)) if self.of_values and not _is_value(number) else number


def _named(transform: str, f: Function) -> Callable[[Function], Function]:
    """Name a function that is made from `f`, and give it the documentation of `f`."""
    if not callable(f):
        raise DataError(
            f"{transform} takes a function, not {describe(f)}; write {transform}(f)(x). "
            "To differentiate a Value that is there, write value.backward()"
        )

    def name(function: Function) -> Function:
        made = wraps(f)(function)
        made.__name__ = f"{transform}({getattr(f, '__name__', 'function')})"
        return made

    return name


def _positions(argnums: ArgumentNumbers, count: int) -> list[int]:
    """Return the positions, from 0 on, that `argnums` says among `count` arguments."""
    wanted = list(argnums) if isinstance(argnums, Sequence) else [argnums]
    for i in wanted:
        if not -count <= index(i) < count:
            raise ShapeError(
                f"argnums says argument {i}, counted from 0, and the function is called with {count} "
                "positional arguments; those given by keyword are constants"
            )
    return [index(i) % count for i in wanted]


def _input(place: str, entry: Any) -> Value:
    """Return a fresh node for an entry of an argument, so that nothing else is differentiated by."""
    return Value.record(identity, (entry,)) if _is_value(entry) else Value(real(entry, place))


def _checked(place: str, entry: Any) -> Any:
    return entry if _is_value(entry) else real(entry, place)


def _is_value(thing: Any) -> bool:
    return isinstance(thing, Value)


def _is_moving(tangent: Any) -> bool:
    """Say whether something is no plain zero: one that is meets no partial, not even an infinite one."""
    return _is_value(tangent) or tangent != 0.0


def _unit(i: int, size: int) -> list[float]:
    return [float(i == j) for j in range(size)]


def _arguments(given: Any) -> tuple[Any, ...]:
    return given if isinstance(given, tuple) else (given,)


def _fitting(tree: Any, like: Any, what: str) -> list[Any]:
    """Return the entries of `tree`, which must be arranged as those of `like`."""
    given, wanted = list(entries(tree, what)), list(entries(like, what))
    if [place for place, _ in given] != [place for place, _ in wanted]:
        raise ShapeError(
            f"{what} must be arranged as {describe(like)}, with {len(wanted)} numbers, not {describe(tree)}"
        )
    return [_checked(place, entry) for place, entry in given]
