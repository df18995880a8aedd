"""The mistake: formulas for samples in columns are used with samples in rows: the gradient of the square output matrix comes out
transposed, and each bias gets one number, the sum over all samples and units, which is broadcast by the update. Source:
pytroubles.com, "NumPy MNIST Classifier Stuck at 10%? Fix Gradient Axes, Bias Shapes, and Use a Stable Softmax" (after a Stack
Overflow question; the page was seen in part, the exact lines here are of the kind it describes). Read off the update."""

import numpy as np

np.random.seed(4)
m = 6
X, Y = np.random.rand(m, 5), np.array([0, 2, 1, 3, 3, 1])
alpha = 0.1
at = {
    "w_in": np.random.randn(5, 4) * 0.5,
    "b_in": np.random.randn(4) * 0.3,
    "w_out": np.random.randn(4, 4) * 0.5,
    "b_out": np.random.randn(4) * 0.3,
}


def relu(z, deriv=False):
    if deriv:
        return z > 0
    return np.maximum(z, 0)


def softmax(z):
    ex = np.exp(z - np.max(z, axis=1, keepdims=True))
    return ex / ex.sum(axis=1, keepdims=True)


def onehot(y):
    out = np.zeros((len(y), 4))
    for i in range(len(y)):
        out[i][y[i]] = 1
    return out


def forward(x, w_in, b_in, w_out, b_out):
    z1 = x.dot(w_in) + b_in
    a1 = relu(z1)
    z2 = a1.dot(w_out) + b_out
    a2 = softmax(z2)
    return z1, a1, z2, a2


def loss(w_in, b_in, w_out, b_out):
    a2 = forward(X, w_in, b_in, w_out, b_out)[-1]
    return -np.sum(onehot(Y) * np.log(a2)) / m


def _step(p, right):
    z1, a1, z2, a2 = forward(X, **p)
    dz2 = a2 - onehot(Y)
    dz1 = dz2.dot(p["w_out"].T) * relu(z1, deriv=True)
    if right:
        dw_out, db_out, db_in = a1.T.dot(dz2) / m, dz2.sum(axis=0) / m, dz1.sum(axis=0) / m
    else:
        dw_out, db_out, db_in = dz2.T.dot(a1) / m, 1 / m * np.sum(dz2), 1 / m * np.sum(dz1)
    dw_in = X.T.dot(dz1) / m
    new = {
        "w_in": p["w_in"] - alpha * dw_in,
        "b_in": p["b_in"] - alpha * db_in,
        "w_out": p["w_out"] - alpha * dw_out,
        "b_out": p["b_out"] - alpha * db_out,
    }
    return {k: (p[k] - new[k]) / alpha for k in p}


def backward(**p):
    return _step(p, False)


def right_backward(**p):
    return _step(p, True)


EXPECTED = {"transposed", "bias_reduction"}
