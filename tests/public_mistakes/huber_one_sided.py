"""The mistake: the linear part of the Huber loss is recognised by e > d, without abs, so an error below -d has no gradient at all.
Source: github.com/marlbenchmark/on-policy issue 47, "Being confused about The huber_loss" (here in a hand-written gradient of a
value network)."""

import numpy as np

rng = np.random.RandomState(44)
obs = rng.randn(9, 4)
returns = np.array([2.9, -3.1, 0.2, -2.4, 1.0, -0.3, 3.5, -1.9, 0.6])
huber_delta = 0.8
at = {
    "W1": rng.randn(4, 5) * 0.5,
    "b1": rng.randn(5) * 0.1,
    "w2": rng.randn(5) * 0.5,
    "b2": np.array([0.1]),
}


def huber_loss(e, d):
    a = abs(e) <= d
    b = abs(e) > d
    return a * e**2 / 2 + b * d * (abs(e) - d / 2)


def values(W1, b1, w2, b2):
    h = np.tanh(obs @ W1 + b1)
    return h, h @ w2 + b2


def loss(W1, b1, w2, b2):
    h, v = values(W1, b1, w2, b2)
    return huber_loss(returns - v, huber_delta).mean()


def _backward(W1, b1, w2, b2, right):
    h, v = values(W1, b1, w2, b2)
    e, d = returns - v, huber_delta
    a = (abs(e) <= d).astype(float)
    b = (abs(e) > d if right else e > d).astype(float)
    dv = -(a * e + b * d * np.sign(e)) / len(e)
    dh = np.outer(dv, w2) * (1 - h**2)
    return {"W1": obs.T @ dh, "b1": dh.sum(0), "w2": h.T @ dv, "b2": np.array([dv.sum()])}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"path_missing", "other_loss"}
