"""Convolution and pooling, with loops and without."""

import numpy as np

from .definition import idiom
from .samples import image

signal = image[0]


@idiom(K=(9, 2))
def columns_of_patches(K):
    cols = np.zeros((9, 9))
    for i in range(3):
        for j in range(3):
            cols[i * 3 + j] = image[i : i + 3, j : j + 3].ravel()
    return np.sum(np.tanh(cols @ K))


@idiom(K=(3, 3))
def sliding_windows(K):
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return (np.einsum("ijkl,kl->ij", windows, K) ** 2).sum()


@idiom(x=(4, 4))
def sliding_windows_of_parameters(x):
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))
    return np.tanh(windows * image[:2, :2]).sum()


@idiom(w=(3,))
def one_dimension(w):
    return np.sum(np.convolve(signal, w, mode="valid") ** 2)


@idiom(w=(3,))
def one_dimension_in_a_comprehension(w):
    out = np.array([np.dot(signal[i : i + 3], w) for i in range(3)])
    return np.sum(np.exp(out))


@idiom(w=(2,))
def correlation(w):
    return np.tanh(np.correlate(signal, w, "full")).sum()


@idiom(x=(4, 4))
def max_pooling_by_reshape(x):
    return x.reshape(2, 2, 2, 2).max(axis=(1, 3)).sum()


@idiom(x=(4, 4))
def mean_pooling_by_reshape(x):
    return np.sum(x.reshape(2, 2, 2, 2).mean(axis=(1, 3)) ** 2)


@idiom(x=(2, 3, 4))
def global_mean_pooling(x):
    return np.tanh(x.mean(axis=(1, 2))).sum()


@idiom(x=(2, 3))
def upsampled(x):
    big = x.repeat(2, axis=0).repeat(2, axis=1)
    return np.sum(big * np.arange(24).reshape(4, 6) / 24) + (big**2).mean()


@idiom(K=(3, 3))
def flipped_kernel(K):
    flipped = np.flip(K)
    out = [[np.sum(image[i : i + 3, j : j + 3] * flipped) for j in range(3)] for i in range(3)]
    return np.mean(np.array(out) ** 2)
