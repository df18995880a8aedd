"""The mistake: the backward of Y = A @ B is dA = dY @ B and dB = A @ dY, both without the transpose. Source: GitHub pull request
tile-ai/TileOPs #54 (review of top/functions/matmul.py: trans_B and trans_A of the backward ops are False)."""

import numpy as np

rng = np.random.RandomState(16)
target = rng.randn(3, 3)
at = {"A": rng.randn(3, 3), "B": rng.randn(3, 3)}


def loss(A, B):
    return 0.5 * np.sum((A @ B - target) ** 2)


def backward(A, B):
    dY = A @ B - target
    return {"A": dY @ B, "B": A @ dY}


def right_backward(A, B):
    dY = A @ B - target
    return {"A": dY @ B.T, "B": A.T @ dY}


EXPECTED = {"transposed"}
