"""The mistake: the cost is val / 2 * len(x), read val / (2 * len(x)); the gradient is divided by len(x). So the gradient is len(x)^2 too small for the
cost as written. Source: Stack Overflow, "Gradient of linear regression" with scipy.optimize.check_grad (copy: pullrequest.ru/10750212)."""

import numpy as np

INPUTS = np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 6.0]])
OUTPUTS = np.array([[3.0], [5.0], [11.0]])
at = {"weights": np.array([0.83, 1.21])}


def assume(weights, x):
    return np.dot(x, np.transpose(weights))


def loss(weights):
    x, y = INPUTS, OUTPUTS
    predict = assume(weights, x).reshape(len(x), 1)
    val = np.sum(np.square(predict - y), axis=0)
    return val[0] / 2 * len(x)


def backward(weights):
    x, y = INPUTS, OUTPUTS
    predict = assume(weights, x).reshape(len(x), 1)
    val = np.sum(np.multiply(x, (predict - y)), axis=0)
    return {"weights": val / len(x)}


def right_backward(weights):
    x, y = INPUTS, OUTPUTS
    predict = assume(weights, x).reshape(len(x), 1)
    val = np.sum(np.multiply(x, (predict - y)), axis=0)
    return {"weights": val * len(x)}


EXPECTED = {"scale", "sum_for_mean"}
