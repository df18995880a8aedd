"""The mistake: log1p(1 + expm1(-y X w)) is differentiated with 2 + expm1 in the numerator and in the
denominator: the data part is -y X alone, without sigmoid(-y X w). Source: Stack Exchange question
"Logistic Regression GD Implementation in Python" (in nvidia/Nemotron-CC-Math-v1): the loss with l1 and l2
goes up."""

import numpy as np

rng = np.random.RandomState(28)
X = rng.randn(6, 4)
y = np.where(rng.rand(6, 1) > 0.5, 1.0, -1.0)
l1, l2 = 0.1, 0.1
at = {"w": rng.randn(4, 1)}


def loss(w):
    lossf1 = np.sum(np.log1p(1 + np.expm1(np.multiply(-y, np.dot(X, w)))))
    lossf2 = l2 * np.sum(np.dot(np.transpose(w), w))
    lossf3 = l1 * np.sum(abs(w))
    return lossf1 + lossf2 + lossf3


def _backward(w, numerator):
    gradw1 = l2 * 2 * w
    gradw2 = l1 * np.sign(w)
    gradw3 = np.multiply(-y, (numerator + np.expm1(np.multiply(-y, np.dot(X, w)))))
    gradw3 = gradw3 / (2 + (np.expm1((np.multiply(-y, np.dot(X, w))))))
    gradw3 = np.sum(np.multiply(gradw3, X), axis=0).reshape(-1, 1)
    return {"w": gradw1 + gradw2 + gradw3}


def backward(w):
    return _backward(w, 2)


def right_backward(w):
    return _backward(w, 1)


EXPECTED = {"derivative_missing", "factor_missing", "derivative_of_other"}
