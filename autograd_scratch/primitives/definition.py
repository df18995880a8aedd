"""What a primitive is, and how one is defined.

A primitive is a function together with its local partial derivatives, written side by side:

    @primitive(partials=lambda out, x: (out,))
    def exp(x):
        return math.exp(x)

The partials get the answer `out` and the arguments, and give one derivative an argument. They use
arithmetic operators and other primitives only, never an `if` on a number: so the one rule serves
floats, where it gives derivatives, and Values, where it gives their graph, which is how higher orders
come. `forward` may use all of Python, on floats.

Called with plain numbers a primitive gives a plain number, always: infinite or nan, as IEEE 754 has
it, where Python would raise. Called with a node among its arguments it is recorded by that node's
type: this room does not know Value. Arrays are broadcast, and gone through entry by entry.

One rule becomes two pairs of functions. The quick pair is the code as written, in this package with the
primitives that it calls replaced by their own quick code; it may raise. Where it does the total pair
runs, the same code once more, on `ieee.Total` floats and with `ieee.total_math` for `math`.
"""

import math
from collections.abc import Callable
from functools import cached_property, lru_cache, update_wrapper
from types import BuiltinFunctionType
from typing import Any, TypeVar, overload

from ..errors import RuleError
from ..ieee import INF, NAN, Total, describe, real, total_math, total_sum
from ..signatures import call_form, wrong_call
from ..tab import hiding
from .arguments import array_rules, has_arrays, number_among
from .binding import Rule, arity_of, is_ours, rebind

Interval = tuple[float, float]
NodeT = TypeVar("NodeT")

REAL: Interval = (-INF, INF)
NONNEGATIVE: Interval = (0.0, INF)


@hiding(
    "is_ours", "linearize_totally", "quick_forward", "quick_partials", "total_forward", "total_partials"
)
class Primitive:
    """A differentiable function of real numbers; made by the decorator `primitive`.

    `forward(*floats)` is the function, `partials(out, *args)` its local derivatives. `source` is how
    a call is written in Python, a format string with a field an argument, or, for a primitive of
    any number of arguments, a function of their texts. `label` is how it is drawn. `domain` has an
    interval an argument, the last one standing for all that follow: tests sample it there, and where
    Python raises outside of it, value and partials are nan.

    >>> from autograd_scratch import tanh
    >>> tanh(0.5), tanh.linearize(0.5)[1]
    (0.46211715726000974, (0.7864477329659274,))
    """

    def __init__(
        self,
        forward: Rule,
        partials: Rule,
        *,
        name: str,
        source: str | Callable[..., str],
        label: str,
        domain: tuple[Interval, ...],
    ) -> None:
        update_wrapper(self, forward)
        self.forward = forward
        self.partials = partials
        self.name = name
        self.source = source
        self.label = label
        self.domain = domain
        self.family: tuple[Family, tuple[float, ...]] | None = None
        self.arity = arity_of(forward)
        self.is_ours = is_ours(forward) and is_ours(partials)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> str | tuple["Family", tuple[float, ...]]:
        if self.family is None:
            return self.forward.__qualname__
        return self.family

    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: NodeT, /) -> NodeT: ...
    @overload
    def __call__(self, *args: Any) -> Any: ...
    def __call__(self, *args: Any, **options: Any) -> Any:
        if options or len(args) != self.arity is not None:
            raise wrong_call(self, "", args, options)
        kinds = set(map(type, args))
        kinds.discard(float)
        for kind in kinds:
            record = getattr(kind, "record", None)
            if record is not None:
                if len(kinds) > 1:
                    if self.arity is not None and has_arrays(args):
                        return array_rules[-1](self, args)
                    args = tuple(a if type(a) is kind else self._number(a, i) for i, a in enumerate(args))
                return record(self, args)
        if not kinds:
            return self.evaluate(*args)
        if Total in kinds:
            return self.total_forward(*args)
        if self.arity is not None and has_arrays(args):
            return array_rules[-1](self, args)
        return self.evaluate(*map(self._number, args, range(len(args))))

    def _number(self, argument: Any, position: int) -> float:
        return number_among(argument, position, self.name, self.arity)

    @cached_property
    def quick_forward(self) -> Rule:
        """`forward` on floats, as fast as Python allows; may raise."""
        return rebind(self.forward, _quick) if is_ours(self.forward) else self.forward

    @cached_property
    def quick_partials(self) -> Rule:
        """`partials` on floats, as fast as Python allows; may raise."""
        return rebind(self.partials, _quick) if is_ours(self.partials) else self.partials

    @cached_property
    def total_forward(self) -> Rule:
        """`forward` on Total floats: it answers as IEEE 754 does."""
        rule = _totally(self.forward)

        def total_forward(*args: float) -> Any:
            out = rule(*args)
            return Total(out) if isinstance(out, float) else out

        return total_forward

    @cached_property
    def total_partials(self) -> Rule:
        """`partials` on Total floats: it answers as IEEE 754 does."""
        return _totally(self.partials)

    def intervals(self, count: int) -> tuple[Interval, ...]:
        """Return the domain of each of `count` arguments."""
        return self.domain + self.domain[-1:] * (count - len(self.domain))

    def evaluate(self, *args: float) -> float:
        """Return the value at `args`, which are floats."""
        try:
            out = self.quick_forward(*args)
        except (ArithmeticError, ValueError):
            out = None
        return out if type(out) is float else self.linearize(*args)[0]

    def linearize(self, *args: float) -> tuple[float, tuple[float, ...]]:
        """Return the value and the local partials at `args`, which are floats."""
        try:
            out = self.quick_forward(*args)
            if type(out) is complex:
                return self.linearize_totally(*args)
            partials = self.quick_partials(out, *args)
        except (ArithmeticError, ValueError):
            return self.linearize_totally(*args)
        if self.is_ours:  # the tests know that our rules give as many floats as they are given
            return out, partials
        exact = type(out) is float and type(partials) is tuple and {*map(type, partials)} == {float}
        return (out, partials) if exact and len(partials) == len(args) else self._exact(out, partials, args)

    def linearize_totally(self, *args: float) -> tuple[float, tuple[float, ...]]:
        """Do as `linearize` where Python raises and IEEE 754 has an answer."""
        intervals = self.intervals(len(args))
        if any(x < low or x > high for x, (low, high) in zip(args, intervals)):
            return NAN, (NAN,) * len(args)
        # a zero at the edge of a domain is approached from inside: log'(-0.0) is +inf, as at 0.0
        totals = [Total(x if x or low else 0.0) for x, (low, _) in zip(args, intervals)]
        try:
            out = self.total_forward(*totals)
            return self._exact(out, self.total_partials(out, *totals), args)
        except (ArithmeticError, ValueError) as fault:
            raise RuleError(
                f"{self.name} raised {type(fault).__name__} at {args}: {fault}. A rule is made total by "
                "replacing the module `math` and the operators of floats: use those in it"
            ) from fault

    def _exact(self, out: Any, partials: Any, args: tuple[float, ...]) -> tuple[float, tuple[float, ...]]:
        """Return what a rule gave as plain floats, or say what is wrong with it."""
        if not isinstance(partials, tuple) or len(partials) != len(args):
            raise RuleError(
                f"the partials of {self.name} must be a tuple of {len(args)}, one an argument, not "
                f"{describe(partials)}; write partials=lambda out, x: (...,)"
            )
        what = f"of {self.name} at {args}"
        return real(out, f"the value {what}"), tuple(real(p, f"a partial {what}") for p in partials)


@call_form("@primitive(partials=lambda out, x: (2.0 * x,))")
def primitive(
    *bare: Any,
    partials: Rule | None = None,
    source: str | Callable[..., str] | None = None,
    label: str | None = None,
    name: str | None = None,
    domain: Interval | tuple[Interval, ...] = REAL,
) -> Callable[[Rule], Primitive]:
    """Make a function of floats a primitive, by its `partials(out, *args)`: a tuple, one for each argument.

    They are written with operators and primitives alone. The other settings are told with `Primitive`.

    >>> @primitive(partials=lambda out, x: (3.0 * x * x,))
    ... def cube(x):
    ...     return x * x * x
    >>> from autograd_scratch import Value
    >>> a = Value(2.0)
    >>> cube(a).backward()
    >>> cube(2.0), a.grad
    (8.0, 12.0)
    """
    if bare or not callable(partials):
        raise RuleError(
            "a primitive needs partials, a function of the answer and the arguments, "
            f"not {describe(bare[0] if bare else partials)}; "
            "write @primitive(partials=lambda out, x: (...,))"
        )
    if name is not None and not isinstance(name, str):
        raise RuleError(f"the name of a primitive is text, not {describe(name)}; write name='cube'")

    def define(forward: Rule) -> Primitive:
        own = getattr(forward, "__name__", "<lambda>").rstrip("_")
        called = name or own.replace("<lambda>", "anonymous")
        given, taken = arity_of(forward), arity_of(partials)
        if given is not None and taken is not None and taken != given + 1:
            raise RuleError(
                f"the partials of {called} must take the answer and its arguments, {given + 1} in all, "
                f"and they take {taken}; write partials=lambda out, {', '.join('xyzuvw'[:given])}: (...,)"
            )
        return Primitive(
            forward,
            partials,
            name=called,
            source=source or (lambda *args: f"{called}({', '.join(args)})"),
            label=label or called,
            domain=domain if isinstance(domain[0], tuple) else (domain,),
        )

    return define


class Family:
    """Primitives that differ by a parameter: `power(3.0)`, `power(0.5)`, ...

    Made by the decorator `family` from a function that takes the parameters and gives a primitive.
    The same parameters give the same primitive (the thousand used last are kept). `examples` are the
    parameters that tests try.
    """

    def __init__(self, make: Callable[..., Primitive], examples: tuple[tuple[float, ...], ...]) -> None:
        update_wrapper(self, make)
        self.make = make
        self.examples = examples
        self._member = lru_cache(maxsize=1_000, typed=True)(self._new_member)

    def __call__(self, *parameters: float) -> Primitive:
        return self._member(*parameters)

    def _new_member(self, *parameters: float) -> Primitive:
        member = self.make(*parameters)
        member.family = (self, parameters)
        return member

    def __reduce__(self) -> str:
        return self.make.__qualname__

    def __repr__(self) -> str:
        return f"<family of primitives {self.make.__name__}>"


@call_form()
def family(*examples: tuple[float, ...]) -> Callable[[Callable[..., Primitive]], Family]:
    """Make a function from parameters to a primitive a `Family` of primitives.

    >>> @family((2.0,), (0.5,))
    ... def scaled(factor):
    ...     @primitive(partials=lambda out, x: (factor,), name=f"scaled[{factor:g}]")
    ...     def scaled(x):
    ...         return factor * x
    ...     return scaled
    >>> scaled(2.0)(21.0), scaled(2.0) is scaled(2.0)
    (42.0, True)
    """
    return lambda make: Family(make, examples)


def _totally(rule: Rule) -> Rule:
    """Bind a rule to total arithmetic: once, or, where what it reads may change, at each call."""
    return rebind(rule, _total) if is_ours(rule) else lambda *args: rebind(rule, _total)(*args)


def _quick(used: Any) -> Any:
    return _own_rule(used, "quick_forward")


def _total(used: Any) -> Any:
    if used is math:
        return total_math
    if used is sum:
        return total_sum
    if isinstance(used, BuiltinFunctionType) and used.__module__ == "math":
        return getattr(total_math, used.__name__)
    return _own_rule(used, "total_forward")


def _own_rule(used: Any, kind: str) -> Any:
    """Return what a rule calls instead of a primitive, or of a member of a family; else `used`."""
    if isinstance(used, Primitive):
        return getattr(used, kind)
    if isinstance(used, Family):
        return lru_cache(maxsize=1_000, typed=True)(lambda *parameters: getattr(used(*parameters), kind))
    return used
