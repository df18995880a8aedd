"""What data sets give, and what they refuse."""

import math
from random import Random

import numpy as np
import pytest

from autograd_scratch.datasets import moons
from autograd_scratch.errors import AutogradError


def test_a_seed_is_a_whole_number_or_a_generator():
    assert moons(9, seed=3) == moons(np.int64(9), 0.1, seed=np.int64(3)) == moons(9, seed=Random(3))
    assert moons(9) != moons(9)
    assert moons(0) == []


@pytest.mark.parametrize("count", range(1, 8))
def test_without_noise_the_points_lie_on_half_circles(count):
    points = moons(count, noise=0.0)
    assert [target for _, target in points] == [-1.0, 1.0] * (count // 2) + [-1.0] * (count % 2)
    for (x, y), target in points:
        center = (0.0, 0.0) if target < 0.0 else (1.0, 0.5)
        assert math.dist((x, y), center) == pytest.approx(1.0)
        assert (y - center[1]) * target < 1e-12


def test_the_noise_is_normal_and_moves_both_coordinates_on_their_own():
    pairs = zip(moons(4_000, 0.2, seed=0), moons(4_000, 0.0, seed=0))
    moved = np.array([np.subtract(noisy, bare) for (noisy, _), (bare, _) in pairs])
    assert np.cov(moved.T) == pytest.approx(np.diag([0.04, 0.04]), abs=0.004)  # four standard errors
    assert moved.mean(axis=0) == pytest.approx([0.0, 0.0], abs=0.013)
    assert (moved**4).mean(axis=0) / 0.04**2 == pytest.approx([3.0, 3.0], abs=0.7)


@pytest.mark.parametrize(
    ("args", "options", "says"),
    [
        (("a",), {}, "count"),
        ((10.5,), {}, "count"),
        ((-5,), {}, "from 0 on, not -5"),
        ((10, "x"), {}, "noise"),
        ((10, -1), {}, "noise"),
        ((10, math.nan), {}, "noise"),
        ((), {"n_samples": 9}, "has no argument 'n_samples'.*as in moons"),
        ((), {}, r"moons\(100, noise=0.1, seed=0\)"),
        ((10,), {"seed": "a"}, "seed"),
        ((10,), {"seed": 1.5}, "seed"),
    ],
)
def test_what_is_no_number_of_points_no_noise_or_no_seed_is_refused(args, options, says):
    with pytest.raises(AutogradError, match=says):
        moons(*args, **options)
