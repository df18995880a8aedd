"""What data sets give, and what they refuse."""

import hashlib
import math
import operator
import subprocess
import sys
from collections import Counter
from functools import reduce
from itertools import pairwise, product
from pathlib import Path
from random import Random

import numpy as np
import pytest

from autograd_scratch import MLP, Adam, datasets, fit, no_grad
from autograd_scratch.datasets import (
    adding,
    blobs,
    circles,
    digits,
    echo,
    friedman,
    line,
    moons,
    names,
    parity,
    polynomial,
    sine_wave,
    spirals,
    windows,
)
from autograd_scratch.datasets.images import drawn_by_hand
from autograd_scratch.errors import AutogradError

SETS = {
    "moons": moons,
    "circles": circles,
    "spirals": spirals,
    "blobs": blobs,
    "line": line,
    "polynomial": lambda count, **settings: polynomial(count, [1.0, 2.0, 3.0], **settings),
    "sine_wave": sine_wave,
    "friedman": friedman,
    "echo": lambda count, **settings: echo(count, 5, 2, **settings),
    "adding": lambda count, **settings: adding(count, 5, **settings),
    "digits": digits,
    "names": names,
}
WITH_NOISE = [name for name in SETS if name not in ("echo", "adding", "digits", "names")]
LABELS = {  # of nine examples
    "moons": {-1.0: 5, 1.0: 4},
    "circles": {0: 5, 1: 4},
    "spirals": {0: 5, 1: 4},
    "blobs": {0: 3, 1: 3, 2: 3},
    "digits": dict.fromkeys(range(9), 1),
}


def inputs_of(data):
    return np.array([x for x, _ in data])


def targets_of(data):
    return np.array([target for _, target in data])


@pytest.mark.parametrize("name", SETS)
def test_a_seed_is_a_whole_number_or_a_generator(name):
    make = SETS[name]
    assert make(9, seed=3) == make(np.int64(9), seed=np.int64(3)) == make(9, seed=Random(3))
    assert make(9, seed=3) != make(9, seed=4)
    assert make(9) != make(9)
    assert len(make(9)) == 9
    assert make(0) == []


def test_another_process_gives_the_same_bits():
    program = "from test_datasets import fingerprint; print(fingerprint())"
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == fingerprint()


def fingerprint():
    data = [make(20, seed=1) for make in SETS.values()]
    return hashlib.sha256(repr(data).encode()).hexdigest()


@pytest.mark.parametrize("name", LABELS)
def test_classes_are_in_turn_and_of_one_type(name):
    targets = [target for _, target in SETS[name](9, seed=0)]
    assert Counter(targets) == LABELS[name]
    assert {*map(type, targets)} == {type(target) for target in LABELS[name]}


@pytest.mark.parametrize("name", SETS)
def test_what_is_no_count_or_no_seed_is_refused(name):
    for count in ("a", 10.5, -5, None):
        with pytest.raises(AutogradError, match=f"the count of {name} must be a whole number from 0 on"):
            SETS[name](count)
    for seed in ("a", 1.5):
        with pytest.raises(AutogradError, match="a seed must be"):
            SETS[name](3, seed=seed)


@pytest.mark.parametrize("name", WITH_NOISE)
@pytest.mark.parametrize("noise", ["x", None, -1, math.nan, math.inf])
def test_what_is_no_noise_is_refused(name, noise):
    with pytest.raises(AutogradError, match=f"the noise of {name}"):
        SETS[name](3, noise=noise)
    assert SETS[name](0, noise=0) == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: moons(10, n_samples=9), "has no argument 'n_samples'.*as in moons"),
        (lambda: moons(), r"moons\(100, noise=0.1, seed=0\)"),
        (lambda: circles(9, factor=1.0), "the inner radius, between 0 and 1, not 1.0"),
        (lambda: circles(9, factor=math.nan), "the inner radius"),
        (lambda: spirals(9, 0), "the arms of spirals must be a whole number from 1 on, not 0"),
        (lambda: spirals(9, turns=math.inf), "the turns of spirals must be finite"),
        (lambda: blobs(9, n_classes=4), "did you mean centers=4"),
        (lambda: blobs(9, centers=0), "whole number from 1 on, not 0"),
        (lambda: blobs(9, centers=[]), "the centers of blobs are points"),
        (lambda: blobs(9, centers=[0.0, 1.0]), "the centers of blobs are points"),
        (lambda: blobs(9, centers=[[0.0, 1.0], [0.0]]), "same number of coordinates"),
        (lambda: blobs(9, centers=[[], []]), "same number of coordinates"),
        (lambda: blobs(9, centers=[[math.nan]]), "must be finite"),
        (lambda: line(9, slope="a"), "the slope of line"),
        (lambda: line(9, intercept=math.inf), "the intercept of line must be finite"),
        (lambda: polynomial(9, 3.0), "coefficients of a polynomial are a list"),
        (lambda: sine_wave(9, periods=math.nan), "the periods of sine_wave must be finite"),
        (lambda: parity(0), "from 1 on, not 0"),
        (lambda: parity(40), r"2\^40 rows"),
        (lambda: echo(3, 0, 0), "the length of echo must be a whole number from 1 on"),
        (lambda: echo(3, 5, -1), "the delay of echo"),
        (lambda: echo(3, 5, 5), "an echo after 5 steps is not heard in 5"),
        (lambda: adding(3, 1), "the length of adding must be a whole number from 2 on"),
        (lambda: windows([1.0, 2.0], 2), "a series of 2 has no window of 2"),
        (lambda: windows([1.0, 2.0], 0), "the length of windows"),
        (lambda: windows(3.0, 1), "a series is a list of numbers"),
        (lambda: windows([1.0, "a"], 1), "each number of a series"),
        (lambda: names(2_001), "at most 2,000 names, not 2,001"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(AutogradError, match=says):
        call()


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("XOR", operator.xor),
        ("AND", operator.and_),
        ("OR", operator.or_),
        ("XNOR", lambda a, b: not a ^ b),
        ("NAND", lambda a, b: not a & b),
        ("NOR", lambda a, b: not a | b),
    ],
)
def test_a_truth_table_is_that_of_its_name(name, rule):
    table = getattr(datasets, name)
    assert table == tuple(((float(a), float(b)), float(rule(a, b))) for a, b in product((0, 1), repeat=2))
    assert {type(x) for pair, target in table for x in (*pair, target)} == {float}


@pytest.mark.parametrize("bits", range(1, 6))
def test_parity_is_exclusive_or_of_all_bits(bits):
    table = parity(bits)
    assert len({x for x, _ in table}) == len(table) == 2**bits
    assert all(target == reduce(operator.xor, map(int, x)) for x, target in table)


@pytest.mark.parametrize("count", range(1, 8))
def test_without_noise_the_points_of_moons_lie_on_half_circles(count):
    points = moons(count, noise=0.0)
    assert [target for _, target in points] == [-1.0, 1.0] * (count // 2) + [-1.0] * (count % 2)
    for (x, y), target in points:
        center = (0.0, 0.0) if target < 0.0 else (1.0, 0.5)
        assert math.dist((x, y), center) == pytest.approx(1.0)
        assert (y - center[1]) * target < 1e-12


@pytest.mark.parametrize("count", range(1, 8))
def test_without_noise_the_points_of_circles_lie_on_them_in_equal_steps(count):
    points = circles(count, noise=0.0, factor=0.25)
    for label, radius in enumerate((1.0, 0.25)):
        own = [complex(*x) for x, each in points if each == label]
        assert np.abs(own) == pytest.approx([radius] * len(own))
        steps = -(-count // 2)
        assert [b / a for a, b in pairwise(own)] == pytest.approx(
            [np.exp(2j * np.pi / steps)] * (len(own) - 1)
        )


@pytest.mark.parametrize(("arms", "turns"), [(1, 1.0), (2, 0.5), (3, 2.0), (5, -1.0)])
def test_without_noise_an_arm_turns_as_it_goes_out(arms, turns):
    points = spirals(20 * arms, arms, noise=0.0, turns=turns)
    for arm in range(arms):
        own = np.array([complex(*x) for x, label in points if label == arm])
        radii = np.arange(1, 21) / 20
        assert np.abs(own) == pytest.approx(radii)
        assert own / radii == pytest.approx(np.exp(2j * np.pi * (turns * radii + arm / arms)))


def test_blobs_lie_around_their_centers():
    centers = [[0.0, 1.0, 2.0], [5.0, -5.0, 0.0]]
    points = blobs(2_000, centers, 0.5, seed=0)
    for label, center in enumerate(centers):
        own = inputs_of([pair for pair in points if pair[1] == label])
        assert own.mean(axis=0) == pytest.approx(center, abs=0.064)  # four standard errors
        assert own.std(axis=0) == pytest.approx([0.5] * 3, abs=0.045)
    around = [complex(*x) for x, _ in blobs(4, centers=4, noise=0.0)]
    assert around == pytest.approx([1, 1j, -1, -1j])


@pytest.mark.parametrize("make", [moons, circles, spirals, blobs])
def test_the_noise_is_normal_and_moves_both_coordinates_on_their_own(make):
    noisy, bare = make(4_000, noise=0.2, seed=0), make(4_000, noise=0.0, seed=0)
    moved = inputs_of(noisy) - inputs_of(bare)
    assert np.cov(moved.T) == pytest.approx(np.diag([0.04, 0.04]), abs=0.004)  # four standard errors
    assert moved.mean(axis=0) == pytest.approx([0.0, 0.0], abs=0.013)
    assert (moved**4).mean(axis=0) / 0.04**2 == pytest.approx([3.0, 3.0], abs=0.7)


CURVES = {
    "line": (lambda n, **k: line(n, -3.0, 0.5, **k), lambda x: 0.5 - 3.0 * x),
    "polynomial": (
        lambda n, **k: polynomial(n, [1.0, 0.0, -2.0, 0.5], **k),
        lambda x: np.polynomial.polynomial.polyval(x, [1.0, 0.0, -2.0, 0.5]),
    ),
    "constant": (lambda n, **k: polynomial(n, [], **k), lambda x: 0.0 * x),
    "sine_wave": (lambda n, **k: sine_wave(n, periods=3, **k), lambda x: np.sin(3.0 * np.pi * x)),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_that_of_its_formula_at_equal_steps(name):
    make, formula = CURVES[name]
    data = make(41, noise=0.0)
    places = np.linspace(-1.0, 1.0, 41)
    assert inputs_of(data) == pytest.approx(places[:, None])
    assert targets_of(data) == pytest.approx(formula(places), abs=1e-14)
    errors = targets_of(make(4_000, noise=0.3, seed=0)) - targets_of(make(4_000, noise=0.0))
    assert (errors.mean(), errors.std()) == pytest.approx((0.0, 0.3), abs=0.019)  # four standard errors


def test_friedmans_function_is_of_five_of_ten_inputs():
    data = friedman(500, noise=0.0, seed=0)
    X = inputs_of(data)
    assert X.shape == (500, 10)
    assert (X.min() >= 0.0, X.max() < 1.0) == (True, True)
    a, b, c, d, e = X.T[:5]
    expected = 10 * np.sin(np.pi * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e
    assert targets_of(data) == pytest.approx(expected)


@pytest.mark.parametrize("delay", [0, 1, 4])
def test_an_echo_is_the_input_delayed(delay):
    data = echo(200, 5, delay, seed=0)
    X, y = inputs_of(data), targets_of(data)
    assert (X.shape, y.shape) == ((200, 5, 1), (200, 5))
    assert {*X.ravel()} == {0.0, 1.0}
    assert (y[:, delay:] == X[:, : 5 - delay, 0]).all()
    assert not y[:, :delay].any()
    assert X.mean() == pytest.approx(0.5, abs=0.064)  # four standard errors


@pytest.mark.parametrize("length", [2, 3, 10])
def test_adding_is_the_sum_of_one_number_in_each_half(length):
    data = adding(200, length, seed=0)
    X = inputs_of(data)
    numbers, marks = X[:, :, 0], X[:, :, 1]
    assert X.shape == (200, length, 2)
    assert {*marks.ravel()} <= {0.0, 1.0}
    assert (marks[:, : length // 2].sum(axis=1) == 1).all()
    assert (marks[:, length // 2 :].sum(axis=1) == 1).all()
    assert (marks.any(axis=0)).all()  # each place is marked at times
    assert targets_of(data) == pytest.approx((numbers * marks).sum(axis=1))
    assert (numbers.min() >= 0.0, numbers.max() < 1.0) == (True, True)


def test_windows_are_all_of_a_series():
    series = [y for _, y in sine_wave(30, seed=0)]
    cut = windows(series, 4)
    assert inputs_of(cut)[:, :, 0] == pytest.approx(
        np.lib.stride_tricks.sliding_window_view(series, 4)[:-1]
    )
    assert [*targets_of(cut)] == series[4:]
    assert windows(np.array(series), 4) == cut


def by_a_line(data):
    """Return which share of two classes the best plane through the inputs and 1 separates."""
    X = np.column_stack([inputs_of(data), np.ones(len(data))])
    signs = np.where(targets_of(data) > 0, 1.0, -1.0)
    return ((X @ np.linalg.lstsq(X, signs, rcond=None)[0] > 0) == (signs > 0)).mean()


def test_a_line_separates_blobs_and_not_what_winds():
    assert by_a_line(blobs(200, 2, seed=0)) == 1.0
    assert by_a_line(datasets.AND) == 1.0
    for data in (datasets.XOR, parity(4), circles(200, seed=0), spirals(200, seed=0)):
        assert by_a_line(data) < 0.8
    assert 0.8 < by_a_line(moons(200, seed=0)) < 1.0


def test_digits_are_sixteenths_of_ink():
    images = inputs_of(digits(1_000, seed=0))
    assert images.shape == (1_000, 64)
    assert {*images.ravel()} == {k / 16 for k in range(17)}
    assert (images.max(axis=1) > 0.5).all()
    assert 0.1 < images.mean() < 0.5
    assert len({*map(tuple, images)}) == 1_000


def test_the_lines_of_a_written_digit_are_one_piece():
    hands = drawn_by_hand()
    assert {*map(len, hands)} == {10}
    for glyph in (glyph for hand in hands for glyph in hand):
        reached = {glyph.marks[0]}
        for _ in glyph.marks:
            reached |= {end for stroke in glyph.strokes for end in stroke if reached & {*stroke}}
        assert reached == {*glyph.marks}


def test_digits_of_another_seed_are_others_of_the_same_kind():
    known, new = digits(1_000, seed=0), digits(500, seed=1)
    assert not {x for x, _ in known} & {x for x, _ in new}
    A, B = inputs_of(known), inputs_of(new)
    nearest = ((B[:, None] - A) ** 2).sum(axis=2).argmin(axis=1)
    assert (targets_of(known)[nearest] == targets_of(new)).mean() > 0.9


def test_a_small_network_learns_to_read_digits():
    model = MLP(64, [16, 10], activation="tanh", seed=0)
    optimizer = Adam(0.01)
    data = digits(1_000, seed=0)
    settings = {"epochs": 30, "batch_size": 32, "seed": 0, "engine": "derived"}
    fit(model, data, loss="cross_entropy", optimizer=optimizer, **settings)
    with no_grad():
        right = [np.argmax(model(x)) == digit for x, digit in digits(300, seed=1)]
    assert np.mean(right) > 0.9


def test_names_are_different_words_of_one_sound():
    found = names(2_000, seed=0)
    assert len({*found}) == 2_000
    assert all(name.isascii() and name.isalpha() and name.islower() for name in found)
    assert (min(map(len, found)), max(map(len, found))) >= (4, 10)
    assert max(map(len, found)) <= 14
    bright = [name for name in found if {*name} & {*"ei"}]
    assert not any({*name} & {*"aou"} for name in bright)
    assert 800 < len(bright) < 1_200
