"""The mistake: grad[i] = (1.0 / m) * sumdelta * -1 with delta = h - y: the sign. Source: the gist
"Logistic Regression" (compute_grad; in nvidia/Nemotron-CC-Math-v1, with the comment "I also took out the
negatives in the cost function and grad")."""

import numpy as np

rng = np.random.RandomState(27)
m = 6
X = np.column_stack([np.ones(m), rng.randn(m, 2)])
y = rng.randint(0, 2, m).astype(float)
at = {"theta": rng.randn(3)}


def sigmoid(X):
    den = 1.0 + np.exp(-1.0 * X)
    return 1.0 / den


def loss(theta):
    h = sigmoid(X.dot(theta))
    return (1.0 / m) * (-y.dot(np.log(h)) - (1 - y).dot(np.log(1 - h)))


def backward(theta):
    theta = theta.reshape(1, 3)
    grad = np.zeros(3)
    h = sigmoid(X.dot(theta.T))
    delta = h - y.reshape(-1, 1)
    for i in range(grad.size):
        sumdelta = delta.T.dot(X[:, i])
        grad[i] = (1.0 / m) * sumdelta[0] * -1
    return {"theta": grad}


def right_backward(theta):
    return {"theta": X.T.dot(sigmoid(X.dot(theta)) - y) / m}


EXPECTED = {"sign"}
