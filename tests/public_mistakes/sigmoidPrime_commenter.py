"""The mistake: sigmoidPrime(s) = sigmoid(s) * (1 - sigmoid(s)) while it is called with o and z2, which are sigmoids already (what a commenter
proposed; s * (1 - s) was right). Read off the update. Source: comments of dev.to/shamdasani, "Build a flexible Neural Network with
Backpropagation in Python" (max frenkel)."""

import numpy as np

rng = np.random.RandomState(47)
X = np.array(([2, 9], [1, 5], [3, 6]), dtype=float)
X = X / np.amax(X, axis=0)
y = np.array(([92], [86], [89]), dtype=float) / 100
at = {"W1": rng.randn(2, 3), "W2": rng.randn(3, 1)}


class Neural_Network(object):
    def __init__(self, W1, W2, right=True):
        self.W1, self.W2, self.right = W1, W2, right

    def forward(self, X):
        self.z = np.dot(X, self.W1)
        self.z2 = self.sigmoid(self.z)
        self.z3 = np.dot(self.z2, self.W2)
        return self.sigmoid(self.z3)

    def sigmoid(self, s):
        return 1 / (1 + np.exp(-s))

    def sigmoidPrime(self, s):
        if self.right:
            return s * (1 - s)
        return self.sigmoid(s) * (1 - self.sigmoid(s))

    def backward(self, X, y, o):
        self.o_error = y - o
        self.o_delta = self.o_error * self.sigmoidPrime(o)
        self.z2_error = self.o_delta.dot(self.W2.T)
        self.z2_delta = self.z2_error * self.sigmoidPrime(self.z2)
        self.W1 = self.W1 + X.T.dot(self.z2_delta)
        self.W2 = self.W2 + self.z2.T.dot(self.o_delta)


def loss(W1, W2):
    return np.sum(np.square(y - Neural_Network(W1, W2).forward(X))) / 2


def _read_off(W1, W2, right):
    NN = Neural_Network(W1, W2, right)
    NN.backward(X, y, NN.forward(X))
    return {"W1": W1 - NN.W1, "W2": W2 - NN.W2}


def backward(**w):
    return _read_off(**w, right=False)


def right_backward(**w):
    return _read_off(**w, right=True)


EXPECTED = {"derivative_argument"}
