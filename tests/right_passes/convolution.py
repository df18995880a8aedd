"""Convolutions without padding: along one axis as a matrix product, along two axes as a sum of shifts."""

import numpy as np

from .dense import add


class Conv1d:
    """From x (N, C, T) with K (F, C, k) to (N, F, T - k + 1)."""

    def __init__(self, kernel, bias):
        self.kernel, self.bias, self.name = kernel, bias, f"conv1d({kernel})"

    def forward(self, p, x):
        K = p[self.kernel]
        N, F, k = x.shape[0], K.shape[0], K.shape[2]
        windows = [x[:, :, t : t + k].reshape(N, -1) for t in range(x.shape[2] - k + 1)]
        columns = np.stack(windows, axis=1)
        z = columns @ K.reshape(F, -1).T + p[self.bias].reshape(-1)
        return z.transpose(0, 2, 1), (x, columns)

    def backward(self, p, dz, cache, gradients):
        x, columns = cache
        K = p[self.kernel]
        N, F, k = x.shape[0], K.shape[0], K.shape[2]
        d = dz.transpose(0, 2, 1)  # as the product gave it: (N, T - k + 1, F)
        flat = d.reshape(-1, F)
        add(gradients, self.kernel, (flat.T @ columns.reshape(-1, columns.shape[2])).reshape(K.shape))
        add(gradients, self.bias, flat.sum(axis=0).reshape(p[self.bias].shape))
        dcolumns = d @ K.reshape(F, -1)
        dx = np.zeros(x.shape, dcolumns.dtype)
        for t in range(dcolumns.shape[1]):
            dx[:, :, t : t + k] += dcolumns[:, t].reshape(N, x.shape[1], k)
        return dx


class Conv2d:
    """From pictures (N, H, W) with K (F, k, k) to (N, F, all places); x is data and gets no gradient."""

    def __init__(self, kernel, bias):
        self.kernel, self.bias, self.name = kernel, bias, f"conv2d({kernel})"

    def forward(self, p, x):
        K, b = p[self.kernel], p[self.bias].reshape(-1)
        maps = []
        for f in range(K.shape[0]):
            z = b[f]
            for i, j, part in shifts(x, K.shape[1]):
                z = z + K[f, i, j] * part
            maps.append(z.reshape(x.shape[0], -1))
        return np.stack(maps, axis=1), x

    def backward(self, p, dz, x, gradients):
        K = p[self.kernel]
        dK = np.zeros_like(K)
        for i, j, part in shifts(x, K.shape[1]):
            for f in range(K.shape[0]):
                dK[f, i, j] = (dz[:, f].reshape(part.shape) * part).sum()
        add(gradients, self.kernel, dK)
        add(gradients, self.bias, dz.sum(axis=(0, 2)).reshape(p[self.bias].shape))


def shifts(x, k):
    """Yield for each entry of a kernel the part of the pictures that it is multiplied with."""
    h, w = x.shape[1] - k + 1, x.shape[2] - k + 1
    for i in range(k):
        for j in range(k):
            yield i, j, x[:, i : i + h, j : j + w]
