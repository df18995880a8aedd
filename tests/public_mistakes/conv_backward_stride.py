"""The mistake: conv_backward takes vert_start = h and horiz_start = w, the stride is not multiplied in: other slices of the
input (and of dA_prev) than those of the forward pass.
Source: GitHub pull request Kulbear/deep-learning-coursera #34 "stride missing in conv_backward", and enggen/Deep-Learning-Coursera #7."""

import numpy as np

np.random.seed(1)
m, n_H_prev, n_W_prev, n_C_prev, f, n_C, stride, pad = 2, 5, 5, 2, 3, 2, 2, 1
X = np.random.randn(m, n_H_prev, n_W_prev, 1)
at = {
    "W1": np.random.randn(1, 1, 1, n_C_prev) * 0.8,
    "W": np.random.randn(f, f, n_C_prev, n_C) * 0.4,
    "b": np.random.randn(1, 1, 1, n_C) * 0.3,
}
n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
Y = np.random.randn(m, n_H, n_W, n_C)


def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant")


def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    return np.sum(s) + b[0, 0, 0]


def conv_forward(A_prev, W, b):
    Z = []
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start, horiz_start = h * stride, w * stride
                    a_slice = A_prev_pad[i, vert_start : vert_start + f, horiz_start : horiz_start + f, :]
                    Z.append(conv_single_step(a_slice, W[:, :, :, c], b[:, :, :, c]))
    return np.array(Z).reshape(m, n_H, n_W, n_C), (A_prev, W, b)


def conv_backward(dZ, cache, step):
    A_prev, W, b = cache
    dA_prev_pad = np.zeros(zero_pad(A_prev, pad).shape)
    A_prev_pad = zero_pad(A_prev, pad)
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start, horiz_start = h * step, w * step
                    vert_end, horiz_end = vert_start + f, horiz_start + f
                    a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]
                    dA_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :] += (
                        W[:, :, :, c] * dZ[i, h, w, c]
                    )
                    dW[:, :, :, c] += a_slice * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    return dA_prev_pad[:, pad:-pad, pad:-pad, :], dW, db


def forward(W1, W, b):
    A1 = np.tanh(X * W1)
    Z, cache = conv_forward(A1, W, b)
    return A1, Z, cache


def loss(W1, W, b):
    A1, Z, cache = forward(W1, W, b)
    return np.sum((Z - Y) ** 2) / (2 * m)


def _backward(W1, W, b, step):
    A1, Z, cache = forward(W1, W, b)
    dA1, dW, db = conv_backward((Z - Y) / m, cache, step)
    dW1 = np.sum(dA1 * (1 - A1**2) * X, axis=(0, 1, 2), keepdims=True)
    return {"W1": dW1, "W": dW, "b": db}


def backward(**at):
    return _backward(**at, step=1)


def right_backward(**at):
    return _backward(**at, step=stride)


EXPECTED = {"other_operand"}
