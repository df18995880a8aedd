"""A comparison is the same in every process and thread, and leaves no trace in its own."""

import itertools
import json
import math
import random
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
from conftest import close
from tanh_layer import AT, B, W, X, by_hand, scaled

from autograd_scratch import compare, mark, values

KINK = np.array([1.0, 0.0, -1.0])


PROGRAM = """
import numpy as np
from autograd_scratch import compare
X = np.cos(np.arange(120.0)).reshape(4, 30)
W = np.sin(np.arange(600.0)).reshape(30, 20)
b = np.full(20, 0.1)
def loss(W, b):
    return (np.maximum(0, X @ W + b) ** 2).mean()
delta = 2 * np.maximum(0, X @ W + b) / 80
for factor in (1.0, 0.5):
    for seed in (0, 1):
        report = compare(loss, {"W": W, "b": b}, {"W": X.T @ delta, "b": factor * delta.sum(0)}, seed=seed)
        print(report.to_json())
"""


def test_the_same_seed_gives_the_same_report_in_every_process(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    texts = [
        subprocess.run(
            [sys.executable, path],
            env={"PYTHONHASHSEED": hashing},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashing in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert '"right"' in texts[0]
    assert '"wrong"' in texts[0]


def test_the_same_call_gives_the_same_report():
    first, second = (compare(scaled(1.0), AT, {"W": 2.0 * by_hand()["W"]}, seed=3) for _ in range(2))
    assert first == second
    assert json.loads(first.to_json()) == json.loads(second.to_json())


def process_wide():
    return (
        sys.getprofile(),
        sys.gettrace(),
        threading.gettrace(),
        list(warnings.filters),
        random.getstate(),
        [str(part) for part in np.random.get_state()],
        np.geterr(),
        np.get_printoptions(),
        sys.getrecursionlimit(),
    )


@pytest.mark.parametrize("profile", [None, lambda frame, event, arg: None], ids=["no profiler", "profiler"])
def test_the_process_is_left_as_it_was(profile):
    def fails(w):
        return math.frexp(w)[0]

    former = sys.getprofile()
    sys.setprofile(profile)
    try:
        before = process_wide()
        compare(scaled(1.0), AT, by_hand())
        compare(lambda w: np.abs(w).sum() + (w > 0).sum(), {"w": KINK}, {"w": 2.0 * KINK})
        with pytest.raises(TypeError):
            compare(fails, {"w": 1.0}, {"w": 1.0})
        drawn = compare(lambda w: w.sum() * (random.random() + np.random.rand()), {"w": KINK}, {"w": KINK})
        assert drawn.verdict == "wrong"
        after = process_wide()
    finally:
        sys.setprofile(former)
    assert before[:4] == after[:4]
    assert before[5:] == after[5:]  # the last loss drew from `random` itself


def filled(W, b):
    """Drop imaginary parts, of which NumPy warns."""
    z = mark(X @ W + b, "z")
    if z.dtype == object:
        return (z**2).mean()
    rows = np.empty(z.shape)
    rows[:] = z
    return (rows**2).mean()


@pytest.mark.parametrize("call", [0, 1, 2, 3, 4, 30, 60, 90])
def test_an_interrupt_leaves_the_process_as_it_was(call):
    calls = itertools.count()

    def loss(W, b):
        if next(calls) == call:
            raise KeyboardInterrupt
        return filled(W, b)

    before = process_wide()
    with pytest.raises(KeyboardInterrupt):
        compare(loss, AT, {"W": W, "b": B, "z": X})
    assert process_wide() == before
    assert mark(X, 3) is X  # nobody reads marks any more
    assert not any(kind is np.exceptions.ComplexWarning for _, _, kind, _, _ in warnings.filters)


def test_nothing_is_drawn_from_the_random_numbers_of_the_process():
    before = random.getstate(), np.random.get_state()[1].tolist()
    compare(scaled(1.0), AT, by_hand(), seed=5)
    assert before == (random.getstate(), np.random.get_state()[1].tolist())


def test_threads_compare_at_once():
    start = threading.Barrier(4)
    found = {}

    def work(k):
        scale = 10.0**k
        start.wait()
        for _ in range(4):
            right = compare(scaled(scale), AT, by_hand(scale))
            wrong = compare(scaled(scale), AT, by_hand(-scale))
            kink = compare(
                lambda w: scale * np.abs(w).sum(), {"w": KINK}, {"w": scale * (2.0 * (KINK >= 0) - 1.0)}
            )
            found.setdefault(k, []).append((right, wrong, kink))

    filters = list(warnings.filters)
    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2, 3]
    for k, reports in found.items():
        assert len(reports) == 4
        for right, wrong, kink in reports:
            assert (right.verdict, wrong.verdict, kink.verdict) == ("right", "wrong", "kink")
            assert wrong.mistakes[0].kind == "sign"
            assert close(right.loss, float(scaled(10.0**k)(W, B)))
    assert warnings.filters == filters


def test_a_comparison_within_a_comparison():
    def loss(w):
        assert compare(scaled(1.0), AT, by_hand()).verdict == "right"
        return (w**2).sum()

    assert compare(loss, {"w": B}, {"w": 2.0 * B}).verdict == "right"


def test_values_that_are_given_keep_their_gradients():
    w = values(W, "W")
    (w * w).sum().backward()
    compare(lambda w: (w**3).sum(), {"w": w}, {"w": 3.0 * W**2})
    np.testing.assert_array_equal(w.grad, 2.0 * W)
