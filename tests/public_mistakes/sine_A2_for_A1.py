"""The mistake: dW2 = m_divisor * np.dot(dZ2, A2.T): the output stands where the hidden layer A1 belongs; the number is broadcast to all weights by the
update (the gradient is read off it). Source: Stack Overflow question 55858141, "My Neural Network, made with NumPy, is not converging"."""

import numpy as np

np.random.seed(55858141 % 1000)
X = np.random.randint(1, high=90, size=(1, 6)) / 90
Y = np.abs(np.sin(X * 90))
at = {
    "W1": np.random.randn(4, 1),
    "b1": np.random.randn(4, 1) * 0.1,
    "W2": np.random.randn(1, 4),
    "b2": np.random.randn(1, 1) * 0.1,
}


def sigmoid(z):
    a = 1 / (1 + np.exp(-z))
    return a


def forward_propagate(X, parameters):
    W1, W2, b1, b2 = (parameters[k] for k in ("W1", "W2", "b1", "b2"))
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    return A1, A2


def compute_cost(A2, Y):
    return -((1 / np.shape(Y)[1]) * np.sum((Y * np.log(A2)) + ((1 - Y) * np.log(1 - A2))))


def back_propagate(X, parameters, A1, A2, Y, hidden):
    W2 = parameters["W2"]
    m_divisor = 1 / np.shape(X)[1]
    dZ2 = A2 - Y
    dW2 = m_divisor * np.dot(dZ2, A1.T if hidden else A2.T)
    db2 = m_divisor * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = W2.T * dZ2 * (1 - np.power(A1, 2))
    dW1 = m_divisor * np.dot(dZ1, X.T)
    db1 = m_divisor * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def update(parameters, grads, learning_rate):
    return {k: parameters[k] - learning_rate * grads["d" + k] for k in parameters}


def loss(**parameters):
    return compute_cost(forward_propagate(X, parameters)[1], Y)


def _read_off(parameters, hidden):
    A1, A2 = forward_propagate(X, parameters)
    new = update(parameters, back_propagate(X, parameters, A1, A2, Y, hidden), 0.5)
    return {k: (parameters[k] - new[k]) / 0.5 for k in new}


def backward(**parameters):
    return _read_off(parameters, False)


def right_backward(**parameters):
    return _read_off(parameters, True)


EXPECTED = {"other_operand"}
