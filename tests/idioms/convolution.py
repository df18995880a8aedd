"""Convolution and pooling, with loops and without."""

import numpy as np

from .definition import idiom
from .samples import image

signal = image[0]
batch = np.stack([image, image.T - 0.5])[:, None]


@idiom(K=(3, 3))
def valid_in_loops(K):
    out = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = np.sum(image[i : i + 3, j : j + 3] * K)
    return np.sum(np.tanh(out))


@idiom(K=(2, 2), b=())
def four_loops(K, b):
    out = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            for k in range(2):
                for n in range(2):
                    out[i, j] += image[i + k, j + n] * K[k, n]
            out[i, j] += b
    return (out**2).mean()


@idiom(K=(3, 3))
def same_by_padding(K):
    padded = np.pad(image, 1)
    out = np.zeros(image.shape)
    for i in range(5):
        for j in range(5):
            out[i, j] = (padded[i : i + 3, j : j + 3] * K).sum()
    return np.maximum(out, 0).sum()


@idiom(K=(2, 1, 3, 3), b=(2,))
def batch_of_channels(K, b):
    out = np.zeros((2, 2, 2, 2))
    for n in range(2):
        for f in range(2):
            for i in range(2):
                for j in range(2):
                    patch = batch[n, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
                    out[n, f, i, j] = np.sum(patch * K[f]) + b[f]
    return np.mean(out**2)


@idiom(K=(3, 3))
def shifted_and_added(K):
    out = np.zeros((3, 3))
    for k in range(3):
        for n in range(3):
            out += K[k, n] * image[k : k + 3, n : n + 3]
    return np.sum(out**2)


@idiom(K=(9, 2))
def columns_of_patches(K):
    cols = np.zeros((9, 9))
    for i in range(3):
        for j in range(3):
            cols[i * 3 + j] = image[i : i + 3, j : j + 3].ravel()
    return np.sum(np.tanh(cols @ K))


@idiom(x=(4, 4))
def columns_of_patches_of_parameters(x):
    cols = np.zeros((4, 9))
    for k in range(9):
        i, j = divmod(k, 3)
        cols[:, k] = x[i : i + 2, j : j + 2].reshape(-1)
    kernel = image.ravel()[:9]
    return ((cols @ kernel) ** 2).sum()


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
def max_pooling_in_loops(x):
    out = np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            out[i, j] = np.max(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2])
    return (out**2).sum()


@idiom(x=(4, 4))
def max_pooling_by_reshape(x):
    return x.reshape(2, 2, 2, 2).max(axis=(1, 3)).sum()


@idiom(x=(4, 4))
def mean_pooling_in_loops(x):
    out = np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            out[i, j] = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean()
    return np.exp(out).sum()


@idiom(x=(4, 4))
def mean_pooling_by_reshape(x):
    return np.sum(x.reshape(2, 2, 2, 2).mean(axis=(1, 3)) ** 2)


@idiom(x=(2, 3, 4))
def global_mean_pooling(x):
    return np.tanh(x.mean(axis=(1, 2))).sum()


@idiom(x=(2, 2), K=(2, 2))
def transposed(x, K):
    out = np.zeros((4, 4))
    for i in range(2):
        for j in range(2):
            out[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += x[i, j] * K
    return np.sum(out**2 + out)


@idiom(x=(2, 3))
def upsampled(x):
    big = x.repeat(2, axis=0).repeat(2, axis=1)
    return np.sum(big * np.arange(24).reshape(4, 6) / 24) + (big**2).mean()


@idiom(K=(3, 3))
def flipped_kernel(K):
    flipped = np.flip(K)
    out = [[np.sum(image[i : i + 3, j : j + 3] * flipped) for j in range(3)] for i in range(3)]
    return np.mean(np.array(out) ** 2)


@idiom(K=(2, 3, 3), W=(8, 2))
def network_of_one_convolution(K, W):
    maps = np.zeros((2, 2, 2))
    for f in range(2):
        for i in range(2):
            for j in range(2):
                maps[f, i, j] = np.sum(image[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] * K[f])
    scores = np.tanh(maps).flatten() @ W
    return -scores[1] + np.log(np.exp(scores).sum())
