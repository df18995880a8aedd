"""The mistake: costFunctionPrime does not divide the data's part by X.shape[0], as the cost does (the penalty's part is right). Source: GitHub issue
stephencwelch/Neural-Networks-Demystified #15, "Regularization parameter typo?" (the code of video 7)."""

import numpy as np

rng = np.random.RandomState(15)
X = np.array([[3, 5], [5, 1], [10, 2], [6, 1.5]]) / 10
y = np.array([[0.75], [0.82], [0.93], [0.70]])
at = {"W1": rng.randn(2, 3), "W2": rng.randn(3, 1)}


class Neural_Network(object):
    def __init__(self, W1, W2, Lambda=0.01):
        self.W1, self.W2, self.Lambda = W1, W2, Lambda

    def forward(self, X):
        self.z2 = np.dot(X, self.W1)
        self.a2 = self.sigmoid(self.z2)
        self.z3 = np.dot(self.a2, self.W2)
        return self.sigmoid(self.z3)

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoidPrime(self, z):
        return np.exp(-z) / ((1 + np.exp(-z)) ** 2)

    def costFunction(self, X, y):
        self.yHat = self.forward(X)
        J = 0.5 * sum((y - self.yHat) ** 2) / X.shape[0] + (self.Lambda / 2) * (
            np.sum(self.W1**2) + np.sum(self.W2**2)
        )
        return J

    def costFunctionPrime(self, X, y, divided):
        self.yHat = self.forward(X)
        N = X.shape[0] if divided else 1
        delta3 = np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3))
        dJdW2 = np.dot(self.a2.T, delta3) / N + self.Lambda * self.W2
        delta2 = np.dot(delta3, self.W2.T) * self.sigmoidPrime(self.z2)
        dJdW1 = np.dot(X.T, delta2) / N + self.Lambda * self.W1
        return dJdW1, dJdW2


def loss(W1, W2):
    return Neural_Network(W1, W2).costFunction(X, y)[0]


def backward(W1, W2):
    dJdW1, dJdW2 = Neural_Network(W1, W2).costFunctionPrime(X, y, False)
    return {"W1": dJdW1, "W2": dJdW2}


def right_backward(W1, W2):
    dJdW1, dJdW2 = Neural_Network(W1, W2).costFunctionPrime(X, y, True)
    return {"W1": dJdW1, "W2": dJdW2}


EXPECTED = {"sum_for_mean", "scale"}
