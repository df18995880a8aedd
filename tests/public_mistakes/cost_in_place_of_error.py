"""The mistake: a formula that is no derivative at all: the gradient is theta - alpha / m * (cost . x), with the cost itself (and the
sigmoid of x, without theta) where the error belongs. Source: Stack Overflow, "Integrate Gradient Descent in Logistic Regression"
(python-pypi.wekeepcoding.com/article/12022270; "you have some stuff mixed up in here")."""

import numpy as np

X = np.asarray([[0.50], [0.75], [1.00], [1.75], [1.75], [2.25], [2.75], [3.25], [4.00], [4.50], [5.50]])
X = np.hstack([np.ones(X.shape), X])
y = np.asarray([0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1])
m = len(X)
alpha = 0.05
at = {"theta": np.array([-1.1, 0.6])}


def sigmoid(a):
    return 1.0 / (1 + np.exp(-a))


def loss(theta):
    h = sigmoid(np.dot(X, theta))
    cost = (-y) * np.log(h) - (1 - y) * np.log(1 - h)
    return np.sum(cost) / m


def backward(theta):
    grad = theta
    for i in range(0, m):
        s = sigmoid(X[i])
        cost = (-y[i]) * np.log(s) - (1 - y[i]) * np.log(1 - s)
        grad = grad - alpha * (1.0 / m) * (np.dot(cost, X[i]))
    return {"theta": grad}


def right_backward(theta):
    return {"theta": np.dot(X.T, sigmoid(np.dot(X, theta)) - y) / m}


EXPECTED = {"?"}
