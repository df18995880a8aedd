"""The mistake (the asker's own computation; the layer was right): the margin layer's derivative is taken after theta,
-m1 * sin(m1 * theta + m2), where it is after cos(theta): the derivative of arccos is left out. Source: GitHub issue
gehaocool/CombinedMargin-caffe #16 (on the gradient of the loss; the same asker in xialuxi/arcface-caffe #15)."""

import numpy as np

rng = np.random.RandomState(16)
N, dim, m1, m2, m3, s = 5, 4, 1.1, 0.2, 0.15, 8.0
features = rng.randn(N, 3)
features /= np.linalg.norm(features, axis=1, keepdims=True)
gt = np.array([1, 3, 0, 2, 1])
at = {"W": rng.randn(3, dim) * 0.25}


def combined_margin_forward(cos_t):
    top = cos_t.copy()
    for i in range(N):
        theta = np.arccos(cos_t[i, gt[i]])
        top[i, gt[i]] = np.cos(m1 * theta + m2) - m3
    return top


def softmax(v):
    e = np.exp(v - v.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def loss(W):
    p = softmax(s * combined_margin_forward(features @ W))
    return -np.log(p[np.arange(N), gt]).mean()


def _backward(W, right):
    cos_t = features @ W
    p = softmax(s * combined_margin_forward(cos_t))
    p[np.arange(N), gt] -= 1
    bottom_diff = s * p / N
    for i in range(N):
        cos_theta = cos_t[i, gt[i]]
        m1_mul_theta_plus_m2 = m1 * np.arccos(cos_theta) + m2
        if right:
            gradient = m1 * pow(1 - pow(cos_theta, 2), -0.5) * np.sin(m1_mul_theta_plus_m2)
        else:
            gradient = -m1 * np.sin(m1_mul_theta_plus_m2)
        bottom_diff[i, gt[i]] = gradient * bottom_diff[i, gt[i]]
    return {"W": features.T @ bottom_diff}


def backward(W):
    return _backward(W, False)


def right_backward(W):
    return _backward(W, True)


EXPECTED = {"derivative_missing"}
