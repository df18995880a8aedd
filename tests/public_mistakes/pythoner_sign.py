"""The mistake: e_L = (outputs - A2) * d_sig(Z2), and the updates subtract: everything has the wrong sign. Read off the update. Source:
pythoner.space, "The cost function of the neural network is failing to minimize" (MNIST, 784-30-10)."""

import numpy as np

rng = np.random.RandomState(30)
batch, learning_rate = 5, 3
X, Y = rng.rand(batch, 4), np.eye(3)[[0, 2, 1, 1, 0]]
at = {"B1": rng.randn(6, 1), "B2": rng.randn(3, 1), "W1": rng.randn(4, 6), "W2": rng.randn(6, 3)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def d_sig(z):
    return sigmoid(z) * (1 - sigmoid(z))


def nn_forward(x, w, b):
    return np.dot(x, w.T) + b.T


def cost(y, a):
    return 1 / (2 * len(y)) * np.sum((y - a) ** 2)


def loss(B1, B2, W1, W2):
    A1 = sigmoid(nn_forward(X, W1.T, B1))
    A2 = sigmoid(nn_forward(A1, W2.T, B2))
    return cost(Y, A2)


def epoch(B1, B2, W1, W2, sign):
    c_B1, c_B2, c_W1, c_W2 = [np.zeros(p.shape) for p in (B1, B2, W1, W2)]
    for b in range(0, np.size(X, 0), batch):
        inputs = X[b : b + batch]
        outputs = Y[b : b + batch]
        Z1 = nn_forward(inputs, W1.T, B1)
        A1 = sigmoid(Z1)
        Z2 = nn_forward(A1, W2.T, B2)
        A2 = sigmoid(Z2)
        e_L = sign * (outputs - A2) * d_sig(Z2)
        e_1 = np.multiply(np.dot(e_L, W2.T), d_sig(Z1))
        d_B2 = np.sum(e_L, axis=0)
        d_B1 = np.sum(e_1, axis=0)
        d_W2 = np.dot(A1.T, e_L)
        d_W1 = np.dot(inputs.T, e_1)
        d_B2 = d_B2.reshape((np.size(B2, 0), 1))
        d_B1 = d_B1.reshape((np.size(B1, 0), 1))
        c_B1 = np.add(c_B1, d_B1)
        c_B2 = np.add(c_B2, d_B2)
        c_W1 = np.add(c_W1, d_W1)
        c_W2 = np.add(c_W2, d_W2)
    new = [
        np.subtract(p, (learning_rate / batch) * c)
        for p, c in zip((B1, B2, W1, W2), (c_B1, c_B2, c_W1, c_W2))
    ]
    return {
        n: (old - p) / learning_rate for n, old, p in zip(("B1", "B2", "W1", "W2"), (B1, B2, W1, W2), new)
    }


def backward(**p):
    return epoch(**p, sign=1)


def right_backward(**p):
    return epoch(**p, sign=-1)


EXPECTED = {"sign"}
