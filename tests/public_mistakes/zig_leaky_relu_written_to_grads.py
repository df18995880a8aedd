"""The mistake: the backward pass of the leaky ReLU writes grads[i] = 0.01 * grads[i] where outputs[i] = ... belongs: where the
input is negative, outputs keeps what the allocation left (here zero). Source: GitHub issue SilasMarvin/dnns-from-scratch-in-zig
#5, "Possible bug in relu.zig" (Zig; here plain Python loops)."""

import numpy as np

rng = np.random.RandomState(303)
images, labels = rng.randn(5, 3), [0, 2, 1, 0, 2]
at = {"weights1": rng.randn(3, 4), "biases1": rng.randn(4), "weights2": rng.randn(4, 3)}


class Relu:
    def forward(self, inputs):
        outputs = np.zeros(len(inputs))
        i = 0
        while i < len(inputs):
            if inputs[i] < 0:
                outputs[i] = 0.01 * inputs[i]
            else:
                outputs[i] = inputs[i]
            i += 1
        self.last_inputs = inputs
        return outputs

    def backwards(self, grads, right=False):
        outputs = np.zeros(len(grads))
        i = 0
        while i < len(self.last_inputs):
            if self.last_inputs[i] < 0:
                if right:
                    outputs[i] = 0.01 * grads[i]
                else:
                    grads[i] = 0.01 * grads[i]
            else:
                outputs[i] = grads[i]
            i += 1
        return outputs


def nll(inputs, label):
    return -inputs[label] + np.log(np.sum(np.exp(inputs)))


def loss(weights1, biases1, weights2):
    total = 0.0
    for x, t in zip(images, labels):
        h = Relu().forward(x @ weights1 + biases1)
        total += nll(h @ weights2, t)
    return total / len(images)


def _backward(weights1, biases1, weights2, right):
    g = {"weights1": np.zeros((3, 4)), "biases1": np.zeros(4), "weights2": np.zeros((4, 3))}
    for x, t in zip(images, labels):
        relu = Relu()
        h = relu.forward(x @ weights1 + biases1)
        o = h @ weights2
        grads = np.exp(o) / np.sum(np.exp(o))
        grads[t] -= 1
        grads /= len(images)
        g["weights2"] += np.outer(h, grads)
        grads = relu.backwards(weights2 @ grads, right)
        g["weights1"] += np.outer(x, grads)
        g["biases1"] += grads
    return g


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"derivative_of_other", "path_missing"}
