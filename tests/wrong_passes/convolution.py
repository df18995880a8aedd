"""Convolutions by slices and by loops, with pooling. Kernels slide without being flipped."""

import numpy as np

from .draw import inputs, one_hot, weights


class Signal:
    """A kernel over each signal, relu, pooling of neighbouring pairs by their mean, a linear output v."""

    mistakes = {
        "k = for += over positions": "overwritten shared_use_missing",
        "kernel flipped": "permuted",
        "no 1/2 of the pooling": "factor_missing sum_for_mean",
        "no relu'": "derivative_missing",
        "c mean over positions": "bias_reduction scale sum_for_mean",
        "c forgotten": "bias_forgotten",
        "no 1/n": "sum_for_mean",
        "v reversed": "permuted",
        "absolute error": "other_loss",
    }
    doubles = [("kernel flipped", "no 1/n")]

    def __init__(self, seed, n=5, length=10, width=3, dtype=np.float64):
        rng = np.random.default_rng(seed)
        self.n, self.positions, self.width = n, length - width + 1, width
        self.X = inputs(rng, n, length, dtype=dtype)
        self.y = inputs(rng, n, dtype=dtype)
        self.at = weights(rng, dtype, k=(width,), c=(1,), v=(self.positions // 2,))

    def convolve(self, k):
        return np.stack([self.X[:, t : t + self.width] @ k for t in range(self.positions)], axis=1)

    def loss(self, k, c, v):
        z = self.convolve(k) + c
        a = np.where(z > 0, z, 0)
        pooled = (a[:, 0::2] + a[:, 1::2]) / 2
        return np.sum((pooled @ v - self.y) ** 2) / (2 * self.n)

    def backward(self, at, *mistakes):
        k, c, v = at.values()
        z = self.convolve(k) + c
        a = np.maximum(z, 0)
        pooled = (a[:, 0::2] + a[:, 1::2]) / 2
        error = pooled @ v - self.y
        if "absolute error" in mistakes:
            error = np.sign(error)
        dout = error if "no 1/n" in mistakes else error / self.n

        da = np.repeat(np.outer(dout, v), 2, axis=1)
        if "no 1/2 of the pooling" not in mistakes:
            da = da / 2
        dz = da if "no relu'" in mistakes else da * (z > 0)
        dk = np.zeros_like(k)
        for t in range(self.positions):
            dk_t = self.X[:, t : t + self.width].T @ dz[:, t]
            dk = dk_t if "k = for += over positions" in mistakes else dk + dk_t
        if "kernel flipped" in mistakes:
            dk = dk[::-1]
        dc = np.array([dz.sum()])
        if "c mean over positions" in mistakes:
            dc = dz.sum(axis=0).mean(keepdims=True)
        if "c forgotten" in mistakes:
            dc = np.zeros_like(c)
        dv = pooled.T @ dout
        return dict(k=dk, c=dc, v=dv[::-1] if "v reversed" in mistakes else dv)


class Images:
    """Square kernels over small images, tanh, 2 x 2 max-pooling, a softmax over three classes."""

    mistakes = {
        "kernels transposed": "transposed permuted",
        "kernels turned by 180 degrees": "permuted",
        "tanh' missing": "derivative_missing",
        "maximum spread over the window": "derivative_missing derivative_of_other",
        "bias mean over positions": "bias_reduction scale sum_for_mean",
        "bias from the first row": "bias_reduction",
        "V in Fortran order": "permuted",
        "no 1/n": "sum_for_mean",
        "p (1 - p)": "softmax_elementwise",
        "K = for += over samples": "overwritten single_sample",
        "V already updated": "stale_weights",
    }
    doubles = [("tanh' missing", "kernels transposed"), ("no 1/n", "bias from the first row")]

    def __init__(self, seed, n=3, size=7, kernels=2, width=2):
        rng = np.random.default_rng(seed)
        self.n, self.width, self.side = n, width, size - width + 1
        self.X = inputs(rng, n, size, size)
        self.Y = one_hot(rng.integers(0, 3, size=n), 3)
        features = kernels * (self.side // 2) ** 2
        self.at = weights(rng, K=(kernels, width, width), c=(kernels,), V=(features, 3))

    def maps(self, K, c):
        """One feature map per kernel, as the sum of shifted images: (n, kernels, side, side)."""
        maps = []
        for kernel, bias in zip(K, c):
            shifted = [
                kernel[i, j] * self.window(i, j) for i in range(self.width) for j in range(self.width)
            ]
            maps.append(np.tanh(sum(shifted) + bias))
        return np.stack(maps, axis=1)

    def window(self, i, j):
        return self.X[:, i : i + self.side, j : j + self.side]

    def pool(self, a):
        top = np.maximum(a[:, :, 0::2, 0::2], a[:, :, 0::2, 1::2])
        bottom = np.maximum(a[:, :, 1::2, 0::2], a[:, :, 1::2, 1::2])
        return np.maximum(top, bottom)

    def loss(self, K, c, V):
        z = self.pool(self.maps(K, c)).reshape(self.n, -1) @ V
        log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return -np.sum(self.Y * log_p) / self.n

    def backward(self, at, *mistakes):
        K, c, V = at.values()
        a = self.maps(K, c)
        pooled = self.pool(a)
        flat = pooled.reshape(self.n, -1)
        e = np.exp(flat @ V)
        p = e / e.sum(axis=1, keepdims=True)

        dlogits = -self.Y * (1 - p) if "p (1 - p)" in mistakes else p - self.Y
        if "no 1/n" not in mistakes:
            dlogits = dlogits / self.n
        dV = flat.T @ dlogits
        if "V already updated" in mistakes:
            V = V - 0.05 * dV
        dz = self.unpool((dlogits @ V.T).reshape(pooled.shape), a, pooled, mistakes)
        if "tanh' missing" not in mistakes:
            dz = dz * (1 - a**2)
        if "V in Fortran order" in mistakes:
            dV = dV.reshape(-1, order="F").reshape(dV.shape)
        return dict(K=self.kernel_gradient(dz, K, mistakes), c=self.bias_gradient(dz, mistakes), V=dV)

    def unpool(self, dpooled, a, pooled, mistakes):
        spread = dpooled.repeat(2, axis=2).repeat(2, axis=3)
        if "maximum spread over the window" in mistakes:
            return spread
        return spread * (a == pooled.repeat(2, axis=2).repeat(2, axis=3))

    def kernel_gradient(self, dz, K, mistakes):
        dK = np.zeros_like(K)
        for f in range(len(K)):
            for i in range(self.width):
                for j in range(self.width):
                    samples = np.sum(self.window(i, j) * dz[:, f], axis=(1, 2))
                    dK[f, i, j] = samples[-1] if "K = for += over samples" in mistakes else samples.sum()
        if "kernels transposed" in mistakes:
            return dK.transpose(0, 2, 1)
        if "kernels turned by 180 degrees" in mistakes:
            return dK[:, ::-1, ::-1]
        return dK

    def bias_gradient(self, dz, mistakes):
        if "bias mean over positions" in mistakes:
            return dz.sum(axis=0).mean(axis=(1, 2))
        if "bias from the first row" in mistakes:
            return dz[:, :, 0].sum(axis=(0, 2))
        return dz.sum(axis=(0, 2, 3))


class TwoStrided:
    """Two convolutions of stride 2 with one width, then a sum: the kernels can be exchanged."""

    mistakes = {
        "k1 and k2 exchanged": "exchanged",
        "k2 flipped on the way back": "permuted transposed",
        "k2 flipped": "permuted",
        "no tanh'": "derivative_missing",
        "tanh' twice": "derivative_twice",
        "k2 = for +=": "overwritten shared_use_missing",
        "no 1/n": "sum_for_mean",
        "out - y halved": "scale",
    }
    doubles = [("k1 and k2 exchanged", "out - y halved")]

    def __init__(self, seed, n=4, length=15, width=3):
        rng = np.random.default_rng(seed)
        self.n, self.width = n, width
        self.X, self.y = inputs(rng, n, length), inputs(rng, n)
        self.at = weights(rng, k1=(width,), k2=(width,))

    def strided(self, x, k):
        last = x.shape[1] - self.width
        return sum(k[j] * x[:, j : last + j + 1 : 2] for j in range(self.width))

    def loss(self, k1, k2):
        a = np.tanh(self.strided(self.X, k1))
        return np.mean((self.strided(a, k2).sum(axis=1) - self.y) ** 2)

    def backward(self, at, *mistakes):
        k1, k2 = at.values()
        a = np.tanh(self.strided(self.X, k1))
        out = self.strided(a, k2)
        dout = 2 * (out.sum(axis=1) - self.y)
        if "no 1/n" not in mistakes:
            dout = dout / self.n
        if "out - y halved" in mistakes:
            dout = dout / 2

        dk2, da = np.zeros_like(k2), np.zeros_like(a)
        back = k2[::-1] if "k2 flipped on the way back" in mistakes else k2
        for t in range(out.shape[1]):
            window = slice(2 * t, 2 * t + self.width)
            dk2_t = a[:, window].T @ dout
            dk2 = dk2_t if "k2 = for +=" in mistakes else dk2 + dk2_t
            da[:, window] += np.outer(dout, back)
        power = 2 if "tanh' twice" in mistakes else 1
        dz = da if "no tanh'" in mistakes else da * (1 - a**2) ** power
        last = self.X.shape[1] - self.width
        dk1 = np.array([np.sum(dz * self.X[:, j : last + j + 1 : 2]) for j in range(self.width)])
        if "k2 flipped" in mistakes:
            dk2 = dk2[::-1]
        if "k1 and k2 exchanged" in mistakes:
            dk1, dk2 = dk2, dk1
        return dict(k1=dk1, k2=dk2)


def models():
    yield Signal(seed=701)
    yield Signal(seed=702, n=12, length=14, width=5, dtype=np.float32)
    yield Images(seed=703)
    yield TwoStrided(seed=704)
