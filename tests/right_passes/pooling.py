"""Pooling of (N, F, T) over pairs, or over all T: the mean, or the maximum with its ties."""

import numpy as np

WAYS = ("all max", "all mean", "np.maximum", "pair max", "pair mean")
TIES = ("first", "last", "split")  # who gets the gradient of a maximum that is reached several times


class Pool:
    def __init__(self, way, ties, kinks):
        self.way, self.ties, self.kinks = way, ties, kinks
        self.name = f"pool[{way}]" if "mean" in way else f"pool[{way},{ties}]"

    def forward(self, p, x):
        N, F, T = x.shape
        even = x[:, :, : T // 2 * 2]  # an odd one out is dropped
        if self.way == "all max":
            y = x.max(axis=2, keepdims=True)
        elif self.way == "all mean":
            y = x.mean(axis=2, keepdims=True)
        elif self.way == "np.maximum":
            y = np.maximum(even[:, :, 0::2], even[:, :, 1::2])
        elif self.way == "pair max":
            y = np.max(even.reshape(N, F, T // 2, 2), axis=3)
        else:
            y = even.reshape(N, F, T // 2, 2).mean(axis=3)
        return y, x

    def backward(self, p, dy, x, gradients):
        N, F, T = x.shape
        size = T if self.way.startswith("all") else 2
        used = T // size * size
        windows = x[:, :, :used].reshape(N, F, T // size, size)
        dwindows = dy.reshape(N, F, T // size, 1) * self.share(windows)
        dx = np.zeros(x.shape, dwindows.dtype)
        dx[:, :, :used] = dwindows.reshape(N, F, used)
        return dx

    def share(self, windows):
        """Return which part of a window's gradient each entry gets."""
        if "mean" in self.way:
            return np.full_like(windows, 1 / windows.shape[3])
        self.see(windows)
        reached = windows == windows.max(axis=3, keepdims=True)
        if self.ties == "split":
            return reached / reached.sum(axis=3, keepdims=True)
        if self.ties == "first":
            return reached & (np.cumsum(reached, axis=3) == 1)
        return reached & (np.cumsum(reached[..., ::-1], axis=3)[..., ::-1] == 1)

    def see(self, windows):
        if windows.shape[3] > 1:
            ordered = np.sort(windows, axis=3)
            self.kinks.see("max pool", ordered[..., -1] - ordered[..., -2], np.abs(windows).max())
