"""The mistake: the gradient of the output bias is accumulated from itself (dc += dc, beginning with zero) instead of dc += dy.
Source: GitHub issue javaidnabi31/RNN-from-scratch #2, "dc update question in backward function"."""

import numpy as np

rng = np.random.RandomState(8)
vocab_size, hidden_size, seq_length = 5, 4, 4
inputs, targets = [0, 3, 1, 4], [3, 1, 4, 2]
at = {
    "U": rng.uniform(-0.7, 0.7, (hidden_size, vocab_size)),
    "V": rng.uniform(-0.7, 0.7, (vocab_size, hidden_size)),
    "W": rng.uniform(-0.7, 0.7, (hidden_size, hidden_size)),
    "b": rng.randn(hidden_size, 1) * 0.1,
    "c": rng.randn(vocab_size, 1) * 0.1,
}


def softmax(x):
    p = np.exp(x - np.max(x))
    return p / np.sum(p)


def forward(inputs, hprev, U, V, W, b, c):
    xs, hs, os, ycap = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(U, xs[t]) + np.dot(W, hs[t - 1]) + b)
        os[t] = np.dot(V, hs[t]) + c
        ycap[t] = softmax(os[t])
    return xs, hs, ycap


def loss(U, V, W, b, c):
    xs, hs, ps = forward(inputs, np.zeros((hidden_size, 1)), U, V, W, b, c)
    return sum(-np.log(ps[t][targets[t], 0]) for t in range(seq_length))


def _backward(U, V, W, b, c, right):
    xs, hs, ps = forward(inputs, np.zeros((hidden_size, 1)), U, V, W, b, c)
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
    return {"U": dU, "V": dV, "W": dW, "b": db, "c": dc}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"bias_forgotten", "path_missing", "other_operand"}
