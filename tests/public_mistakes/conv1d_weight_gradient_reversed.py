"""The mistake: the kernel's gradient is the cross correlation of output gradient and inputs, with the two arguments in the wrong order, so
that it comes out reversed; the input's gradient is right.
Source: end-to-end-machine-learning.teachable.com, course 321 (1-D convolutional networks), lecture 2.7, postscript ("a bug in
the computation of the weight gradients")."""

import numpy as np

np.random.seed(321)
n_kernels, width, n_in = 2, 3, 6
signals = [np.random.randn(n_in) for _ in range(3)]
wanted = [np.random.randn(2) for _ in range(3)]
at = {
    "pre": 1 + 0.3 * np.random.randn(n_in),
    "weights": np.random.randn(width, n_kernels) * 0.7,
    "bias": np.random.randn(n_kernels) * 0.2,
    "top": np.random.randn(4 * n_kernels, 2) * 0.5,
}


def xcorr(a, b):
    """Valid cross correlation: b slides over a. With the shorter first the result runs from the last shift to the first."""
    if len(a) < len(b):
        return xcorr(b, a)[::-1]
    out = np.zeros(len(a) - len(b) + 1)
    for i in range(len(out)):
        out[i] = np.sum(a[i : i + len(b)] * b)
    return out


def run(pre, weights, bias, top):
    inputs, outs, ys = [], [], []
    for s in signals:
        x = np.tanh(s * pre)
        out = np.zeros((4, n_kernels))
        for k in range(n_kernels):
            out[:, k] = xcorr(x, weights[:, k]) + bias[k]
        out = np.tanh(out)
        inputs.append(x)
        outs.append(out)
        ys.append(np.dot(out.reshape(-1), top))
    return inputs, outs, ys


def loss(pre, weights, bias, top):
    inputs, outs, ys = run(pre, weights, bias, top)
    total = 0.0
    for y, w in zip(ys, wanted):
        total += np.sum((y - w) ** 2)
    return total


def _backward(pre, weights, bias, top, right):
    inputs, outs, ys = run(pre, weights, bias, top)
    g = {
        "pre": np.zeros(n_in),
        "weights": np.zeros((width, n_kernels)),
        "bias": np.zeros(n_kernels),
        "top": np.zeros(top.shape),
    }
    for s, x, out, y, w in zip(signals, inputs, outs, ys, wanted):
        dy = 2 * (y - w)
        g["top"] += np.outer(out.reshape(-1), dy)
        de_dout = np.dot(top, dy).reshape(out.shape) * (1 - out**2)
        de_dx = np.zeros(n_in)
        for k in range(n_kernels):
            if right:
                g["weights"][:, k] += xcorr(x, de_dout[:, k])
            else:
                g["weights"][:, k] += xcorr(de_dout[:, k], x)
            g["bias"][k] += np.sum(de_dout[:, k])
            for i in range(4):
                de_dx[i : i + width] += de_dout[i, k] * weights[:, k]
        g["pre"] += de_dx * (1 - x**2) * s
    return g


def backward(pre, weights, bias, top):
    return _backward(pre, weights, bias, top, False)


def right_backward(pre, weights, bias, top):
    return _backward(pre, weights, bias, top, True)


EXPECTED = {"permuted"}
