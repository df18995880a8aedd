"""The mistake: the bias gradients are means over the samples, although the 1/n of the loss is in the delta already; the weights
have the sum. Samples stand in columns. Source: github.com/kvfrans/notes issue 5 ("d_b1 = jnp.mean(d_h2, axis=1) should be
jnp.sum")."""

import numpy as np

rng = np.random.RandomState(5)
n = 6
x, y = rng.randn(3, n), rng.randn(2, n)
at = {
    "w1": rng.randn(5, 3) * 0.6,
    "b1": rng.randn(5, 1) * 0.3,
    "w2": rng.randn(4, 5) * 0.6,
    "b2": rng.randn(4, 1) * 0.3,
    "w3": rng.randn(2, 4) * 0.6,
    "b3": rng.randn(2, 1) * 0.3,
}


def relu(h):
    return np.maximum(h, 0)


def forward(w1, b1, w2, b2, w3, b3):
    h1 = w1 @ x + b1
    a1 = relu(h1)
    h2 = w2 @ a1 + b2
    a2 = relu(h2)
    out = w3 @ a2 + b3
    return h1, a1, h2, a2, out


def loss(w1, b1, w2, b2, w3, b3):
    out = forward(w1, b1, w2, b2, w3, b3)[-1]
    return np.mean((out - y) ** 2)


def manual_grad(w1, b1, w2, b2, w3, b3, reduce):
    h1, a1, h2, a2, out = forward(w1, b1, w2, b2, w3, b3)
    d_out = 2 * (out - y) / out.size
    d_w3 = d_out @ a2.T
    d_b3 = reduce(d_out, axis=1, keepdims=True)
    d_h2 = (w3.T @ d_out) * (h2 > 0)
    d_w2 = d_h2 @ a1.T
    d_b2 = reduce(d_h2, axis=1, keepdims=True)
    d_h1 = (w2.T @ d_h2) * (h1 > 0)
    d_w1 = d_h1 @ x.T
    d_b1 = reduce(d_h1, axis=1, keepdims=True)
    return {"w1": d_w1, "b1": d_b1, "w2": d_w2, "b2": d_b2, "w3": d_w3, "b3": d_b3}


def backward(**p):
    return manual_grad(**p, reduce=np.mean)


def right_backward(**p):
    return manual_grad(**p, reduce=np.sum)


EXPECTED = {"bias_reduction", "scale", "sum_for_mean"}
