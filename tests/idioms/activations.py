"""Activations of neurons, elementwise functions with and without kinks."""

import math

import numpy as np

from .definition import idiom
from .samples import X, y


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@idiom(W=(3, 2), b=(2,))
def sigmoid_layer(W, b):
    z = np.dot(X, W) + b
    a = sigmoid(z)
    return np.sum(a**2)


@idiom(W=(3, 2))
def tanh_layer(W):
    return np.mean(np.tanh(X @ W))


@idiom(W=(3, 2), b=(2,))
def relu_by_maximum(W, b):
    h = np.maximum(0, X @ W + b)
    return (h**2).sum()


@idiom(W=(3, 2))
def relu_by_product_with_mask(W):
    z = X.dot(W)
    return (z * (z > 0)).sum()


@idiom(W=(3, 2))
def relu_by_where(W):
    z = X @ W
    return np.where(z > 0, z, 0).sum()


@idiom(W=(3, 2))
def relu_by_mask_assignment(W):
    h = X @ W
    h[h < 0] = 0
    return (h * h).sum()


@idiom(W=(3, 2))
def relu_by_half_of_absolute(W):
    z = X @ W
    return ((z + np.abs(z)) / 2).sum()


@idiom(W=(3, 2))
def relu_by_clip(W):
    return np.clip(X @ W, 0, None).mean()


@idiom(W=(3, 2))
def relu_by_copy(W):
    z = X @ W
    a = z.copy()
    a[a <= 0] = 0.0
    return np.exp(a).mean()


@idiom(W=(3, 2))
def leaky_by_maximum(W):
    z = X @ W
    return np.maximum(0.01 * z, z).sum()


@idiom(W=(3, 2))
def leaky_by_where(W):
    z = X @ W
    return np.where(z > 0, z, z * 0.01).mean()


@idiom(W=(3, 2))
def leaky_by_mask_assignment(W):
    z = X @ W
    h = z.copy()
    h[z < 0] = 0.01 * z[z < 0]
    return (h**2).sum()


@idiom(W=(3, 2))
def leaky_in_place(W):
    h = X @ W
    h[h < 0] *= 0.1
    return (h**2).mean()


@idiom(W=(3, 2), alpha=())
def parametric_relu(W, alpha):
    z = X @ W
    return (np.maximum(z, 0) + alpha * np.minimum(z, 0)).sum()


@idiom(W=(3, 2))
def elu(W):
    z = X @ W
    return np.where(z > 0, z, 1.0 * (np.exp(z) - 1)).sum()


@idiom(W=(3, 2))
def selu(W):
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    z = X @ W
    return (scale * np.where(z >= 0, z, alpha * np.expm1(z))).mean()


@idiom(W=(3, 2))
def softplus(W):
    return np.log(1 + np.exp(X @ W)).sum()


@idiom(W=(3, 2))
def softplus_without_overflow(W):
    z = X @ W
    return (np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))).sum()


@idiom(W=(3, 2))
def swish(W):
    z = X @ W
    return (z * sigmoid(z)).sum()


@idiom(W=(3, 2))
def gelu_by_tanh(W):
    z = X @ W
    inner = math.sqrt(2 / math.pi) * (z + 0.044715 * np.power(z, 3))
    return (0.5 * z * (1 + np.tanh(inner))).sum()


@idiom(W=(3, 2))
def mish(W):
    z = X @ W
    return (z * np.tanh(np.logaddexp(0, z))).mean()


@idiom(W=(3, 2))
def softsign(W):
    z = X @ W
    return (z / (1 + np.abs(z))).sum()


@idiom(W=(3, 2))
def hard_tanh(W):
    return np.clip(X @ W, -1.0, 1.0).sum()


@idiom(W=(3, 2))
def hard_sigmoid(W):
    return np.maximum(0, np.minimum(1, 0.2 * (X @ W) + 0.5)).sum()


@idiom(W=(3,))
def stable_sigmoid_by_mask(W):
    z = X @ W
    out = np.zeros_like(z)
    positive = z >= 0
    out[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    out[~positive] = e / (1 + e)
    return np.mean((out - y) ** 2)


@idiom(W=(3, 2))
def gaussian_bumps(W):
    return np.exp(-np.square(X @ W) / 2).sum()


@idiom(W=(3, 2), omega=())
def sine_layer(W, omega):
    return np.sin(omega * (X @ W)).mean()


@idiom(W=(3, 2))
def log_of_sigmoid(W):
    return -np.log(sigmoid(X @ W) + 1e-8).mean()


@idiom(W=(3, 4))
def gated_linear_unit(W):
    left, right = np.split(X @ W, 2, axis=1)
    return (left * sigmoid(right)).sum()


@idiom(W=(3, 4))
def maxout(W):
    z = (X @ W).reshape(4, 2, 2)
    return z.max(axis=2).sum()
