"""The mistake: the derivative of tanh is multiplied with Z1 as well: g'(Z1) was read as a product (1 - A1**2) times Z1. (The asker's code is removed;
made after the mentor's answer "You don't need to multiply by Z1, right? You are invoking the function g'(Z1)".) Source:
community.deeplearning.ai thread 85937, "Wrong values for dW1"."""

import numpy as np

np.random.seed(3)
X = np.random.randn(2, 3)
Y = np.array([[1.0, 0.0, 1.0]])
at = {
    "W1": np.random.randn(4, 2),
    "b1": np.random.randn(4, 1) * 0.1,
    "W2": np.random.randn(1, 4),
    "b2": np.random.randn(1, 1) * 0.1,
}


def forward_propagation(X, parameters):
    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    A2 = 1 / (1 + np.exp(-Z2))
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def compute_cost(A2, Y):
    m = Y.shape[1]
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    return -np.sum(logprobs) / m


def loss(**parameters):
    return compute_cost(forward_propagation(X, parameters)[0], Y)


def backward_propagation(parameters, cache, X, Y, times_z):
    m = X.shape[1]
    A1, A2, Z1 = cache["A1"], cache["A2"], cache["Z1"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(parameters["W2"].T, dZ2) * (1 - np.power(A1, 2))
    if times_z:
        dZ1 = np.dot(parameters["W2"].T, dZ2) * ((1 - np.power(A1, 2)) * Z1)
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def backward(**parameters):
    return backward_propagation(parameters, forward_propagation(X, parameters)[1], X, Y, True)


def right_backward(**parameters):
    return backward_propagation(parameters, forward_propagation(X, parameters)[1], X, Y, False)


EXPECTED = {"derivative_of_other", "?"}
