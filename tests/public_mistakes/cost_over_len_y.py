"""The mistake: the cost is -sum(y log s) / len(y), with len(y) the number of classes, and the gradient is s - y, not divided. Source: question
"gradient of the softmax entropy loss ... the analytical gradient does not match the numeric gradient" (Stack Overflow, copy at
z.id.vn/?p=348969)."""

import numpy as np

y_expected = np.array([0.0, 0.0, 1.0, 0.0])
at = {"z": np.array([1.1, 2.2, 0.3, -1.7])}


def softmax(z):
    expp = np.exp(z)
    return np.divide(expp, np.sum(expp))


def loss(z):
    s = softmax(z)
    return -np.sum(y_expected * np.log(s)) / len(y_expected)


def backward(z):
    s = softmax(z)
    return {"z": s - y_expected}


def right_backward(z):
    s = softmax(z)
    return {"z": (s - y_expected) / len(y_expected)}


EXPECTED = {"scale", "sum_for_mean"}
