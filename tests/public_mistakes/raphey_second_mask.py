"""The mistake: the backward pass of the layer that drops weights draws a new keep_mask instead of using the one of the forward pass. Source: GitHub repository
raphey/numpy-cnn, commit 6c13244, "Fixed dropout" ("the backpropagation step was generating a new mask"; two such layers, leaky ReLU, softmax; the bias'
gradient is summed here, and all are divided by the samples)."""

import numpy as np

rng = np.random.RandomState(613)
x = rng.randn(5, 3)
label = np.eye(3)[[0, 1, 2, 2, 1]]
keep_prob, a = 0.7, 0.01
first = [
    np.random.RandomState(s).binomial(1, keep_prob, shape) / keep_prob
    for s, shape in ((1, (3, 4)), (2, (4, 3)))
]
second = [
    np.random.RandomState(s).binomial(1, keep_prob, shape) / keep_prob
    for s, shape in ((5, (3, 4)), (6, (4, 3)))
]
at = {
    "w1": rng.randn(3, 4),
    "b1": rng.randn(1, 4) * 0.2,
    "w2": rng.randn(4, 3),
    "b2": rng.randn(1, 3) * 0.2,
}


def forward(w1, b1, w2, b2):
    z = np.dot(x, w1 * first[0]) + b1
    h = np.maximum(z, a * z)
    out = np.dot(h, w2 * first[1]) + b2
    exp_z = np.exp(out)
    return z, h, exp_z / np.sum(exp_z, axis=1, keepdims=True)


def loss(w1, b1, w2, b2):
    p = forward(w1, b1, w2, b2)[2]
    return -np.sum(label * np.log(p)) / len(x)


def _backward(w1, b1, w2, b2, masks):
    z, h, p = forward(w1, b1, w2, b2)
    deltas = (p - label) / len(x)
    adjusted_weight = w2.copy()
    adjusted_weight *= masks[1]
    input_side = np.dot(deltas, adjusted_weight.T)
    weight_delta = np.dot(h.T, deltas)
    weight_delta *= masks[1]
    d = a * input_side
    d[z >= 0] = input_side[z >= 0]
    weight_delta_1 = np.dot(x.T, d)
    weight_delta_1 *= masks[0]
    return {
        "w1": weight_delta_1,
        "b1": d.sum(axis=0, keepdims=True),
        "w2": weight_delta,
        "b2": deltas.sum(axis=0, keepdims=True),
    }


def backward(**at):
    return _backward(**at, masks=second)


def right_backward(**at):
    return _backward(**at, masks=first)


EXPECTED = {"other_operand", "?"}
