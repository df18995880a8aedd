"""The mistake: the derivative of ELU is written y + alpha, which holds for y = elu(x), and is called with the layer's input x.
Source: github.com/mlpack/mlpack pull request 1540, "Fixed bug in the derivative of the exponential linear unit"."""

import numpy as np

rng = np.random.RandomState(14)
X, y = rng.randn(8, 3), rng.randn(8, 1)
at = {
    "W1": rng.randn(3, 5) * 0.8,
    "w01": rng.randn(1, 5) * 0.3,
    "W2": rng.randn(5, 1) * 0.8,
    "w02": rng.randn(1, 1) * 0.3,
}


class ELU:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def __call__(self, x):
        return np.where(x >= 0.0, x, self.alpha * (np.exp(x) - 1))

    def gradient(self, y):
        return np.where(y >= 0.0, 1, y + self.alpha)


elu = ELU(0.8)


def forward(W1, w01, W2, w02):
    layer_input = X.dot(W1) + w01
    hidden = elu(layer_input)
    return layer_input, hidden, hidden.dot(W2) + w02


def loss(W1, w01, W2, w02):
    return 0.5 * np.mean(np.power(y - forward(W1, w01, W2, w02)[-1], 2))


def _backward(p, called_with):
    layer_input, hidden, y_pred = forward(**p)
    accum_grad = -(y - y_pred) / y.shape[0]
    grad_W2 = hidden.T.dot(accum_grad)
    grad_w02 = np.sum(accum_grad, axis=0, keepdims=True)
    accum_grad = accum_grad.dot(p["W2"].T) * elu.gradient(
        {"input": layer_input, "output": hidden}[called_with]
    )
    return {
        "W1": X.T.dot(accum_grad),
        "w01": np.sum(accum_grad, axis=0, keepdims=True),
        "W2": grad_W2,
        "w02": grad_w02,
    }


def backward(**p):
    return _backward(p, "input")


def right_backward(**p):
    return _backward(p, "output")


EXPECTED = {"derivative_argument"}
