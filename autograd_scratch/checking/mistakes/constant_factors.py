"""What a constant factor between two gradients may stand for."""

from collections.abc import Iterator, Sequence
from math import frexp, ldexp

from ...wording import number
from ..passes.forward import Forward

_ALIKE = 1e-9  # relative: numbers that differ by rounding alone
_HALVES = ((1.0, "1"), (2.0, "2"), (0.5, "1/2"))


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


class Factors:
    """The constants that are likely in a forward pass: counts of terms, twos and halves, and signs."""

    def __init__(self, forward: Forward, close: float) -> None:
        self._close = close
        lengths = forward.lengths
        self.terms = {
            count: f"{what} ({lengths[count]})" if count in lengths else what
            for count, what in terms_of_loss(forward)
        }
        sizes = {size for step in forward.steps.all for size in step.shape if size > 1}
        self.sizes = self.terms | {
            size: f"({lengths.get(size, 'a dimension')})"
            for size in sorted(sizes)
            if size not in self.terms
        }

    def is_simple(self, factor: float) -> bool:
        """Say whether a factor is made of counts, of two and of a sign."""
        return self.told(factor) is not None

    def kinds(self, factor: float) -> list[str]:
        """Return the kinds of mistakes that a factor is: a sign may come with another one."""
        size = abs(factor)
        kinds = ["sign"] if factor < 0.0 else []
        if self.is_count(size):
            kinds.append("sum_for_mean")
        elif not self._is(size, 1.0):
            kinds.append("scale")
        return kinds or ["scale"]

    def is_count(self, size: float) -> bool:
        """Say whether a factor is the number of terms of the loss, or one over it; 2 is a square's."""
        if self.is_two(size):
            return False
        return any(self._is(size, count) or self._is(size, 1.0 / count) for count in self.terms)

    def is_two(self, size: float) -> bool:
        """Say whether a factor is 2 or a half."""
        return self._is(abs(size), 2.0) or self._is(abs(size), 0.5)

    def told(self, factor: float) -> str | None:
        """Say what a factor is, as 'N/2, with N = 4 terms of the loss'; None for nothing special."""
        sign, size = "-" if factor < 0.0 else "", abs(factor)
        if self._is(size, 1.0):
            return f"{sign}1"
        readings = [text for value, text in _HALVES if self._is(size, value)]
        for count, what in self.sizes.items():
            for value, text in (
                (count, "N"),
                (1.0 / count, "1/N"),
                (count / 2.0, "N/2"),
                (2.0 / count, "2/N"),
                (2.0 * count, "2 N"),
                (0.5 / count, "1/(2 N)"),
            ):
                if self._is(size, value) and count > 2:
                    half = ": half the sum for the mean" if text == "N/2" else ""
                    readings.append(f"{text}, with N = {count} {what}{half}")
                    break
        return f", or {sign}".join([f"{sign}{text}" for text in readings[:1]] + readings[1:2]) or None

    def _is(self, x: float, y: float) -> bool:
        return abs(x - y) <= self._close * y


def terms_of_loss(forward: Forward) -> Iterator[tuple[int, str]]:
    """Yield the numbers of terms that the loss adds up, or divides by."""
    pending, seen = [forward.loss], set()
    while pending:
        i = pending.pop(0)
        node = forward.nodes[i]
        name = node.primitive.name if node.primitive is not None else ""
        edges = forward.edges[i]
        if i in seen or name not in ("sum", "mean", "fsum", "dot", "add", "sub", "neg", "mul", "div"):
            continue
        seen.add(i)
        own = forward.steps.of.get(i)
        if name in ("add", "sub") and own is not None and len(forward.steps.occurrences(own)) > 1:
            yield len(forward.steps.occurrences(own)), "rounds of the loop"
        constants = [x for x in node.parents if x.__class__ is float]
        if name in ("mul", "div"):
            if len(constants) != 1:
                continue
            count = constants[0] if name == "div" else 1.0 / constants[0] if constants[0] else 0.0
            if count > 1.5 and abs(count - round(count)) < 1e-9 * count:
                yield round(count), "terms of the loss"
        elif name in ("sum", "mean", "fsum", "dot") and len(edges) > 1:
            if len(seen) < 8 and len(edges) > 1 and name != "dot":
                yield len(edges), "terms of the loss"
                step = forward.steps.of.get(edges[0][0])
                yield from (
                    (size, "samples") for size in (step.shape if step else ()) if _is_batch(forward, size)
                )
            pending += [edges[0][0]]
            continue
        pending += [parent for parent, _ in edges]


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


def division_in_words(forward: Forward, factor: float | None) -> str:
    """Say which division is missing, or is one too many, where a gradient is so many times too large."""
    if not factor:
        return "sums stand for means: their divisions by the number of terms are missing"
    size = abs(factor)
    count = round(max(size, 1.0 / size))
    of = f"{count:,} ({forward.lengths[count]})" if count in forward.lengths else f"{count:,}"
    if size > 1.0:
        return f"a sum stands for a mean: the division by {of} is missing"
    return f"a mean stands for a sum: the division by {of} is one too many"
