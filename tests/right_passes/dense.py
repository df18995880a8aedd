"""Dense layers in four layouts, and what is built of them: weights that are shared, and residual blocks.

Every layer here and next door has `forward(p, x)`, which returns the output and a cache, and
`backward(p, dy, cache, gradients)`, which adds the gradients of its parameters and returns that of x.
"""

from typing import Any, NamedTuple

import numpy as np


def add(gradients, name, value):
    """Add to a parameter's gradient: it may be used several times."""
    gradients[name] = gradients[name] + value if name in gradients else value


class Layout(NamedTuple):
    """A product of W and x, and its two derivatives; samples are the rows of x, or its columns."""

    rows: bool
    tall: bool  # W has a row for each input, not for each output
    product: Any
    to_weights: Any
    to_input: Any


LAYOUTS = {
    "XW": Layout(True, True, lambda W, x: x @ W, lambda x, d: x.T @ d, lambda W, d: d @ W.T),
    "XWt": Layout(True, False, lambda W, x: np.dot(x, W.T), lambda x, d: d.T @ x, lambda W, d: d @ W),
    "WX": Layout(False, False, lambda W, x: W @ x, lambda x, d: d @ x.T, lambda W, d: W.T @ d),
    "WtX": Layout(False, True, lambda W, x: W.T @ x, lambda x, d: x @ d.T, lambda W, d: W @ d),
}
TURNED = {"XW": "XWt", "XWt": "XW", "WX": "WtX", "WtX": "WX"}


class Dense:
    def __init__(self, weights, bias, layout, loop=False):
        self.weights, self.bias, self.loop = weights, bias, loop
        self.layout = LAYOUTS[layout]
        self.name = f"dense({weights},{layout})"

    def forward(self, p, x):
        z = self.layout.product(p[self.weights], x)
        if self.bias:
            z = z + self.spread(p[self.bias])
        return z, x

    def spread(self, b):
        """Return a bias of shape (H,), (1, H) or (H, 1) in the shape in which it is added."""
        if self.layout.rows:
            return b.T if b.ndim == 2 and b.shape[0] != 1 else b
        if b.ndim == 1:
            return b[:, None]
        return b if b.shape[1] == 1 else b.reshape(-1, 1)

    def backward(self, p, dz, x, gradients):
        W = p[self.weights]
        dW = self.sample_by_sample(W, dz, x) if self.loop else self.layout.to_weights(x, dz)
        add(gradients, self.weights, dW)
        if self.bias:
            db = dz.sum(axis=0 if self.layout.rows else 1)
            add(gradients, self.bias, db.reshape(p[self.bias].shape))
        return self.layout.to_input(W, dz)

    def sample_by_sample(self, W, dz, x):
        if not self.layout.rows:
            dz, x = dz.T, x.T
        dW = np.zeros_like(W)
        for d, a in zip(dz, x):
            dW += a[:, None] * d[None, :] if self.layout.tall else d[:, None] * a[None, :]
        return dW


class Residual:
    """x + scale * inner(x)."""

    def __init__(self, layers, scale):
        self.layers, self.scale = layers, scale
        self.name = f"res{scale}({'-'.join(layer.name for layer in layers)})"

    def forward(self, p, x):
        inner, caches = through(self.layers, p, x)
        return (x + inner if self.scale == 1 else x + self.scale * inner), caches

    def backward(self, p, dy, caches, gradients):
        inner = dy if self.scale == 1 else self.scale * dy
        return dy + back(self.layers, p, inner, caches, gradients)


class Flatten:
    """Each sample becomes a row."""

    name = "flatten"

    def forward(self, p, x):
        return x.reshape(x.shape[0], -1), x.shape

    def backward(self, p, dy, shape, gradients):
        return dy.reshape(shape)


def through(layers, p, x):
    """Run layers one after another; return the output and their caches."""
    caches = []
    for layer in layers:
        x, cache = layer.forward(p, x)
        caches.append(cache)
    return x, caches


def back(layers, p, delta, caches, gradients):
    """Run them backward; return the gradient of their input."""
    for layer, cache in zip(layers[::-1], caches[::-1]):
        delta = layer.backward(p, delta, cache, gradients)
    return delta
