"""The mistake: the hidden error is made of l2_error, not of l2_error * slope_output (which stands in dW2 and db2). (The code of the course also left
dw without out_h.T, which the reader mended, and not this.) Source: discuss.educative.io thread 36924, "Back propagation" (XOR, columns)."""

import numpy as np

rng = np.random.RandomState(36924)
X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
Y = np.array([[0, 1, 1, 0]])
at = {"W1": rng.randn(2, 2), "b1": rng.randn(2, 1), "W2": rng.randn(1, 2), "b2": rng.randn(1, 1)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward_propagation(X, W1, b1, W2, b2):
    net_h = np.dot(W1, X) + b1
    out_h = sigmoid(net_h)
    net_y = np.dot(W2, out_h) + b2
    out_y = sigmoid(net_y)
    return out_h, out_y


def calculate_error(y, y_predicted):
    return np.sum(0.5 * (y_predicted - y) ** 2)


def loss(W1, b1, W2, b2):
    out_h, out_y = forward_propagation(X, W1, b1, W2, b2)
    return calculate_error(Y, out_y)


def backward_propagation(X, Y, out_h, out_y, W2, right):
    l2_error = out_y - Y
    slope_output = out_y * (1 - out_y)
    dW2 = np.dot(l2_error * slope_output, out_h.T)
    db2 = np.sum(l2_error * slope_output, axis=1, keepdims=True)
    dh = np.dot(W2.T, l2_error)
    if right:
        dh = np.dot(W2.T, l2_error * slope_output)
    l1_error = np.multiply(dh, out_h * (1 - out_h))
    dW1 = np.dot(l1_error, X.T)
    db1 = np.sum(l1_error, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def backward(W1, b1, W2, b2):
    out_h, out_y = forward_propagation(X, W1, b1, W2, b2)
    return backward_propagation(X, Y, out_h, out_y, W2, False)


def right_backward(W1, b1, W2, b2):
    out_h, out_y = forward_propagation(X, W1, b1, W2, b2)
    return backward_propagation(X, Y, out_h, out_y, W2, True)


EXPECTED = {"derivative_missing"}
