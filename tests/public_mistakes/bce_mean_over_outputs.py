"""The mistake: the binary cross-entropy is a mean over the outputs, its derivative is not divided by their number: off by n
everywhere. Source: GitHub issue oysteijo/simd_neuralnet #1, "Crossentropy loss and sigmoid output"."""

import numpy as np

rng = np.random.RandomState(41)
n_in, n_hid, n_out = 4, 5, 3
inputs = rng.randn(n_in)
targets = np.array([1.0, 0.0, 1.0])
at = {
    "weight_0": rng.randn(n_in, n_hid) * 0.6,
    "bias_0": rng.randn(n_hid) * 0.1,
    "weight_1": rng.randn(n_hid, n_out) * 0.6,
    "bias_1": rng.randn(n_out) * 0.1,
}


def sigmoid(n, y):
    for i in range(n):
        y[i] = 1 / (1 + np.exp(-y[i]))
    return y


def crossentropy(n, y_pred, y_real):
    total = 0
    for i in range(n):
        total -= y_real[i] * np.log(y_pred[i]) + (1 - y_real[i]) * np.log(1 - y_pred[i])
    return total / n


def crossentropy_derivative(n, y_pred, y_real, right):
    grad = np.zeros(n)
    for i in range(n):
        grad[i] = -(y_real[i] / y_pred[i]) + (1 - y_real[i]) / (1 - y_pred[i])
        if right:
            grad[i] /= n
    return grad


def run(p):
    hidden = np.tanh(np.dot(inputs, p["weight_0"]) + p["bias_0"])
    out = sigmoid(n_out, list(np.dot(hidden, p["weight_1"]) + p["bias_1"]))
    return hidden, out


def loss(**p):
    return crossentropy(n_out, run(p)[1], targets)


def _backward(p, right):
    hidden, out = run(p)
    out = np.array(out)
    grad = crossentropy_derivative(n_out, out, targets, right) * out * (1 - out)
    back = np.dot(p["weight_1"], grad) * (1 - hidden**2)
    return {
        "weight_0": np.outer(inputs, back),
        "bias_0": back,
        "weight_1": np.outer(hidden, grad),
        "bias_1": grad,
    }


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"sum_for_mean", "scale"}
