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

With `has_aux=True` the function gives a pair, of which only the first is differentiated: the second comes
out too, beside the derivative. Values in its lists, tuples, dicts and arrays become numbers again, but for
those that depend on somebody else's Value.

    >>> grad(lambda x: (x * x, {"input": x, "next": [x + 1.0]}), has_aux=True)(3.0)
    (6.0, {'input': 3.0, 'next': [4.0]})

Names are JAX's and, but for `value_and_grad` and `hvp`, also those of PyTorch's `torch.func`.

Reference: B. Pearlmutter, J. Siskind, "Reverse-Mode AD in a Functional Framework", TOPLAS 2008.
"""

from collections.abc import Callable
from functools import wraps
from itertools import islice
from math import prod
from typing import Any

from ..arrays.containers import arrange, arrange_blocks, blocks, shape_of
from ..errors import CallError, DataError
from ..ieee import describe
from ..signatures import call_form
from .call import ArgumentNumbers, Call, Function, check_argnums, fitting


@call_form("grad(f)(x)")
def grad(f: Function, argnums: ArgumentNumbers = 0, *, has_aux: bool = False) -> Function:
    """Return the function that gives the gradient of `f`, whose result is one number.

    `argnums` says by which of the positional arguments, counted from 0; a tuple gives a tuple. With
    `has_aux` the function `f` gives a pair, and so is the answer: the gradient, and what `f` gave second.

    >>> grad(lambda w, x: w[0] * x + w[1])([2.0, 3.0], 5.0)
    [5.0, 1.0]
    >>> grad(lambda w, x: w[0] * x + w[1], argnums=(0, 1))([2.0, 3.0], 5.0)
    ([5.0, 1.0], 2.0)
    """

    @_named("grad", f, argnums)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, args, kwargs, argnums, has_aux)
        return (call.gradient(), call.aux) if has_aux else call.gradient()

    return gradient


@call_form("value_and_grad(f)(x)")
def value_and_grad(f: Function, argnums: ArgumentNumbers = 0, *, has_aux: bool = False) -> Function:
    """Return the function that gives the value of `f` and its gradient, as a pair.

    With `has_aux` it is ((value, aux), gradient), where `f` gives value and aux.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    @_named("value_and_grad", f, argnums)
    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        call = Call(f, args, kwargs, argnums, has_aux)
        gradient = call.gradient()
        value = call.values()[0]
        return ((value, call.aux) if has_aux else value), gradient

    return value_and_gradient


@call_form("vjp(f, x, y)")
def vjp(f: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """Return f(*primals), and the function that pulls a cotangent of the output back to the arguments.

    It gives a tuple with the product of the cotangent and the Jacobian for each argument. With `has_aux`
    the function `f` gives a pair, and what it gave second comes third.

    >>> out, pull = vjp(lambda x, y: [x * y, x + y], 3.0, 4.0)
    >>> out, pull([1.0, 10.0])
    ([12.0, 7.0], (14.0, 13.0))
    """
    _refuse_what_is_no_function("vjp", f)
    if not primals:
        raise CallError("vjp takes the arguments of the function too: write vjp(f, x)")
    call = Call(f, primals, {}, range(len(primals)), has_aux)

    def pull(cotangent: Any) -> Any:
        derivatives = call.pull_back(fitting(cotangent, call.output, "the cotangent"))
        return call.arranged([derivative] for derivative in derivatives)

    out = arrange(call.output, call.values())
    return (out, pull, call.aux) if has_aux else (out, pull)


@call_form("jvp(f, (x, y), (v, w))")
def jvp(f: Function, primals: Any, tangents: Any, *, has_aux: bool = False) -> tuple[Any, ...]:
    """Return f(*primals), and its derivative in the direction of the tangents: forward mode.

    Primals and tangents are tuples of arguments; anything else is the only argument. A tangent that
    is the plain number zero is none: what does not move meets no partial, not even an infinite one.
    With `has_aux` the function `f` gives a pair, and what it gave second comes third.

    >>> jvp(lambda x, y: x * y, (3.0, 4.0), (1.0, 10.0))
    (12.0, 34.0)
    """
    _refuse_what_is_no_function("jvp", f)
    primals, tangents = _arguments(primals), _arguments(tangents)
    directions = fitting(tangents, primals, "the tangents")
    call = Call(f, primals, {}, range(len(primals)), has_aux)
    out, moved = arrange(call.output, call.values()), arrange(call.output, call.push_forward(directions))
    return (out, moved, call.aux) if has_aux else (out, moved)


@call_form("jacobian(f)(x)")
def jacobian(f: Function, argnums: ArgumentNumbers = 0, *, has_aux: bool = False) -> Function:
    """Return the function that gives all first derivatives: of each output by each input.

    They are arranged as the output, and in the place of each number of it as the argument. For an
    array of shape s by an array of shape t that is an array of shape s + t. The cheaper of forward and
    reverse mode is taken: a sweep an input, or a sweep an output. With `has_aux` the function `f` gives
    a pair, and so is the answer: the derivatives, and what `f` gave second.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1], x[1]])([3.0, 4.0])
    [[4.0, 3.0], [1.0, 1.0], [0.0, 1.0]]
    """

    @_named("jacobian", f, argnums)
    def all_first_derivatives(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, args, kwargs, argnums, has_aux)
        rows = iter(call.all_derivatives())
        shapes = [shape_of(block) for _, block in blocks(call.output)]
        parts = []
        for shape in shapes:  # not the blocks: who holds the output last has to free a deep graph at once
            own = list(islice(rows, prod(shape)))
            columns = [[row[j] for row in own] for j in range(len(call.inputs))]
            parts.append(call.arranged(columns, shape))
        derivatives = arrange_blocks(call.output, parts)
        return (derivatives, call.aux) if has_aux else derivatives

    return all_first_derivatives


@call_form("hessian(f)(x)")
def hessian(f: Function, argnums: ArgumentNumbers = 0, *, has_aux: bool = False) -> Function:
    """Return the function that gives all second derivatives of `f`, whose result is one number.

    They are arranged as the argument, and in the place of each number of it as the argument again. With
    `has_aux` the function `f` gives a pair, and so is the answer: the derivatives, and what came second.

    >>> hessian(lambda x: x[0] * x[0] * x[1])([3.0, 4.0])
    [[8.0, 6.0], [6.0, 0.0]]
    """
    _refuse_what_is_no_function("hessian", f)
    check_argnums("hessian", argnums)
    return jacobian(grad(f, argnums, has_aux=has_aux), argnums, has_aux=has_aux)


@call_form("hvp(f, (x, y), (v, w))")
def hvp(f: Function, primals: Any, tangents: Any) -> Any:
    """Return the product of the Hessian of `f` and a vector, at a small multiple of the gradient's cost.

    Primals and tangents are tuples of arguments, and then so is the answer, unless there is only one;
    anything else is the only argument.

    >>> hvp(lambda x: x[0] * x[0] * x[1], [3.0, 4.0], [1.0, 10.0])
    [68.0, 6.0]
    """
    _refuse_what_is_no_function("hvp", f)
    primals, tangents = _arguments(primals), _arguments(tangents)
    argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(f, argnums), primals, tangents)[1]


def _arguments(given: Any) -> tuple[Any, ...]:
    return given if isinstance(given, tuple) else (given,)


def _named(transform: str, f: Function, argnums: ArgumentNumbers) -> Callable[[Function], Function]:
    """Name a function that is made from `f`, and give it the documentation of `f`."""
    _refuse_what_is_no_function(transform, f)
    check_argnums(transform, argnums)

    def name(function: Function) -> Function:
        made = wraps(f, updated=())(function)
        made.__name__ = f"{transform}({getattr(f, '__name__', 'function')})"
        return made

    return name


def _refuse_what_is_no_function(transform: str, f: Function) -> None:
    if not callable(f):
        raise DataError(
            f"{transform} takes a function, not {describe(f)}. To differentiate a Value that is there, "
            "write value.backward()"
        )
