"""The mistake: dc += dc where dc += dy is meant, so the gradient of the output's bias stays zero. Source: GitHub issue javaidnabi31/RNN-from-scratch #2, "dc
update question in backward function"."""

import numpy as np

rng = np.random.RandomState(31)
hidden_size, vocab_size, seq_length = 3, 4, 4
inputs, targets = [0, 2, 1, 3], [2, 1, 3, 0]
hprev = np.zeros((hidden_size, 1))
at = {
    "U": rng.randn(hidden_size, vocab_size) * 0.6,
    "W": rng.randn(hidden_size, hidden_size) * 0.6,
    "V": rng.randn(vocab_size, hidden_size),
    "b": rng.randn(hidden_size, 1) * 0.2,
    "c": rng.randn(vocab_size, 1) * 0.2,
}


def softmax(x):
    p = np.exp(x - np.max(x))
    return p / np.sum(p)


def forward(U, W, V, b, c):
    xs, hs, ycap = {}, {}, {}
    hs[-1] = np.copy(hprev)
    for t in range(seq_length):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(U, xs[t]) + np.dot(W, hs[t - 1]) + b)
        ycap[t] = softmax(np.dot(V, hs[t]) + c)
    return xs, hs, ycap


def loss(U, W, V, b, c):
    xs, hs, ps = forward(U, W, V, b, c)
    return sum(-np.log(ps[t][targets[t], 0]) for t in range(seq_length))


def _backward(U, W, V, b, c, right):
    xs, hs, ps = forward(U, W, V, b, c)
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    db, dc = np.zeros_like(b), np.zeros_like(c)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(seq_length)):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dV += np.dot(dy, hs[t].T)
        dc += dy if right else dc
        dh = np.dot(V.T, dy) + dhnext
        dhrec = (1 - hs[t] * hs[t]) * dh
        db += dhrec
        dU += np.dot(dhrec, xs[t].T)
        dW += np.dot(dhrec, hs[t - 1].T)
        dhnext = np.dot(W.T, dhrec)
    return {"U": dU, "W": dW, "V": dV, "b": db, "c": dc}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"bias_forgotten"}
