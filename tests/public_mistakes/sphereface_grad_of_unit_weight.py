"""The mistake: the forward pass takes w' = w / ||w||, the backward pass gives dE/dw' as the gradient of w,
without dw'/dw. Source: GitHub issue wy1iu/sphereface #24, "About the gradient on W" (margin 1, softmax
loss)."""

import numpy as np

rng = np.random.RandomState(24)
x = rng.randn(5, 4)
labels = rng.randint(0, 3, 5)
at = {"weight": rng.randn(3, 4) * 1.5}


def forward(weight):
    norm = np.sqrt(np.sum(weight**2, axis=1, keepdims=True))
    unit = weight / norm
    z = x @ unit.T
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return norm, unit, e / e.sum(axis=1, keepdims=True)


def loss(weight):
    prob = forward(weight)[-1]
    return -np.mean(np.log(prob[np.arange(5), labels]))


def _backward(weight, right):
    norm, unit, prob = forward(weight)
    top_diff = prob.copy()
    top_diff[np.arange(5), labels] -= 1
    top_diff /= 5
    dunit = top_diff.T @ x
    if not right:
        return {"weight": dunit}
    return {"weight": (dunit - unit * np.sum(dunit * unit, axis=1, keepdims=True)) / norm}


def backward(weight):
    return _backward(weight, False)


def right_backward(weight):
    return _backward(weight, True)


EXPECTED = {"derivative_missing", "detached", "path_missing"}
