"""The mistake: the gradient of ||a - b||^2 is taken for a - 2 b (and b - 2 a for the other side), the two networks are different.
(The reporter's formula; a - b times 2 was right.)
Source: GitHub issue BVLC/caffe #2312, "A bug in contrastive_loss_layer?"."""

import numpy as np

rng = np.random.RandomState(2312)
num, margin = 5, 1.5
left, right_in = rng.randn(num, 3), rng.randn(num, 4)
sim = np.array([1, 0, 0, 1, 0])
at = {"wa": rng.randn(3, 2) * 0.5, "wb": rng.randn(4, 2) * 0.5}


def contrastive(a, b):
    dist_sq = np.sum((a - b) ** 2, axis=1)
    total = 0.0
    for i in range(num):
        if sim[i]:
            total += dist_sq[i]
        else:
            total += np.maximum(margin - dist_sq[i], 0.0)
    return total / num / 2.0


def loss(wa, wb):
    return contrastive(np.tanh(left @ wa), np.tanh(right_in @ wb))


def _backward(wa, wb, right):
    a, b = np.tanh(left @ wa), np.tanh(right_in @ wb)
    dist_sq = np.sum((a - b) ** 2, axis=1)
    da, db = np.zeros_like(a), np.zeros_like(b)
    for i in range(num):
        sign = 1.0 if sim[i] else (-1.0 if margin - dist_sq[i] > 0 else 0.0)
        if right:
            ga, gb = 2 * (a[i] - b[i]), 2 * (b[i] - a[i])
        else:
            ga, gb = a[i] - 2 * b[i], b[i] - 2 * a[i]
        da[i], db[i] = sign * ga / num / 2.0, sign * gb / num / 2.0
    return {"wa": left.T @ (da * (1 - a**2)), "wb": right_in.T @ (db * (1 - b**2))}


def backward(wa, wb):
    return _backward(wa, wb, False)


def right_backward(wa, wb):
    return _backward(wa, wb, True)


EXPECTED = {"?"}
