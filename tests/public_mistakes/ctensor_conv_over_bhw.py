"""The mistake: the gradient of the kernel of a convolution is multiplied by 1 / (B * H * W) ("I thought
that the gradient should ..."), the sizes of the output; the rest of the net is right. Source: GitHub issue
sebgao/cTensor #3 (batch_conv2d_weight_backward_f)."""

import numpy as np

rng = np.random.RandomState(3)
x = rng.randn(2, 2, 5, 5)
target = rng.randn(2, 3, 4)
at = {"weight": rng.randn(2, 3, 2, 2) * 0.6, "fc": rng.randn(3, 16, 4) * 0.3}


def im2bchwkl(input, ksize):
    B, C = input.shape[:2]
    H, W = input.shape[2] - ksize[0] + 1, input.shape[3] - ksize[1] + 1
    s = input.strides
    shape = (B, C, H, W, ksize[0], ksize[1])
    return np.lib.stride_tricks.as_strided(input, shape, s + s[-2:])


def forward(weight, fc):
    cols = im2bchwkl(x, weight.shape[-2:])
    out = np.tensordot(cols, weight, [(1, 4, 5), (0, 2, 3)]).transpose(0, 3, 1, 2)
    act = np.tanh(out)
    flat = act.reshape(2, 3, 16)
    return out, act, flat, np.einsum("bci,cij->bcj", flat, fc)


def loss(weight, fc):
    return 0.5 * np.sum((forward(weight, fc)[-1] - target) ** 2)


def batch_conv2d_weight_backward_f(kernel, input, right):
    B, C, H, W = kernel.shape
    cols = im2bchwkl(input, kernel.shape[-2:])
    grad = np.tensordot(cols, kernel, [(0, 4, 5), (0, 2, 3)]).transpose(0, 3, 1, 2)
    return grad if right else grad * (1.0 / (B * H * W))


def _backward(weight, fc, right):
    out, act, flat, pred = forward(weight, fc)
    d = pred - target
    dfc = np.einsum("bci,bcj->cij", flat, d)
    dact = np.einsum("bcj,cij->bci", d, fc).reshape(act.shape)
    dout = dact * (1 - act**2)
    g = batch_conv2d_weight_backward_f(dout, x, right)
    return {"weight": g, "fc": dfc}


def backward(weight, fc):
    return _backward(weight, fc, False)


def right_backward(weight, fc):
    return _backward(weight, fc, True)


EXPECTED = {"sum_for_mean", "scale"}
