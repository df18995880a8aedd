"""The mistake: the forward pass adds the bias bo to the forget and the update gate too (copied); the backward pass gives each gate's bias its own gradient,
so that db_f and db_u are for biases that count nowhere, and db_o has the output gate only. Source: GitHub issue ddbourgin/numpy-ml #42, "Error in LSTM
Implementation"."""

import numpy as np

rng = np.random.RandomState(42)
n_ex, n_in, n_out, n_t = 2, 2, 3, 3
X = rng.randn(n_ex, n_in, n_t)
at = {w: rng.randn(n_in + n_out, n_out) * 0.5 for w in ("Wf", "Wu", "Wc", "Wo")}
at |= {b: rng.randn(1, n_out) * 0.5 for b in ("bf", "bu", "bc", "bo")}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward(Wf, Wu, Wc, Wo, bf, bu, bc, bo):
    At, Ct = np.zeros((n_ex, n_out)), np.zeros((n_ex, n_out))
    A, cache = [], []
    for t in range(n_t):
        Zt = np.hstack([At, X[:, :, t]])
        _Go = Zt @ Wo + bo
        _Gf = Zt @ Wf + bo
        _Gu = Zt @ Wu + bo
        _Gc = Zt @ Wc + bc
        Gf, Gu, Go, Cc = sigmoid(_Gf), sigmoid(_Gu), sigmoid(_Go), np.tanh(_Gc)
        C_prev, Ct = Ct, Gf * Ct + Gu * Cc
        At = Go * np.tanh(Ct)
        cache.append((Zt, C_prev, Ct, Gf, Gu, Go, Cc))
        A.append(At)
    return A, cache


def loss(**p):
    return sum(np.sum(a**2) for a in forward(**p)[0])


def _backward(p, as_forward):
    A, cache = forward(**p)
    grads = {k: np.zeros_like(v) for k, v in p.items()}
    dA_acc, dC_acc = np.zeros((n_ex, n_out)), np.zeros((n_ex, n_out))
    for t in reversed(range(n_t)):
        Zt, C_prev, Ct, Gf, Gu, Go, Cc = cache[t]
        dA = 2 * A[t] + dA_acc
        dC = dC_acc + dA * Go * (1 - np.tanh(Ct) ** 2)
        dGo = dA * np.tanh(Ct) * Go * (1 - Go)
        dGf = dC * C_prev * Gf * (1 - Gf)
        dGu = dC * Cc * Gu * (1 - Gu)
        dGc = dC * Gu * (1 - Cc**2)
        for gate, d in zip("fuco", (dGf, dGu, dGc, dGo)):
            grads["W" + gate] += Zt.T @ d
            bias = "bo" if as_forward and gate in "fu" else "b" + gate
            grads[bias] += d.sum(axis=0, keepdims=True)
        dZ = dGf @ p["Wf"].T + dGu @ p["Wu"].T + dGc @ p["Wc"].T + dGo @ p["Wo"].T
        dA_acc, dC_acc = dZ[:, :n_out], Gf * dC
    return grads


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"shared_use_missing", "?"}
