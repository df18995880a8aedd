"""The mistake: the derivative functions take the input before the activation, but are given what was already activated:
sigmoid(o[t], derivative=True), tanh(tanh(C[t]), derivative=True) and so on for all gates.
Source: GitHub issue nicklashansen/rnn_lstm_from_scratch #1, "Your LSTM implementation does not pass gradient check successfully"."""

import numpy as np

np.random.seed(42)
hidden, vocab = 3, 4
seq = [0, 1, 1, 3, 2]
inputs = [np.eye(vocab)[[s]].T for s in seq[:-1]]
targets = [np.eye(vocab)[[s]].T for s in seq[1:]]
z_size = hidden + vocab
at = {
    "W_f": np.random.randn(hidden, z_size) * 0.6,
    "W_i": np.random.randn(hidden, z_size) * 0.6,
    "W_g": np.random.randn(hidden, z_size) * 0.6,
    "W_o": np.random.randn(hidden, z_size) * 0.6,
    "W_v": np.random.randn(vocab, hidden),
    "b_f": np.zeros((hidden, 1)),
    "b_i": np.zeros((hidden, 1)),
    "b_g": np.zeros((hidden, 1)),
    "b_o": np.zeros((hidden, 1)),
    "b_v": np.zeros((vocab, 1)),
}


def sigmoid(x, derivative=False):
    f = 1 / (1 + np.exp(-x))
    return f * (1 - f) if derivative else f


def tanh(x, derivative=False):
    f = np.tanh(x)
    return 1 - f**2 if derivative else f


def softmax(x):
    f = np.exp(x - np.max(x))
    return f / np.sum(f)


def forward(p):
    h, C = np.zeros((hidden, 1)), np.zeros((hidden, 1))
    tape = []
    for x in inputs:
        z = np.concatenate((h, x))
        pre = {g: np.dot(p["W_" + g], z) + p["b_" + g] for g in "figo"}
        f, i, g, o = sigmoid(pre["f"]), sigmoid(pre["i"]), tanh(pre["g"]), sigmoid(pre["o"])
        C_prev, C = C, f * C + i * g
        h = o * tanh(C)
        out = softmax(np.dot(p["W_v"], h) + p["b_v"])
        tape.append((z, pre, f, i, g, o, C_prev, C, h, out))
    return tape


def loss(**p):
    total = 0
    for (*_, out), target in zip(forward(p), targets):
        total += -np.sum(target * np.log(out))
    return total


def _backward(p, right):
    d = {k: np.zeros_like(v) for k, v in p.items()}
    dh_next, dC_next = np.zeros((hidden, 1)), np.zeros((hidden, 1))
    for (z, pre, f, i, g, o, C_prev, C, h, out), target in reversed(list(zip(forward(p), targets))):
        dv = out - target
        d["W_v"] += np.dot(dv, h.T)
        d["b_v"] += dv
        dh = np.dot(p["W_v"].T, dv) + dh_next
        dC = dC_next + dh * o * tanh(C if right else tanh(C), derivative=True)
        do = sigmoid(pre["o"] if right else o, derivative=True) * dh * tanh(C)
        dg = tanh(pre["g"] if right else g, derivative=True) * dC * i
        di = sigmoid(pre["i"] if right else i, derivative=True) * dC * g
        df = sigmoid(pre["f"] if right else f, derivative=True) * dC * C_prev
        dz = 0
        for name, delta in (("o", do), ("g", dg), ("i", di), ("f", df)):
            d["W_" + name] += np.dot(delta, z.T)
            d["b_" + name] += delta
            dz = dz + np.dot(p["W_" + name].T, delta)
        dh_next, dC_next = dz[:hidden], f * dC
    return d


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"derivative_argument"}
