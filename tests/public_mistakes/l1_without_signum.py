"""The mistake: the L1 penalty's gradient is the bare lambda, without the sign of theta: "the thetas would simply be pushed into negative
values". Read off the update. Source: GitHub pull request ufal/npfl114 #34, "Fix L1 norm update"."""

import numpy as np

rng = np.random.RandomState(23)
data, y = rng.randn(7, 4), rng.randn(7)
at = {"thetas": rng.randn(4), "intercept": np.array(0.3)}
lr, l1 = 0.05, 0.2


def loss(thetas, intercept):
    return np.mean((data @ thetas + intercept - y) ** 2) / 2 + l1 * np.sum(np.abs(thetas))


def step(thetas, intercept, right):
    error = data @ thetas + intercept - y
    new = thetas - lr * (data.T @ error / len(data))
    if right:
        new = new - lr * l1 * np.sign(thetas)
    else:
        new = new - lr * l1
    return new, intercept - lr * np.mean(error)


def _read_off(thetas, intercept, right):
    t, i = step(thetas, intercept, right)
    return {"thetas": (thetas - t) / lr, "intercept": (intercept - i) / lr}


def backward(**p):
    return _read_off(**p, right=False)


def right_backward(**p):
    return _read_off(**p, right=True)


EXPECTED = {"derivative_missing", "derivative_of_other", "factor_missing"}
