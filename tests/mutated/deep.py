"""A list of tanh layers in a loop, the last of them linear, with half the mean of squared errors."""

import numpy as np

rng = np.random.default_rng(5)
X = rng.normal(size=(4, 3))
Y = rng.normal(size=(4, 2))
at = {
    "W": [rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 2))],
    "b": [rng.normal(size=3), rng.normal(size=3), rng.normal(size=2)],
}


def forward(W, b):
    activations = [X]
    for i in range(len(W)):
        z = activations[i] @ W[i] + b[i]
        activations.append(np.tanh(z) if i < len(W) - 1 else z)
    return activations


def loss(W, b):
    out = forward(W, b)[-1]
    return 0.5 * np.sum((out - Y) ** 2) / len(X)


def backward(W, b):
    activations = forward(W, b)
    dW, db = [None] * len(W), [None] * len(W)
    delta = (activations[-1] - Y) / len(X)
    for i in reversed(range(len(W))):
        dW[i] = activations[i].T @ delta
        db[i] = delta.sum(axis=0)
        if i > 0:
            delta = delta @ W[i].T * (1 - activations[i] ** 2)
    return {"W": dW, "b": db}
