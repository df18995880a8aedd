"""The mistake: dZ1 is computed with dW2, the gradient just computed, in place of W2. Source: community.deeplearning.ai thread
402919, "W3 Ex 6 AssertionError: Wrong values for dW1" ("Check the formula of dZ1 again. W2 or dW2?")."""

import numpy as np

np.random.seed(9)
X, Y = np.random.randn(2, 8), (np.random.rand(1, 8) > 0.4) * 1
at = {
    "W1": np.random.randn(4, 2) * 0.8,
    "b1": np.random.randn(4, 1) * 0.2,
    "W2": np.random.randn(1, 4) * 0.8,
    "b2": np.random.randn(1, 1) * 0.2,
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward_propagation(X, parameters):
    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def compute_cost(A2, Y):
    m = Y.shape[1]
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    return -(1 / m) * np.sum(logprobs)


def loss(**parameters):
    A2, cache = forward_propagation(X, parameters)
    return compute_cost(A2, Y)


def backward_propagation(parameters, cache, X, Y, right):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    W2 = parameters["W2"] if right else dW2
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def backward(**parameters):
    return backward_propagation(parameters, forward_propagation(X, parameters)[1], X, Y, False)


def right_backward(**parameters):
    return backward_propagation(parameters, forward_propagation(X, parameters)[1], X, Y, True)


EXPECTED = {"other_operand"}
