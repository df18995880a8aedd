"""The mistake: W stands in the encoder and (transposed) in the decoder, only the part of the decoder is in its gradient.
Source: Cross Validated 239943, "Autoencoders' gradient when using tied weights" (the gradient is the sum of the two)."""

import numpy as np

np.random.seed(239)
n_visible, n_hidden = 5, 3
samples = np.random.rand(4, n_visible)
at = {
    "W": np.random.uniform(-1, 1, (n_hidden, n_visible)),
    "b": np.random.randn(n_hidden) * 0.1,
    "c": np.random.randn(n_visible) * 0.1,
}


def sigma(a):
    return 1 / (1 + np.exp(-a))


def loss(W, b, c):
    total = 0.0
    for x in samples:
        h = sigma(b + W.dot(x))
        xhat = sigma(c + W.T.dot(h))
        total += -np.sum(x * np.log(xhat) + (1 - x) * np.log(1 - xhat))
    return total / len(samples)


def _backward(W, b, c, both):
    gW, gb, gc = np.zeros(W.shape), np.zeros(b.shape), np.zeros(c.shape)
    for x in samples:
        h = sigma(b + W.dot(x))
        xhat = sigma(c + W.T.dot(h))
        dl_dahat = xhat - x
        dl_da = W.dot(dl_dahat) * h * (1 - h)
        gc += dl_dahat
        gb += dl_da
        gW += np.outer(h, dl_dahat)
        if both:
            gW += np.outer(dl_da, x)
    return {"W": gW / len(samples), "b": gb / len(samples), "c": gc / len(samples)}


def backward(W, b, c):
    return _backward(W, b, c, False)


def right_backward(W, b, c):
    return _backward(W, b, c, True)


EXPECTED = {"shared_use_missing", "path_missing"}
