"""The mistake: the rotary embedding has no backward pass (apply_op3_no_bwd): nothing comes back to the queries' and keys' weights,
their gradients stay zero; values and output are right.
Source: github.com/huggingface/candle issue 3568, "rotary_emb::rope is apply_op3_no_bwd; severs autograd"."""

import numpy as np

np.random.seed(3568)
T, D = 3, 4
X = np.random.randn(T, D)
Y = np.random.randn(T, D)
at = {k: np.random.randn(D, D) * 0.5 for k in ("Wq", "Wk", "Wv", "Wo")}
angles = np.outer(np.arange(T), 1.0 / 10.0 ** (np.arange(D // 2) / (D // 2)))
cos, sin = np.cos(angles), np.sin(angles)


def rope(x, sin):
    x1, x2 = x[:, : D // 2], x[:, D // 2 :]
    return np.concatenate([x1 * cos - x2 * sin, x1 * sin + x2 * cos], axis=1)


def forward(Wq, Wk, Wv, Wo):
    q, k, v = rope(X @ Wq, sin), rope(X @ Wk, sin), X @ Wv
    scores = q @ k.T / np.sqrt(D)
    scores = np.where(np.tril(np.ones((T, T))) == 1, scores, -1e9)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    att = e / e.sum(axis=1, keepdims=True)
    return q, k, v, att, att @ v


def loss(Wq, Wk, Wv, Wo):
    q, k, v, att, o = forward(Wq, Wk, Wv, Wo)
    return np.mean((o @ Wo - Y) ** 2)


def _backward(Wq, Wk, Wv, Wo, right):
    q, k, v, att, o = forward(Wq, Wk, Wv, Wo)
    dy = 2 * (o @ Wo - Y) / Y.size
    do = dy @ Wo.T
    datt = do @ v.T
    ds = att * (datt - (att * datt).sum(axis=1, keepdims=True)) / np.sqrt(D)
    dq, dk = ds @ k, ds.T @ q
    if right:
        dq, dk = rope(dq, -sin), rope(dk, -sin)
    else:
        dq, dk = np.zeros_like(dq), np.zeros_like(dk)
    return {"Wo": o.T @ dy, "Wv": X.T @ (att.T @ do), "Wq": X.T @ dq, "Wk": X.T @ dk}


def backward(Wq, Wk, Wv, Wo):
    return _backward(Wq, Wk, Wv, Wo, False)


def right_backward(Wq, Wk, Wv, Wo):
    return _backward(Wq, Wk, Wv, Wo, True)


EXPECTED = {"detached", "path_missing"}
