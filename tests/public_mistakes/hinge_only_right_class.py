"""The mistake: only the row of the right class gets a gradient, -x_i; the row r of the strongest other class, which gets +x_i, is
forgotten. Source: Cross Validated, "Gradient for hinge loss multiclass" (max over r inside of the hinge)."""

import numpy as np

rng = np.random.RandomState(50)
k, n = 4, 3
xs = [rng.randn(n) for _ in range(8)]
ys = [0, 3, 1, 2, 2, 0, 1, 3]
at = {"W": rng.randn(k, n) * 0.4}


def strongest_other(scores, y):
    others = [r for r in range(k) if r != y]
    return others[int(np.argmax([scores[r] for r in others]))]


def loss(W):
    total = 0.0
    for x, y in zip(xs, ys):
        scores = W.dot(x)
        other = np.max(np.delete(scores, y))
        total += np.maximum(0, 1 + other - scores[y])
    return total


def _gradient(W, right):
    dW = np.zeros_like(W)
    for x, y in zip(xs, ys):
        scores = W.dot(x)
        r = strongest_other(scores, y)
        if scores[y] <= 1 + scores[r]:
            dW[y] -= x
            if right:
                dW[r] += x
    return {"W": dW}


def backward(W):
    return _gradient(W, False)


def right_backward(W):
    return _gradient(W, True)


EXPECTED = {"path_missing", "shared_use_missing"}
