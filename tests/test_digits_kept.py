"""What is measured keeps its digits in arrays of float32, and its imaginary parts in those of floats."""

import math
from typing import Any

import numpy as np
import pytest

from autograd_scratch import compare

RNG = np.random.default_rng(4)
X, R = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 2))


class Rows:
    """A tanh layer that fills an array by rows, and a linear one; `kind` is what the array is of."""

    kind: Any = "f"
    factor = 1.0

    def __init__(self, weights: Any = float) -> None:
        self.W1 = RNG.normal(size=(3, 3)).astype(weights)
        self.W2 = RNG.normal(size=(3, 2)).astype(weights)

    def fill(self, X: Any) -> Any:
        h = np.zeros((4, 3), dtype=self.kind)
        for i in range(4):
            h[i] = np.tanh(X[i] @ self.W1)
        return h

    def loss(self, X: Any) -> Any:
        self.X, self.h = X, self.fill(X)
        self.e = np.exp(self.h @ self.W2)
        return np.mean(self.e * R)

    def backward(self) -> None:
        d = self.e * R / R.size
        self.dW2 = self.h.T @ d
        self.dW1 = self.factor * self.X.T @ (d @ self.W2.T * (1 - self.h**2))


class Held(Rows):
    """The array is there from the start, and filled anew in each run."""

    def __init__(self, weights: Any = float) -> None:
        super().__init__(weights)
        self.h = np.empty((4, 3), dtype=self.kind)

    def fill(self, X: Any) -> Any:
        self.h[:] = np.tanh(X @ self.W1)
        return self.h


NETWORKS = [Rows, Held]


@pytest.mark.parametrize("weights", [float, np.float32])
@pytest.mark.parametrize("network", NETWORKS)
def test_arrays_of_float32_are_right_up_to_rounding(network: type[Rows], weights: Any) -> None:
    report = compare(network(weights), inputs=(X,))
    assert report.verdict == "right up to rounding"
    assert report.method == "complex step"
    assert report.measured_error < 1e-12
    assert "float32" in " ".join(report.notes)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_mistake_in_arrays_of_float32_is_wrong(
    network: type[Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "factor", 1 + 1e-4)
    report = compare(network(), inputs=(X,))
    assert {name: each.verdict for name, each in report.blocks.items()} == {
        "W2": "right up to rounding",
        "W1": "wrong",
    }


def test_the_line_that_makes_an_array_of_float32_is_told() -> None:
    line = Rows.fill.__code__.co_firstlineno + 1
    assert f"line {line} of test_digits_kept.py" in " ".join(compare(Rows(), inputs=(X,)).notes)


@pytest.mark.parametrize("network", [Rows, Held])
def test_arrays_of_float64_excuse_nothing(network: type[Rows], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "kind", float)
    report = compare(network(), inputs=(X,))
    assert (report.verdict, report.method) == ("right", "complex step")
    monkeypatch.setattr(network, "factor", 1 + 1e-7)
    assert compare(network(), inputs=(X,)).blocks["W1"].verdict == "wrong"


def test_data_are_rounded_as_the_program_rounds_them() -> None:
    def loss(w: Any) -> Any:
        x = np.asarray(X.astype("f") - np.float32(0.1), dtype="f")
        return abs(np.tanh(x @ w)).sum()

    w, x = RNG.normal(size=3), X.astype("f") - np.float32(0.1)
    report = compare(loss, {"w": w}, {"w": x.T @ (np.sign(x @ w) * (1 - np.tanh(x @ w) ** 2))})
    assert report.ok
    assert report.measured_error < 1e-6


def insists(w: Any) -> Any:
    made = np.ones(2, np.float32)
    assert made.dtype == np.float32
    return (w * w * made).sum()


def test_a_loss_that_insists_on_float32_runs_as_it_is() -> None:
    w = np.array([0.5, 2.0])
    assert compare(insists, {"w": w}, {"w": 2 * w}).ok
    assert compare(insists, {"w": w}, {"w": 3 * w}).verdict == "wrong"


def variance(w: Any) -> Any:
    return (w * w).var(axis=0).sum() + np.std(w[:, 0]) + np.var(w, axis=1, ddof=1, keepdims=True).sum()


def lengths(w: Any) -> Any:
    return np.abs(w).sum() ** 2 + np.linalg.norm(w) + np.linalg.norm(w, axis=1).sum() + abs(w[0, 0]) ** 3


def signs(w: Any) -> Any:
    return (np.sign(w) * w**2).sum() + float(np.fabs(w[0]).max() ** 2)


def scalars(w: Any) -> Any:
    return math.exp(w[0, 0]) * math.tanh(w[1, 1]) + float((w**2).sum()) + np.float64(w[2, 0]) ** 3


def filled(w: Any) -> Any:
    out = np.zeros_like(X[:3, :2])
    out += w * w
    np.add.at(out, np.array([0, 0, 1]), np.tanh(w))
    return np.array([out.sum(), out[0, 0] ** 2], dtype=float).sum().item()


class Drawing(Rows):
    """It draws by probabilities that it holds."""

    kind = float

    def __init__(self, weights: Any = float) -> None:
        super().__init__(weights)
        self.chances = np.array([0.5, 0.25, 0.125, 0.125])

    def fill(self, X: Any) -> Any:
        return super().fill(X) * np.random.RandomState(0).choice(4, 3, p=self.chances)

    def backward(self) -> None:
        d = self.e * R / R.size
        drawn = np.random.RandomState(0).choice(4, 3, p=self.chances)
        h = np.tanh(self.X @ self.W1)
        self.dW2 = self.h.T @ d
        self.dW1 = self.X.T @ (d @ self.W2.T * drawn * (1 - h**2))


def test_arrays_that_must_be_real_stay_so() -> None:
    report = compare(Drawing(), inputs=(X,))
    assert report.verdict == "right"
    assert report.method == "complex step"


AT = RNG.normal(size=(3, 2)) + np.sign(RNG.normal(size=(3, 2)))


def slope(loss: Any, i: tuple[int, int]) -> float:
    """Return a slope by differences of four points."""

    def at(t: float) -> float:
        w = AT.copy()
        w[i] += t
        return float(loss(w))

    step = 1e-3
    return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)


@pytest.mark.parametrize("loss", [variance, lengths, signs, scalars, filled])
def test_complex_steps_go_through(loss: Any) -> None:
    hand = np.array([[slope(loss, (i, j)) for j in range(2)] for i in range(3)])
    report = compare(loss, {"w": AT}, {"w": hand})
    assert report.method == "complex step"
    assert report.measured_error < 1e-12
    assert report.blocks["w"].error < 1e-8
