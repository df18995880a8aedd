"""The mistake: KLDivergence::Backward gives back the sum of log(input) - log(target) + 1 over all entries, one number for all of them. Source: GitHub pull
request mlpack/mlpack #1365, "Add Loss Functions Folder, KL Divergence Loss" (as first proposed; C++, here NumPy)."""

import numpy as np

rng = np.random.RandomState(1365)
data, target = rng.randn(4, 3), rng.rand(4, 2) + 0.2
at = {"weight": rng.randn(3, 2), "bias": rng.randn(2)}


class KLDivergence:
    def Forward(self, input, target):
        return np.sum(input * (np.log(input) - np.log(target)))

    def Backward(self, input, target):
        output = np.sum(np.log(input) - np.log(target) + 1)
        return output


def forward(weight, bias):
    return 1 / (1 + np.exp(-(data @ weight + bias)))


def loss(weight, bias):
    return KLDivergence().Forward(forward(weight, bias), target)


def _backward(weight, bias, entries):
    out = forward(weight, bias)
    error = KLDivergence().Backward(out, target)
    if entries:
        error = np.log(out) - np.log(target) + 1
    g = error * out * (1 - out)
    return {"weight": data.T @ g, "bias": g.sum(axis=0)}


def backward(**p):
    return _backward(**p, entries=False)


def right_backward(**p):
    return _backward(**p, entries=True)


EXPECTED = {"?"}
