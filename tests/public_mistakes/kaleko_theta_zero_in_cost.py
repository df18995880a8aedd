"""The mistake is in the cost: it penalizes theta . theta with theta_0 in it, the gradient skips the first element. Source: GitHub issue kaleko/CourseraML #9,
"Regularization Problem" (Ex 3)."""

import numpy as np

rng = np.random.RandomState(9)
X = np.insert(rng.randn(6, 3), 0, 1, axis=1)
y = np.array([1.0, 0, 1, 1, 0, 1])
mylambda = 2.0
at = {"mytheta": rng.randn(4)}


def h(mytheta):
    return 1 / (1 + np.exp(-np.dot(X, mytheta)))


def loss(mytheta):
    m = X.shape[0]
    myh = h(mytheta)
    term1 = np.log(myh).dot(-y.T)
    term2 = np.log(1.0 - myh).dot(1 - y.T)
    left_hand = (term1 - term2) / m
    right_hand = mytheta.T.dot(mytheta) * mylambda / (2 * m)
    return left_hand + right_hand


def backward(mytheta):
    m = X.shape[0]
    beta = h(mytheta) - y.T
    regterm = mytheta[1:] * (mylambda / m)
    grad = (1.0 / m) * np.dot(X.T, beta)
    grad[1:] = grad[1:] + regterm
    return {"mytheta": grad}


def right_backward(mytheta):
    m = X.shape[0]
    beta = h(mytheta) - y.T
    return {"mytheta": (1.0 / m) * np.dot(X.T, beta) + mytheta * (mylambda / m)}


EXPECTED = {"regularization_missing"}
