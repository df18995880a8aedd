"""The mistake: the paper's chain rule has dK = Q dS^T, where dK = dS^T Q belongs (it runs here, as the head is as wide as the sequence is long).
Source: GitHub issue Dao-AILab/flash-attention #373, "a typo" (page 3 of the FlashAttention-2 paper; single head, no scaling)."""

import numpy as np

rng = np.random.RandomState(373)
N = d = 4
X, target = rng.randn(N, 3), rng.randn(N, d)
at = {"W_q": rng.randn(3, d) * 0.6, "W_k": rng.randn(3, d) * 0.6, "W_v": rng.randn(3, d) * 0.6}


def attention(W_q, W_k, W_v):
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    S = Q @ K.T
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    return Q, K, V, P, P @ V


def loss(W_q, W_k, W_v):
    O = attention(W_q, W_k, W_v)[-1]
    return 0.5 * np.sum((O - target) ** 2)


def _backward(W_q, W_k, W_v, right):
    Q, K, V, P, O = attention(W_q, W_k, W_v)
    dO = O - target
    dV = P.T @ dO
    dP = dO @ V.T
    dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
    dQ = dS @ K
    dK = dS.T @ Q if right else Q @ dS.T
    return {"W_q": X.T @ dQ, "W_k": X.T @ dK, "W_v": X.T @ dV}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"?", "permuted", "transposed"}
