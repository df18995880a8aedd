"""What a constant factor between two gradients may stand for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import frexp, ldexp, prod

from ...wording import number
from ..passes.forward import Forward

_ALIKE = 1e-9  # relative: numbers that differ by rounding alone
_NOTHING = 1e-4  # relative: what nobody multiplies by
_NEAR = 8  # operations from the loss within which terms are added up
_COUNTS = 4  # that are tried one by one
_REDUCTIONS = ("sum", "mean", "fsum")
_NEARLY = 3e-6  # relative: what 1e-7 inside a logarithm does to a constant
_HALVES = ((1.0, "1"), (2.0, "2"), (0.5, "1/2"))
_READINGS: Sequence[tuple[Callable[[float], float], str]] = (
    (lambda n: n, "N"),
    (lambda n: 1.0 / n, "1/N"),
    (lambda n: n / 2.0, "N/2"),
    (lambda n: 2.0 / n, "2/N"),
    (lambda n: 2.0 * n, "2 N"),
    (lambda n: 0.5 / n, "1/(2 N)"),
)


def best_constant(numbers: Sequence[float], others: Sequence[float]) -> float:
    """Return the constant by which others are to be multiplied to come nearest to numbers.

    It is sought in units of the others' size: the squares of 1e-200 would vanish.

    >>> best_constant([2e-200, 1e-200], [1e-200, 0.0]), best_constant([1.0], [0.0])
    (2.0, 0.0)
    """
    unit = ldexp(0.5, frexp(max(map(abs, others), default=0.0))[1])
    shares = [x / unit for x in others]
    size = sum(share * share for share in shares)
    return sum(n * share for n, share in zip(numbers, shares)) / size / unit if size else 0.0


def multiple(numbers: Sequence[float], others: Sequence[float]) -> float | None:
    """Return the constant by which numbers are a multiple of others, if they are.

    >>> multiple([2.0, -4.0], [1.0, -2.0]), multiple([2.0, 4.0], [1.0, -2.0])
    (2.0, None)
    """
    factor = best_constant(numbers, others)
    largest = max(map(abs, numbers), default=0.0)
    alike = all(abs(n - factor * x) <= _ALIKE * largest for n, x in zip(numbers, others))
    return factor if alike else None


def with_inverses(counts: Iterable[int]) -> list[float]:
    """Return counts, each with one over it."""
    return [factor for count in counts for factor in (float(count), 1.0 / count)]


def is_one(factor: float) -> bool:
    """Say whether a factor is too near to 1 to be written by anybody: what is that much off is noise."""
    return abs(factor - 1.0) <= _NOTHING


class Factors:
    """The constants that are likely in a forward pass: counts of terms, twos and halves, and signs."""

    def __init__(self, forward: Forward, close: float) -> None:
        self._close = close
        lengths = forward.lengths
        self.terms = {
            count: f"{what} ({lengths[count]})" if count in lengths else what
            for count, what in terms_of_loss(forward)
        }
        self._divisors = divisors_of_loss(forward)
        self.divisor = prod(self._divisors)
        self._averaged = {*axes_of_means(forward)}
        rounds = {len(steps): "rounds of a loop" for steps in forward.steps.at.values() if len(steps) > 1}
        sizes = {size for step in forward.steps.all for size in step.shape if size > 1}
        told = rounds | dict.fromkeys(sizes, "a dimension") | lengths
        self.sizes = self.terms | {
            size: f"({told[size]})" for size in sorted({*sizes, *rounds}) if size not in self.terms
        }

    @property
    def usual(self) -> Sequence[float]:
        """Another sign, two, the counts of terms and the lengths of axes, and one over each."""
        counts = (2, *(count for count in self.sizes if count > 2))[:_COUNTS]
        return [-1.0, *with_inverses(counts)]

    def is_simple(self, factor: float) -> bool:
        """Say whether a factor is made of counts, of two and of a sign."""
        return self.told(factor) is not None

    def kinds(self, factor: float) -> list[str]:
        """Return the kinds of mistakes that a factor is: a sign may come with another one."""
        size = abs(factor)
        kinds = ["sign"] if factor < 0.0 else []
        if self.is_count(size):
            kinds.append("sum_for_mean")
        elif not self.alike(size, 1.0):
            kinds.append("scale")
        return kinds or ["scale"]

    def is_count(self, size: float) -> bool:
        """Say whether a factor is a number of terms by which the loss divides, or one over such a number.

        2 is a square's.
        """
        if self.is_two(size):
            return False
        return self.is_lost(size) or any(self.alike(size, 1.0 / count) for count in self.terms)

    def is_lost(self, size: float) -> bool:
        """Say whether a factor is a number of terms by which the loss divides."""
        return any(self.alike(size, count) and not self.divisor % count for count in self.terms)

    def is_lost_axis(self, size: float) -> bool:
        """Say whether a factor is 2, and that the length of an axis of a mean: no other 2 is divided by."""
        return self.alike(size, 2.0) and 2 in self._averaged and 2 not in self._divisors

    def is_two(self, size: float) -> bool:
        """Say whether a factor is 2 or a half."""
        return self.alike(abs(size), 2.0) or self.alike(abs(size), 0.5)

    def told(self, factor: float) -> str | None:
        """Say what a factor is, as 'N/2, with N = 4 terms of the loss'; None for nothing special."""
        sign, size = "-" if factor < 0.0 else "", abs(factor)
        if self.alike(size, 1.0):
            return f"{sign}1"
        readings = [text for value, text in _HALVES if self.alike(size, value)]
        for count, what in sorted(self.sizes.items(), key=lambda each: not self.alike(size, each[0])):
            for value, text in _READINGS:
                if self.alike(size, value(count)) and (count > 2 or (text == "N" and count in self.terms)):
                    half = ": half the sum for the mean" if text == "N/2" else ""
                    if not readings or count in self.terms:
                        readings.append(f"{text}, with N = {count} {what}{half}")
                    break
        return f", or {sign}".join([f"{sign}{text}" for text in readings[:1]] + readings[1:2]) or None

    def alike(self, x: float, y: float) -> bool:
        """Say whether a constant that was read off a gradient is this one."""
        return abs(x - y) <= (self._close if y == 1.0 else max(self._close, _NEARLY)) * (abs(y) or 1.0)


def terms_of_loss(forward: Forward) -> Iterator[tuple[int, str]]:
    """Yield the numbers of terms that the loss adds up, or divides by: 0.1 is the weight of a penalty."""
    sizes = {2, *forward.lengths, *(len(steps) for steps in forward.steps.at.values())}
    sizes |= {size for step in forward.steps.all for size in (*step.shape, prod(step.shape))}
    for place, i in enumerate(_linear(forward)):
        name, edges, own = forward.name_of(i), forward.edges[i], forward.steps.of.get(i)
        if name in ("add", "sub") and own is not None and len(forward.steps.occurrences(own)) > 1:
            yield len(forward.steps.occurrences(own)), "rounds of the loop"
        elif name in ("mul", "div") and _divisor(forward, i) > 1:
            if {_divisor(forward, i), _divisor(forward, i) / 2} & sizes:
                yield _divisor(forward, i), "terms of the loss"
        elif name in _REDUCTIONS and len(edges) > 1 and place < _NEAR:
            yield len(edges), "terms of the loss"
            step = forward.steps.of.get(edges[0][0])
            for size in step.shape if step else ():
                if 1 < size < len(edges) or _is_batch(forward, size):
                    yield size, "samples" if _is_batch(forward, size) else "entries"


def divisors_of_loss(forward: Forward) -> list[int]:
    """Return by what the loss divides what it adds up: the lengths of means, and constants."""
    return [d for d in (_divisor(forward, i) for i in _linear(forward)) if d > 1]


def axes_of_means(forward: Forward) -> Iterator[int]:
    """Yield the lengths of the axes over which one instruction averages: there the loss divides by all."""
    for i in _linear(forward):
        terms, own = forward.edges[i], forward.steps.of.get(i)
        if _divisor(forward, i) > 1 and forward.name_of(i) != "mean":
            below = terms[0][0]
            source = forward.steps.of.get(below)
            is_one = own is not None and source is not None and own.site is source.site
            terms = forward.edges[below] if is_one and forward.name_of(below) in _REDUCTIONS else ()
        elif forward.name_of(i) != "mean":
            continue
        step = forward.steps.of.get(terms[0][0]) if terms else None
        yield from step.shape if step else ()


def _linear(forward: Forward) -> Iterator[int]:
    """Yield the sums, factors and signs with which the loss is computed, the last one first."""
    pending, seen = [forward.loss], set()
    while pending:
        i = pending.pop(0)
        name, edges = forward.name_of(i), forward.edges[i]
        if i in seen or name not in (*_REDUCTIONS, "dot", "add", "sub", "neg", "mul", "div"):
            continue
        seen.add(i)
        yield i
        if name not in ("mul", "div") or _constant(forward, i) is not None:
            pending += [parent for parent, _ in (edges[:1] if name in (*_REDUCTIONS, "dot") else edges)]


def _divisor(forward: Forward, i: int) -> int:
    """Return by which whole number a node divides: a mean by that of its terms; 1 for none."""
    name = forward.name_of(i)
    if name in ("mean", "dot"):  # weights may be those of a mean
        return len(forward.edges[i])
    constant = _constant(forward, i) if name in ("mul", "div") else None
    count = (constant if name == "div" else 1.0 / constant) if constant else 1.0
    return round(count) if count > 1.5 and abs(count - round(count)) < 1e-9 * count else 1


def _constant(forward: Forward, i: int) -> float | None:
    """Return the one constant of a product or quotient, or None."""
    constants = [x for x in forward.nodes[i].parents if x.__class__ is float]
    return constants[0] if len(constants) == 1 else None


def _is_batch(forward: Forward, size: int) -> bool:
    """Say whether most arrays have an axis of this length."""
    arrays = [step for step in forward.steps.all if max(step.shape, default=1) > 1]
    return size > 1 and 2 * sum(size in step.shape for step in arrays) > len(arrays)


def described(factor: float, factors: Factors) -> str:
    """Write a factor with what it stands for."""
    told, plain = factors.told(factor), number(factor)
    if told is None or told == plain or told.startswith(f"{plain}, or"):
        return told or plain
    return f"{plain} = {told}"


def factor_in_words(forward: Forward, kind: str, factor: float | None) -> str:
    """Say by what a gradient is multiplied, or not divided, where that is the length of an array; or ''."""
    if not factor:
        return "sums stand for means: their divisions by the number of terms are missing"
    size = abs(factor)
    count = round(max(size, 1.0 / size))
    of = f"{count:,} ({forward.lengths[count]})" if count in forward.lengths else f"{count:,}"
    if kind == "scale":
        is_length = count > 2 and count in forward.lengths and _is_whole(max(size, 1.0 / size))
        how = "multiplied" if size > 1.0 else "divided"
        return f"the gradient is {how} by {of}" if is_length else ""
    if size > 1.0:
        return f"a sum stands for a mean: the division by {of} is missing"
    return f"a mean stands for a sum: the division by {of} is one too many"


def _is_whole(count: float) -> bool:
    return abs(count - round(count)) < 1e-6 * count
