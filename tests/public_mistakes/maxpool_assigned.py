"""The mistake: dx[...] = dout where dx[...] += dout belongs: with overlapping windows (3 wide, stride 1) a pixel that is the
maximum of several windows keeps only the last gradient.
Source: GitHub issue 0809zheng/CS231n-assignment2019 #19, "answer wrong" (max_pool_backward_naive)."""

import numpy as np

np.random.seed(231)
N, C, H, W = 2, 2, 6, 6
x = np.random.randn(N, C, H, W)
dtarget = np.random.randn(N, C, 4, 4)
pool_param = {"pool_height": 3, "pool_width": 3, "stride": 1}
at = {"scale": 1 + np.random.rand(C), "shift": np.random.randn(C, H, W) * 0.5}


def max_pool_forward_naive(x, pool_param):
    HH, WW, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    H_out, W_out = 1 + (H - HH) // stride, 1 + (W - WW) // stride
    rows = []
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            rows.append(np.max(window, axis=(2, 3)))
    return np.array(rows).reshape(H_out, W_out, N, C).transpose(2, 3, 0, 1), (x, pool_param)


def max_pool_backward_naive(dout, cache, right):
    x, pool_param = cache
    HH, WW, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for n in range(dout.shape[0]):
        for c in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    row, col = np.unravel_index(np.argmax(window), window.shape)
                    if right:
                        dx[n, c, i * stride + int(row), j * stride + int(col)] += dout[n, c, i, j]
                    else:
                        dx[n, c, i * stride + int(row), j * stride + int(col)] = dout[n, c, i, j]
    return dx


def forward(scale, shift):
    z = x * scale[:, None, None] + shift
    out, cache = max_pool_forward_naive(z, pool_param)
    return out, cache


def loss(scale, shift):
    out, _ = forward(scale, shift)
    return 0.5 * np.sum((out - dtarget) ** 2)


def _backward(scale, shift, right):
    out, cache = forward(scale, shift)
    dz = max_pool_backward_naive(out - dtarget, cache, right)
    return {"scale": np.sum(dz * x, axis=(0, 2, 3)), "shift": np.sum(dz, axis=0)}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"overwritten", "shared_use_missing", "path_missing"}
