"""The mistake (the asker's proposal; x * (1 - x) was right): nonlin(x, deriv=True) returns exp(-x) / (1 + exp(-x))^2, while it is called with
l1 and l2, which are sigmoids already. Read off the update. Source: GitHub issue iamtrask/iamtrask.github.io #25, "Incorrect derivative in
neural network implementation"."""

import numpy as np

np.random.seed(1)
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])
at = {"syn0": 2 * np.random.random((3, 4)) - 1, "syn1": 2 * np.random.random((4, 1)) - 1}


def nonlin(x, deriv=False):
    if deriv == True:
        return np.exp(-x) / ((1 + np.exp(-x)) ** 2)
    return 1 / (1 + np.exp(-x))


def loss(syn0, syn1):
    l0 = X
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    return 0.5 * np.sum((y - l2) ** 2)


def backward(syn0, syn1):
    before = syn0.copy(), syn1.copy()
    l0 = X
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = y - l2
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 += l1.T.dot(l2_delta)
    syn0 += l0.T.dot(l1_delta)
    return before[0] - syn0, before[1] - syn1


def right_backward(syn0, syn1):
    l1 = nonlin(np.dot(X, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_delta = (y - l2) * l2 * (1 - l2)
    l1_delta = l2_delta.dot(syn1.T) * l1 * (1 - l1)
    return -X.T.dot(l1_delta), -l1.T.dot(l2_delta)


EXPECTED = {"derivative_argument"}
