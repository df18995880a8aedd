"""The mistake: the layer that selects triplets writes the gradients back with =; an image that is in two triplets keeps the last one only. Source: GitHub issue
luhaofang/tripletloss #39, "tripletselectlayer possible bug?"."""

import numpy as np

rng = np.random.RandomState(39)
images, margin = rng.randn(5, 4), 25.0
tripletlist = [[0, 1, 4], [1, 4, 3], [2, 0, 3]]
at = {"W": rng.randn(4, 3) * 0.6}


def loss(W):
    feat = images @ W
    total = 0.0
    for a, p, n in tripletlist:
        ap = feat[a] - feat[p]
        an = feat[a] - feat[n]
        total += max(np.dot(ap, ap) - np.dot(an, an) + margin, 0.0)
    return total / len(tripletlist)


def _backward(W, added):
    feat = images @ W
    top = [np.zeros((3, 3)) for _ in range(3)]
    for i, (a, p, n) in enumerate(tripletlist):
        x_a, x_p, x_n = feat[a], feat[p], feat[n]
        if np.dot(x_a - x_p, x_a - x_p) - np.dot(x_a - x_n, x_a - x_n) + margin > 0:
            top[0][i] = 2 * (x_n - x_p) / len(tripletlist)
            top[1][i] = 2 * (x_p - x_a) / len(tripletlist)
            top[2][i] = 2 * (x_a - x_n) / len(tripletlist)
    bottom_diff = np.zeros_like(feat)
    for i in range(len(tripletlist)):
        for k in range(3):
            if added:
                bottom_diff[tripletlist[i][k]] += top[k][i]
            else:
                bottom_diff[tripletlist[i][k]] = top[k][i]
    return {"W": images.T @ bottom_diff}


def backward(W):
    return _backward(W, False)


def right_backward(W):
    return _backward(W, True)


EXPECTED = {"overwritten"}
