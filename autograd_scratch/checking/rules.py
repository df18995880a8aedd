"""Whether a primitive's rule is right, whoever reads it: `check_primitive`.

A primitive is a function with its local derivatives. It is evaluated on numbers, recorded on Values,
pulled back, pushed forward, differentiated again, run on floats that never raise, and written as
source. Here each of these readers is asked at random points of the domain, and the derivatives are held
against slopes that are measured.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any

from .. import graph, primitives
from ..errors import AutogradError, DataError, DetachedNumberError, RuleError
from ..ieee import describe
from ..primitives import Primitive
from ..signatures import call_form
from ..transforms import hessian
from ..value import Value
from .tangents import Tangent, tangents

HARD = (0.0, -0.0, 1.0, -1.0, 5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan)

Point = tuple[float, ...]


@call_form()
def check_primitive(
    primitive: Primitive, *, arities: Iterable[int] | None = None, points: int = 24, seed: int = 0
) -> None:
    """Check a primitive over its domain in every reader; raise RuleError with what is wrong, and where.

    `arities` are the numbers of arguments to try: by default the one that it has, or 1 to 5. `points` are
    drawn from the domain for each: where that has no end, half of them within 3 of 0, the others further
    out on either side.

    >>> from autograd_scratch import primitive
    >>> @primitive(partials=lambda out, x: (2.0 * x * x,))
    ... def cube(x):
    ...     return x * x * x
    >>> check_primitive(cube)
    Traceback (most recent call last):
    autograd_scratch.errors.RuleError: partial 1 of cube at (-0.8725,) is 1.52251, but the slope is 2.28377
    """
    __tracebackhide__ = True  # pytest shows the test's own line
    if not isinstance(primitive, Primitive):
        raise DataError(
            f"check_primitive takes a primitive, not {describe(primitive)}; of a family, one of its members"
        )
    for arity in arities_of(primitive) if arities is None else arities:
        measured: set[int] = set()
        for point in points_of(primitive, arity, points, seed):
            for fault in filter(None, _faults(primitive, point, measured)):
                raise RuleError(fault)
        missing = set(range(arity)) - measured
        if missing:
            raise RuleError(
                f"the slope of {primitive.name} by argument {min(missing) + 1} could not be measured "
                f"at any of {points} points, so its partial is not checked; give a domain where it "
                "varies enough"
            )
        for point in _hard_points(arity, seed):
            primitive.linearize(*point)  # raises RuleError where it raises anything


def arities_of(primitive: Primitive) -> tuple[int, ...]:
    """Return the numbers of arguments that a primitive takes; of any number, those up to 5."""
    if primitive.arity is not None:
        return (primitive.arity,)
    _, indices = primitive.family or (None, ())  # the member i of a family has more than i arguments
    named: int = primitive.forward.__code__.co_argcount  # those before the *, as a target
    return tuple(range(1 + max(named, int(max(indices, default=0))), 6))


def points_of(primitive: Primitive, arity: int, count: int, seed: int) -> Iterator[Point]:
    """Yield points where a primitive is defined, away from the edges of its domain."""
    random = Random(f"{arity} {seed}")
    intervals = primitive.intervals(arity)
    for attempt in range(1_000):
        drawn = [_drawn(random, low, high, attempt) for low, high in intervals]
        point = tuple(float(f"{x:.4g}") for x in drawn)
        if math.isfinite(primitive.evaluate(*point)):
            yield point
            count -= 1
            if not count:
                return
    raise RuleError(f"{primitive.name} is nan or infinite nearly everywhere between {intervals}")


def _drawn(random: Random, low: float, high: float, attempt: int) -> float:
    """Draw a number from an interval; one without end is taken near 0 and, in turn, further out."""
    reach = 3.0 if attempt % 2 else 10.0 ** (1 + attempt // 4 % 3)
    if low == -math.inf and high == math.inf and not attempt % 2:
        low, high = (0.0, reach) if attempt % 4 else (-reach, 0.0)
    if low == -math.inf:
        low = min(-reach, high - reach)
    if high == math.inf:
        high = max(reach, low + reach)
    return low + (high - low) * random.uniform(0.05, 0.95)


def _hard_points(arity: int, seed: int) -> Iterator[Point]:
    random = Random(seed)
    return (tuple(random.choice(HARD) for _ in range(arity)) for _ in range(100))


def _faults(p: Primitive, point: Point, measured: set[int]) -> Iterator[str]:
    """Yield what each reader finds wrong, or ''; arguments whose slope was measured are added to a set."""
    yield _same_numbers(p, point)
    yield _slopes(p, point, measured)
    yield _recorded(p, point)
    yield _second_order(p, point)
    yield _source(p, point)


def _same_numbers(p: Primitive, point: Point) -> str:
    out, partials = p.linearize(*point)
    again = p.evaluate(*point), p(*point)
    total = p.linearize_totally(*point)
    if again != (out, out):
        return f"{p.name} at {point} is {out}, and then {again}: it changes from call to call"
    if not _same((total[0], *total[1]), (out, *partials)):
        return f"{p.name} at {point} gives {(out, partials)}, and {total} on floats that never raise"
    return ""


def _same(some: Point, others: Point) -> bool:
    """Say whether numbers are equal, nan to nan."""
    return all(x == y or (x != x and y != y) for x, y in zip(some, others, strict=True))


def _slopes(p: Primitive, point: Point, measured: set[int]) -> str:
    for i, derived in enumerate(p.linearize(*point)[1]):
        [tangent] = _tangents(lambda *at: [p.evaluate(*at)], point, i)
        slope = _measured(derived, tangent)
        if slope is not None:
            measured.add(i)
        if slope is not None and slope != derived:
            return f"partial {i + 1} of {p.name} at {point} is {derived:.6g}, but the slope is {slope:.6g}"
    return ""


def _recorded(p: Primitive, point: Point) -> str:
    leaves = [Value(x) for x in point]
    node = p(*leaves)
    value, partials = p.linearize(*point)
    if not isinstance(node, Value) or not _same((node.data, *node.partials), (value, *partials)):
        return f"{p.name} at {point} is {value} with partials {partials}, and recorded {node!r}"
    node.backward()
    pulled = tuple(leaf.grad for leaf in leaves)
    pushed = tuple(graph.push_forward([node], {leaf: 1.0})[node] for leaf in leaves)
    if not (_same(pulled, partials) and _same(pushed, partials)):
        return f"{p.name} at {point} has partials {partials}, pulled back {pulled}, pushed forward {pushed}"
    return ""


def _second_order(p: Primitive, point: Point) -> str:
    try:
        second = hessian(p, tuple(range(len(point))))(*point)
    except DetachedNumberError:
        return (
            f"the partials of {p.name} apply a function of `math` to a Value; write autograd_scratch.cos, "
            "not math.cos, and so for the others"
        )
    except AutogradError as fault:
        return (
            f"the partials of {p.name} at {point} cannot be differentiated again: write them with "
            f"operators and primitives alone, and no `if`. {fault}"
        )
    for j in range(len(point)):
        for i, tangent in enumerate(_tangents(lambda *at: p.linearize(*at)[1], point, j)):
            derived = second[i][j]
            slope = _measured(derived, tangent)
            if slope not in (None, derived):
                return (
                    f"the derivative of partial {i + 1} of {p.name} by argument {j + 1} at {point} is "
                    f"{derived:.6g}, but the slope is {slope:.6g}: is there an `if` in the rule?"
                )
    return ""


def _source(p: Primitive, point: Point) -> str:
    names = [f"x{i}" for i in range(len(point))]
    source = p.source(*names) if callable(p.source) else p.source.format(*names)
    if source == f"{p.name}({', '.join(names)})":
        return ""  # a call by its name, which is any text
    known: dict[str, Any] = {p.name: p}
    known |= {name.rstrip("_"): thing for name, thing in vars(primitives).items()}
    if p.family:
        known[p.family[0].make.__name__] = p.family[0]
    try:
        value = eval(source, {**known, "__builtins__": {}}, dict(zip(names, point)))
    except (NameError, DataError, SyntaxError):
        return ""  # written with functions of its author's, with one that takes a row, or not in Python
    if not math.isclose(value, p.evaluate(*point), rel_tol=1e-14, abs_tol=1e-300):
        return f"the source of {p.name}, {source}, is {value} at {point}, not {p.evaluate(*point)}"
    return ""


def _tangents(function: Callable[..., Sequence[float]], point: Point, i: int) -> list[Tangent]:
    """Return the tangents of the numbers that a function gives, along its argument `i`."""
    return tangents(lambda x: [*function(*point[:i], x, *point[i + 1 :])], point[i])


def _measured(derived: float, tangent: Tangent) -> float | None:
    """Return the slope that was measured: `derived` if that agrees, None if it is not known."""
    if tangent.slope == derived:
        return derived
    if tangent.is_kink or not tangent.bar <= 1e-3 * max(abs(tangent.slope), abs(derived)):
        return None
    return derived if tangent.agrees_with(derived) else tangent.slope
