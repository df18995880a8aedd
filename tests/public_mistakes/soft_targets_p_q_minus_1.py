"""The mistake: for soft targets p and a softmax q the gradient of -sum(p log q) is p * (q - 1), the diagonal alone (right: q - p; what the
asker got). Source: GitHub issue yjxiong/caffe #171, "question about softmax_cross_entropy_loss_layer"."""

import numpy as np

rng = np.random.RandomState(44)
x = rng.randn(5, 3)
teacher = rng.rand(5, 4)
p = teacher / teacher.sum(axis=1, keepdims=True)
at = {"ip_weight": rng.randn(4, 3), "ip_bias": rng.randn(4)}


class SoftmaxCrossEntropyLossLayer:
    def Forward(self, bottom):
        scale = bottom.max(axis=1, keepdims=True)
        e = np.exp(bottom - scale)
        self.q = e / e.sum(axis=1, keepdims=True)
        return -np.sum(p * np.log(self.q)) / bottom.shape[0]

    def Backward(self, right):
        bottom_diff = np.zeros_like(self.q)
        for i in range(self.q.shape[0]):
            for k in range(self.q.shape[1]):
                bottom_diff[i, k] = self.q[i, k] - p[i, k] if right else p[i, k] * (self.q[i, k] - 1)
        return bottom_diff / self.q.shape[0]


def loss(ip_weight, ip_bias):
    return SoftmaxCrossEntropyLossLayer().Forward(x @ ip_weight.T + ip_bias)


def _backward(ip_weight, ip_bias, right):
    layer = SoftmaxCrossEntropyLossLayer()
    layer.Forward(x @ ip_weight.T + ip_bias)
    diff = layer.Backward(right)
    return {"ip_weight": diff.T @ x, "ip_bias": diff.sum(axis=0)}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"softmax_elementwise"}
