"""The mistake: the output delta is softmax_prime(ao) * (y - ao) with softmax_prime(x) = softmax(x) (1 -
softmax(x)): entry by entry, and of ao, which is the softmax already. Source: GitHub repository
dmelcaz/simple-backprop, commit 79b8bce, "Fix softmax backprop and py3 print" (squared error; the updates
of all samples added up)."""

import numpy as np

rng = np.random.RandomState(79)
n_h, n_out = 3, 3
X = np.column_stack([np.ones(5), rng.randn(5, 2)])
y = np.eye(n_out)[rng.randint(0, n_out, 5)]
at = {"wi": rng.randn(3, n_h), "wo": rng.randn(n_h + 1, n_out)}


def softmax(x):
    return np.exp(np.array(x)) / np.sum(np.exp(np.array(x)))


def softmax_prime(x):
    return softmax(x) * (1.0 - softmax(x))


def softmax_jacobian(s):
    return np.diag(s) - np.outer(s, s)


def tanh_prime(x):
    return 1.0 - x**2


def feedforward(x, wi, wo):
    ah = np.concatenate((np.ones(1).T, np.tanh(np.dot(x, wi))))
    return ah, softmax(np.dot(ah, wo))


def loss(wi, wo):
    return sum(0.5 * np.sum((feedforward(X[i], wi, wo)[1] - y[i]) ** 2) for i in range(5))


def _backward(wi, wo, right):
    gi, go = np.zeros_like(wi), np.zeros_like(wo)
    for i in range(X.shape[0]):
        ah, ao = feedforward(X[i], wi, wo)
        if right:
            deltao = np.dot(softmax_jacobian(ao), (y[i] - ao))
        else:
            deltao = np.multiply(softmax_prime(ao), y[i] - ao)
        deltai = np.multiply(tanh_prime(ah), np.dot(wo, deltao))
        go -= np.outer(ah, deltao)
        gi -= np.outer(X[i], deltai[1:])
    return {"wi": gi, "wo": go}


def backward(wi, wo):
    return _backward(wi, wo, False)


def right_backward(wi, wo):
    return _backward(wi, wo, True)


EXPECTED = {"softmax_elementwise", "derivative_argument"}
