"""The mistake: the layers' gradients are assembled to one vector before the gradient of the regularization is added to them, so that it never arrives.
Source: GitHub issue Artelnics/opennn #241, "Problems with Regularization Methods" (C++; here NumPy, parameters in one vector)."""

import numpy as np

rng = np.random.RandomState(241)
inputs, targets = rng.randn(5, 2), rng.randn(5, 1)
shapes = [(2, 3), (3,), (3, 1), (1,)]
sizes = [6, 3, 3, 1]
regularization_weight = 0.1
at = {"parameters": rng.randn(13)}


def disassemble(parameters):
    layers, start = [], 0
    for shape, size in zip(shapes, sizes):
        layers.append(parameters[start : start + size].reshape(shape))
        start += size
    return layers


def assemble(layers):
    return np.concatenate([layer.ravel() for layer in layers])


def forward(parameters):
    W1, b1, W2, b2 = disassemble(parameters)
    activations = np.tanh(inputs @ W1 + b1)
    return activations, activations @ W2 + b2


def loss(parameters):
    outputs = forward(parameters)[1]
    error = np.sum((outputs - targets) ** 2) / len(targets)
    return error + regularization_weight * np.sum(parameters**2)


class LossIndex:
    def back_propagate(self, parameters, before):
        W1, b1, W2, b2 = disassemble(parameters)
        activations, outputs = forward(parameters)
        delta2 = 2 * (outputs - targets) / len(targets)
        delta1 = delta2 @ W2.T * (1 - activations**2)
        self.layers = [inputs.T @ delta1, delta1.sum(axis=0), activations.T @ delta2, delta2.sum(axis=0)]
        if before:
            self.add_regularization_gradient(parameters)
        gradient = assemble(self.layers)
        if not before:
            self.add_regularization_gradient(parameters)
        return gradient

    def add_regularization_gradient(self, parameters):
        for k, layer in enumerate(disassemble(parameters)):
            self.layers[k] = self.layers[k] + regularization_weight * 2 * layer


def backward(parameters):
    return {"parameters": LossIndex().back_propagate(parameters, False)}


def right_backward(parameters):
    return {"parameters": LossIndex().back_propagate(parameters, True)}


EXPECTED = {"regularization_missing"}
