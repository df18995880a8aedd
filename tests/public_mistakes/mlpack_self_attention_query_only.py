"""The mistake: in self-attention (query = key = value = the same input) Backward gives the gradient of the
input through the query alone. Source: GitHub pull request mlpack/mlpack #2375, "multihead attention"
(review of multihead_attention_impl.hpp: "I saw Jacobian Test fails for query = key = value"; C++, here
NumPy, one head; the input comes from an embedding)."""

import numpy as np

rng = np.random.RandomState(2375)
L, D, dk = 4, 3, 3
tokens = rng.randn(L, 2)
target = rng.randn(L, dk)
at = {
    "emb": rng.randn(2, D),
    "queryWt": rng.randn(D, dk),
    "keyWt": rng.randn(D, dk),
    "valueWt": rng.randn(D, dk),
}


def forward(emb, queryWt, keyWt, valueWt):
    x = tokens @ emb
    q, k, v = x @ queryWt, x @ keyWt, x @ valueWt
    s = q @ k.T / np.sqrt(dk)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    scores = e / e.sum(axis=1, keepdims=True)
    return x, q, k, v, scores, scores @ v


def loss(**p):
    return 0.5 * np.sum((forward(**p)[-1] - target) ** 2)


def _backward(p, right):
    x, q, k, v, scores, out = forward(**p)
    gy = out - target
    dv = scores.T @ gy
    dscores = gy @ v.T
    ds = scores * (dscores - np.sum(dscores * scores, axis=1, keepdims=True)) / np.sqrt(dk)
    dq, dkey = ds @ k, ds.T @ q
    g = dq @ p["queryWt"].T
    if right:
        g = g + dkey @ p["keyWt"].T + dv @ p["valueWt"].T
    return {"emb": tokens.T @ g, "queryWt": x.T @ dq, "keyWt": x.T @ dkey, "valueWt": x.T @ dv}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"path_missing", "shared_use_missing"}
