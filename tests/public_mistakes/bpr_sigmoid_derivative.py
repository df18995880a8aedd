"""The mistake (the reporter's proposal; z = 1 / (1 + exp(score)) was right): the gradient of log sigmoid(score) taken with the derivative of the sigmoid,
sigmoid * (1 - sigmoid). Source: GitHub issue benfred/implicit #716, "Potential bug in calculation of gradient updates for BPR"; the same proposed in
zenogantner/MyMediaLite #463."""

import numpy as np

rng = np.random.RandomState(716)
factors, reg = 3, 0.05
triples = [(0, 1, 3), (0, 2, 0), (1, 0, 2), (2, 3, 1), (2, 1, 0)]
at = {"X": rng.randn(3, factors) * 0.8, "Y": rng.randn(4, factors) * 0.8}


def loss(X, Y):
    total = 0
    for userid, likedid, dislikedid in triples:
        score = 0
        for i in range(factors):
            score += X[userid, i] * (Y[likedid, i] - Y[dislikedid, i])
        total -= np.log(1.0 / (1.0 + np.exp(-score)))
    return total + 0.5 * reg * (np.sum(X**2) + np.sum(Y**2))


def _backward(X, Y, derivative):
    gX, gY = reg * X, reg * Y
    for userid, likedid, dislikedid in triples:
        score = 0
        for i in range(factors):
            score += X[userid, i] * (Y[likedid, i] - Y[dislikedid, i])
        z = 1.0 / (1.0 + np.exp(score))
        if derivative:
            z = np.exp(-score) / (1.0 + np.exp(-score)) ** 2
        for i in range(factors):
            temp = X[userid, i]
            gX[userid, i] -= z * (Y[likedid, i] - Y[dislikedid, i])
            gY[likedid, i] -= z * temp
            gY[dislikedid, i] -= z * (-temp)
    return {"X": gX, "Y": gY}


def backward(X, Y):
    return _backward(X, Y, True)


def right_backward(X, Y):
    return _backward(X, Y, False)


EXPECTED = {"derivative_missing", "factor_twice", "other_loss", "derivative_of_other", "factor_missing"}
