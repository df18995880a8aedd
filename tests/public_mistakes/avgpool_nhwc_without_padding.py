"""The mistake: in the backward pass of a padded average pooling (NHWC) the pixel is taken from the flat
index without the padding, w = (index / channels) % width, and not + pad_w; the windows of the padded
coordinates are then the wrong ones. Source: GitHub pull request pytorch/pytorch #188345, "Fix avg_pool2d
CUDA backward for channels_last inputs with padding"."""

import numpy as np

rng = np.random.RandomState(188)
N, H, W, C = 2, 5, 5, 2
kernel, stride, pad = 3, 2, 1
OH, OW = (H + 2 * pad - kernel) // stride + 1, (W + 2 * pad - kernel) // stride + 1
image = rng.randn(N, H, W, 3)
target = rng.randn(N, OH, OW, C)
at = {"mix": rng.randn(3, C), "gain": rng.randn(OH, OW, C)}


def forward(mix, gain):
    x = np.tanh(image @ mix)
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    out = np.zeros((N, OH, OW, C))
    for ph in range(OH):
        for pw in range(OW):
            h, w = ph * stride, pw * stride
            out[:, ph, pw] = padded[:, h : h + kernel, w : w + kernel].sum(axis=(1, 2)) / kernel**2
    return x, out


def loss(mix, gain):
    x, out = forward(mix, gain)
    return 0.5 * np.sum((gain * out - target) ** 2)


def _backward(mix, gain, right):
    x, out = forward(mix, gain)
    d = gain * out - target
    top_diff = d * gain
    bottom_diff = np.zeros_like(x)
    for n in range(N):
        for row in range(H):
            for col in range(W):
                h, w = (row + pad, col + pad) if right else (row, col)
                phstart = 0 if h < kernel else (h - kernel) // stride + 1
                phend = min(h // stride + 1, OH)
                pwstart = 0 if w < kernel else (w - kernel) // stride + 1
                pwend = min(w // stride + 1, OW)
                gradient = 0
                for ph in range(phstart, phend):
                    for pw in range(pwstart, pwend):
                        gradient = gradient + top_diff[n, ph, pw] / kernel**2
                bottom_diff[n, row, col] = gradient
    dz = bottom_diff * (1 - x**2)
    return {"mix": np.einsum("nhwi,nhwc->ic", image, dz), "gain": np.sum(d * out, axis=0)}


def backward(mix, gain):
    return _backward(mix, gain, False)


def right_backward(mix, gain):
    return _backward(mix, gain, True)


EXPECTED = {"permuted", "other_operand", "?"}
