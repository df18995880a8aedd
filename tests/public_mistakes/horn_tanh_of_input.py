"""The mistake: applyDerivative(value) of tanh returns 1 - value * value and is given the value before the activation (right:
1 - tanh(value)^2). Source: GitHub pull request apache/incubator-retired-horn #4 (review of Tanh.java)."""

import numpy as np

rng = np.random.RandomState(50)
instances, labels = rng.randn(5, 3) * 0.8, rng.rand(5, 2)
at = {"theta1": rng.randn(4, 4) * 0.5, "theta2": rng.randn(2, 5) * 0.5}


class Tanh:
    def apply(self, value):
        return np.tanh(value)

    def applyDerivative(self, value):
        return 1 - value * value


class RightTanh(Tanh):
    def applyDerivative(self, value):
        return 1 - np.tanh(value) ** 2


def outputInternal(thetas, instance):
    nets, internal = [], [np.append(1.0, instance)]
    for k, theta in enumerate(thetas):
        net = theta.dot(internal[-1])
        nets.append(net)
        out = Tanh().apply(net)
        internal.append(np.concatenate(([1.0], out)) if k == 0 else out)
    return nets, internal


def loss(theta1, theta2):
    total = 0.0
    for instance, label in zip(instances, labels):
        total += np.sum((outputInternal((theta1, theta2), instance)[1][-1] - label) ** 2) / 2
    return total


def _backward(theta1, theta2, f):
    g1, g2 = np.zeros_like(theta1), np.zeros_like(theta2)
    for instance, label in zip(instances, labels):
        nets, internal = outputInternal((theta1, theta2), instance)
        delta2 = (internal[2] - label) * f.applyDerivative(nets[1])
        delta1 = theta2[:, 1:].T.dot(delta2) * f.applyDerivative(nets[0])
        g2 += np.outer(delta2, internal[1])
        g1 += np.outer(delta1, internal[0])
    return {"theta1": g1, "theta2": g2}


def backward(**p):
    return _backward(**p, f=Tanh())


def right_backward(**p):
    return _backward(**p, f=RightTanh())


EXPECTED = {"derivative_argument", "derivative_of_other"}
