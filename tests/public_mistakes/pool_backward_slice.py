"""The mistake: the mask is multiplied with a window of dA (dA[i, vert_start:vert_end, horiz_start:horiz_end, c]) where the one
entry dA[i, h, w, c] belongs.
Source: GitHub issue marsggbo/deeplearning.ai_JupyterNotebooks #6 and #10 (pool layer back propagation gives another number)."""

import numpy as np

np.random.seed(1)
m, n_side, n_C, f, stride = 2, 4, 2, 2, 1
A_in = np.random.randn(m, n_side, n_side, n_C)
T = np.random.randn(m, n_side, n_side, n_C)
at = {"K": np.random.randn(n_C, n_C), "beta": np.random.randn(n_side, n_side, n_C) * 0.5}


def create_mask_from_window(x):
    return x == np.max(x)


def pool_forward(A_prev):
    """Padded by one row and column at the end with very small numbers, so that the output is as large as the input."""
    side = A_prev.shape[1]
    padded = np.concatenate([A_prev, np.full((m, 1, side, n_C), -1e6)], axis=1)
    padded = np.concatenate([padded, np.full((m, side + 1, 1, n_C), -1e6)], axis=2)
    A = np.stack(
        [
            np.stack([padded[:, h : h + f, w : w + f, :].max(axis=(1, 2)) for w in range(side)], axis=1)
            for h in range(side)
        ],
        axis=1,
    )
    return A, padded


def pool_backward(dA, padded, right):
    dA_prev = np.zeros(padded.shape)
    dA_pad = np.pad(dA, ((0, 0), (0, 1), (0, 1), (0, 0)))
    for i in range(m):
        for h in range(dA.shape[1]):
            for w in range(dA.shape[2]):
                for c in range(n_C):
                    vert_start, horiz_start = h * stride, w * stride
                    vert_end, horiz_end = vert_start + f, horiz_start + f
                    mask = create_mask_from_window(padded[i, vert_start:vert_end, horiz_start:horiz_end, c])
                    if right:
                        part = mask * dA[i, h, w, c]
                    else:
                        part = mask * dA_pad[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += part
    return dA_prev[:, :-1, :-1, :]


def forward(K, beta):
    Z = A_in @ K + beta
    A, padded = pool_forward(Z)
    return A, padded


def loss(K, beta):
    A, _ = forward(K, beta)
    return np.sum((A - T) ** 2) / m


def _backward(K, beta, right):
    A, padded = forward(K, beta)
    dZ = pool_backward(2 * (A - T) / m, padded, right)
    return {"K": np.einsum("ihwa,ihwb->ab", A_in, dZ), "beta": dZ.sum(axis=0)}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"other_operand"}
