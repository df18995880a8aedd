"""The mistake: as logsoftmax_gy_plus_softmax (exp(output) + gy for gy - exp(output) * sum(gy)), here with the mean of the likelihood over the
samples, so gy is -1/N: the softmax part is N times too large. Source: GitHub issue mlpack/mlpack #2360, "error in backward function
in log softmax"."""

import numpy as np

rng = np.random.RandomState(13)
inputs, labels = rng.randn(5, 3), [0, 2, 1, 1, 2]
class_weight = np.full(3, 1 / 5)  # the mean over the samples
at = {"W1": rng.randn(3, 4), "b1": rng.randn(4) * 0.2, "W2": rng.randn(4, 3), "b2": rng.randn(3) * 0.2}


class Linear:
    def Forward(self, x, W, b):
        self.x, self.W = x, W
        return x @ W + b

    def Backward(self, gy):
        self.gW, self.gb = self.x.T @ gy, gy.sum(axis=0)
        return gy @ self.W.T


class LogSoftMax:
    def Forward(self, x):
        maxi = x.max(axis=1, keepdims=True)
        self.output = x - maxi - np.log(np.sum(np.exp(x - maxi), axis=1, keepdims=True))
        return self.output

    def Backward(self, gy, right):
        if right:
            return gy - np.exp(self.output) * np.sum(gy, axis=1, keepdims=True)
        return np.exp(self.output) + gy


class NegativeLogLikelihood:
    def Forward(self, output):
        total = 0.0
        for i in range(len(labels)):
            total -= class_weight[labels[i]] * output[i, labels[i]]
        return total

    def Backward(self, output):
        gy = np.zeros_like(output)
        for i in range(len(labels)):
            gy[i, labels[i]] = -class_weight[labels[i]]
        return gy


first, second, module, criterion = Linear(), Linear(), LogSoftMax(), NegativeLogLikelihood()


def run(W1, b1, W2, b2):
    h = np.tanh(first.Forward(inputs, W1, b1))
    return h, module.Forward(second.Forward(h, W2, b2))


def loss(W1, b1, W2, b2):
    return criterion.Forward(run(W1, b1, W2, b2)[1])


def _backward(p, right):
    h, output = run(**p)
    g = second.Backward(module.Backward(criterion.Backward(output), right))
    first.Backward(g * (1 - h**2))
    return {"W1": first.gW, "b1": first.gb, "W2": second.gW, "b2": second.gb}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"factor_missing", "derivative_of_other"}
