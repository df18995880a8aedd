"""Which mistake is named: wrong backward passes of many models, each with errors put in by hand."""

import numpy as np
import pytest
from conftest import close, long, one_of_each
from wrong_passes import cases, right_cases

from autograd_scratch import compare
from autograd_scratch.checking.findings import KINDS

# What is called wrong and not named as it was meant: steps that are taken inside of a loop over time, or
# along one use of a weight alone; and pairs for which another pair, or one mistake, gives the same.
OTHERWISE = {
    "TiedAutoencoder(n=7, float64): W already updated",
    "LastOutput(n=6, float64): Wh already updated",
    "LastOutput(n=16, float32): Wh already updated",
}
PAIRS_OTHERWISE = {
    "ColumnRelu(n=11, float64): no 1/m and A3 - Y",
    "ColumnRelu(n=16, float32): no 1/m and A3 - Y",
    "RegularizedLogistic(n=5, float64): no L2 and squared error",
    "ResidualBlock(n=5, float64): no residual scale and no relu'",
    "ResidualBlock(n=12, float32): no residual scale and no relu'",
    "Images(n=3, float64): tanh' missing and kernels transposed",
    "BatchedAttention(n=4, float64): no mean over time and b mean",
    "BatchedAttention(n=8, float32): no mean over time and b mean",
}

CASES = list(cases())


def facets(case):
    model = case.name.partition("(")[0]
    return {model, *case.kinds, (case.double, *case.kinds[:1])}


def named(report):
    """Return the kinds of the likeliest explanation."""
    if not report.mistakes:
        return ()
    first = report.mistakes[0]
    return first.kind, *first.together


def is_named(case, report):
    if case.double:
        return set(case.kinds) <= set(named(report))
    return len(named(report)) == 1 and named(report)[0] in case.kinds


@pytest.mark.parametrize("case", one_of_each(CASES, facets, lambda case: case.name))
def test_the_mistake_is_named_first(case):
    report = compare(case.loss, case.at, case.hand)
    assert report.verdict in ("wrong", "shapes do not match")
    assert not report
    if not case.kinds:
        assert report.mistakes == ()
    elif case.name in OTHERWISE | PAIRS_OTHERWISE:
        assert not is_named(case, report), f"{case.name} is named now; strike it from the list"
    else:
        assert is_named(case, report), f"{case.kinds}, and named is {named(report)}"
    assert all(mistake.kind in KINDS for mistake in report.mistakes)
    assert all(mistake.evidence for mistake in report.mistakes)
    told = [(mistake.kind, mistake.evidence) for mistake in report.mistakes]
    assert len({*told}) == len(told)


def test_all_kinds_are_tried():
    assert {kind for case in CASES for kind in case.kinds} == set(KINDS)


def one_unit(n, seed):
    """Return a network with one hidden unit, and its backward pass with two possible mistakes."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, 2)), rng.normal(size=(n, 1))
    at = {"W1": rng.normal(size=(2, 1)), "W2": rng.normal(size=(1, 1))}

    def loss(W1, W2):
        return ((np.tanh(X @ W1) @ W2 - y) ** 2).mean()

    def backward(factor=1.0, step=0.0):
        a = np.tanh(X @ at["W1"])
        d = 2 * (a @ at["W2"] - y) / n
        dW2 = a.T @ d
        return {"W1": factor * X.T @ (d @ (at["W2"] - step * dW2).T * (1 - a * a)), "W2": dW2}

    return loss, at, backward


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("factor", "kind"), [(-1.0, "sign"), (0.5, "scale"), (2.0, "scale"), (5.0, "sum_for_mean")]
)
def test_a_constant_is_no_step_of_descent(factor, kind, seed):
    loss, at, backward = one_unit(5, seed)
    report = compare(loss, at, backward(factor))
    assert [mistake.kind for mistake in report.mistakes] == [kind]
    report = compare(loss, at, backward(step=0.1))
    assert report.mistakes[0].kind == "stale_weights"
    assert close(report.mistakes[0].factor, 0.1, 1e-9)


@pytest.mark.parametrize("seed", [0, *map(long, range(1, 6))])
@pytest.mark.parametrize("factor", [2.0, 5.0, 0.5, -1.0])
def test_a_constant_is_no_step_of_descent_where_a_penalty_comes_on_top(factor, seed):
    loss, at, backward = one_unit(5, seed)
    hand = backward(factor)
    hand["W1"] += 0.2 * at["W1"]
    report = compare(lambda W1, W2: loss(W1, W2) + 0.1 * (W1**2).sum(), at, hand)
    assert report.mistakes[0].kind in ("scale", "sign", "sum_for_mean")
    assert "stale_weights" not in {mistake.kind for mistake in report.mistakes}
    assert close(report.mistakes[0].factor, factor, 1e-9)


@pytest.mark.parametrize("size", [1.0, 1e-150, 1e-200, 1e150])
@pytest.mark.parametrize(
    ("mistake", "decay", "counted", "kind"),
    [
        ({}, 0.1, 2.0, "scale"),
        ({}, 0.1, 0.0, "regularization_missing"),
        ({"factor": 5.0}, 0.0, 1.0, "sum_for_mean"),
        ({"step": 0.1}, 0.1, 1.0, "stale_weights"),
    ],
)
def test_names_of_mistakes_do_not_depend_on_size(size, mistake, decay, counted, kind):
    loss, at, backward = one_unit(5, seed=0)
    hand = backward(**mistake)
    report = compare(
        lambda W1, W2: size * (loss(W1, W2) + decay * (W1**2).sum()),
        at,
        {"W1": size * (hand["W1"] + counted * 2 * decay * at["W1"]), "W2": size * hand["W2"]},
    )
    assert report.mistakes[0].kind == kind


@pytest.mark.parametrize(
    ("factor", "kinds"), [(0.37, {"scale"}), (-2.6, {"sign", "scale"}), (2.0, {"scale"})]
)
def test_another_loss_is_more_than_a_constant(factor, kinds):
    """One sample of a hinge counts: there the slope of any loss is a multiple of that of any other one."""
    X, y = np.array([[0.3, -1.2], [0.8, 0.5]]), np.array([[1.0], [-1.0]])
    at = {"W1": np.array([[0.7, -0.4], [-1.1, 0.6]]), "W2": np.array([[1.5], [0.8]])}

    def loss(W1, W2):
        out = np.tanh(X @ W1) @ W2
        return np.maximum(0.0, 0.5 - y * out).sum() + 0.1 * ((W1**2).sum() + (W2**2).sum())

    a = np.tanh(X @ at["W1"])
    d = factor * -y * (y * (a @ at["W2"]) < 0.5)
    assert np.count_nonzero(d) == 1
    hand = {"W1": X.T @ (d @ at["W2"].T * (1 - a * a)) + 0.2 * at["W1"], "W2": a.T @ d + 0.2 * at["W2"]}
    report = compare(loss, at, hand)
    assert report.verdict == "wrong"
    assert {*named(report)} == kinds
    assert not {"other_loss", "softmax_elementwise"} & {mistake.kind for mistake in report.mistakes}


@pytest.mark.parametrize("case", one_of_each(right_cases(), facets, lambda case: case.name))
def test_what_is_right_is_not_called_wrong(case):
    report = compare(case.loss, case.at, case.hand)
    assert report.ok
    assert report.mistakes == ()


def test_a_log_softmax_that_is_differentiated_entry_by_entry_is_named():
    rng = np.random.default_rng(0)
    X, weights = rng.normal(size=(4, 2)), rng.normal(size=(4, 3))
    at = {"W": rng.normal(size=(2, 3))}

    def log_softmax(z):
        return z - np.log(np.exp(z).sum(axis=1, keepdims=True))

    def loss(W):
        return (weights * log_softmax(X @ W) ** 2).sum()

    out = log_softmax(X @ at["W"])
    d = 2.0 * weights * out
    right = X.T @ (d - np.exp(out) * d.sum(axis=1, keepdims=True))
    assert compare(loss, at, {"W": right}).verdict == "right"
    report = compare(loss, at, {"W": X.T @ (d * (1.0 - np.exp(out)))})
    assert named(report) == ("softmax_elementwise",)


@pytest.mark.parametrize(
    ("factor", "missing", "title"),
    [
        (7.0, "", "a sum stands for a mean: the division by 7 (the rows of X) is missing"),
        (1 / 7, "", "a mean stands for a sum: the division by 7 (the rows of X) is one too many"),
        (1.0, "W2", "a sum stands for a mean: the division by 7 (the rows of X) is missing"),
    ],
)
def test_of_a_sum_for_a_mean_it_is_said_which_and_what_is_missing(factor, missing, title):
    loss, at, backward = one_unit(7, seed=0)
    hand = backward(factor)
    hand["W2"] = hand["W2"] * (7.0 if missing else factor)
    report = compare(loss, at, hand)
    first = report.mistakes[0]
    assert (first.kind, first.title) == ("sum_for_mean", title)
    assert f"most likely, {title}" in str(report)
    assert "with N = 7 samples (the rows of X)" in first.evidence
    formula = {first.formula.derived, first.formula.implied}
    assert any(text.endswith("(...) / 7") for text in formula)
    assert any(text.endswith("= ...") for text in formula)


def test_a_division_that_is_left_out_inside_of_the_loss_is_told():
    X = np.arange(12.0).reshape(4, 3)
    w = np.array([0.3, -0.2, 0.5])

    def loss(w):
        z = X @ w
        m = np.sum(z) / len(X)
        return np.sum(np.tanh(z - m) ** 2) + m**2

    z = X @ w
    m = z.mean()
    out = np.tanh(z - m)
    dz = 2 * out * (1 - out * out)
    dm = 2 * m - dz.sum()
    report = compare(loss, {"w": w}, {"w": X.T @ (dz + dm)})
    assert report.mistakes[0].title == (
        "a sum stands for a mean: the division by 4 (the rows of X) is missing"
    )
    assert "With the division by 4 in line" in report.mistakes[0].evidence


def two_layers(n=6):
    """Return a network with biases, and the right gradients of its parts."""
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(n, 2)), rng.normal(size=(n, 3))
    at = {
        "W1": rng.normal(size=(2, 4)),
        "b1": rng.normal(size=4),
        "W2": rng.normal(size=(4, 3)),
        "b2": rng.normal(size=3),
    }

    def loss(W1, b1, W2, b2):
        out = np.tanh(X @ W1 + b1) @ W2 + b2
        return ((out - y) ** 2).sum()

    a = np.tanh(X @ at["W1"] + at["b1"])
    d = 2.0 * (a @ at["W2"] + at["b2"] - y)
    dz = (d @ at["W2"].T) * (1.0 - a * a)
    return loss, at, {"W1": X.T @ dz, "b1": dz.sum(axis=0), "W2": a.T @ d, "b2": d.sum(axis=0)}, dz


@pytest.mark.parametrize(
    ("reduced", "title"),
    [
        (lambda dz: dz.mean(axis=0), "is a mean over 6 samples, not their sum"),
        (lambda dz: np.full(4, dz.sum()), "is added up over all axes"),
        (lambda dz: dz, "is not added up"),
        (lambda dz: dz.sum(axis=1), "is added up over axis 1"),
        (lambda dz: dz.mean(axis=1), "is averaged over axis 1"),
        (lambda dz: dz.sum(axis=0) / 4, "is divided by 4"),
    ],
)
def test_how_the_gradient_of_a_bias_is_added_up_is_told(reduced, title):
    loss, at, right, dz = two_layers()
    report = compare(loss, at, right | {"b1": reduced(dz)})
    titles = [mistake.title for mistake in report.mistakes if mistake.kind == "bias_reduction"]
    assert titles[0] == f"the gradient of the bias b1 {title}"


def test_of_two_blocks_the_same_is_said_once():
    loss, at, right, _ = two_layers()
    report = compare(loss, at, right | {"W1": 0.7 * right["W1"], "W2": 0.7 * right["W2"]})
    assert any("With dW2 and dW1 multiplied by 0.7, all 4" in each.evidence for each in report.mistakes)
