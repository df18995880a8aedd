"""The mistake: the output pointers dA and dB are not advanced by the row, so every row's gradient is written to row 0 (the last one stays), the other
rows stay as they were (0 here). Source: GitHub issue ByteDance-Seed/Triton-distributed #180 and pull request #185, "Fix swiglu backward writing
every row's gradient to row 0"."""

import numpy as np

rng = np.random.RandomState(17)
target = rng.randn(4, 3)
at = {"A": rng.randn(4, 3), "B": rng.randn(4, 3), "scale": rng.randn(4)}


def loss(A, B, scale):
    out = A / (1 + np.exp(-A)) * B * scale[:, None]
    return 0.5 * np.sum((out - target) ** 2)


def _backward(A, B, scale, advance):
    dA, dB, dscale = np.zeros_like(A), np.zeros_like(B), np.zeros_like(scale)
    for row in range(len(A)):
        a, b = A[row], B[row]
        sig = 1 / (1 + np.exp(-a))
        silu = a * sig
        dC = silu * b * scale[row] - target[row]
        dscale[row] = np.sum(dC * silu * b)
        to = row if advance else 0
        dA[to] = dC * scale[row] * b * sig * (1 + a * (1 - sig))
        dB[to] = dC * scale[row] * silu
    return {"A": dA, "B": dB, "scale": dscale}


def backward(A, B, scale):
    return _backward(A, B, scale, False)


def right_backward(A, B, scale):
    return _backward(A, B, scale, True)


EXPECTED = {"overwritten", "single_sample"}
