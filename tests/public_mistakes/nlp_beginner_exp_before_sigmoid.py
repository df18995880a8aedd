"""The mistake: probs = sigmoid(exp(x . w)) in gd(), the exponential taken once more before the sigmoid; mle() of the same class has y x . w - log(1 + exp(x . w)).
Source: GitHub repository jiacheng-ye/code-for-nlp-beginner, Task1 models.py (issue #3 is on the gradient beside it)."""

import numpy as np

rng = np.random.RandomState(33)
x = rng.randn(6, 4)
y = (rng.rand(6) > 0.5).astype(float)
C = 0.8
at = {"w": rng.rand(4) * 2 - 0.7}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def exp_dot(w):
    return np.exp(x.dot(w))


def loss(w):
    mle = (y * x.dot(w) - np.log(1 + exp_dot(w))).sum()
    return -C * mle + 0.5 * np.sum(w**2)


def backward(w):
    probs = sigmoid(exp_dot(w))
    gradients = (x * (y - probs).reshape(-1, 1)).sum(0)
    return {"w": -(gradients * C - w)}


def right_backward(w):
    probs = sigmoid(x.dot(w))
    gradients = (x * (y - probs).reshape(-1, 1)).sum(0)
    return {"w": -(gradients * C - w)}


EXPECTED = {"derivative_argument", "other_operand", "?"}
