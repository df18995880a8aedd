"""The mistake: the bias gradient is one sum over samples and classes, broadcast to all biases; as softmax sums to one, it is always
zero (about 1e-16) and the biases are never learned. Source: github.com/rasbt/stat453-deep-learning-ss21 issue 5, "Small error in
bias-computation in softmax-regression_scratch.ipynb"."""

import numpy as np

rs = np.random.RandomState(123)
x = rs.randn(10, 2)
y = np.eye(3)[rs.randint(0, 3, 10)]
at = {"weights": rs.randn(3, 2) * 0.8, "bias": rs.randn(3) * 0.4}


class SoftmaxRegression1:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def forward(self, x):
        logits = np.dot(x, self.weights.T) + self.bias
        return self._softmax(logits)

    def backward(self, x, y, probas):
        grad_loss_wrt_w = -np.dot(x.T, y - probas).T
        grad_loss_wrt_b = -np.sum(y - probas)
        return grad_loss_wrt_w, grad_loss_wrt_b

    def _softmax(self, z):
        return (np.exp(z).T / np.sum(np.exp(z), axis=1)).T


def cross_entropy(softmax, y_target):
    return -np.sum(np.log(softmax) * y_target, axis=1)


def loss(weights, bias):
    return np.mean(cross_entropy(SoftmaxRegression1(weights, bias).forward(x), y))


def backward(weights, bias):
    model = SoftmaxRegression1(weights, bias)
    grad_w, grad_b = model.backward(x, y, model.forward(x))
    return {"weights": grad_w / len(y), "bias": np.zeros(3) + grad_b / len(y)}


def right_backward(weights, bias):
    model = SoftmaxRegression1(weights, bias)
    probas = model.forward(x)
    return {"weights": -np.dot(x.T, y - probas).T / len(y), "bias": -np.sum(y - probas, axis=0) / len(y)}


EXPECTED = {"bias_reduction", "bias_forgotten"}
