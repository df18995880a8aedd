"""The mistake: the backward pass of the cross-entropy divides by the batch size whatever the reduction is; here the reduction is a sum. Source:
GitHub pull request paiml/aprender #2182, "CrossEntropyLoss backward respects reduction mode (Sum grad not /batch)" (Rust; here NumPy)."""

import numpy as np

rng = np.random.RandomState(2182)
inputs, targets = rng.randn(5, 3), np.array([2, 0, 1, 1, 3])
at = {"weight": rng.randn(3, 4) * 0.5, "bias": rng.randn(4) * 0.1}


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


class CrossEntropyLoss:
    def __init__(self, reduction):
        self.reduction = reduction

    def forward(self, logits, targets):
        per_sample = -log_softmax(logits)[np.arange(len(targets)), targets]
        return per_sample.mean() if self.reduction == "mean" else per_sample.sum()

    def backward(self, logits, targets, grad_output, right):
        batch = len(targets)
        grad = np.exp(log_softmax(logits))
        grad[np.arange(batch), targets] -= 1
        if right and self.reduction == "sum":
            return grad * grad_output
        return grad * grad_output / batch


criterion = CrossEntropyLoss("sum")


def loss(weight, bias):
    return criterion.forward(inputs @ weight + bias, targets)


def _backward(weight, bias, right):
    g = criterion.backward(inputs @ weight + bias, targets, 1.0, right)
    return {"weight": inputs.T @ g, "bias": g.sum(axis=0)}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"sum_for_mean", "scale"}
