"""The mistake: im2col is applied to each sample on its own, and for each the buffer of the kernel's gradient is scaled (by zero)
again before the product is added: only the last sample is left.
Source: GitHub pull request LBANN/lbann #1022, "Bugfix for im2col convolution" ("we have to scale the gradient buffer once ...
and afterward just add into the buffer")."""

import numpy as np

rng = np.random.RandomState(1022)
samples, channels, side, kernels, k = 3, 2, 3, 2, 2
batch = rng.randn(samples, channels, side, side)
goal = rng.randn(samples, kernels * 4)
at = {"kernel": rng.randn(kernels, channels, k, k) * 0.5, "bias": rng.randn(kernels) * 0.1}


def im2col(sample):
    columns = []
    for r in range(side - k + 1):
        for c in range(side - k + 1):
            columns.append(sample[:, r : r + k, c : c + k].reshape(-1))
    return np.stack(columns, axis=1)


def forward(kernel, bias):
    out = []
    for s in range(samples):
        z = np.dot(kernel.reshape(kernels, -1), im2col(batch[s])) + bias[:, None]
        out.append(np.tanh(z))
    return out


def loss(kernel, bias):
    total = 0
    for s, o in enumerate(forward(kernel, bias)):
        total = total + 0.5 * np.sum((o.reshape(-1) - goal[s]) ** 2)
    return total / samples


def _backward(kernel, bias, right):
    out = forward(kernel, bias)
    buffer = np.zeros((kernels, channels * k * k))
    dbias = np.zeros(kernels)
    dst_scale = 0.0
    for s in range(samples):
        d = (out[s] - goal[s].reshape(out[s].shape)) * (1 - out[s] ** 2) / samples
        if not right or s == 0:
            buffer *= dst_scale
        buffer += np.dot(d, im2col(batch[s]).T)
        dbias += np.sum(d, axis=1)
    return {"kernel": buffer.reshape(kernel.shape), "bias": dbias}


def backward(kernel, bias):
    return _backward(kernel, bias, False)


def right_backward(kernel, bias):
    return _backward(kernel, bias, True)


EXPECTED = {"single_sample", "overwritten"}
