"""Where a gradient has few numbers much would explain it: what is named must be more than a coincidence."""

import numpy as np
import pytest

from autograd_scratch import compare
from autograd_scratch.checking.diagnosis import Hand

rng = np.random.default_rng(6)
R = rng.normal


def named(report):
    return [(mistake.kind, *mistake.together) for mistake in report.mistakes]


def rnn(steps, kind=""):
    """Return a loss of a loop over time, weights, and a backward pass with a mistake on the way back."""
    draw = np.random.default_rng(steps)
    xs, ys = draw.normal(size=(steps, 2)), draw.normal(size=(steps, 2))
    at = {"Wx": draw.normal(size=(2, 2)), "Wh": draw.normal(size=(2, 2))}

    def loss(Wx, Wh):
        h, total = np.zeros(2), 0.0
        for x, y in zip(xs, ys):
            h = np.tanh(Wx @ x + Wh @ h)
            total = total + np.sum((h - y) ** 2)
        return total

    def backward(Wx, Wh):
        hs = [np.zeros(2)]
        for x in xs:
            hs.append(np.tanh(Wx @ x + Wh @ hs[-1]))
        dWx, dWh, later = np.zeros((2, 2)), np.zeros((2, 2)), np.zeros(2)
        for t in reversed(range(steps)):
            dz = (2 * (hs[t + 1] - ys[t]) + later) * (1 - hs[t + 1] ** 2)
            dWx += np.outer(dz, xs[t])
            dWh += np.outer(dz, hs[t + 1] if kind == "other_operand" else hs[t])
            later = {"transposed": Wh @ dz, "detached": 0.0 * dz}.get(kind, Wh.T @ dz)
        return {"Wx": dWx, "Wh": dWh}

    return loss, at, backward


@pytest.mark.parametrize("steps", [2, 3, 4])
@pytest.mark.parametrize("kind", ["transposed", "detached"])
def test_what_is_wrong_on_the_way_back_in_time_is_named_from_two_rounds_on(steps, kind):
    """In the first round of two the state is 0, so that the gradient of its weights is right."""
    assert compare(*rnn(steps)).ok
    assert named(compare(*rnn(steps, kind)))[0] == (kind,)


@pytest.mark.parametrize("steps", [2, 3, 5])
def test_the_state_of_another_round_is_no_transposed_one(steps):
    first = compare(*rnn(steps, "other_operand")).mistakes[0]
    assert first.kind == "other_operand"
    assert "round" in first.evidence


XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ERRORS = {
    "the target left out": (lambda a, y: a, "path_missing"),
    "the prediction left out": (lambda a, y: -y, "path_missing"),
    "+ for -": (lambda a, y: a + y, "sign"),
}


@pytest.mark.parametrize(("error", "kind"), ERRORS.values(), ids=ERRORS)
def test_what_is_wrong_with_an_error_is_named_with_one_output(error, kind):
    y = np.array([[0.0], [1.0], [1.0], [0.0]])
    at = {"W1": R(size=(2, 3)), "W2": R(size=(3, 1))}

    def loss(W1, W2):
        a1 = 1 / (1 + np.exp(-(XOR @ W1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2)))
        return np.mean((a2 - y) ** 2) / 2

    def backward(W1, W2):
        a1 = 1 / (1 + np.exp(-(XOR @ W1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2)))
        d2 = error(a2, y) / 4 * a2 * (1 - a2)
        return {"W2": a1.T @ d2, "W1": XOR.T @ (d2 @ W2.T * a1 * (1 - a1))}

    assert named(compare(loss, at, backward))[0] == (kind,)


@pytest.mark.parametrize("seed", range(8))
def test_a_constant_for_one_unit_is_no_step_of_descent(seed):
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=2), draw.normal()
    at = {"W": draw.normal(size=(1, 2)), "v": draw.normal(size=1)}

    def loss(W, v):
        return np.sum((v * np.tanh(W @ x) - y) ** 2)

    def backward(W, v):
        h = np.tanh(W @ x)
        d = 2 * (v * h - y)
        return {"v": d * h, "W": draw.uniform(0.2, 0.9) * np.outer(d * v * (1 - h * h), x)}

    kinds = {kind for found in named(compare(loss, at, backward)) for kind in found}
    assert kinds <= {"scale"}


@pytest.mark.parametrize("seed", range(4))
def test_a_penalty_that_is_parallel_to_the_rest_tells_of_no_constant(seed):
    """One sample, and weights that are a multiple of it: any gradient is some penalty."""
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=3), draw.normal()
    at = {"w": 0.7 * x, "b": np.array([0.3])}

    def loss(w, b):
        return np.sum((w @ x + b - y) ** 2) + 0.1 * np.sum(w**2)

    def backward(w, b):
        d = 2 * (w @ x + b - y)
        return {"b": d, "w": d * x + 0.2 * draw.uniform(1.2, 1.9) * w}

    evidence = [mistake.evidence for mistake in compare(loss, at, backward).mistakes]
    assert not any("regularization term of w counted" in told for told in evidence)


def test_no_number_is_near_infinity():
    """With exp(exp(z)) for exp(z) a gradient is infinite, and so is what is small beside it."""
    hand = Hand({"W": [1.0, 2.0]}, {"W": (2,)}, 1e-9, {"W": [0.0, 0.0]})
    assert hand.equals("W", [1.0, 2.0])
    assert not hand.equals("W", [np.inf, np.inf])


def test_two_mistakes_do_not_undo_each_other():
    """All but the largest get the gradient: that is no maximum which is a constant besides."""
    X, y = R(size=(1, 2)), R(size=1)
    at = {"W": R(size=(2, 4)), "v": R(size=2)}

    def loss(W, v):
        return np.sum((np.tanh(X @ W).reshape(1, 2, 2).max(axis=2) @ v - y) ** 2)

    def backward(W, v):
        a = np.tanh(X @ W)
        windows = a.reshape(1, 2, 2)
        p = windows.max(axis=2)
        d = 2 * (p @ v - y)
        others = (windows != p[:, :, None]) * (d[:, None] * v)[:, :, None]
        return {"v": p.T @ d, "W": X.T @ (others.reshape(1, 4) * (1 - a * a))}

    assert all("detached" not in kinds for kinds in named(compare(loss, at, backward)))


def test_lines_that_the_loss_does_not_depend_on_are_no_place_of_a_mistake():
    X, Y = R(size=(4, 3)), R(size=(4, 2))

    def both(W):
        error = X @ W - Y
        gradient = X.T @ error
        return np.sum(error**2) / 2, gradient

    def loss(W):
        return both(W)[0]

    report = compare(loss, {"W": R(size=(3, 2))}, lambda W: {"W": X.T @ (2 * X @ W - Y)})
    assert not any(
        "gradient" in mistake.evidence.replace("the gradient", "") for mistake in report.mistakes
    )


FORMULAS = {
    "a difference in parentheses": (
        lambda f, g: (1 - f) * g,
        lambda f, g, d: (-d * g, d),
        ("dg = dc * (1 - f)", "dg = dc"),
    ),
    "a divisor": (
        lambda f, g: g / f,
        lambda f, g, d: (-d * g / f**2, d),
        ("dg = dc / f", "dg = dc"),
    ),
    "what is divided": (
        lambda f, g: g / f,
        lambda f, g, d: (-d / f**2, d / f),
        ("df = -dc * g / f ** 2", "df = -dc / f ** 2"),
    ),
}


@pytest.mark.parametrize(("combine", "back", "formula"), FORMULAS.values(), ids=FORMULAS)
def test_both_sides_of_a_formula_are_written_once(combine, back, formula):
    X, Y = R(size=(3, 2)), R(size=(3, 2))
    at = {"A": R(size=(2, 2)), "B": R(size=(2, 2))}

    def loss(A, B):
        f = 1 / (1 + np.exp(-(X @ A)))
        g = np.tanh(X @ B)
        c = combine(f, g)
        return np.sum((c - Y) ** 2)

    def backward(A, B):
        f, g = 1 / (1 + np.exp(-(X @ A))), np.tanh(X @ B)
        df, dg = back(f, g, 2 * (combine(f, g) - Y))
        return {"A": X.T @ (df * f * (1 - f)), "B": X.T @ (dg * (1 - g * g))}

    first = compare(loss, at, backward).mistakes[0]
    assert first.kind == "factor_missing"
    assert (first.formula.derived, first.formula.implied) == formula


def test_the_formula_of_a_log_softmax_is_its_own():
    X, T, weight = R(size=(4, 3)), np.eye(2)[[0, 1, 1, 0]], np.array([[1.0], [2.0], [0.5], [1.5]])

    def loss(W):
        z = X @ W
        out = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        return -np.sum(weight * T * out)

    def backward(W):
        z = X @ W
        return {"W": X.T @ (np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - weight * T)}

    first = compare(loss, {"W": R(size=(3, 2))}, backward).mistakes[0]
    assert first.kind == "factor_missing"
    assert first.formula.derived == "dz = dout - exp(out) * sum(dout, axis=1)"
    assert first.formula.implied == "dz = dout + exp(out)"


def test_the_formula_of_a_sigmoid_of_minus_a_number_has_its_sign():
    x = R(size=3)

    def loss(w, a):
        s = 0.0
        for t in range(3):
            s = s + (w * x[t] * (1 / (1 + np.exp(-a)))) ** 2
        return s

    at = {"w": np.array(0.8), "a": np.array(0.3)}
    k = 1 / (1 + np.exp(-0.3))
    hand = {"w": 2 * 0.8 * k * k * np.sum(x**2), "a": 2 * k * np.sum((0.8 * x) ** 2) * k}
    for mistake in compare(loss, at, hand).mistakes:
        told = mistake.formula.derived if mistake.formula else ""
        assert not told.startswith("d(-a) = d"), told


def linear(w, b):
    return np.sum((LITTLE @ w + b - AIMS) ** 2)


LITTLE, AIMS = R(size=(2, 3)), R(size=2)


def test_one_sample_that_counts_otherwise_is_no_step_of_descent():
    """Of two samples of a linear loss a step after the first only stretches the second one's gradient."""
    at = {"w": R(size=3), "b": R()}
    error = 2 * np.array([1.0, 1.37123]) * (LITTLE @ at["w"] + at["b"] - AIMS)
    report = compare(linear, at, {"w": LITTLE.T @ error, "b": error.sum()})
    assert "stale_weights" not in {mistake.kind for mistake in report.mistakes}


def test_what_is_parallel_to_one_sample_is_no_step_of_descent():
    x, t = R(size=(1, 3)), R(size=(1, 2))
    at = {"W1": R(size=(3, 4)), "W2": R(size=(4, 2))}
    a = np.tanh(x @ at["W1"])
    e = 2 * (a @ at["W2"] - t)
    da = e @ at["W2"].T - 0.0371923 * a
    hand = {"W1": x.T @ (da * (1 - a * a)), "W2": a.T @ e}
    report = compare(lambda W1, W2: np.sum((np.tanh(x @ W1) @ W2 - t) ** 2), at, hand)
    assert "stale_weights" not in {mistake.kind for mistake in report.mistakes}


@pytest.mark.parametrize("aims", [AIMS, LITTLE @ np.ones(3)])
def test_at_a_minimum_a_gradient_is_wrong_and_nothing_is_named(aims):
    report = compare(lambda w: np.sum((LITTLE @ w - aims) ** 2), {"w": np.ones(3)}, {"w": R(size=3)})
    assert report.verdict == "wrong"
    assert not report.mistakes


@pytest.mark.parametrize("off", [1e-7, 1e-6, 1e-5])
def test_nobody_multiplies_by_nearly_one(off):
    at = {"w": R(size=3), "b": R()}
    error = 2 * (LITTLE @ at["w"] + at["b"] - AIMS)
    hand = {"w": (1 + off) * (LITTLE.T @ error), "b": error.sum()}
    assert not compare(linear, at, hand).mistakes


def test_samples_of_a_loop_with_branches_are_not_mixed_up():
    X, y, w = R(size=(4, 3)), [1, 1, 0, 0], R(size=3)

    def loss(w):
        total = 0.0
        for x, t in zip(X, y):
            p = 1 / (1 + np.exp(-(w @ x)))
            if t == 1:
                total += -np.log(p)
            else:
                total += -np.log(1 - p)
        return total

    errors = [1 / (1 + np.exp(-(w @ x))) - t for x, t in zip(X, y)]
    assert not compare(loss, {"w": w}, {"w": errors[1] * X[1] + errors[3] * X[3]}).mistakes
    mistake = compare(loss, {"w": w}, {"w": errors[2] * X[2]}).mistakes[0]
    assert mistake.kind == "single_sample"
    assert "sample 2 of dw alone" in mistake.evidence


def test_the_weight_of_a_penalty_is_no_number_of_terms():
    X, Y, W = R(size=(4, 3)), R(size=(4, 3)), R(size=(3, 3))
    gradient = 2 * X.T @ (X @ W - Y) + 0.2 * W
    report = compare(
        lambda W: np.sum((X @ W - Y) ** 2) + 0.1 * np.sum(W**2), {"W": W}, {"W": 10 * gradient}
    )
    assert [mistake.kind for mistake in report.mistakes] == ["scale"]


def test_the_formula_of_two_layers_is_that_of_the_last():
    X, Y = R(size=(4, 3)), R(size=(4, 2))
    at = {"W1": R(size=(3, 4)), "W2": R(size=(4, 2))}

    def loss(W1, W2):
        h = 1 / (1 + np.exp(-(X @ W1)))
        out = 1 / (1 + np.exp(-(h @ W2)))
        return np.sum((out - Y) ** 2)

    def backward(W1, W2):
        h = 1 / (1 + np.exp(-(X @ W1)))
        out = 1 / (1 + np.exp(-(h @ W2)))
        d2 = 2 * (out - Y) * (1 - out)
        return {"W2": h.T @ d2, "W1": X.T @ (d2 @ W2.T * (1 - h))}

    formula = compare(loss, at, backward).mistakes[0].formula
    assert formula.derived == "d(h @ W2) = dout * out * (1 - out)"
    assert formula.implied == "d(h @ W2) = dout * (1 - out)"


def test_what_gives_the_right_gradient_explains_no_noise():
    """Of a mean that is subtracted the derivative is 0: -2 * (1 - z) is as good as 2 * z below it."""
    X, y = R(size=(6, 2)), R(size=6)
    at = {"W": R(size=(2, 3)), "v": R(size=3)}

    def loss(W, v):
        z = X @ W
        centered = z - z.mean(axis=0)
        return np.mean((centered / np.sqrt((centered**2).mean(axis=0) + 1e-5) @ v - y) ** 2)

    def backward(W, v):
        z = X @ W
        centered = z - z.mean(axis=0)
        s = np.sqrt((centered**2).mean(axis=0) + 1e-5)
        n = centered / s
        d = 2 * (n @ v - y) / len(y)
        dn = np.outer(d, v)
        dz = (dn - dn.mean(axis=0) - n * np.mean(dn * n, axis=0)) / s
        dW = X.T @ dz
        dW[0, 0] *= 1 + 3e-7
        return {"W": dW, "v": n.T @ d}

    assert not compare(loss, at, backward).mistakes
