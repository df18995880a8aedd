"""The mistake: grad[j] *= X[i, j] stands after the inner loop: the sum of all errors is multiplied with the last row's feature only. (The asker's
odds, exp(bx) / exp(1 + bx), are mended, as the answer says.) Source: "GD for logistic regression isn't stable. Why?" (Stack Exchange, in
nvidia/Nemotron-CC-Math-v1)."""

from math import exp

import numpy as np

rng = np.random.RandomState(8)
X = np.column_stack((np.ones(6), rng.randn(6, 2)))
y = np.array([0, 1, 1, 0, 1, 0])
at = {"b": rng.randn(3)}


class LogisticRegression:
    def __init__(self, b):
        self.m, self.p = X.shape
        self.b = b

    def __odds(self, x, b):
        return np.exp(b.dot(x)) / (1 + np.exp(b.dot(x)))

    def loss(self):
        total = 0
        for i in range(self.m):
            p = self.__odds(X[i], self.b)
            total -= y[i] * np.log(p) + (1 - y[i]) * np.log(1 - p)
        return total / float(self.m)

    def gd_step(self, inside):
        grad = np.zeros(self.p)
        for j in range(self.p):
            for i in range(self.m):
                odds = exp(self.b.dot(X[i])) / (1 + exp(self.b.dot(X[i])))
                if inside:
                    grad[j] += (odds - y[i]) * X[i, j]
                else:
                    grad[j] += odds - y[i]
            if not inside:
                grad[j] *= X[i, j]
        return grad / float(self.m)


def loss(b):
    return LogisticRegression(b).loss()


def backward(b):
    return {"b": LogisticRegression(b).gd_step(False)}


def right_backward(b):
    return {"b": LogisticRegression(b).gd_step(True)}


EXPECTED = {"other_operand", "single_sample"}
