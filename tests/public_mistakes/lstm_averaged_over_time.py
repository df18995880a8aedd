"""The mistake: the gradients of the LSTM are divided by the number of time steps, the loss is the sum over the steps; the
dense layer on top is right.
Source: Data Science Stack Exchange 30850, "GradientChecking, can I blame float precision?" (the asker's own finding)."""

import numpy as np

rng = np.random.RandomState(30)
n, seq = 3, [0, 2, 1, 1, 0]
X = [np.eye(n)[c] for c in seq[:-1]]
Y = [np.eye(n)[c] for c in seq[1:]]
at = {
    "lstm_W": rng.uniform(-0.7, 0.7, (4 * n, 2 * n)),
    "lstm_b": rng.uniform(-0.2, 0.2, 4 * n),
    "dense_W": rng.uniform(-1, 1, (n, n)),
    "dense_b": np.zeros(n),
}


def sig(v):
    return 1.0 / (1.0 + np.exp(-v))


def feed(lstm_W, lstm_b, dense_W, dense_b):
    h, c, tape = np.zeros(n), np.zeros(n), []
    for v in X:
        hx = np.append(h, v)
        a = lstm_W @ hx + lstm_b
        i, f, o, g = sig(a[:n]), sig(a[n : 2 * n]), sig(a[2 * n : 3 * n]), np.tanh(a[3 * n :])
        c_old, c = c, f * c + i * g
        tc = np.tanh(c)
        h = o * tc
        s = dense_W @ h + dense_b
        q = np.exp(s) / np.exp(s).sum()
        tape.append((hx, i, f, o, g, c_old, tc, h, q))
    return tape


def loss(**w):
    return -sum(np.log(step[-1] @ y) for step, y in zip(feed(**w), Y))


def bptt(w, average):
    gW, gb, gD, gd = (np.zeros_like(w[k]) for k in ("lstm_W", "lstm_b", "dense_W", "dense_b"))
    dh, dc = np.zeros(n), np.zeros(n)
    tape = feed(**w)
    for t in range(len(X) - 1, -1, -1):
        hx, i, f, o, g, c_old, tc, h, q = tape[t]
        e = q - Y[t]
        gD += np.outer(e, h)
        gd += e
        dh = dh + w["dense_W"].T @ e
        dc = dc + dh * o * (1 - tc**2)
        da = np.concatenate(
            [dc * g * i * (1 - i), dc * c_old * f * (1 - f), dh * tc * o * (1 - o), dc * i * (1 - g**2)]
        )
        gW += np.outer(da, hx)
        gb += da
        dh = (w["lstm_W"].T @ da)[:n]
        dc = dc * f
    if average:
        gW /= len(X)
        gb /= len(X)
    return {"lstm_W": gW, "lstm_b": gb, "dense_W": gD, "dense_b": gd}


def backward(**w):
    return bptt(w, True)


def right_backward(**w):
    return bptt(w, False)


EXPECTED = {"scale"}
