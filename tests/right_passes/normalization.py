"""Layer norm and batch norm, with gain and shift; the backward pass in one formula, or step by step."""

import numpy as np

from .dense import add


class Norm:
    """Batch norm takes mean and variance over the samples, layer norm over the features."""

    def __init__(self, gain, shift, *, batch, columns, eps, style):
        self.gain, self.shift, self.eps, self.style = gain, shift, eps, style
        self.samples = 1 if columns else 0
        self.axis = self.samples if batch else 1 - self.samples
        self.name = f"{'batchnorm' if batch else 'layernorm'}[{style}]"

    def forward(self, p, x):
        centred = x - x.mean(axis=self.axis, keepdims=True)
        if self.style == "var":
            variance = np.var(x, axis=self.axis, keepdims=True)
        else:
            variance = (centred**2).mean(axis=self.axis, keepdims=True)
        inverse = 1 / np.sqrt(variance + self.eps)
        normal = centred * inverse
        return p[self.gain] * normal + p[self.shift], (centred, inverse, normal)

    def backward(self, p, dy, cache, gradients):
        centred, inverse, normal = cache
        shape = p[self.gain].shape
        add(gradients, self.gain, (dy * normal).sum(axis=self.samples).reshape(shape))
        add(gradients, self.shift, dy.sum(axis=self.samples).reshape(shape))
        d = dy * p[self.gain]
        n = d.shape[self.axis]
        if self.style == "compact":
            return inverse / n * (n * d - self.sum(d) - normal * self.sum(d * normal))
        dvariance = self.sum(d * centred * -0.5 * inverse**3)
        dmean = self.sum(d * -inverse) + dvariance * self.sum(-2 * centred) / n
        return d * inverse + dvariance * 2 * centred / n + dmean / n

    def sum(self, a):
        return a.sum(axis=self.axis, keepdims=True)
