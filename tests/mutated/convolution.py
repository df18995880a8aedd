"""A kernel over an image by loops, relu, max-pooling and a linear layer with a squared error."""

import numpy as np

rng = np.random.default_rng(93)
images = rng.normal(size=(2, 5, 5))
y = rng.normal(size=2)
at = {"K": rng.normal(size=(2, 2)), "b": rng.normal(), "w": rng.normal(size=(2, 2))}


def forward(image, K, b, w):
    z, pooled = np.zeros((4, 4)), np.zeros((2, 2))
    for i in range(4):
        for j in range(4):
            z[i, j] = np.sum(image[i : i + 2, j : j + 2] * K) + b
    a = np.maximum(z, 0)
    for i in range(2):
        for j in range(2):
            pooled[i, j] = a[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()
    return a, pooled, np.sum(pooled * w)


def loss(K, b, w):
    total = 0.0
    for image, target in zip(images, y):
        _, _, out = forward(image, K, b, w)
        total += (out - target) ** 2
    return total / len(y)


def backward(K, b, w):
    dK, db, dw = np.zeros_like(K), 0.0, np.zeros_like(w)
    for image, target in zip(images, y):
        a, pooled, out = forward(image, K, b, w)
        dout = 2 * (out - target) / len(y)
        dw += dout * pooled
        dpooled = dout * w
        da = np.zeros_like(a)
        for i in range(2):
            for j in range(2):
                window = a[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                da[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += (window == pooled[i, j]) * dpooled[i, j]
        dz = da * (a > 0)
        for i in range(4):
            for j in range(4):
                dK += dz[i, j] * image[i : i + 2, j : j + 2]
                db += dz[i, j]
    return {"K": dK, "b": db, "w": dw}
