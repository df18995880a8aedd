"""The mistake: the layer that normalizes the embedding to length one has no backward of its own: the gradient goes through unchanged.
Source: GitHub issue luhaofang/tripletloss #7, "Why norm2layer.py and tripletselectlayer.py don't have backward methods?"."""

import numpy as np

rng = np.random.RandomState(77)
a_in, p_in, n_in = rng.randn(3, 4, 5)
at = {"fc9": rng.randn(5, 6) * 0.5, "fc9_1": rng.randn(6, 3)}


class Norm2Layer:
    def forward(self, bottom):
        self.length = np.sqrt(np.sum(bottom**2, axis=1, keepdims=True))
        self.top = bottom / self.length
        return self.top

    def backward(self, diff, right):
        if right:
            return (diff - self.top * np.sum(diff * self.top, axis=1, keepdims=True)) / self.length
        return diff


def extract(data, fc9, fc9_1):
    hidden = np.maximum(data @ fc9, 0)
    norm = Norm2Layer()
    return hidden, norm, norm.forward(hidden @ fc9_1)


def loss(fc9, fc9_1):
    a, p, n = [extract(v, fc9, fc9_1)[2] for v in (a_in, p_in, n_in)]
    ap, an = np.sum((a - p) ** 2, axis=1), np.sum((a - n) ** 2, axis=1)
    return np.sum(np.maximum(ap - an + 2.0, 0)) / (2 * len(a))


def _backward(fc9, fc9_1, right):
    branches = [extract(v, fc9, fc9_1) for v in (a_in, p_in, n_in)]
    a, p, n = [b[2] for b in branches]
    on = (np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + 2.0 > 0)[:, None] / len(a)
    g9, g91 = np.zeros_like(fc9), np.zeros_like(fc9_1)
    for data, (hidden, norm, _), diff in zip(
        (a_in, p_in, n_in), branches, ((n - p) * on, (p - a) * on, (a - n) * on)
    ):
        d = norm.backward(diff, right)
        g91 += hidden.T @ d
        g9 += data.T @ (d @ fc9_1.T * (hidden > 0))
    return {"fc9": g9, "fc9_1": g91}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"derivative_missing", "path_missing"}
