"""The mistake (the reporter's proposal; a2 - y[j] was right, the cost is the cross entropy): dz2 = (a2 - y[j]) * sigmoid(a2, derv=True).
Source: GitHub issue Frixoe/xor-neural-network #1, "Calculating dz2 in batch training"."""

import numpy as np

X = np.array([[0, 1], [1, 0], [1, 1], [0, 0]])
y = np.array([[1], [1], [0], [0]])
m = 4
np.random.seed(1)
W1 = np.random.normal(0, 1, (2, 2))
W2 = np.random.normal(0, 1, (1, 2))
B1 = np.random.random((2, 1))
B2 = np.random.random((1, 1))
at = {"W1": W1, "W2": W2, "B1": B1, "B2": B2}


def sigmoid(z, derv=False):
    if derv:
        return z * (1 - z)
    return 1 / (1 + np.exp(-z))


def loss(W1, W2, B1, B2):
    c = 0
    for j in range(m):
        a0 = X[j].reshape(X[j].shape[0], 1)
        a1 = sigmoid(W1.dot(a0) + B1)
        a2 = sigmoid(W2.dot(a1) + B2)
        c = c + (-(y[j] * np.log(a2)) - ((1 - y[j]) * np.log(1 - a2)))
    return (c / m)[0, 0]


def _backward(W1, W2, B1, B2, times_prime):
    dW1 = dW2 = dB1 = dB2 = 0
    for j in range(m):
        a0 = X[j].reshape(X[j].shape[0], 1)
        a1 = sigmoid(W1.dot(a0) + B1)
        a2 = sigmoid(W2.dot(a1) + B2)
        dz2 = a2 - y[j]
        if times_prime:
            dz2 = np.multiply(a2 - y[j], sigmoid(a2, derv=True))
        dW2 = dW2 + dz2 * a1.T
        dz1 = np.multiply((W2.T * dz2), sigmoid(a1, derv=True))
        dW1 = dW1 + dz1.dot(a0.T)
        dB1 = dB1 + dz1
        dB2 = dB2 + dz2
    return {"W1": dW1 / m, "W2": dW2 / m, "B1": dB1 / m, "B2": dB2 / m}


def backward(**p):
    return _backward(**p, times_prime=True)


def right_backward(**p):
    return _backward(**p, times_prime=False)


EXPECTED = {"derivative_twice", "factor_twice", "other_loss"}
