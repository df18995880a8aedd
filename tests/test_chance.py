"""Chance as a formula: whole-number arithmetic gives the same bits, and they look random."""

from itertools import product
from random import Random

import numpy as np
import pytest

from autograd_scratch import Value, derive
from autograd_scratch.nn.chance import Moment, at, moment, uniform, words

BITS = 26
WHOLE = 1 << BITS
SLOPE = 62089911
BEGIN = ((38957897, 32641979), (28659278, 27170681))


def square(n):
    return n * (n + SLOPE) % (1 << 39)


def stirred(n):
    return square(n) >> 13


def whole_words(step, row):
    """The words in whole numbers, of which Python has them of any length."""
    found = []
    for begin, factor in BEGIN:
        word = stirred((begin + step * factor) % WHOLE)
        found.append(stirred(stirred((word + row * factor) % WHOLE)))
    return found


def whole_uniform(words, factor):
    first, second = words
    return square((first * factor + second) % WHOLE)


def random_places(count):
    random = Random(3)
    for _ in range(count):
        factor = 2 * random.getrandbits(BITS - 1) + 1
        yield random.randrange(10 ** random.randrange(1, 12)), random.randrange(WHOLE), factor


def test_floats_compute_exactly():
    for step, row, factor in random_places(2_000):
        exact = whole_words(step, row)
        found = words(float(step), float(row))
        assert [x * WHOLE for x in found] == exact
        assert uniform(found, float(factor)) * (1 << 39) == whole_uniform(exact, factor)


@pytest.mark.parametrize("count", [1, 50])
def test_derived_code_computes_the_same_bits(count):
    if count > 1:
        pytest.importorskip("numpy")
    cases = [*random_places(count)]
    places = [[float(step), float(row)] for step, row, _ in cases]

    def drawn(places):
        return [uniform(words(*place), float(factor)) for place, (*_, factor) in zip(places, cases)]

    def summed(places):
        numbers = drawn(places)
        return numbers[0], {"numbers": numbers}

    program = derive(summed, inputs=[places], order=0)
    assert ("np." in program.source) == (count > 1)
    assert [*program(places)[-1]["numbers"]] == drawn(places)


def test_values_compute_the_same_bits():
    for step, row, factor in random_places(20):
        found = uniform(words(Value(float(step)), Value(float(row))), float(factor))
        assert found.data == uniform(words(float(step), float(row)), float(factor))


def table(steps, rows, places):
    """Return uniform numbers by step, row and place, computed by NumPy."""
    random = Random(5)
    factors = np.array([2.0 * random.getrandbits(BITS - 1) + 1.0 for _ in range(places)])
    grid = product(map(float, range(steps)), map(float, range(rows)))
    pairs = np.array([words(step, row) for step, row in grid]).reshape(steps, rows, 2)
    x = pairs[..., :1] * factors + pairs[..., 1:]
    x = x - np.floor(x)
    x = 2.0**13 * x * (x + SLOPE / WHOLE)
    return x - np.floor(x)


NUMBERS = table(20, 40, 60)


def excess(counts):
    """Return by how many standard deviations a chi-squared statistic of equal chances is too large."""
    expected = counts.sum() / counts.size
    freedom = counts.size - 1
    return (((counts - expected) ** 2 / expected).sum() - freedom) / (2 * freedom) ** 0.5


def together(x, y, bins):
    """Count how often two numbers are in each pair of bins."""
    places = np.floor(x * bins) * bins + np.floor(y * bins)
    return np.bincount(places.ravel().astype(int), minlength=bins * bins)


def test_numbers_are_uniform():
    assert excess(np.bincount((NUMBERS * 100).astype(int).ravel(), minlength=100)) < 4.0
    for axis in range(3):  # each step, each row and each place for itself
        for numbers in np.moveaxis(NUMBERS, axis, 0):
            assert excess(np.bincount((numbers * 10).astype(int).ravel(), minlength=10)) < 6.0


@pytest.mark.parametrize("axis", range(3), ids=["steps", "rows", "places"])
@pytest.mark.parametrize("distance", [1, 2, 3])
def test_neighbours_are_independent(axis, distance):
    x = np.moveaxis(NUMBERS, axis, 0)
    assert excess(together(x[:-distance], x[distance:], 8)) < 4.0


def test_three_neighbours_are_independent():
    for axis in range(3):
        x = np.moveaxis(NUMBERS, axis, 0)
        folded = x[:-2] - 2.0 * x[1:-1] + x[2:]
        assert excess(together(folded - np.floor(folded), x[1:-1], 8)) < 4.0


def test_no_two_rows_have_equal_masks():
    masks = {tuple(row) for row in (NUMBERS >= 0.5).reshape(-1, NUMBERS.shape[-1]).tolist()}
    assert len(masks) == NUMBERS.shape[0] * NUMBERS.shape[1]


def test_a_moment_is_over_with_its_block():
    now = Moment(0, 0)
    with at(now):
        assert moment() is now
    assert moment() is None
    with pytest.raises(ZeroDivisionError), at(now):
        _ = 1 / 0
    assert moment() is None


def test_rows_of_a_batch_have_the_masks_that_they_have_alone():
    batch = Moment(0, 7.0, [3.0, 5.0], is_batch=True)
    rows = [Moment(0, 7.0, [row]) for row in (3.0, 5.0)]
    for shape in ((4,), (2, 3), ()):
        assert batch.masks(9, (2, *shape), 0.5) == [x for row in rows for x in row.masks(9, shape, 0.5)]


def test_each_layer_has_masks_of_its_own():
    now = Moment(0, 1, [2])
    first, second = (now.masks(0, (50,), 0.5) for _ in "12")
    assert first != second
    now.begin([2])
    assert now.masks(0, (50,), 0.5) == first
    assert Moment(0, 1, [2]).masks(0, (50,), 0.5) == first
    assert Moment(0, 1, [2]).masks(1, (50,), 0.5) != first
