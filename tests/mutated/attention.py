"""One attention head over five words, and the mean of squared errors."""

import numpy as np

rng = np.random.default_rng(9)
words, size = 5, 3
X = rng.normal(size=(words, size))
Y = rng.normal(size=(words, size))
at = {
    "Wq": rng.normal(size=(size, size)),
    "Wk": rng.normal(size=(size, size)),
    "Wv": rng.normal(size=(size, size)),
    "Wo": rng.normal(size=(size, size)),
}


def softmax(S):
    e = np.exp(S - S.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def forward(Wq, Wk, Wv, Wo):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    A = softmax(Q @ K.T / np.sqrt(size))
    H = A @ V
    return Q, K, V, A, H, H @ Wo


def loss(Wq, Wk, Wv, Wo):
    *_, out = forward(Wq, Wk, Wv, Wo)
    return np.mean((out - Y) ** 2)


def backward(Wq, Wk, Wv, Wo):
    Q, K, V, A, H, out = forward(Wq, Wk, Wv, Wo)
    dout = 2 * (out - Y) / Y.size
    dWo = H.T @ dout
    dH = dout @ Wo.T
    dA = dH @ V.T
    dV = A.T @ dH
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))
    dS = dS / np.sqrt(size)
    dQ = dS @ K
    dK = dS.T @ Q
    return {"Wq": X.T @ dQ, "Wk": X.T @ dK, "Wv": X.T @ dV, "Wo": dWo}
