"""The mistake: the gradient of the logistic loss is taken with respect to p = sigmoid(y'), and used as if
it were with respect to the score y'. Source: GitHub issue wepe/tgboost #9, "are grad and hess formulas in
LogisticLoss wrong?" (Java; here the score is linear)."""

import numpy as np

rng = np.random.RandomState(9)
X = rng.randn(6, 3)
label = rng.randint(0, 2, 6).astype(float)
at = {"w": rng.randn(3) * 0.7, "base_score": rng.randn(1) * 0.5}


def transform(pred):
    return 1.0 / (1.0 + np.exp(-pred))


def loss(w, base_score):
    p = transform(X @ w + base_score[0])
    return -np.sum(label * np.log(p) + (1 - label) * np.log(1 - p))


def grad(pred, label):
    pred = transform(pred)
    return (1 - label) / (1 - pred) - label / pred


def right_grad(pred, label):
    return transform(pred) - label


def _backward(w, base_score, grad):
    g = grad(X @ w + base_score[0], label)
    return {"w": X.T @ g, "base_score": np.array([np.sum(g)])}


def backward(w, base_score):
    return _backward(w, base_score, grad)


def right_backward(w, base_score):
    return _backward(w, base_score, right_grad)


EXPECTED = {"derivative_missing"}
