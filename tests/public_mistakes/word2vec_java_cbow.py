"""The mistake: in cbowGram g = f * (1 - f) * (code - f), in skipGram (and in the C code) g = 1 - code - f. Hierarchical softmax, read off the update. Source: GitHub
issue NLPchina/Word2VEC_java #1 (on the gradient g in cbowGram)."""

import numpy as np

rng = np.random.RandomState(232)
context = [0, 3, 1]
codeArr = [1, 0, 1]
point = [0, 2, 1]
at = {"syn0": rng.randn(4, 3) * 0.7, "syn1": rng.randn(3, 3) * 0.7}


def loss(syn0, syn1):
    neu1 = syn0[0] + syn0[3] + syn0[1]
    total = 0
    for code, p in zip(codeArr, point):
        f = 1 / (1 + np.exp(-np.dot(neu1, syn1[p])))
        total = total - ((1 - code) * np.log(f) + code * np.log(1 - f))
    return total


def _backward(syn0, syn1, g_of):
    d0, d1 = np.zeros_like(syn0), np.zeros_like(syn1)
    neu1 = syn0[context].sum(axis=0)
    neu1e = np.zeros(3)
    for code, p in zip(codeArr, point):
        f = 1 / (1 + np.exp(-np.dot(neu1, syn1[p])))
        g = g_of(f, code)
        neu1e += g * syn1[p]
        d1[p] -= g * neu1
    for c in context:
        d0[c] -= neu1e
    return {"syn0": d0, "syn1": d1}


def backward(**at):
    return _backward(**at, g_of=lambda f, code: f * (1 - f) * (code - f))


def right_backward(**at):
    return _backward(**at, g_of=lambda f, code: 1 - code - f)


EXPECTED = {"other_loss", "derivative_twice", "?"}
