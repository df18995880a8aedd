"""The functions that have the names of Python's own: `sum`, `max`, `min`, `abs`, `round`, `pow`.

Plain arguments go to Python's own function as they are, whatever they are: integers stay integers, and
`key`, `default`, texts and NumPy arrays are its business. With a Value among the terms a sum or an extreme
is one node. `from autograd_scratch import *` leaves Python's own in place.
"""

import builtins
from collections.abc import Callable
from typing import Any

from .errors import RuleError, ShapeError
from .ieee import Total
from .primitives import Primitive, entry_by_entry, has_arrays, has_nodes, is_array, is_node, round_
from .primitives.reductions import max_p, min_p, sum_p
from .signatures import call_form


@call_form()
def sum(*terms: Any, start: Any = 0) -> Any:
    """The sum of a sequence, or of several arguments; with Values among them it is one node.

    As in Python `start` is added before a sequence, also as a second argument.

    >>> from autograd_scratch import Value, sum
    >>> sum([1, 2, 3]), sum([[1], [2]], []), sum([Value(1.0), 2.0], start=3.0)
    (6, [1, 2], Value(data=6.0))
    """
    given = () if start.__class__ is int and start == 0 else (start,)
    if len(terms) == 2 and hasattr(terms[0], "__iter__"):
        given, terms = (*given, terms[1]), terms[:1]
    if not terms or len(given) > 1:
        return builtins.sum(*terms, *given)  # which raises
    if len(terms) == 1 and not is_node(terms[0]):
        terms = tuple(terms[0])
    all_terms = (*given, *terms) if given else terms
    if has_nodes(all_terms) and not has_arrays(all_terms):
        return sum_p(*all_terms)
    return builtins.sum(terms, *given)


@call_form()
def max(*terms: Any, key: Callable[[Any], Any] | None = None, default: Any = ...) -> Any:
    """The largest of a sequence, or of several arguments; equal Values share the gradient.

    With a `key` it is the one that Python's own `max` finds.

    >>> from autograd_scratch import Value, max
    >>> a, b = Value(2.0, "a"), Value(2.0, "b")
    >>> max(a, b, 1.0).backward()
    >>> a.grad, b.grad
    (0.5, 0.5)
    >>> max([3, 5]), max([a, 3.0], key=lambda x: -x), max([], default=None)
    (5, Value(data=2.0, grad=0.5, name='a'), None)
    """
    return _extreme(builtins.max, max_p, terms, key, default)


@call_form()
def min(*terms: Any, key: Callable[[Any], Any] | None = None, default: Any = ...) -> Any:
    """The smallest of a sequence, or of several arguments; equal Values share the gradient.

    With a `key` it is the one that Python's own `min` finds.

    >>> from autograd_scratch import Value, min
    >>> min(3, -1), min(Value(3.0), -1)
    (-1, Value(data=-1.0))
    """
    return _extreme(builtins.min, min_p, terms, key, default)


def _extreme(plain: Any, ours: Primitive, terms: tuple[Any, ...], key: Any, default: Any) -> Any:
    options = {} if default is ... else {"default": default}
    given = terms
    if len(terms) == 1 and not is_node(terms[0]):
        terms = tuple(terms[0])
        given = (terms,)
    if key is None and not (options and len(given) > 1):
        if has_nodes(terms):
            return ours(*terms)
        if any(map(_may_hold_values, terms)):
            raise ShapeError(
                f"{ours.name} compares numbers, not arrays of Values; entry by entry write "
                f"{ours.name}imum(x, y), and for that of all entries z.{ours.name}()"
            )
    return plain(*given, key=key, **options)


def _may_hold_values(thing: Any) -> bool:
    return is_array(thing) and bool(thing.dtype.kind == "O")


@call_form()
def abs(number: Any, /) -> Any:
    """The absolute value; its derivative at 0 is 0.

    >>> from autograd_scratch import Value, abs
    >>> abs(-3), abs(Value(-3.0))
    (3, Value(data=3.0))
    """
    return builtins.abs(number)


@call_form()
def round(number: Any, ndigits: int | None = None, *, decimals: int | None = None) -> Any:
    """The nearest integer, or number with so many digits after the point; halves go to the even one.

    Python's own for plain numbers. Of a Value it is a Value, whose derivative is 0.

    >>> from autograd_scratch import Value, round
    >>> round(2.5), round(2.567, 1), round(Value(2.567), 1)
    (2, 2.6, Value(data=2.6))
    """
    digits = decimals if ndigits is None else ndigits
    if _may_hold_values(number):
        return entry_by_entry(lambda entry: round_(entry, digits), number)
    ours = is_node(number) or isinstance(number, Total)
    return round_(number, digits) if ours else builtins.round(number, digits)


@call_form()
def pow(base: Any, exp: Any, mod: Any = None) -> Any:
    """`base ** exp`; of whole numbers also the remainder of that by `mod`.

    >>> from autograd_scratch import Value, pow
    >>> pow(2, 10), pow(2, 10, 1000), pow(Value(2.0), 10)
    (1024, 24, Value(data=1024.0))
    """
    if mod is not None and has_nodes((base, exp, mod)):
        raise RuleError("pow with a third argument is for whole numbers; of Values write base ** exp % mod")
    return builtins.pow(base, exp, mod)
