"""The mistake: the step of logistic regression is -(y - y_pred).dot(X), the sum over the samples; the cross-entropy reported is
their mean. The gradient is read off the step. Source: github.com/eriklindernoren/ML-From-Scratch issue 124, "Logistic
Regression"."""

import numpy as np

np.random.seed(31)
X = np.random.randn(11, 4)
y = (np.random.rand(11) > 0.5).astype(int)
at = {"param": np.random.uniform(-0.5, 0.5, (4,))}


class Sigmoid:
    def __call__(self, x):
        return 1 / (1 + np.exp(-x))


class LogisticRegression:
    def __init__(self, param, learning_rate=0.1):
        self.param = param
        self.learning_rate = learning_rate
        self.sigmoid = Sigmoid()

    def fit(self, X, y, n_iterations=1, divide=1):
        for i in range(n_iterations):
            y_pred = self.sigmoid(X.dot(self.param))
            self.param -= self.learning_rate * -(y - y_pred).dot(X) / divide


def loss(param):
    p = Sigmoid()(X.dot(param))
    return np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p))


def _step(param, divide):
    clf = LogisticRegression(param.copy())
    clf.fit(X, y, 1, divide)
    return {"param": (param - clf.param) / clf.learning_rate}


def backward(param):
    return _step(param, 1)


def right_backward(param):
    return _step(param, X.shape[0])


EXPECTED = {"sum_for_mean", "scale", "factor_missing"}
