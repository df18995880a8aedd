"""Sequences: what a network has to remember to answer.

An input is a sequence of rows, a row for each step, as a recurrent layer takes it.
"""

from collections.abc import Sequence

from ..errors import DataError, RangeError, ShapeError
from ..ieee import describe, real, whole
from ..primitives.arguments import is_row
from ..seeds import Seed, random_from
from ..signatures import call_form

Steps = tuple[tuple[float, ...], ...]


@call_form("echo(100, length=12, delay=3, seed=0)")
def echo(
    count: int, length: int, delay: int, *, seed: Seed = None
) -> list[tuple[Steps, tuple[float, ...]]]:
    """Return `count` sequences of random bits, whose target at each step is the bit `delay` steps before.

    The first `delay` targets are 0, before which there is nothing; `delay` is less than `length`.

    >>> ((inputs, targets),) = echo(1, length=5, delay=2, seed=1)
    >>> inputs
    ((1.0,), (0.0,), (0.0,), (1.0,), (1.0,))
    >>> targets
    (0.0, 0.0, 1.0, 0.0, 0.0)
    """
    count, length = whole(count, "the count of echo"), whole(length, "the length of echo", 1)
    delay, random = whole(delay, "the delay of echo"), random_from(seed)
    if delay >= length:
        raise RangeError(f"an echo after {delay} steps is not heard in {length}: the delay is to be less")
    examples: list[tuple[Steps, tuple[float, ...]]] = []
    for _ in range(count):
        bits = [float(random.random() < 0.5) for _ in range(length)]
        examples.append((tuple((bit,) for bit in bits), (*[0.0] * delay, *bits[: length - delay])))
    return examples


@call_form("adding(100, length=20, seed=0)")
def adding(count: int, length: int, *, seed: Seed = None) -> list[tuple[Steps, float]]:
    """Return `count` sequences of numbers and marks, whose target is the sum of the two marked numbers.

    The numbers are uniform from 0 to 1; one in the first half of the `length` steps has the mark 1, and
    one in the second, the others 0 (S. Hochreiter and J. Schmidhuber, Long short-term memory, Neural
    Computation 9, 1997, section 5.4, in the form of Q. V. Le, N. Jaitly and G. E. Hinton, 2015).

    >>> ((inputs, target),) = adding(1, length=2, seed=0)
    >>> [mark for _, mark in inputs], target == inputs[0][0] + inputs[1][0]
    ([1.0, 1.0], True)
    """
    count, random = whole(count, "the count of adding"), random_from(seed)
    length = whole(length, "the length of adding", 2)
    examples: list[tuple[Steps, float]] = []
    for _ in range(count):
        numbers = [random.random() for _ in range(length)]
        first, second = random.randrange(length // 2), random.randrange(length // 2, length)
        steps = tuple((x, float(i in (first, second))) for i, x in enumerate(numbers))
        examples.append((steps, numbers[first] + numbers[second]))
    return examples


@call_form("windows([y for _, y in sine_wave(200, periods=8)], 20)")
def windows(series: Sequence[float], length: int) -> list[tuple[Steps, float]]:
    """Return each `length` numbers of a series that follow one another, and as target the next one.

    >>> windows([1.0, 2.0, 3.0, 4.0], 2)
    [(((1.0,), (2.0,)), 3.0), (((2.0,), (3.0,)), 4.0)]
    """
    length = whole(length, "the length of windows", 1)
    if not is_row(series):
        raise DataError(f"a series is a list of numbers, not {describe(series)}")
    numbers = [real(x, "each number of a series") for x in series]
    if len(numbers) <= length:
        raise ShapeError(
            f"a series of {len(numbers)} has no window of {length} numbers with one that follows"
        )
    return [
        (tuple((x,) for x in numbers[i : i + length]), numbers[i + length])
        for i in range(len(numbers) - length)
    ]
