"""The mistake: leaky_relu_prime is that of ReLU: 1 where x > 0, otherwise 0 (right: otherwise alpha). Source: GitHub issue
scientific-computing/FKB #15, "Wrong derivative of leaky-relu activation" (the same: deeplearning4j #8178)."""

import numpy as np

rng = np.random.RandomState(31)
alpha = 0.3
dims = [3, 5, 4, 2]
x, y = rng.randn(3, 6), rng.randn(2, 6)
at = {}
for n in range(3):
    at[f"w{n}"] = rng.randn(dims[n], dims[n + 1]) * 0.7
    at[f"b{n}"] = rng.randn(dims[n + 1], 1) * 0.2


def leaky_relu(z):
    return np.maximum(alpha * z, z)


def leaky_relu_prime(z, right):
    res = np.zeros_like(z)
    res[0.3 * z > 0] = 1
    if right:
        res[0.3 * z <= 0] = alpha
    return res


class Layer:
    pass


def fwdprop(p):
    layers = [Layer() for _ in range(4)]
    layers[0].a = x
    for n in range(1, 4):
        layers[n].z = np.matmul(p[f"w{n - 1}"].T, layers[n - 1].a) + p[f"b{n - 1}"]
        layers[n].a = leaky_relu(layers[n].z) if n < 3 else layers[n].z
    return layers


def loss(**p):
    return 0.5 * np.sum((fwdprop(p)[-1].a - y) ** 2) / x.shape[1]


def _backprop(p, right):
    layers, grads = fwdprop(p), {}
    db = (layers[3].a - y) / x.shape[1]
    for n in range(3, 0, -1):
        grads[f"w{n - 1}"] = np.matmul(layers[n - 1].a, db.T)
        grads[f"b{n - 1}"] = db.sum(axis=1, keepdims=True)
        if n > 1:
            db = np.matmul(p[f"w{n - 1}"], db) * leaky_relu_prime(layers[n - 1].z, right)
    return grads


def backward(**p):
    return _backprop(p, False)


def right_backward(**p):
    return _backprop(p, True)


EXPECTED = {"derivative_of_other"}
