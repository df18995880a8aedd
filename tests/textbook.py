"""Operations as textbooks have them, for the independent engine: nothing of the package is in here.

Each operation is known by its function of floats, its first derivatives, and its margin: how far the
operands are from a place where it is not smooth. The derivatives are written for floats and for dual
numbers, and dual numbers in them give the second ones.
"""

import math
from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import NamedTuple


class Dual:
    """A number, its derivative in one direction, and the bulk of that."""

    def __init__(self, value, slope=0.0, bulk=0.0):
        self.value, self.slope, self.bulk = value, slope, bulk

    def __add__(self, other):
        other = lift(other)
        return Dual(self.value + other.value, self.slope + other.slope, self.bulk + other.bulk)

    def __mul__(self, other):
        other = lift(other)
        return Dual(
            self.value * other.value,
            self.value * other.slope + self.slope * other.value,
            abs(self.value) * other.bulk + self.bulk * abs(other.value),
        )

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -lift(other)

    def __rsub__(self, other):
        return lift(other) - self

    def __truediv__(self, other):
        return self * inverse(other)

    def __rtruediv__(self, other):
        return lift(other) * inverse(self)

    __radd__, __rmul__ = __add__, __mul__


def lift(x):
    return x if isinstance(x, Dual) else Dual(x)


def extended(function, derivative):
    """Let a function of a float take a Dual too."""

    def on_both(x):
        if not isinstance(x, Dual):
            return function(x)
        factor = derivative(x.value)
        return Dual(function(x.value), factor * x.slope, abs(factor) * x.bulk)

    return on_both


inverse = extended(lambda x: 1.0 / x, lambda x: -1.0 / (x * x))
exp = extended(math.exp, math.exp)
log = extended(math.log, inverse)
sqrt = extended(math.sqrt, lambda x: 0.5 / math.sqrt(x))
cbrt = extended(math.cbrt, lambda x: 1.0 / (3.0 * math.cbrt(x) ** 2))
sin = extended(math.sin, math.cos)
cos = extended(math.cos, lambda x: -math.sin(x))
sinh = extended(math.sinh, math.cosh)
cosh = extended(math.cosh, math.sinh)
tan = extended(math.tan, lambda x: 1.0 + math.tan(x) ** 2)


def raised(x, y):
    return exp(y * log(x)) if isinstance(x, Dual) or isinstance(y, Dual) else math.pow(x, y)


def to_the(k):
    """Return the operation of raising to a constant power."""
    slopes = {0.0: lambda x: 0.0, 1.0: lambda x: 1.0}
    slope = slopes.get(k) or (lambda x: k * (whole(x, k - 1.0) if k == int(k) else raised(x, k - 1.0)))
    return of_one(
        lambda x: math.pow(x, k), slope, size if k < 0.0 else (lambda x: math.inf if k == int(k) else x)
    )


def whole(x, k):
    """Raise to a whole power, by multiplying."""
    return product([x] * int(k)) if k >= 0.0 else 1.0 / product([x] * int(-k))


def sech(x):
    return 2.0 / (exp(x) + exp(-x))


def logistic(x):
    return 1.0 / (1.0 + exp(-x))


def product(factors):
    return reduce(mul, factors, 1.0)


def value_of(x):
    return x.value if isinstance(x, Dual) else x


class Operation(NamedTuple):
    """A function of floats, its derivatives, the margin, and how many operands it takes."""

    function: Callable
    slopes: Callable
    margin: Callable = lambda *operands: math.inf
    counts: tuple = (1,)


def of_one(function, slope, margin=lambda x: math.inf):
    return Operation(function, lambda x: (slope(x),), margin)


def size(*operands):
    return min(map(abs, operands))


def lead(*terms):
    """By how much the largest term is larger than the others."""
    first, second = sorted(terms)[-1:-3:-1] if len(terms) > 1 else (math.inf, 0.0)
    return first - second


def where_largest(*terms):
    return tuple(float(value_of(t) == max(map(value_of, terms))) for t in terms)


def shares_of_exponentials(*terms):
    top = max(map(value_of, terms))
    powers = [exp(t - top) for t in terms]
    return tuple(p / reduce(lambda x, y: x + y, powers) for p in powers)


def log_of_exponentials(*terms):
    *others, top = sorted(terms)
    return top + math.log1p(math.fsum(math.exp(t - top) for t in others))


def length(*terms):
    return sqrt(reduce(lambda x, y: x + y, [t * t for t in terms]))


def dot(*operands):
    half = len(operands) // 2
    return math.fsum([*map(mul, operands, operands[half : 2 * half]), *operands[2 * half :]])


def dot_slopes(*operands):
    half = len(operands) // 2
    return (*operands[half : 2 * half], *operands[:half], *([1.0] * (len(operands) % 2)))


def which_third(x, low, high):
    return float(low <= x <= high), float(x < low), float(x > high)


def root(x):
    """Of 1 - x * x, with all its digits near the ends."""
    return sqrt((1.0 - x) * (1.0 + x))


NARY = (1, 2, 3, 4)
OPERATIONS = {
    "add": Operation(lambda x, y: x + y, lambda x, y: (1.0, 1.0), counts=(2,)),
    "sub": Operation(lambda x, y: x - y, lambda x, y: (1.0, -1.0), counts=(2,)),
    "mul": Operation(lambda x, y: x * y, lambda x, y: (y, x), counts=(2,)),
    "div": Operation(lambda x, y: x / y, lambda x, y: (1.0 / y, -x / (y * y)), lambda x, y: abs(y), (2,)),
    "pow": Operation(
        math.pow, lambda x, y: (y * raised(x, y - 1.0), raised(x, y) * log(x)), lambda x, y: x, (2,)
    ),
    "neg": of_one(lambda x: -x, lambda x: -1.0),
    "abs": of_one(abs, lambda x: math.copysign(1.0, value_of(x)), size),
    "exp": of_one(math.exp, exp),
    "expm1": of_one(math.expm1, exp),
    "log": of_one(math.log, lambda x: 1.0 / x, lambda x: x),
    "log1p": of_one(math.log1p, lambda x: 1.0 / (1.0 + x), lambda x: 1.0 + x),
    "sqrt": of_one(math.sqrt, lambda x: 0.5 / sqrt(x), lambda x: x),
    "cbrt": of_one(math.cbrt, lambda x: 1.0 / (3.0 * cbrt(x) * cbrt(x)), size),
    "square": of_one(lambda x: x * x, lambda x: 2.0 * x),
    "reciprocal": of_one(lambda x: 1.0 / x, lambda x: -1.0 / (x * x), size),
    "sin": of_one(math.sin, cos),
    "cos": of_one(math.cos, lambda x: -sin(x)),
    "tan": of_one(math.tan, lambda x: 1.0 + tan(x) * tan(x), lambda x: abs(math.cos(x))),
    "asin": of_one(math.asin, lambda x: 1.0 / root(x), lambda x: 1.0 - abs(x)),
    "acos": of_one(math.acos, lambda x: -1.0 / root(x), lambda x: 1.0 - abs(x)),
    "atan": of_one(math.atan, lambda x: 1.0 / (1.0 + x * x)),
    "sinh": of_one(math.sinh, cosh),
    "cosh": of_one(math.cosh, sinh),
    "tanh": of_one(math.tanh, lambda x: sech(x) * sech(x)),
    "asinh": of_one(math.asinh, lambda x: 1.0 / sqrt(1.0 + x * x)),
    "acosh": of_one(math.acosh, lambda x: 1.0 / sqrt((x - 1.0) * (x + 1.0)), lambda x: x - 1.0),
    "atanh": of_one(math.atanh, lambda x: 1.0 / ((1.0 - x) * (1.0 + x)), lambda x: 1.0 - abs(x)),
    "erf": of_one(math.erf, lambda x: 2.0 / math.sqrt(math.pi) * exp(-x * x)),
    "sigmoid": of_one(logistic, lambda x: logistic(x) * logistic(-x)),
    "softplus": of_one(lambda x: log_of_exponentials(x, 0.0), logistic),
    "relu": of_one(lambda x: max(x, 0.0), lambda x: float(value_of(x) > 0.0), size),
    "floor": of_one(math.floor, lambda x: 0.0, lambda x: min(x - math.floor(x), math.ceil(x) - x)),
    "clamp": Operation(
        lambda x, low, high: min(max(x, low), high),
        lambda x, low, high: which_third(*map(value_of, (x, low, high))),
        lambda x, low, high: min(abs(x - low), abs(x - high), high - low),
        (3,),
    ),
    "where": Operation(
        lambda x, y, a, b: a if x > y else b,
        lambda x, y, a, b: (0.0, 0.0, float(value_of(x) > value_of(y)), float(value_of(x) <= value_of(y))),
        lambda x, y, a, b: abs(x - y),
        (4,),
    ),
    "sum": Operation(lambda *t: math.fsum(t), lambda *t: (1.0,) * len(t), counts=NARY),
    "mean": Operation(lambda *t: math.fsum(t) / len(t), lambda *t: (1.0 / len(t),) * len(t), counts=NARY),
    "prod": Operation(
        lambda *t: product(t),
        lambda *t: tuple(product(t[:i] + t[i + 1 :]) for i in range(len(t))),
        counts=NARY,
    ),
    "dot": Operation(dot, dot_slopes, counts=(2, 3, 4, 5)),
    "max": Operation(lambda *t: max(t), where_largest, lead, NARY),
    "min": Operation(
        lambda *t: min(t),
        lambda *t: where_largest(*(-value_of(x) for x in t)),
        lambda *t: lead(*(-x for x in t)),
        NARY,
    ),
    "hypot": Operation(
        length, lambda *t: tuple(x / length(*t) for x in t), lambda *t: max(map(abs, t)), NARY
    ),
    "logsumexp": Operation(log_of_exponentials, shares_of_exponentials, counts=NARY),
} | {f"power {k:g}": to_the(k) for k in (-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0)}
