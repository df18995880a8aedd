"""Classes, closures and the containers in which people keep parameters."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from .definition import idiom
from .samples import X, y

Layer = namedtuple("Layer", ["W", "b"])
weights = None


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        return self.z

    __call__ = forward


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out


class Network:
    def __init__(self, params):
        self.params = params
        self.cache = {}

    def forward(self, x):
        self.cache["Z1"] = np.dot(x, self.params["W1"]) + self.params["b1"]
        self.cache["A1"] = sigmoid(self.cache["Z1"])
        self.cache["Z2"] = np.dot(self.cache["A1"], self.params["W2"])
        return self.cache["Z2"]

    def loss(self, x, target):
        return np.mean((self.forward(x) - target) ** 2)


@dataclass
class Cell:
    W: np.ndarray
    history: list = field(default_factory=list)

    def step(self, h):
        self.history.append(h)
        return np.tanh(self.W @ h)


class Neuron:
    def __init__(self, w, b):
        self.w = w
        self.b = b

    def feedforward(self, inputs):
        return sigmoid(np.dot(self.w, inputs) + self.b)


@idiom(W=(3, 2), b=(2,))
def layer_object(W, b):
    return np.sum(Dense(W, b)(X) ** 2)


@idiom(W=(3, 2), b=(2,), V=(2, 1), c=(1,))
def list_of_layers(W, b, V, c):
    out = X
    for layer in [Dense(W, b), Tanh(), Dense(V, c)]:
        out = layer.forward(out)
    return np.mean((out - y.reshape(-1, 1)) ** 2)


@idiom(W1=(3, 2), b1=(1, 2), W2=(2, 1))
def network_with_a_cache(W1, b1, W2):
    return Network({"W1": W1, "b1": b1, "W2": W2}).loss(X, y[:, None])


@idiom(W=(2, 2))
def dataclass_with_a_history(W):
    cell, h = Cell(W), np.ones(2)
    for _ in range(3):
        h = cell.step(h)
    return sum(np.sum(h**2) for h in cell.history)


@idiom(w=(2,), b=(), v=(2,))
def neurons(w, b, v):
    first, second = Neuron(w, b), Neuron(v, 0.0)
    x = np.array([2.0, 3.0])
    h = np.array([first.feedforward(x), second.feedforward(x)])
    return (Neuron(np.array([0.3, -0.8]), 0.1).feedforward(h) - 1) ** 2


@idiom(W1=(3, 2), b1=(2,), W2=(2, 1), b2=(1,))
def named_tuples(W1, b1, W2, b2):
    layers = [Layer(W1, b1), Layer(W=W2, b=b2)]
    a = X
    for W, b in layers:
        a = sigmoid(a @ W + b)
    return -np.log(a).mean()


@idiom(params={"W": (3, 2), "b": (2,)})
def dict_of_parameters(params):
    return np.sum(np.tanh(X @ params["W"] + params["b"]))


@idiom(params={"W1": (3, 2), "b1": (2,), "W2": (2, 2), "b2": (2,)})
def dict_with_numbered_names(params):
    A = X
    for n in range(1, len(params) // 2 + 1):
        A = np.tanh(A @ params["W" + str(n)] + params[f"b{n}"])
    return np.mean(A**2)


@idiom(weights=[(3, 2), (2, 2)], biases=[(2,), (2,)])
def lists_of_parameters(weights, biases):
    a = X
    for W, b in zip(weights, biases):
        a = sigmoid(np.dot(a, W) + b)
    return 0.5 * np.sum((a - 0.3) ** 2)


@idiom(layers=[{"W": (3, 2), "b": (2,)}, {"W": (2, 1), "b": (1,)}])
def list_of_dicts(layers):
    a = X
    for layer in layers:
        a = np.tanh(a @ layer["W"] + layer["b"])
    return (a**2).mean()


@idiom(W=(3, 2), b=(2,))
def ordered_dict(W, b):
    p = OrderedDict(W=W)
    p["b"] = b
    return np.exp(X.dot(p["W"]) + p["b"]).mean()


@idiom(W=(3, 2), b=(2,))
def cache_tuples(W, b):
    def linear_forward(A, W, b):
        return A @ W + b, (A, W, b)

    def relu_forward(Z):
        return np.maximum(0, Z), Z

    Z, linear_cache = linear_forward(X, W, b)
    A, activation_cache = relu_forward(Z)
    caches = [(linear_cache, activation_cache)]
    return np.sum(A**2) / len(caches[0][0][0])


@idiom(W=(3, 2))
def closure_makes_the_layer(W):
    def layer(W, activation):
        def forward(x):
            return activation(x @ W)

        return forward

    net = layer(W, np.tanh)
    return net(X).sum()


@idiom(W=(3, 2))
def parameters_by_global(W):
    global weights
    weights = W
    return loss_of_global()


def loss_of_global():
    return np.sum(sigmoid(X @ weights))


@idiom(W=(3, 2))
def import_in_the_function(W):
    import numpy

    return numpy.square(numpy.matmul(X, W)).sum()


@idiom(W=(3, 2))
def count_by_nonlocal(W):
    calls = 0

    def forward(x):
        nonlocal calls
        calls += 1
        return np.tanh(x @ W) / calls

    return forward(X).sum() + forward(X[:2]).sum()


@idiom(w=(3,))
def default_arguments(w, data=X, targets=y):
    return ((data @ w - targets) ** 2).sum() / len(targets)


@idiom(W=(3, 2), b=(2,))
def namespace(W, b):
    p = SimpleNamespace(W=W, b=b)
    p.out = np.tanh(X @ p.W + p.b)
    return p.out.mean()


@idiom(W=(3, 2), V=(2, 1))
def attributes_by_name(W, V):
    net = Dense(W, 0.0)
    for name, value in {"W2": V}.items():
        setattr(net, name, value)
    return np.mean((np.tanh(net.forward(X)) @ getattr(net, "W2")) ** 2)


@idiom(W=(3, 2))
def base_class_and_super(W):
    class Scaled(Dense):
        def forward(self, x):
            return 0.5 * super().forward(x)

    return np.sum(np.sin(Scaled(W, 1.0).forward(X)))


@idiom(W=(3, 2))
def static_method_and_property(W):
    class Model:
        @staticmethod
        def activation(z):
            return np.log(1 + np.exp(z))

        @property
        def output(self):
            return self.activation(X @ W)

    return Model().output.mean()


@idiom(theta=(8,))
def one_flat_vector(theta):
    W1 = theta[:6].reshape(3, 2)
    W2 = theta[6:].reshape(2, 1)
    return np.mean((np.tanh(X @ W1) @ W2 - y[:, np.newaxis]) ** 2)


@idiom(theta=(9,))
def one_flat_vector_with_a_pointer(theta):
    shapes, parts, start = [(3, 2), (2,), (1,)], [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(theta[start : start + size].reshape(shape))
        start += size
    W, b, scale = parts
    return (scale * np.tanh(X @ W + b)).sum()
