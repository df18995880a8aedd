"""The mistake: the forward pass of the smooth L1 layer multiplies the differences with the weights of the entries, the backward pass not. Source: GitHub
issue rbgirshick/fast-rcnn #134, "Potential bug: Weights not considered for smooth_l1_loss during backprop"."""

import numpy as np

rng = np.random.RandomState(134)
rois, targets = rng.randn(4, 3), rng.randn(4, 4)
bbox_loss_weights = rng.rand(4, 4) * 2
at = {"bbox_w": rng.randn(3, 4), "bbox_b": rng.randn(4) * 0.1}


class SmoothL1LossLayer:
    def forward(self, pred, target, weights):
        self.num = pred.shape[0]
        diff = pred - target
        self.diff = weights * diff
        abs_val = np.abs(self.diff)
        errors = np.where(abs_val < 1, 0.5 * self.diff * self.diff, abs_val - 0.5)
        return np.sum(errors) / self.num

    def backward(self, top_diff):
        diff = np.where(np.abs(self.diff) < 1, self.diff, np.sign(self.diff))
        return top_diff * diff / self.num


def loss(bbox_w, bbox_b):
    return SmoothL1LossLayer().forward(rois @ bbox_w + bbox_b, targets, bbox_loss_weights)


def _backward(bbox_w, bbox_b, weighted):
    layer = SmoothL1LossLayer()
    layer.forward(rois @ bbox_w + bbox_b, targets, bbox_loss_weights)
    bottom_diff = layer.backward(1.0)
    if weighted:
        bottom_diff = bottom_diff * bbox_loss_weights
    return {"bbox_w": rois.T @ bottom_diff, "bbox_b": bottom_diff.sum(axis=0)}


def backward(**p):
    return _backward(**p, weighted=False)


def right_backward(**p):
    return _backward(**p, weighted=True)


EXPECTED = {"factor_missing"}
