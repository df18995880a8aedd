"""The mistake: the penalty is gamma * sqrt(beta @ beta), its gradient is said to be gamma * beta (that is the gradient of
gamma / 2 * beta @ beta; right: gamma * beta / sqrt(beta @ beta)). Source: GitHub issue ddbourgin/numpy-ml #53, "Why gamma * beta
stand for L2 in LogisticRegression._NLL_grad" (the answer)."""

import numpy as np

rng = np.random.RandomState(3)
X = np.c_[np.ones(8), rng.randn(8, 3)]
y = np.array([0, 1, 1, 0, 1, 0, 1, 1])
at = {"beta": rng.randn(4)}


class LogisticRegression:
    def __init__(self, penalty="l2", gamma=0.4):
        self.penalty = penalty
        self.gamma = gamma

    def _sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def _NLL(self, X, y, y_pred):
        N, M = X.shape
        nll = -np.sum(y * np.log(y_pred) + (1 - y) * np.log(1 - y_pred))
        penalty = self.gamma * np.sqrt(self.beta @ self.beta)
        return (penalty + nll) / N

    def _NLL_grad(self, X, y, y_pred, right):
        N, M = X.shape
        d_penalty = self.gamma * self.beta
        if right:
            d_penalty = d_penalty / np.sqrt(self.beta @ self.beta)
        return -(np.dot(y - y_pred, X) - d_penalty) / N


def loss(beta):
    model = LogisticRegression()
    model.beta = beta
    return model._NLL(X, y, model._sigmoid(np.dot(X, beta)))


def _grad(beta, right):
    model = LogisticRegression()
    model.beta = beta
    return {"beta": model._NLL_grad(X, y, model._sigmoid(np.dot(X, beta)), right)}


def backward(beta):
    return _grad(beta, False)


def right_backward(beta):
    return _grad(beta, True)


EXPECTED = {"other_loss", "derivative_missing", "derivative_of_other", "factor_missing"}
