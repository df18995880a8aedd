"""The mistake (the reader's proposal; -2 (tk - ok) is right): the derivative of (tk - ok)^2 after ok is 2 * (tk - ok) * ok. Source: GitHub issue
makeyourownneuralnetwork/makeyourownneuralnetwork #77, "Couple of Errors and Questions found in your book" (procrash)."""

import numpy as np

rng = np.random.RandomState(77)
oj = rng.uniform(0.1, 0.9, 4)
tk = np.array([0.9, 0.2, 0.6])
at = {"wjk": rng.normal(0, 0.7, (3, 4))}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(wjk):
    ok = sigmoid(wjk @ oj)
    return np.sum((tk - ok) ** 2)


def backward(wjk):
    ok = sigmoid(wjk @ oj)
    dE_dok = 2 * (tk - ok) * ok
    return {"wjk": np.outer(dE_dok * ok * (1 - ok), oj)}


def right_backward(wjk):
    ok = sigmoid(wjk @ oj)
    dE_dok = -2 * (tk - ok)
    return {"wjk": np.outer(dE_dok * ok * (1 - ok), oj)}


EXPECTED = {"sign", "factor_twice", "?"}
