"""The mistake: for the gradient of the input the kernel is flipped in height and width, but the two channel axes are not
exchanged (it runs, as there are as many input as output channels).
Source: GitHub issue wuziheng/CNN-Numpy #2, "Questions" ("one swapaxes is missing in base_conv; without it grad check is wrong")."""

import numpy as np

rng = np.random.RandomState(21)
bs, hw, c, k = 2, 5, 2, 3
image = rng.randn(bs, hw, hw, c)
label = [0, 2]
at = {
    "conv1": rng.randn(k, k, c, c) * 0.4,
    "conv2": rng.randn(k, k, c, c) * 0.4,
    "bias2": rng.randn(c) * 0.2,
    "fc": rng.randn(c, 3),
}


def im2col(img, ksize):
    cols = []
    for i in range(img.shape[1] - ksize + 1):
        for j in range(img.shape[2] - ksize + 1):
            cols.append(img[:, i : i + ksize, j : j + ksize, :].reshape(img.shape[0], -1))
    return np.stack(cols, axis=1)


def conv(img, weights):
    side = img.shape[1] - k + 1
    col = im2col(img, k)
    return (col @ weights.reshape(-1, weights.shape[-1])).reshape(img.shape[0], side, side, -1), col


def forward(conv1, conv2, bias2, fc):
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
    z1, col1 = conv(padded, conv1)
    a1 = np.tanh(z1)
    z2, col2 = conv(a1, conv2)
    a2 = np.tanh(z2 + bias2)
    pooled = a2.mean(axis=(1, 2))
    score = pooled @ fc
    e = np.exp(score - score.max(axis=1, keepdims=True))
    return col1, a1, col2, a2, pooled, e / e.sum(axis=1, keepdims=True)


def loss(**w):
    prob = forward(**w)[-1]
    return -np.mean(np.log(prob[np.arange(bs), label]))


def _backward(w, swap):
    col1, a1, col2, a2, pooled, prob = forward(**w)
    eta = prob.copy()
    eta[np.arange(bs), label] -= 1
    eta /= bs
    g = {"fc": pooled.T @ eta}
    dpool = eta @ w["fc"].T
    dz2 = dpool[:, None, None, :] / (a2.shape[1] * a2.shape[2]) * (1 - a2**2)
    g["bias2"] = dz2.sum(axis=(0, 1, 2))
    flat = dz2.reshape(bs, -1, c)
    g["conv2"] = np.einsum("bpk,bpc->kc", col2, flat).reshape(k, k, c, c)
    pad_eta = np.pad(dz2, ((0, 0), (k - 1, k - 1), (k - 1, k - 1), (0, 0)))
    flip_weights = w["conv2"][::-1, ::-1]
    if swap:
        flip_weights = flip_weights.swapaxes(2, 3)
    dz1 = conv(pad_eta, flip_weights)[0] * (1 - a1**2)
    g["conv1"] = np.einsum("bpk,bpc->kc", col1, dz1.reshape(bs, -1, c)).reshape(k, k, c, c)
    return g


def backward(**w):
    return _backward(w, False)


def right_backward(**w):
    return _backward(w, True)


EXPECTED = {"permuted", "transposed", "other_operand"}
