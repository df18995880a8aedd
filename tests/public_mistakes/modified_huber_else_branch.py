"""The mistake: the update of the modified Huber loss is 4 y x for d < -1 and (y - d y) x for every other d: the factor 2 is missing there, and
the samples with d >= 1 (loss 0) are pushed back too. Source: GitHub issue stdlib-js/stdlib #13111 and pull request #15317 (JavaScript; NumPy
here)."""

import numpy as np

rng = np.random.RandomState(5)
X = rng.randn(6, 3) * 1.5
y = np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
at = {"w": rng.randn(3)}


def loss(w):
    d = y * (X @ w)
    quadratic = np.maximum(0.0, 1.0 - d) ** 2
    return np.sum(np.where(d < -1.0, -4.0 * d, quadratic))


def backward(w):
    update = np.zeros_like(w)
    for i in range(len(X)):
        d = y[i] * np.dot(X[i], w)
        if d < -1.0:
            update += 4.0 * y[i] * X[i]
        else:
            update += (y[i] - d * y[i]) * X[i]
    return {"w": -update}


def right_backward(w):
    update = np.zeros_like(w)
    for i in range(len(X)):
        d = y[i] * np.dot(X[i], w)
        if d < -1.0:
            update += 4.0 * y[i] * X[i]
        elif d < 1.0:
            update += 2 * (y[i] - d * y[i]) * X[i]
    return {"w": -update}


EXPECTED = {"derivative_of_other", "other_loss", "factor_missing"}
