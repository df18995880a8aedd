"""Networks that are objects, as people write them, each with its right backward pass.

`MISTAKES` has a slip for each: a text of this file, what stands there instead, the block that goes wrong
first, and the kind of the mistake. `WAYS` says how each is checked.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

rng = np.random.default_rng(11)
X, Y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
labels = np.array([0, 1, 1, 0, 1, 0])
one_hot = np.eye(2)[labels]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class Attributes:
    """Weights and gradients are attributes."""

    def __init__(self):
        self.W1 = rng.normal(size=(3, 4))
        self.b1 = np.zeros(4)
        self.W2 = rng.normal(size=(4, 2))
        self.b2 = np.zeros(2)

    def forward(self, X):
        self.X = X
        self.z1 = X @ self.W1 + self.b1
        self.a1 = np.tanh(self.z1)
        self.out = self.a1 @ self.W2 + self.b2
        return self.out

    def loss(self, X, y):
        self.y = y
        return np.mean((self.forward(X) - y) ** 2)

    def backward(self):
        dout = 2 * (self.out - self.y) / self.y.size
        self.dW2 = self.a1.T @ dout
        self.db2 = dout.sum(axis=0)
        dz1 = dout @ self.W2.T * (1 - self.a1**2)
        self.dW1 = self.X.T @ dz1
        self.db1 = dz1.sum(axis=0)


class Dicts:
    """Weights in a dict, gradients in another one that is returned."""

    def __init__(self, hidden=4, reg=0.1):
        self.reg = reg
        self.params = {
            "W1": rng.normal(size=(3, hidden)),
            "b1": np.zeros(hidden),
            "W2": rng.normal(size=(hidden, 2)),
            "b2": np.zeros(2),
        }

    def loss(self, X, y):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden = np.maximum(0, X @ W1 + b1)
        scores = hidden @ W2 + b2
        shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.probs = shifted / shifted.sum(axis=1, keepdims=True)
        self.cache = X, hidden, y
        data_loss = -np.log(self.probs[np.arange(len(y)), y]).mean()
        return data_loss + 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

    def gradient(self):
        X, hidden, y = self.cache
        grads = {}
        dscores = self.probs.copy()
        dscores[np.arange(len(y)), y] -= 1
        dscores /= len(y)
        grads["W2"] = hidden.T @ dscores + self.reg * self.params["W2"]
        grads["b2"] = dscores.sum(axis=0)
        dhidden = dscores @ self.params["W2"].T
        dhidden[hidden <= 0] = 0
        grads["W1"] = X.T @ dhidden + self.reg * self.params["W1"]
        grads["b1"] = dhidden.sum(axis=0)
        return grads


class Linear:
    def __init__(self, n_in, n_out):
        self.params = {"W": rng.normal(size=(n_in, n_out)), "b": np.zeros(n_out)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, grad):
        self.grads["W"] = self.x.T @ grad
        self.grads["b"] = grad.sum(axis=0)
        return grad @ self.params["W"].T


class Sigmoid:
    def forward(self, x):
        self.y = sigmoid(x)
        return self.y

    def backward(self, grad):
        return grad * self.y * (1 - self.y)


class Layers:
    """Layers in a list, each with its own weights and gradients."""

    def __init__(self):
        self.layers = [Linear(3, 4), Sigmoid(), Linear(4, 2)]

    def loss(self, X, y):
        for layer in self.layers:
            X = layer.forward(X)
        self.error = X - y
        return 0.5 * np.sum(self.error**2) / len(y)

    def backward(self):
        grad = self.error / len(self.error)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class WithParameters:
    """Weights are objects that know their gradient, into which it is added."""

    def __init__(self):
        self.W1 = Parameter(rng.normal(size=(3, 4)))
        self.W2 = Parameter(rng.normal(size=(4, 2)))
        self.scale = Parameter(rng.normal(size=4))

    def parameters(self):
        return [self.W1, self.W2, self.scale]

    def loss(self, X, y):
        self.X, self.y = X, y
        self.h = np.tanh(X @ self.W1.data)
        self.s = self.h * self.scale.data
        self.out = self.s @ self.W2.data
        return np.sum((self.out - y) ** 2)

    def backward(self):
        for parameter in self.parameters():
            parameter.grad[:] = 0
        d = 2 * (self.out - self.y)
        self.W2.grad += self.s.T @ d
        ds = d @ self.W2.data.T
        self.scale.grad += (ds * self.h).sum(axis=0)
        self.W1.grad += self.X.T @ (ds * self.scale.data * (1 - self.h**2))


class ByColumns:
    """A list of weights and one of biases for columns, gradients in lists like them."""

    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [rng.normal(size=(n, 1)) for n in sizes[1:]]
        self.weights = [rng.normal(size=(n, m)) for m, n in pairwise(sizes)]

    def cost(self, x, y):
        a = x
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(np.dot(w, a) + b)
        return 0.5 * np.linalg.norm(a - y) ** 2

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activations = [x]
        for w, b in zip(self.weights, self.biases):
            activations.append(sigmoid(np.dot(w, activations[-1]) + b))
        delta = (activations[-1] - y) * activations[-1] * (1 - activations[-1])
        for layer in range(1, self.num_layers):
            nabla_b[-layer] = delta
            nabla_w[-layer] = np.dot(delta, activations[-layer - 1].T)
            before = activations[-layer - 1]
            delta = np.dot(self.weights[-layer].T, delta) * before * (1 - before)
        return nabla_b, nabla_w


class Tuple:
    """Gradients are returned in a tuple."""

    def __init__(self):
        self.U, self.c = rng.normal(size=(3, 4)), np.zeros(4)
        self.V = rng.normal(size=(4, 2))

    def compute_loss(self, X, y):
        self.h = np.exp(-((X @ self.U + self.c) ** 2))
        self.error = self.h @ self.V - y
        return np.square(self.error).sum() / 2

    def backward(self, X, y):
        dV = self.h.T @ self.error
        dz = self.error @ self.V.T * self.h * -2 * (X @ self.U + self.c)
        dU = X.T @ dz
        return dU, dz.sum(axis=0), dV


class LossAndGradients:
    """One method gives the loss with the gradients beside it."""

    def __init__(self):
        self.W, self.b = rng.normal(size=(3, 2)), np.zeros(2)

    def loss(self, X, y):
        z = X @ self.W + self.b
        return np.mean(np.log1p(np.exp(z)) - z * y)

    def loss_and_gradients(self, X, y):
        z = X @ self.W + self.b
        d = (sigmoid(z) - y) / z.size
        return self.loss(X, y), {"dW": X.T @ d, "db": d.sum(axis=0)}


class Updating:
    """Gradients are variables of the method, which makes a step at once."""

    def __init__(self, X, y):
        self.input, self.y = X, y
        self.weights1 = rng.normal(size=(3, 4))
        self.weights2 = rng.normal(size=(4, 2))
        self.lr = 0.1

    def loss(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))
        return np.sum((self.y - self.output) ** 2)

    def backprop(self):
        delta = -2 * (self.y - self.output) * self.output * (1 - self.output)
        d_weights2 = np.dot(self.layer1.T, delta)
        delta1 = np.dot(delta, self.weights2.T) * self.layer1 * (1 - self.layer1)
        d_weights1 = np.dot(self.input.T, delta1)
        self.weights1 -= self.lr * d_weights1
        self.weights2 -= self.lr * d_weights2


class BatchNorm:
    """Running statistics go on with each call."""

    def __init__(self):
        self.W = rng.normal(size=(3, 4))
        self.gamma, self.beta = rng.normal(size=4), np.zeros(4)
        self.running_mean, self.running_var = np.zeros(4), np.ones(4)
        self.momentum, self.eps, self.steps = 0.9, 1e-5, 0

    def loss(self, X, y):
        z = X @ self.W
        mean, var = z.mean(axis=0), z.var(axis=0)
        self.running_mean *= self.momentum
        self.running_mean += (1 - self.momentum) * mean
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        self.steps += 1
        self.std = np.sqrt(var + self.eps)
        self.normed = (z - mean) / self.std
        self.X, self.out, self.y = X, self.gamma * self.normed + self.beta, y
        return (self.out**2 * y.sum(axis=1, keepdims=True)).mean()

    def backward(self):
        dout = 2 * self.out * self.y.sum(axis=1, keepdims=True) / self.out.size
        grads = {"gamma": (dout * self.normed).sum(axis=0), "beta": dout.sum(axis=0)}
        dn = dout * self.gamma
        dz = (dn - dn.mean(axis=0) - self.normed * (dn * self.normed).mean(axis=0)) / self.std
        grads["W"] = self.X.T @ dz
        return grads


class Dropout:
    """Units are left out at random, by a generator that goes on."""

    def __init__(self, p=0.5):
        self.rng, self.p = np.random.default_rng(5), p
        self.W1, self.W2 = rng.normal(size=(3, 8)), rng.normal(size=(8, 2))

    def loss(self, X, y):
        h = np.tanh(X @ self.W1)
        mask = (self.rng.random(h.shape) < self.p) / self.p
        out = (h * mask) @ self.W2
        self.cache = X, h, mask, out - y
        return np.sum((out - y) ** 2) / len(y)

    def backward(self, X, y):
        X, h, mask, error = self.cache
        dout = 2 * error / len(y)
        self.grads = {"W2": (h * mask).T @ dout}
        self.grads["W1"] = X.T @ (dout @ self.W2.T * mask * (1 - h**2))


class Squeezed:
    """Columns are samples, the cost is squeezed to a float, the caches are in a list."""

    def __init__(self):
        self.parameters = {}
        for layer, (n_in, n_out) in enumerate([(3, 4), (4, 1)], 1):
            self.parameters["W" + str(layer)] = rng.normal(size=(n_out, n_in))
            self.parameters["b" + str(layer)] = np.zeros((n_out, 1))

    def compute_cost(self, X, Y):
        p, m = self.parameters, Y.shape[1]
        Z1 = np.dot(p["W1"], X) + p["b1"]
        A1 = np.maximum(Z1, 0)
        A2 = sigmoid(np.dot(p["W2"], A1) + p["b2"])
        self.caches = [(X, Z1, A1), A2]
        cost = -(np.dot(Y, np.log(A2).T) + np.dot(1 - Y, np.log(1 - A2).T)) / m
        return float(np.squeeze(cost))

    def backward(self, X, Y):
        (X, Z1, A1), A2 = self.caches
        m, grads = Y.shape[1], {}
        dZ2 = A2 - Y
        grads["dW2"] = np.dot(dZ2, A1.T) / m
        grads["db2"] = np.sum(dZ2, axis=1, keepdims=True) / m
        dZ1 = np.dot(self.parameters["W2"].T, dZ2) * (Z1 > 0)
        grads["dW1"] = np.dot(dZ1, X.T) / m
        grads["db1"] = np.sum(dZ1, axis=1, keepdims=True) / m
        return grads


@dataclass
class Dense:
    W: np.ndarray
    b: np.ndarray
    x: np.ndarray = None
    grads: dict = field(default_factory=dict)

    def __call__(self, x):
        self.x = x
        return self.x @ self.W + self.b

    def back(self, d):
        self.grads = dict(dW=self.x.T @ d, db=d.sum(0))  # noqa: C408
        return d @ self.W.T


@dataclass
class Dataclasses:
    """Layers are dataclasses, and so is the network; one layer is used alone."""

    first: Dense
    second: Dense

    @classmethod
    def made(cls):
        return cls(
            Dense(rng.normal(size=(3, 4)), np.zeros(4)), Dense(rng.normal(size=(4, 2)), rng.normal(size=2))
        )

    def objective(self, X, y):
        self.h = np.sin(self.first(X))
        self.error = self.second(self.h) - y
        return (np.abs(self.error) ** 2).sum()

    def backward(self):
        d = self.second.back(2 * self.error)
        self.first.back(
            d * np.sqrt(1 - self.h**2) * np.sign(np.cos(self.first.x @ self.first.W + self.first.b))
        )


class Layer(ABC):
    count = 0

    def __init__(self):
        self.name = f"{type(self).__name__}{Layer.count}"
        Layer.count += 1

    @abstractmethod
    def forward(self, x): ...

    @abstractmethod
    def backward(self, d): ...


class Affine(Layer):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight, self.bias = rng.normal(size=(n_in, n_out)), np.zeros((1, n_out))
        self.weight_grad = self.bias_grad = None

    def forward(self, x):
        self.inputs = x
        return x @ self.weight + self.bias

    def backward(self, d):
        self.weight_grad = self.inputs.T @ d
        self.bias_grad = d.sum(axis=0, keepdims=True)
        return d @ self.weight.T


class LeakyAffine(Affine):
    slope = 0.1

    def forward(self, x):
        z = super().forward(x)
        self.mask = z > 0
        return np.where(self.mask, z, self.slope * z)

    def backward(self, d):
        return super().backward(d * np.where(self.mask, 1.0, self.slope))


class Inherited:
    """Layers inherit from each other."""

    def __init__(self):
        self.stack = [LeakyAffine(3, 4), LeakyAffine(4, 4), Affine(4, 2)]

    def __call__(self, x):
        for layer in self.stack:
            x = layer.forward(x)
        return x

    def loss(self, X, y):
        self.y, self.out = y, self(X)
        return ((self.out - self.y) ** 2).mean()

    def backward(self):
        d = 2 * (self.out - self.y) / self.out.size
        for layer in self.stack[::-1]:
            d = layer.backward(d)


class Recurrent:
    """States of each step in a dict, gradients added up from the last step to the first."""

    def __init__(self):
        self.Wxh, self.Whh = rng.normal(size=(4, 3)), rng.normal(size=(4, 4))
        self.Why, self.bh = rng.normal(size=(2, 4)), np.zeros((4, 1))
        self.h0 = np.zeros((4, 1))

    def loss(self, inputs, targets):
        self.hs, self.ys, total = {-1: self.h0}, {}, 0
        for t in range(len(inputs)):
            z = self.Wxh @ inputs[t].reshape(-1, 1) + self.Whh @ self.hs[t - 1] + self.bh
            self.hs[t] = np.tanh(z)
            self.ys[t] = self.Why @ self.hs[t]
            total += np.sum((self.ys[t] - targets[t].reshape(-1, 1)) ** 2)
        self.h0 = self.hs[len(inputs) - 1]
        return total

    def backward(self, inputs, targets):
        dWxh, dWhh, dWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        dbh, dhnext = np.zeros_like(self.bh), np.zeros_like(self.bh)
        for t in reversed(range(len(inputs))):
            dy = 2 * (self.ys[t] - targets[t].reshape(-1, 1))
            dWhy += dy @ self.hs[t].T
            dh = self.Why.T @ dy + dhnext
            draw = (1 - self.hs[t] ** 2) * dh
            dbh += draw
            dWxh += draw @ inputs[t].reshape(1, -1)
            dWhh += draw @ self.hs[t - 1].T
            dhnext = self.Whh.T @ draw
        return dWxh, dWhh, dWhy, dbh


class Convolution:
    """A kernel moves over images in loops, into buffers."""

    def __init__(self):
        self.kernel, self.bias = rng.normal(size=(2, 2)), 0.1

    def forward(self, images):
        self.images = images
        n, height, width = images.shape
        self.out = np.zeros((n, height - 1, width - 1))
        for i in range(height - 1):
            for j in range(width - 1):
                patch = images[:, i : i + 2, j : j + 2]
                self.out[:, i, j] = np.sum(patch * self.kernel, axis=(1, 2)) + self.bias
        return self.out

    def loss(self, images):
        return np.sum(np.tanh(self.forward(images)) ** 2)

    def backward(self):
        t = np.tanh(self.out)
        d = 2 * t * (1 - t**2)
        self.dkernel = np.zeros_like(self.kernel)
        for i in range(self.out.shape[1]):
            for j in range(self.out.shape[2]):
                self.dkernel += np.sum(
                    self.images[:, i : i + 2, j : j + 2] * d[:, i, j, None, None], axis=0
                )
        self.dbias = d.sum()


class Embedding:
    """Rows of a table are chosen by number; the class has slots."""

    __slots__ = ("_chosen", "_error", "dtable", "dw", "table", "w")

    def __init__(self):
        self.table, self.w = rng.normal(size=(5, 3)), rng.normal(size=3)

    def loss(self, words, y):
        self._chosen = self.table[words]
        self._error = self._chosen.mean(axis=1) @ self.w - y
        return (self._error**2).sum()

    def backward(self, words, y):
        d = 2 * self._error
        self.dw = self._chosen.mean(axis=1).T @ d
        self.dtable = np.zeros_like(self.table)
        np.add.at(self.dtable, words, (d[:, None] * self.w / words.shape[1])[:, None, :])


W, b = rng.normal(size=(3, 2)), np.zeros(2)
V = rng.normal(size=(2, 2))


def forward():
    global hidden, out
    hidden = np.tanh(X @ W + b)
    out = hidden @ V
    return out


def script_loss():
    return np.sum((forward() - Y) ** 2) / len(X)


def script_backward():
    dout = 2 * (out - Y) / len(X)
    dV = hidden.T @ dout
    dhidden = dout @ V.T * (1 - hidden**2)
    dW = X.T @ dhidden
    db = dhidden.sum(axis=0)
    return dW, db, dV


words = np.array([[0, 1, 1], [4, 2, 0]])
images = rng.normal(size=(2, 3, 4))
columns = X[:1].T, one_hot[:1].T
beside = LossAndGradients()

NETWORKS = {  # an object and what its loss is called with
    "Attributes": (Attributes(), (X, Y)),
    "Dicts": (Dicts(), (X, labels)),
    "Layers": (Layers(), (X, Y)),
    "WithParameters": (WithParameters(), (X, Y)),
    "ByColumns": (ByColumns([3, 4, 2]), columns),
    "Tuple": (Tuple(), (X, Y)),
    "Updating": (Updating(X, one_hot), ()),
    "BatchNorm": (BatchNorm(), (X, Y)),
    "Dropout": (Dropout(), (X, Y)),
    "Squeezed": (Squeezed(), (X.T, labels.reshape(1, -1))),
    "Dataclasses": (Dataclasses.made(), (X, Y)),
    "Inherited": (Inherited(), (X, Y)),
    "Recurrent": (Recurrent(), (X[:4], Y[:4])),
    "Convolution": (Convolution(), (images,)),
    "Embedding": (Embedding(), (words, Y[0])),
}
FUNCTIONS = {  # a loss, its backward pass, and what both are called with
    "LossAndGradients": (beside.loss, beside.loss_and_gradients, (X, one_hot)),
    "script": (script_loss, script_backward, ()),
}
MISTAKES = {
    "Attributes": [
        ("(1 - self.a1**2)", "(1 - self.z1**2)", "b1", "derivative_argument"),
        (
            "dout = 2 * (self.out - self.y) / self.y.size",
            "dout = (self.out - self.y) / self.y.size",
            "b2",
            "scale",
        ),
        ("self.db1 = dz1.sum(axis=0)", "self.db1 = dz1.mean(axis=0)", "b1", "bias_reduction"),
    ],
    "Dicts": [
        ('dscores + self.reg * self.params["W2"]', "dscores", "params['W2']", "regularization_missing"),
        ("dscores /= len(y)", "dscores /= 1", "params['b2']", "sum_for_mean"),
        ("dhidden[hidden <= 0] = 0", "dhidden[hidden > 0] = 0", "params['b1']", None),
    ],
    "Layers": [
        ("grad * self.y * (1 - self.y)", "grad * self.y", "layers[0].params['b']", "derivative_of_other"),
        ("self.error / len(self.error)", "self.error", "layers[2].params['b']", "sum_for_mean"),
    ],
    "WithParameters": [
        ("parameter.grad[:] = 0", "parameter.grad[:] = 1", "W2.data", None),
        ("(ds * self.scale.data", "(ds", "W1.data", None),
    ],
    "ByColumns": [
        ("delta) * before * (1 - before)", "delta) * (1 - before)", "biases[0]", None),
        ("(activations[-1] - y) *", "(y - activations[-1]) *", "biases[1]", "sign"),
    ],
    "Tuple": [("* self.h * -2 *", "* self.h * 2 *", "c", "sign")],
    "LossAndGradients": [("(sigmoid(z) - y) / z.size", "(sigmoid(z) - y) / len(z)", "b", "sum_for_mean")],
    "Updating": [("* self.layer1 * (1 - self.layer1)", "", "weights1", "derivative_missing")],
    "BatchNorm": [("(dn - dn.mean(axis=0) - self", "(dn - self", "W", "detached")],
    "Dropout": [("self.W2.T * mask * (", "self.W2.T * (", "W1", "factor_missing")],
    "Squeezed": [("(Z1 > 0)", "(Z1 < 0)", "parameters['b1']", None)],
    "Dataclasses": [
        ("self.second.back(2 * self.error)", "self.second.back(self.error)", "second.b", "scale")
    ],
    "Inherited": [("np.where(self.mask, 1.0, self.slope)", "self.mask", "stack[1].bias", None)],
    "Recurrent": [("@ dy + dhnext", "@ dy", "bh", "detached")],
    "Convolution": [("d = 2 * t * (1 - t**2)", "d = 2 * (1 - t**2)", "bias", None)],
    "Embedding": [("* self.w / words.shape[1]", "* self.w", "table", "sum_for_mean")],
    "script": [("dhidden = dout @ V.T", "dhidden = dout @ V", "b", "transposed")],
}
