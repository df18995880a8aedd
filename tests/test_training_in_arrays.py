"""What trains in NumPy code does what the eager engine does, in shuffled batches and far out, too."""

import math
import random

import pytest

from autograd_scratch import MLP, SGD, Adam, fit
from autograd_scratch.training.loops import arrays, derived
from autograd_scratch.training.loops.arrays import ArrayLoop

pytest.importorskip("numpy")


@pytest.fixture(autouse=True)
def in_arrays(monkeypatch):
    """Train in arrays however little there is to compute, and look at the numbers after few epochs."""
    monkeypatch.setattr(derived, "LARGE", 0)
    monkeypatch.setattr(arrays, "SHUFFLED", 60)  # rows: three epochs at once
    runs = []
    run = ArrayLoop.run

    def noted(self, *args):
        found = run(self, *args)
        runs.append(found is not None)
        return found

    monkeypatch.setattr(ArrayLoop, "run", noted)
    return runs


def rows(classes):
    draw = random.Random(1)
    return [([draw.uniform(-1, 1) for _ in range(3)], draw.randrange(classes)) for _ in range(20)]


def trained(engine, scale, optimizer, is_shuffled, **options):
    model = MLP(3, [4, 5], "tanh", seed=0)
    for p in model.layers[-1].parameters():
        p.data *= scale
    shuffling = random.Random(3)
    given = {"seed": shuffling} if is_shuffled else {}
    options |= {"loss": "cross_entropy", "optimizer": optimizer(), "epochs": 7, "engine": engine}
    history = fit(model, rows(5), **given, **options)
    return history.losses, [p.data for p in model.parameters()], shuffling.random()


@pytest.mark.parametrize("scale", [1.0, 30.0, 1e3, 1e4])  # of the logits: of 1e4 most powers are zero
@pytest.mark.parametrize("optimizer", [lambda: SGD(1e-3), lambda: Adam(1e-3)], ids=["SGD", "Adam"])
@pytest.mark.parametrize(
    ("is_shuffled", "options"),
    [(False, {}), (False, {"batch_size": 8}), (True, {"batch_size": 8}), (True, {"batch_size": 20})],
    ids=["whole", "batches", "shuffled", "whole and shuffled"],
)
def test_a_classifier(scale, optimizer, is_shuffled, options, in_arrays):
    expected = trained("eager", scale, optimizer, is_shuffled, **options)
    actual = trained("derived", scale, optimizer, is_shuffled, **options)
    assert in_arrays
    assert all(in_arrays)  # and not on Values
    for found, number in zip(actual[:2], expected[:2]):
        largest = max(map(abs, number))
        assert all(
            math.isclose(a, e, rel_tol=1e-10, abs_tol=1e-11 * largest) for a, e in zip(found, number)
        )
    assert actual[2] == expected[2]  # as many orders were drawn


def test_steps_that_overflow_are_taken_on_values_in_their_orders(in_arrays, monkeypatch):
    def fails(self, *args):
        in_arrays.append(False)

    expected = trained("eager", 1.0, lambda: SGD(0.1), True, batch_size=8)
    monkeypatch.setattr(ArrayLoop, "run", fails)
    monkeypatch.setattr(ArrayLoop, "run_step", fails)
    actual = trained("derived", 1.0, lambda: SGD(0.1), True, batch_size=8)
    assert set(in_arrays) == {False}
    assert actual == expected


@pytest.mark.parametrize("target", [-1, 5])
def test_no_such_class(target):
    with pytest.raises(ValueError, match="5 classes"):
        fit(
            MLP(3, [4, 5], "tanh", seed=0),
            [*rows(5), ([0.0, 0.5, 1.0], target)],
            loss="cross_entropy",
            optimizer=SGD(0.1),
            epochs=2,
            engine="derived",
        )
