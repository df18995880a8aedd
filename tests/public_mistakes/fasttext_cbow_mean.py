"""The mistake: the hidden vector is the mean of the context's vectors, and each of them gets the whole gradient, not divided by their number. Negative sampling.
Source: GitHub issue facebookresearch/fastText #910, "Input gradient not normalised when training CBOW"."""

import numpy as np

rng = np.random.RandomState(910)
context, target, negatives = [0, 2, 4], 1, [3, 0]
at = {"wi": rng.randn(5, 3), "wo": rng.randn(5, 3)}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(wi, wo):
    hidden = (wi[0] + wi[2] + wi[4]) / 3
    total = -np.log(sigmoid(np.dot(wo[target], hidden)))
    for n in negatives:
        total = total - np.log(1 - sigmoid(np.dot(wo[n], hidden)))
    return total


def _backward(wi, wo, normalize):
    dwi, dwo = np.zeros_like(wi), np.zeros_like(wo)
    hidden = np.mean(wi[context], axis=0)
    grad = np.zeros(3)
    for word, label in [(target, 1.0)] + [(n, 0.0) for n in negatives]:
        alpha = label - sigmoid(np.dot(wo[word], hidden))
        grad += alpha * wo[word]
        dwo[word] -= alpha * hidden
    if normalize:
        grad *= 1.0 / len(context)
    for c in context:
        dwi[c] -= grad
    return {"wi": dwi, "wo": dwo}


def backward(**at):
    return _backward(**at, normalize=False)


def right_backward(**at):
    return _backward(**at, normalize=True)


EXPECTED = {"scale", "sum_for_mean", "factor_missing"}
