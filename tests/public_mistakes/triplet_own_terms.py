"""The mistake: the reported formulas were right; the proposed ones (-a for the positive, a for the negative) leave out the
quadratic terms of p and n. `backward` is the proposal."""

import numpy as np

rng = np.random.RandomState(22)
anchors, positives, negatives = rng.randn(4, 5), rng.randn(4, 5), rng.randn(4, 5)
margin = 5.0
at = {"W": rng.randn(5, 3) * 0.5}


def embed(x, W):
    return np.tanh(np.dot(x, W))


def loss(W):
    total = 0.0
    for xa, xp, xn in zip(anchors, positives, negatives):
        a, p, n = embed(xa, W), embed(xp, W), embed(xn, W)
        total += max(0, np.sum(np.square(a - p)) - np.sum(np.square(a - n)) + margin)
    return total / len(anchors)


def _backward(W, right):
    dW = np.zeros_like(W)
    for xa, xp, xn in zip(anchors, positives, negatives):
        a, p, n = embed(xa, W), embed(xp, W), embed(xn, W)
        if np.sum((a - p) ** 2) - np.sum((a - n) ** 2) + margin > 0:
            k = 2 / len(anchors)
            da = k * (n - p)
            dp = k * ((p - a) if right else -a)
            dn = k * ((a - n) if right else a)
            for x, e, d in ((xa, a, da), (xp, p, dp), (xn, n, dn)):
                dW += np.outer(x, d * (1 - e**2))
    return {"W": dW}


def backward(W):
    return _backward(W, False)


def right_backward(W):
    return _backward(W, True)


EXPECTED = {"path_missing", "shared_use_missing", "other_loss"}
