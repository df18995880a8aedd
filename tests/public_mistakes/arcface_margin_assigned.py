"""The mistake: the margin layer's backward sets the right class's entry to cos(m) + sin(m) cos / sin, and does not multiply it with the
gradient that came in. Source: GitHub issue xialuxi/arcface-caffe #19, "CosinAddmBackward" ("it need multiply bottom_diff")."""

import numpy as np

rng = np.random.RandomState(12)
num, dim, m, s = 4, 3, 0.3, 2.0
feat, label = rng.randn(num, 5), [0, 2, 1, 2]
at = {"W_embed": rng.randn(5, 4) * 0.5, "W_class": rng.randn(4, dim)}


def l2(v, axis):
    return v / np.sqrt(np.sum(v * v, axis=axis, keepdims=True))


def l2_backward(dn, v, axis):
    r = np.sqrt(np.sum(v * v, axis=axis, keepdims=True))
    n = v / r
    return (dn - n * np.sum(dn * n, axis=axis, keepdims=True)) / r


def add_margin(cos_theta):
    top = np.array(cos_theta)
    for i in range(num):
        c = cos_theta[i, label[i]]
        top[i, label[i]] = c * np.cos(m) - np.sqrt(1 - c**2) * np.sin(m)
    return top


def net(W_embed, W_class):
    e = feat @ W_embed
    cos_theta = l2(e, 1) @ l2(W_class, 0)
    z = s * add_margin(cos_theta)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return e, cos_theta, p


def loss(W_embed, W_class):
    p = net(W_embed, W_class)[-1]
    return -np.mean([np.log(p[i, label[i]]) for i in range(num)])


def _backward(W_embed, W_class, right):
    e, cos_theta, p = net(W_embed, W_class)
    top_diff = p.copy()
    for i in range(num):
        top_diff[i, label[i]] -= 1
    top_diff *= s / num
    bottom_diff = top_diff.copy()
    for i in range(num):
        gt = label[i]
        cos_t = cos_theta[i, gt]
        sin_t = np.sqrt(1 - cos_t**2)
        if right:
            bottom_diff[i, gt] = bottom_diff[i, gt] * (np.cos(m) + np.sin(m) * cos_t / sin_t)
        else:
            bottom_diff[i, gt] = np.cos(m) + np.sin(m) * cos_t / sin_t
    dW_class = l2_backward(l2(e, 1).T @ bottom_diff, W_class, 0)
    de = l2_backward(bottom_diff @ l2(W_class, 0).T, e, 1)
    return {"W_embed": feat.T @ de, "W_class": dW_class}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"factor_missing", "overwritten"}
