"""The mistake: with a pos_weight the gradient of the cross entropy of logits is sigmoid(x) * pos_weight - label, where only the logarithm's term carries
pos_weight in the forward pass. Source: GitHub pull request PaddlePaddle/Paddle #64253 and issue #64226."""

import numpy as np

rng = np.random.RandomState(64253)
feats = rng.randn(5, 3)
label = (rng.rand(5, 2) > 0.5).astype(float)
pos_weight = np.array([2.0, 0.6])
at = {"w": rng.randn(3, 2), "b": rng.randn(2) * 0.3}


def forward(x):
    term1 = np.where(x > 0, x, 0.0)
    term2 = x * label
    term3 = np.log(1 + np.exp(-np.abs(x))) * pos_weight
    return term1 - term2 + term3


def loss(w, b):
    return np.mean(forward(feats @ w + b))


def backward(w, b):
    x = feats @ w + b
    sigmoid_x = 1 / (1 + np.exp(-x))
    diff = sigmoid_x * pos_weight - label
    dx = diff / x.size
    return {"w": feats.T @ dx, "b": dx.sum(axis=0)}


def right_backward(w, b):
    x = feats @ w + b
    term1 = np.where(x > 0, 1.0, 0.0)
    e_x = np.exp(-np.abs(x))
    down = 1 + e_x
    up = -e_x * np.where(x >= 0, 1.0, -1.0) * pos_weight
    dx = (term1 - label + up / down) / x.size
    return {"w": feats.T @ dx, "b": dx.sum(axis=0)}


EXPECTED = {"?", "other_loss", "other_operand"}
