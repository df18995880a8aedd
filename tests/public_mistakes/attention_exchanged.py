"""The mistake: the gradients of queries and keys come back exchanged."""

import numpy as np

rng = np.random.RandomState(33)
T, d_model, n_head = 4, 6, 2
d_k = d_model // n_head
x, target = rng.randn(T, d_model), rng.randn(T, d_model)
at = {
    "W_q": rng.randn(d_model, d_model) * 0.5,
    "W_k": rng.randn(d_model, d_model) * 0.5,
    "W_v": rng.randn(d_model, d_model) * 0.5,
    "W_o": rng.randn(d_model, d_model) * 0.5,
    "g": 1 + rng.randn(d_model) * 0.1,
    "b": rng.randn(d_model) * 0.1,
}


def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def layer_norm(x, g, b, eps=1e-5):
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.var(x, axis=-1, keepdims=True)
    xhat = (x - mean) / np.sqrt(variance + eps)
    return xhat, variance, g * xhat + b


def split(m):
    return m.reshape(T, n_head, d_k).transpose(1, 0, 2)


def merge(m):
    return m.transpose(1, 0, 2).reshape(T, d_model)


def forward(W_q, W_k, W_v, W_o, g, b):
    xhat, var, n = layer_norm(x, g, b)
    Q, K, V = map(split, (n @ W_q, n @ W_k, n @ W_v))
    causal_mask = (1 - np.tri(T)) * -1e10
    A = softmax(Q @ K.transpose(0, 2, 1) / np.sqrt(d_k) + causal_mask)
    O = merge(A @ V)
    out = x + O @ W_o
    return xhat, n, Q, K, V, A, O, out


def loss(**p):
    return np.mean((forward(**p)[-1] - target) ** 2)


def _backward(p, swapped):
    xhat, n, Q, K, V, A, O, out = forward(**p)
    dout = 2 * (out - target) / target.size
    dO = split(dout @ p["W_o"].T)
    dV = A.transpose(0, 2, 1) @ dO
    dA = dO @ V.transpose(0, 2, 1)
    dS = A * (dA - np.sum(dA * A, axis=-1, keepdims=True)) / np.sqrt(d_k)
    dQ, dK = dS @ K, dS.transpose(0, 2, 1) @ Q
    if swapped:
        dQ, dK = dK, dQ
    dQ, dK, dV = merge(dQ), merge(dK), merge(dV)
    dn = dQ @ p["W_q"].T + dK @ p["W_k"].T + dV @ p["W_v"].T
    return {
        "W_q": n.T @ dQ,
        "W_k": n.T @ dK,
        "W_v": n.T @ dV,
        "W_o": O.T @ dout,
        "g": np.sum(dn * xhat, axis=0),
        "b": dn.sum(axis=0),
    }


def backward(**p):
    return _backward(p, True)


def right_backward(**p):
    return _backward(p, False)


EXPECTED = {"exchanged"}
