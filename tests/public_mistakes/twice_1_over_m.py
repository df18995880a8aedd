"""The mistake: dZ1 is multiplied with 1/m, and dW1 and db1 once more."""

import numpy as np

np.random.seed(1)
X, Y = np.random.randn(2, 6), (np.random.randn(1, 6) > 0).astype(int)
at = {
    "W1": np.random.randn(4, 2) * 0.7,
    "b1": np.random.randn(4, 1) * 0.1,
    "W2": np.random.randn(1, 4) * 0.7,
    "b2": np.array([[-1.3]]),
}


def forward_propagation(X, parameters):
    W1 = parameters["W1"]
    b1 = parameters["b1"]
    W2 = parameters["W2"]
    b2 = parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    assert A2.shape == (1, X.shape[1])
    cache = {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    return A2, cache


def compute_cost(A2, Y):
    m = Y.shape[1]
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(1 - Y, np.log(1 - A2))
    cost = -np.sum(logprobs) / m
    cost = float(np.squeeze(cost))  # makes sure cost is the dimension we expect
    return cost


def loss(**parameters):
    A2, cache = forward_propagation(X, parameters)
    return compute_cost(A2, Y)


def loss_rewritten(**parameters):
    A2, cache = forward_propagation(X, parameters)
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(1 - Y, np.log(1 - A2))
    return -np.sum(logprobs) / Y.shape[1]


def _backward(parameters, cache, right):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.multiply(np.dot(parameters["W2"].T, dZ2), 1 - np.power(A1, 2))
    if not right:
        dZ1 = dZ1 / m
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def backward(**parameters):
    return _backward(parameters, forward_propagation(X, parameters)[1], False)


def right_backward(**parameters):
    return _backward(parameters, forward_propagation(X, parameters)[1], True)


EXPECTED = {"sum_for_mean", "scale", "factor_missing"}
