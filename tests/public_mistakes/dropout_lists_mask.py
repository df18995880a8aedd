"""The mistake: the forward pass drops and scales the hidden values, the backward pass hands the gradient back as if every unit had
stayed: neither the mask nor 1 / (1 - p). Pure Python lists, one sample. Source: GitHub pull request
rohitg00/ai-engineering-from-scratch #17 (review: "Backprop currently ignores the dropout mask")."""

import math
import random

import numpy as np


class Dropout:
    def __init__(self, p):
        self.p = p
        self.training = True
        self.mask = None

    def forward(self, values):
        if not self.training:
            return list(values)
        if self.mask is None:
            self.mask = [0.0 if random.random() < self.p else 1.0 / (1.0 - self.p) for _ in values]
        return [v * m for v, m in zip(values, self.mask)]

    def backward(self, grads):
        return [g * m for g, m in zip(grads, self.mask)]


random.seed(4)
rng = np.random.RandomState(4)
dropout = Dropout(0.4)
dropout.mask = [1 / 0.6, 0.0, 1 / 0.6, 1 / 0.6, 0.0]
data = [([0.5, -1.2], 1.0), ([1.5, 0.3], 0.0), ([-0.7, 0.8], 1.0)]
hidden_size = 5
at = {
    "w1": rng.randn(hidden_size, 2),
    "b1": rng.rand(hidden_size) * 0.5,
    "w2": rng.randn(hidden_size),
    "b2": np.array(0.1),
}


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


class Net:
    def __init__(self, w1, b1, w2, b2):
        self.w1, self.b1, self.w2, self.b2 = w1, b1, w2, b2

    def forward(self, x):
        self.x, self.z1, self.h = x, [], []
        for i in range(hidden_size):
            z = self.w1[i][0] * x[0] + self.w1[i][1] * x[1] + self.b1[i]
            self.z1.append(z)
            self.h.append(max(0.0, z))
        self.h = dropout.forward(self.h)
        self.z2 = sum(self.w2[i] * self.h[i] for i in range(hidden_size)) + self.b2
        self.out = sigmoid(self.z2)
        return self.out

    def backward(self, target, grads, right):
        p = self.out
        d_loss = -(target / p) + (1 - target) / (1 - p)
        d_out = d_loss * self.out * (1 - self.out)
        hidden_grads = [d_out * self.w2[i] for i in range(hidden_size)]
        if right:
            hidden_grads = dropout.backward(hidden_grads)
        for i in range(hidden_size):
            d_h = hidden_grads[i] * (1 if self.z1[i] > 0 else 0)
            grads["w2"][i] += d_out * self.h[i]
            for j in range(2):
                grads["w1"][i][j] += d_h * self.x[j]
            grads["b1"][i] += d_h
        grads["b2"] += d_out


def loss(w1, b1, w2, b2):
    net, total = Net(w1, b1, w2, b2), 0.0
    for x, t in data:
        p = net.forward(x)
        total += -(t * np.log(p) + (1 - t) * np.log(1 - p))
    return total


def _backward(p, right):
    net = Net(**p)
    grads = {
        "w1": [[0.0, 0.0] for _ in range(hidden_size)],
        "w2": [0.0] * hidden_size,
        "b1": [0.0] * hidden_size,
        "b2": 0.0,
    }
    for x, t in data:
        net.forward(x)
        net.backward(t, grads, right)
    return {k: np.array(v) for k, v in grads.items()}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"factor_missing"}
