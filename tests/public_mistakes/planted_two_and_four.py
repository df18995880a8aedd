"""The mistake: dW2 has a factor 2 too many and db1 a factor 4; the rest is right. Source: the gradient checking exercise of
deeplearning.ai, reported in github.com/bighuang624/Andrew-Ng-Deep-Learning-notes issue 10 (difference = 0.17, reason unknown)."""

import numpy as np

np.random.seed(3)
X, Y = np.random.randn(4, 5), np.array([[1, 1, 0, 0, 1]])
at = {
    "W1": np.random.randn(5, 4) * 0.6,
    "b1": np.random.randn(5, 1) * 0.3,
    "W2": np.random.randn(3, 5) * 0.6,
    "b2": np.random.randn(3, 1) * 0.3,
    "W3": np.random.randn(1, 3) * 0.8,
    "b3": np.random.randn(1, 1) * 0.3,
}


def relu(x):
    return np.maximum(0, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def forward_propagation_n(X, Y, parameters):
    m = X.shape[1]
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]
    Z1 = np.dot(W1, X) + b1
    A1 = relu(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = relu(Z2)
    Z3 = np.dot(W3, A2) + b3
    A3 = sigmoid(Z3)
    logprobs = np.multiply(-np.log(A3), Y) + np.multiply(-np.log(1 - A3), 1 - Y)
    cost = 1.0 / m * np.sum(logprobs)
    return cost, (Z1, A1, W1, Z2, A2, W2, Z3, A3, W3)


def loss(**parameters):
    return forward_propagation_n(X, Y, parameters)[0]


def backward_propagation_n(X, Y, cache, two, four):
    m = X.shape[1]
    Z1, A1, W1, Z2, A2, W2, Z3, A3, W3 = cache
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) * two
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = four / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"W3": dW3, "b3": db3, "W2": dW2, "b2": db2, "W1": dW1, "b1": db1}


def backward(**parameters):
    return backward_propagation_n(X, Y, forward_propagation_n(X, Y, parameters)[1], 2, 4.0)


def right_backward(**parameters):
    return backward_propagation_n(X, Y, forward_propagation_n(X, Y, parameters)[1], 1, 1.0)


EXPECTED = {"scale"}
