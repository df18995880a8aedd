"""The mistake: the softmax Jacobian is built from the layer's input Z, Z_i * (1 - Z_i) and -Z_i * Z_j, where the outputs A belong.
Source: Data Science Stack Exchange question 64746, "Problem with chain rule in softmax layer when differentiated separately"."""

import numpy as np

rng = np.random.RandomState(18)
data = [(rng.randn(3), np.array(t)) for t in ([0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0])]
at = {"W": rng.randn(3, 3) * 0.7, "B": rng.randn(3) * 0.2}


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def loss(W, B):
    E = 0
    for x, T in data:
        A = softmax(np.dot(W, x) + B)
        E -= np.sum(T * np.log(A))
    return E


def dSoftmax(v):
    J = np.zeros((len(v), len(v)))
    for i in range(len(v)):
        for j in range(len(v)):
            if i == j:
                J[i][j] = v[i] * (1 - v[i])
            else:
                J[i][j] = -v[i] * v[j]
    return J


def _backward(W, B, right):
    dW, dB = np.zeros(W.shape), np.zeros(B.shape)
    for x, T in data:
        Z = np.dot(W, x) + B
        A = softmax(Z)
        dE_dA = -T / A
        dE_dZ = np.dot(dE_dA, dSoftmax(A if right else Z))
        dW += np.outer(dE_dZ, x)
        dB += dE_dZ
    return {"W": dW, "B": dB}


def backward(W, B):
    return _backward(W, B, False)


def right_backward(W, B):
    return _backward(W, B, True)


EXPECTED = {"derivative_argument", "other_operand"}
