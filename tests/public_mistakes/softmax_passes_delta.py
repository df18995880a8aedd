"""The mistake: the backward pass of the softmax layer copies the gradient of its output to its input (net.delta += l.delta); the
Jacobian is left out. The loss is a squared error of the probabilities, as in darknet's SSE cost.
Source: github.com/pjreddie/darknet pull request 96, "Softmax" ("implemented incorrectly, by simply copying gradient")."""

import numpy as np

rng = np.random.RandomState(96)
batch, n_in, n_hidden, classes = 4, 4, 3, 3
data = rng.rand(batch, n_in)
truth = np.eye(classes)[[0, 2, 1, 0]]
at = {
    "w1": rng.randn(n_hidden, n_in) * 0.6,
    "b1": rng.randn(n_hidden) * 0.1,
    "w2": rng.randn(classes, n_hidden) * 0.8,
    "b2": rng.randn(classes) * 0.1,
}


def forward(w1, b1, w2, b2):
    hidden = np.zeros((batch, n_hidden))
    logits = np.zeros((batch, classes))
    out = np.zeros((batch, classes))
    for b in range(batch):
        hidden[b] = np.tanh(np.dot(w1, data[b]) + b1)
        logits[b] = np.dot(w2, hidden[b]) + b2
        e = np.exp(logits[b] - np.max(logits[b]))
        out[b] = e / np.sum(e)
    return hidden, out


def loss(w1, b1, w2, b2):
    hidden, out = forward(w1, b1, w2, b2)
    return 0.5 * np.sum((out - truth) ** 2)


def _backward(w1, b1, w2, b2, right):
    hidden, out = forward(w1, b1, w2, b2)
    g = {"w1": np.zeros_like(w1), "b1": np.zeros_like(b1), "w2": np.zeros_like(w2), "b2": np.zeros_like(b2)}
    for b in range(batch):
        delta = out[b] - truth[b]
        if right:
            delta = out[b] * (delta - np.dot(out[b], delta))
        g["w2"] += np.outer(delta, hidden[b])
        g["b2"] += delta
        delta1 = np.dot(w2.T, delta) * (1 - hidden[b] ** 2)
        g["w1"] += np.outer(delta1, data[b])
        g["b1"] += delta1
    return g


def backward(w1, b1, w2, b2):
    return _backward(w1, b1, w2, b2, False)


def right_backward(w1, b1, w2, b2):
    return _backward(w1, b1, w2, b2, True)


EXPECTED = {"derivative_missing"}
