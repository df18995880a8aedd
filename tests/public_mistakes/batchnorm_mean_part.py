"""The mistake: the part of the gradient that comes by the batch mean (minus mean(dy)) is left out, that by the variance is there.
Source: GitHub pull request BVLC/caffe #1891, "Added batchnorm layer with tests" (review: "misses computing the second part of
derivative over mean during back propagation")."""

import numpy as np

rng = np.random.RandomState(18)
N_, C_, H_, W_ = 3, 2, 3, 2
bottom = rng.randn(N_, 3, H_, W_)
label = rng.randn(N_, C_)
at = {
    "weight": rng.randn(C_, 3),
    "scale": 1 + rng.rand(C_),
    "shift": rng.randn(C_) * 0.3,
    "fc": rng.randn(C_ * H_ * W_, C_) * 0.4,
}
eps = 1e-5


class BNLayer:
    def Forward(self, bottom, scale, shift):
        mean = np.mean(bottom, axis=(0, 2, 3), keepdims=True)
        var = np.mean(bottom**2, axis=(0, 2, 3), keepdims=True) - mean**2
        self.batch_std = np.sqrt(var + eps)
        self.x_norm = (bottom - mean) / self.batch_std
        self.scale = scale
        return self.x_norm * scale.reshape(1, -1, 1, 1) + shift.reshape(1, -1, 1, 1)

    def Backward(self, top_diff, right):
        scale_diff = np.sum(top_diff * self.x_norm, axis=(0, 2, 3))
        shift_diff = np.sum(top_diff, axis=(0, 2, 3))
        buffer = top_diff * self.scale.reshape(1, -1, 1, 1)
        bottom_diff = -self.x_norm * np.mean(buffer * self.x_norm, axis=(0, 2, 3), keepdims=True)
        if right:
            bottom_diff = bottom_diff - np.mean(buffer, axis=(0, 2, 3), keepdims=True)
        bottom_diff = (bottom_diff + buffer) / self.batch_std
        return bottom_diff, scale_diff, shift_diff


bn = BNLayer()


def net(weight, scale, shift, fc):
    conv = np.einsum("nihw,oi->nohw", bottom, weight)
    top = bn.Forward(conv, scale, shift)
    act = top * (top > 0)
    return top, act, act.reshape(N_, -1) @ fc


def loss(**blobs):
    return np.sum((net(**blobs)[-1] - label) ** 2) / N_ / 2


def _backward(blobs, right):
    top, act, out = net(**blobs)
    dout = (out - label) / N_
    dtop = (dout @ blobs["fc"].T).reshape(top.shape) * (top > 0)
    dconv, dscale, dshift = bn.Backward(dtop, right)
    return {
        "weight": np.einsum("nohw,nihw->oi", dconv, bottom),
        "scale": dscale,
        "shift": dshift,
        "fc": act.reshape(N_, -1).T @ dout,
    }


def backward(**blobs):
    return _backward(blobs, False)


def right_backward(**blobs):
    return _backward(blobs, True)


EXPECTED = {"path_missing"}
