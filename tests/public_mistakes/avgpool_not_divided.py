"""The mistake (the asker's proposal; the toolbox divides): the error signal of the average sub-sampling is copied to all pixels of the window, not divided
by scale ^ 2.
Source: github.com/rasmusbergpalm/DeepLearnToolbox issue 129, "About back-propagate in cnnbp.m when average sub-sampling is used"."""

import numpy as np

np.random.seed(129)
n, size, ks, s, classes = 3, 5, 2, 2, 2
images = np.random.rand(n, size, size)
labels = np.eye(classes)[[0, 1, 1]]
at = {
    "k": np.random.randn(ks, ks),
    "b": np.array(0.1),
    "ffW": np.random.randn(classes, 4),
    "ffb": np.random.randn(classes) * 0.1,
}


def sigm(v):
    return 1 / (1 + np.exp(-v))


def forward(k, b, ffW, ffb):
    a = np.zeros((n, 4, 4))
    pooled = np.zeros((n, 2, 2))
    for i in range(n):
        for r in range(4):
            for c in range(4):
                a[i, r, c] = sigm(np.sum(images[i, r : r + ks, c : c + ks] * k) + b)
        for r in range(2):
            for c in range(2):
                pooled[i, r, c] = np.sum(a[i, r * s : r * s + s, c * s : c * s + s]) / s**2
    fv = pooled.reshape(n, -1)
    o = sigm(np.dot(fv, ffW.T) + ffb)
    return a, fv, o


def loss(k, b, ffW, ffb):
    a, fv, o = forward(k, b, ffW, ffb)
    return 0.5 * np.sum((o - labels) ** 2) / n


def _backward(k, b, ffW, ffb, right):
    a, fv, o = forward(k, b, ffW, ffb)
    od = (o - labels) * o * (1 - o) / n
    d = np.dot(od, ffW).reshape(n, 2, 2)
    expanded = np.kron(d, np.ones((1, s, s)))
    if right:
        expanded = expanded / s**2
    delta = expanded * a * (1 - a)
    dk, db = np.zeros_like(k), 0.0
    for i in range(n):
        for r in range(4):
            for c in range(4):
                dk += images[i, r : r + ks, c : c + ks] * delta[i, r, c]
                db += delta[i, r, c]
    return {"k": dk, "b": db, "ffW": np.dot(od.T, fv), "ffb": np.sum(od, axis=0)}


def backward(k, b, ffW, ffb):
    return _backward(k, b, ffW, ffb, False)


def right_backward(k, b, ffW, ffb):
    return _backward(k, b, ffW, ffb, True)


EXPECTED = {"factor_missing", "sum_for_mean", "scale"}
