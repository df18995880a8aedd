"""The mistake: dC[Xb[k]] += demb[k]: where a character stands several times in one context, only its last row is added.
Source: GitHub issue karpathy/nn-zero-to-hero #57, "makemore/lecture4/backprop/dC"."""

import numpy as np

g = np.random.default_rng(2147483647)
vocab_size, n_embd, block_size, n_hidden = 5, 2, 3, 6
Xb = np.array([[0, 0, 0], [0, 0, 3], [0, 3, 3], [3, 3, 1], [1, 4, 1], [2, 4, 2]])
Yb = np.array([3, 3, 1, 4, 2, 0])
n = len(Yb)
at = {
    "C": g.normal(size=(vocab_size, n_embd)),
    "W1": g.normal(size=(n_embd * block_size, n_hidden)) * 0.5,
    "b1": g.normal(size=n_hidden) * 0.1,
    "W2": g.normal(size=(n_hidden, vocab_size)) * 0.5,
    "b2": g.normal(size=vocab_size) * 0.1,
}


def forward(C, W1, b1, W2, b2):
    emb = C[Xb]
    embcat = emb.reshape(emb.shape[0], -1)
    h = np.tanh(embcat @ W1 + b1)
    logits = h @ W2 + b2
    counts = np.exp(logits - logits.max(1, keepdims=True))
    probs = counts / counts.sum(1, keepdims=True)
    return emb, embcat, h, probs


def loss(**p):
    probs = forward(**p)[-1]
    return -np.log(probs[range(n), Yb]).mean()


def _backward(p, one_by_one):
    emb, embcat, h, probs = forward(**p)
    dlogits = probs.copy()
    dlogits[range(n), Yb] -= 1
    dlogits /= n
    dh = dlogits @ p["W2"].T
    dhpreact = (1 - h**2) * dh
    demb = (dhpreact @ p["W1"].T).reshape(emb.shape)
    dC = np.zeros_like(p["C"])
    for k in range(Xb.shape[0]):
        if one_by_one:
            for j in range(Xb.shape[1]):
                dC[Xb[k, j]] += demb[k, j]
        else:
            dC[Xb[k]] += demb[k]
    return {
        "C": dC,
        "W1": embcat.T @ dhpreact,
        "b1": dhpreact.sum(0),
        "W2": h.T @ dlogits,
        "b2": dlogits.sum(0),
    }


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"overwritten", "shared_use_missing", "path_missing"}
