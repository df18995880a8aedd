"""Right steps that change objects: tensors with `data` and `grad`, layers, networks, and Values."""

import numpy as np

from autograd_scratch import MLP, Value
from autograd_scratch.optim import SGD, Adam

from .classes import LayerSGD, NetSGD, TorchLike
from .functions import RNG, right


class Tensor:
    """A tensor of somebody's own engine."""

    def __init__(self, data, grad=None):
        self.data, self.grad = np.array(data, float), grad

    @property
    def xp(self):
        return np


def tensors():
    """Return two tensors that no backward pass has reached."""
    return [Tensor(RNG.normal(size=(2, 3))), Tensor(RNG.normal(size=3))]


@right(tensors(), SGD(lr=0.1))
def step_of_tensors(params):
    for p in params:
        p.data -= 0.1 * p.grad


@right({"W": tensors()[0], "b": tensors()[1]}, SGD(lr=0.1))
def step_of_named_tensors(parameters, lr):
    for name in parameters:
        parameters[name].data = parameters[name].data - lr * parameters[name].grad


right(tensors(), Adam(lr=0.01))(TorchLike)
right(None, Adam(lr=0.01))(TorchLike(tensors(), lr=0.01))
right(None, Adam(lr=0.01))(TorchLike(tensors(), lr=0.01).step)


class OfArrays:
    """Holds arrays, and is handed their gradients."""

    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self, grads):
        for name in self.params:
            self.params[name] = self.params[name] - self.lr * grads[name]


right(None, SGD(lr=0.1))(OfArrays({"W": RNG.normal(size=(2, 2)), "b": np.zeros(2)}, 0.1))


class Dense:
    def __init__(self, nin, nout):
        self.weights, self.biases = RNG.normal(size=(nin, nout)), np.zeros((1, nout))
        self.dweights, self.dbiases = np.zeros((nin, nout)), np.zeros((1, nout))


right(Dense(3, 2), SGD(lr=0.1, momentum=0.9))(LayerSGD(learning_rate=0.1, momentum=0.9))


class Linear:
    def __init__(self, nin, nout):
        self.params = {"w": RNG.normal(size=(nin, nout)), "b": RNG.normal(size=nout)}
        self.grads = {name: np.zeros_like(array) for name, array in self.params.items()}


class Net:
    def __init__(self):
        self.layers = [Linear(2, 3), Linear(3, 1)]

    def params_and_grads(self):
        for layer in self.layers:
            for name, param in layer.params.items():
                yield param, layer.grads[name]


right(Net(), SGD(lr=0.1))(NetSGD(lr=0.1))


class TwoLayers:
    def __init__(self):
        self.W1, self.b1 = RNG.normal(size=(2, 3)), np.zeros(3)
        self.W2, self.b2 = RNG.normal(size=(3, 1)), np.zeros(1)
        self.dW1, self.db1, self.dW2, self.db2 = (
            np.zeros_like(a) for a in (self.W1, self.b1, self.W2, self.b2)
        )
        self.lr = 0.1

    def update(self):
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - self.lr * getattr(self, "d" + name))


net = TwoLayers()
right(net, SGD(lr=0.1))(net.update)


@right([Value(0.5, "w"), Value(-1.0, "b")], SGD(lr=0.1))
def step_of_values(params):
    for p in params:
        p.data += -0.1 * p.grad


right(MLP(2, [3, 1], seed=0), SGD(lr=0.1))(step_of_values)


class ValueMomentum:
    def __init__(self, parameters, lr, momentum):
        self.parameters, self.lr, self.momentum = parameters, lr, momentum
        self.velocity = [0.0] * len(parameters)

    def step(self):
        for i, p in enumerate(self.parameters):
            self.velocity[i] = self.momentum * self.velocity[i] + p.grad
            p.data -= self.lr * self.velocity[i]


right(MLP(2, [3, 1], seed=0), SGD(lr=0.1, momentum=0.5))(ValueMomentum)


@right({"w": RNG.normal(size=3)}, SGD(lr=0.1, momentum=0.9, nesterov=True))
def look_ahead(w, grad_fn, v):
    v = 0.9 * v - 0.1 * grad_fn(w + 0.9 * v)
    return w + v, v


@right({"w": RNG.normal(size=3)}, SGD(lr=0.1, momentum=0.9))
def asks_where_it_is(w, gradient_function, v):
    v = 0.9 * v - 0.1 * gradient_function(w)
    return w + v, v
