"""Nothing is wrong: mean_delta leaves out the part by the variance, variance_delta * mean(-2 (x - mean)), which is zero as the
deviations sum to zero.
Source: github.com/pjreddie/darknet pull request 29, "need fix mean_delta_cpu?" (also AlexeyAB/darknet issue 4605)."""

import numpy as np

np.random.seed(29)
batch, n_in, filters = 5, 3, 3
x0 = np.random.randn(batch, n_in)
truth = np.random.randn(batch, filters)
at = {
    "weights": np.random.randn(n_in, filters),
    "scales": 1 + 0.3 * np.random.randn(filters),
    "biases": 0.2 * np.random.randn(filters),
}
EPS = 0.00001


def forward(weights, scales, biases):
    x = x0 @ weights
    mean, variance = np.zeros(filters), np.zeros(filters)
    for i in range(filters):
        for j in range(batch):
            mean[i] += x[j, i]
        mean[i] /= batch
        for j in range(batch):
            variance[i] += (x[j, i] - mean[i]) ** 2
        variance[i] /= batch
    x_norm = (x - mean) / np.sqrt(variance + EPS)
    out = np.tanh(x_norm * scales + biases)
    return x, mean, variance, x_norm, out


def loss(weights, scales, biases):
    out = forward(weights, scales, biases)[-1]
    return np.sum((out - truth) ** 2) / batch


def _backward(weights, scales, biases, whole):
    x, mean, variance, x_norm, out = forward(weights, scales, biases)
    delta = 2 * (out - truth) / batch * (1 - out**2)
    dbiases = delta.sum(axis=0)
    dscales = (delta * x_norm).sum(axis=0)
    delta = delta * scales
    variance_delta = np.sum(delta * (x - mean), axis=0) * -0.5 * (variance + EPS) ** -1.5
    mean_delta = np.sum(delta, axis=0) * (-1.0 / np.sqrt(variance + EPS))
    if whole:
        mean_delta = mean_delta + variance_delta * np.mean(-2 * (x - mean), axis=0)
    delta = delta / np.sqrt(variance + EPS) + variance_delta * 2 * (x - mean) / batch + mean_delta / batch
    return {"weights": x0.T @ delta, "scales": dscales, "biases": dbiases}


def backward(weights, scales, biases):
    return _backward(weights, scales, biases, False)


def right_backward(weights, scales, biases):
    return _backward(weights, scales, biases, True)


EXPECTED = set()
