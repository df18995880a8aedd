"""Gradients of the loss without the small constant that guards a logarithm, a root or a division."""

from typing import Any

import numpy as np
import pytest

from autograd_scratch import compare

RNG = np.random.default_rng(7)
X, LABELS = RNG.normal(size=(5, 4)), np.array([0, 2, 1, 1, 0])
T = np.eye(3)[LABELS]
AT = {
    "W1": RNG.normal(size=(4, 6)),
    "b1": RNG.normal(size=6),
    "W2": RNG.normal(size=(6, 3)),
    "b2": np.zeros(3),
}
EPSILON = 1e-7


def hidden(W1: Any, b1: Any) -> Any:
    return np.tanh(X @ W1 + b1)


def probabilities(W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    e = np.exp(hidden(W1, b1) @ W2 + b2)
    return e / e.sum(axis=1, keepdims=True)


def by_table(**at: Any) -> Any:
    return -np.sum(T * np.log(probabilities(**at) + EPSILON)) / len(X)


def by_labels(**at: Any) -> Any:
    return -np.mean(np.log(probabilities(**at)[np.arange(5), LABELS] + EPSILON))


def backward(
    W1: Any, b1: Any, W2: Any, b2: Any, slope: Any = lambda h: 1 - h * h, count: int = 5, off: float = 0.0
) -> dict[str, Any]:
    h = hidden(W1, b1)
    d = (probabilities(W1, b1, W2, b2) - T) / count
    dz = d @ W2.T * slope(h)
    return {"W1": X.T @ dz, "b1": dz.sum(axis=0), "W2": h.T @ d + off, "b2": d.sum(axis=0)}


@pytest.mark.parametrize("loss", [by_table, by_labels])
def test_a_gradient_without_the_constant_is_right_up_to_rounding(loss: Any) -> None:
    report = compare(loss, AT, backward(**AT))
    assert report.verdict == "right up to rounding"
    line = loss.__code__.co_firstlineno + 1
    where = f"the 1e-07 that line {line} of test_epsilons.py adds"
    assert report.notes == (f"Your gradient leaves out {where}: it is that of the loss without.",)


@pytest.mark.parametrize("loss", [by_table, by_labels])
@pytest.mark.parametrize(
    ("mistake", "kind", "right"),
    [
        ({"slope": lambda h: 1.0}, "derivative_missing", {"W2", "b2"}),
        ({"count": 1}, "sum_for_mean", set()),
    ],
)
def test_a_mistake_beside_it_is_named(loss: Any, mistake: Any, kind: str, right: set[str]) -> None:
    report = compare(loss, AT, backward(**AT, **mistake))
    assert report.verdict == "wrong"
    assert {name for name, block in report.blocks.items() if block.ok} == right
    assert report.mistakes[0].kind == kind


def test_nothing_else_of_that_size_is_excused() -> None:
    report = compare(by_table, AT, backward(**AT, off=1e-7))
    assert [name for name, block in report.blocks.items() if not block.ok] == ["W2"]
    assert "float32" not in " ".join(report.notes)


def test_a_constant_that_is_not_small_there_is_part_of_the_loss() -> None:
    def loss(w: Any) -> Any:
        return np.log(w * w + 1e-4).sum()

    w = np.array([0.05, 1.0])
    assert compare(loss, {"w": w}, {"w": 2 * w / (w * w + 1e-4)}).verdict == "right"
    assert compare(loss, {"w": w}, {"w": 2 / w}).verdict == "wrong"


GUARDED: dict[str, tuple[Any, Any]] = {
    "a root": (lambda w: np.sqrt(w * w + 1e-8).sum(), np.sign),
    "a division": (lambda w: (1 / (w * w + 1e-8)).sum(), lambda w: -2 / w**3),
    "a power": (lambda w: ((w * w + 1e-8) ** -0.5).sum(), lambda w: -np.sign(w) / w**2),
}


@pytest.mark.parametrize(("loss", "slope"), GUARDED.values(), ids=GUARDED)
def test_roots_and_divisions_have_such_constants(loss: Any, slope: Any) -> None:
    w = np.array([0.5, -2.0, 1.5])
    report = compare(loss, {"w": w}, {"w": slope(w)})
    assert report.verdict == "right up to rounding"
    assert "leaves out the 1e-08" in " ".join(report.notes)
    assert compare(loss, {"w": w}, {"w": slope(w) * (1 + 1e-7)}).verdict == "wrong"


def test_a_small_number_elsewhere_is_none() -> None:
    def loss(w: Any) -> Any:
        return ((w + 1e-7) ** 2).sum()

    w = np.array([0.5, -2.0, 1.5])
    assert compare(loss, {"w": w}, {"w": 2 * w}).verdict == "wrong"


def test_one_of_two_constants_is_left_out() -> None:
    def loss(w: Any, v: Any) -> Any:
        return np.log(w * w + 1e-7).sum() + np.sqrt(v * v + 1e-6).sum()

    w, v = np.array([0.5, -2.0]), np.array([1.5, 0.75])
    right = v / np.sqrt(v * v + 1e-6)
    report = compare(loss, {"w": w, "v": v}, {"w": 2 / w, "v": right})
    assert report.verdict == "right up to rounding"
    assert "Your gradient of w leaves out the 1e-07" in " ".join(report.notes)
    assert "1e-06" not in " ".join(report.notes)
    both = compare(loss, {"w": w, "v": v}, {"w": 2 / w, "v": np.sign(v)})
    assert both.verdict == "right up to rounding"
    assert "1e-07" in " ".join(both.notes)
    assert "1e-06" in " ".join(both.notes)
