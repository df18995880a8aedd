"""The mistake: the errors that come in are multiplied with the logistic function's derivative first, and the derivative of the sparsity penalty is added after it,
so the penalty's part is without it. Source: GitHub pull request april-org/april-ann #120, "Sparse logistic" (review: "Move this derivative to the end of the
function, after the addition of sparsity penalty derivative"; C++, here NumPy)."""

import numpy as np

rng = np.random.RandomState(120)
x = rng.rand(5, 4)
beta, rho = 0.5, 0.2
m = len(x)
at = {"w1": rng.randn(4, 3), "b1": rng.randn(3) * 0.2, "w2": rng.randn(3, 4), "b2": rng.randn(4) * 0.2}


def logistic(z):
    return 1 / (1 + np.exp(-z))


def forward(w1, b1, w2, b2):
    a = logistic(x @ w1 + b1)
    return a, a @ w2 + b2


def loss(w1, b1, w2, b2):
    a, out = forward(w1, b1, w2, b2)
    avg = np.mean(a, axis=0)
    kl = np.sum(rho * np.log(rho / avg) + (1 - rho) * np.log((1 - rho) / (1 - avg)))
    return 0.5 * np.sum((out - x) ** 2) + beta * m * kl


def _backward(w1, b1, w2, b2, right):
    a, out = forward(w1, b1, w2, b2)
    d = out - x
    avg = np.mean(a, axis=0)
    sparse_gradients = -rho / avg + (1 - rho) / (1 - avg)
    errors = d @ w2.T
    if right:
        errors = (errors + beta * sparse_gradients) * a * (1 - a)
    else:
        errors = errors * a * (1 - a)
        errors = errors + beta * sparse_gradients
    return {"w1": x.T @ errors, "b1": errors.sum(0), "w2": a.T @ d, "b2": d.sum(0)}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"derivative_missing"}
