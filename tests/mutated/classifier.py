"""A relu layer and a softmax over scores, labels as integers, L2 with a half."""

import numpy as np

rng = np.random.default_rng(3)
X = rng.normal(size=(5, 3))
y = np.array([0, 2, 1, 1, 2])
reg = 0.05
at = {
    "W1": rng.normal(size=(3, 4)),
    "b1": rng.normal(size=4),
    "W2": rng.normal(size=(4, 3)),
    "b2": rng.normal(size=3),
}


def forward(W1, b1, W2, b2):
    hidden = np.maximum(0, X @ W1 + b1)
    scores = hidden @ W2 + b2
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, e / e.sum(axis=1, keepdims=True)


def loss(W1, b1, W2, b2):
    _, probs = forward(W1, b1, W2, b2)
    data = -np.log(probs[np.arange(len(y)), y]).mean()
    return data + 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)


def backward(W1, b1, W2, b2):
    hidden, probs = forward(W1, b1, W2, b2)
    n = len(y)
    dscores = probs.copy()
    dscores[np.arange(n), y] -= 1
    dscores /= n
    dW2 = hidden.T @ dscores
    db2 = np.sum(dscores, axis=0)
    dhidden = dscores @ W2.T
    dhidden = dhidden * (hidden > 0)
    dW1 = X.T @ dhidden
    db1 = np.sum(dhidden, axis=0)
    dW2 += reg * W2
    dW1 += reg * W1
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
