"""The mistake (the asker's proposal; the division was right): -alpha * mdist / dist without the division by dist, which comes from the square
root of the distance. Source: GitHub issue BVLC/caffe #4438, "A doubt about contrastive loss layer" (two towers with one matrix)."""

import numpy as np

rng = np.random.RandomState(4438)
num = 6
im1, im2, sim = rng.randn(num, 3), rng.randn(num, 3), np.array([1, 0, 0, 1, 0, 0])
margin = 3.0
at = {"W": rng.randn(3, 2) * 0.6}


def forward(W):
    a, b = im1 @ W, im2 @ W
    diff = a - b
    return diff, np.sum(diff**2, axis=1)


def loss(W):
    diff, dist_sq = forward(W)
    total = 0.0
    for i in range(num):
        if sim[i]:
            total += dist_sq[i]
        else:
            dist = max(margin - np.sqrt(dist_sq[i]), 0.0)
            total += dist * dist
    return total / num / 2.0


def _backward(W, right):
    diff, dist_sq = forward(W)
    bottom = [np.zeros_like(diff), np.zeros_like(diff)]
    for i in range(2):
        sign = 1 if i == 0 else -1
        alpha = sign * 1.0 / num
        for j in range(num):
            if sim[j]:
                bottom[i][j] = alpha * diff[j]
            else:
                dist = np.sqrt(dist_sq[j])
                mdist = margin - dist
                beta = -alpha * mdist / (dist + 1e-300) if right else -alpha * mdist
                if mdist > 0.0:
                    bottom[i][j] = beta * diff[j]
    return {"W": im1.T @ bottom[0] + im2.T @ bottom[1]}


def backward(W):
    return _backward(W, False)


def right_backward(W):
    return _backward(W, True)


EXPECTED = {"derivative_missing", "factor_missing", "derivative_of_other"}
