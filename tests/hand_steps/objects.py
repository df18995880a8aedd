"""Right steps that change objects: tensors with `data` and `grad`, layers, networks, and Values."""

from typing import NamedTuple

import numpy as np

from autograd_scratch import MLP, Value
from autograd_scratch.optim import SGD, Adadelta, Adam

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


class ValueAdam:
    """Holds Values, and knows what it remembers of them by their ids."""

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.parameters, self.lr, self.betas, self.eps, self.t = list(parameters), lr, betas, eps, 0
        self.m, self.v = {id(p): 0.0 for p in parameters}, {id(p): 0.0 for p in parameters}

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for p in self.parameters:
            self.m[id(p)] = b1 * self.m[id(p)] + (1 - b1) * p.grad
            self.v[id(p)] = b2 * self.v[id(p)] + (1 - b2) * p.grad**2
            m_hat, v_hat = self.m[id(p)] / (1 - b1**self.t), self.v[id(p)] / (1 - b2**self.t)
            p.data -= self.lr * m_hat / (v_hat**0.5 + self.eps)


right(None, Adam(lr=0.02))(ValueAdam([Value(0.5), Value(-1.0)], 0.02))


def loop_over_values():
    """Return Values, and a step that has these and its memory around it, and counts from 0."""
    values, m, v = [Value(0.5), Value(-1.0)], [0.0, 0.0], [0.0, 0.0]

    def update(step):
        for i, p in enumerate(values):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.95 * v[i] + 0.05 * p.grad**2
            m_hat, v_hat = m[i] / (1 - 0.9 ** (step + 1)), v[i] / (1 - 0.95 ** (step + 1))
            p.data -= 0.01 * m_hat / (v_hat**0.5 + 1e-8)
            p.grad = 0

    return values, update


values, update = loop_over_values()
right(values, Adam(lr=0.01, betas=(0.9, 0.95)))(update)


@right([RNG.normal(size=(3, 2)), RNG.normal(size=2)], Adam(lr=0.01, eps=1e-6))
def adam_of_tensors(params, states, hyperparams):
    for p, (v, s) in zip(params, states, strict=True):
        v[:] = 0.9 * v + 0.1 * p.grad
        s[:] = 0.999 * s + 0.001 * np.square(p.grad)
        v_hat, s_hat = v / (1 - 0.9 ** hyperparams["t"]), s / (1 - 0.999 ** hyperparams["t"])
        p[:] -= hyperparams["lr"] * v_hat / (np.sqrt(s_hat) + 1e-6)
        p.grad[:] = 0
    hyperparams["t"] += 1


@right([RNG.normal(size=(2, 2)), RNG.normal(size=2)], SGD(lr=0.01, momentum=0.9))
def momentum_of_tensors(params, states, hyperparams):
    for p, v in zip(params, states, strict=True):
        v[:] = hyperparams["momentum"] * v + p.grad
        p[:] -= hyperparams["lr"] * v


@right(tensors(), Adadelta(rho=0.9, eps=1e-5))
def adadelta_of_tensors(params, states, hyperparams):
    for p, (s, delta) in zip(params, states, strict=True):
        s[:] = 0.9 * s + 0.1 * p.grad**2
        g = np.sqrt(delta + 1e-5) / np.sqrt(s + 1e-5) * p.grad
        p.data -= g
        delta[:] = 0.9 * delta + 0.1 * g * g


class DenseWithItsStep:
    def __init__(self, nin, nout):
        self.W, self.b = RNG.normal(size=(nin, nout)), RNG.normal(size=nout)
        self.dW, self.db = np.zeros((nin, nout)), np.zeros(nout)
        self.vW, self.vb = np.zeros((nin, nout)), np.zeros(nout)

    def sgd_step(self, lrate=0.05, beta=0.9):
        self.vW, self.vb = beta * self.vW + self.dW, beta * self.vb + self.db
        self.W, self.b = self.W - lrate * self.vW, self.b - lrate * self.vb


right(None, SGD(lr=0.05, momentum=0.9))(DenseWithItsStep(3, 2).sgd_step)
right(["W", "b"], SGD(lr=0.05, momentum=0.9))(DenseWithItsStep(3, 2).sgd_step)


class OfTarget:
    """Is given what it changes later, under a name that says nothing of it."""

    def setup(self, target):
        self.target = target
        return self

    def update(self):
        for p in self.target:
            p.data -= 0.1 * p.grad


right(None, SGD(lr=0.1))(OfTarget().setup(tensors()))


class OfOneVector:
    def __init__(self, mu):
        self.mu, self.v = mu, np.zeros_like(mu)

    def update(self, globalg):
        self.v = 0.9 * self.v + globalg
        self.mu = self.mu - 0.1 * self.v
        return np.linalg.norm(self.v)


right(["mu"], SGD(lr=0.1, momentum=0.9))(OfOneVector(RNG.normal(size=4)))
right("mu", SGD(lr=0.1, momentum=0.9))(OfOneVector(RNG.normal(size=4)))

PAIRS = [(RNG.normal(size=(3, 2)), RNG.normal(size=2)), (RNG.normal(size=(2, 2)), RNG.normal(size=2))]


@right(PAIRS, SGD(lr=0.01, momentum=0.9))
def momentum_of_pairs(params, grads, opt_state):
    new, kept = [], []
    for (w, b), (dw, db), (vw, vb) in zip(params, grads, opt_state, strict=True):
        kept.append((0.9 * vw + dw, 0.9 * vb + db))
        new.append((w - 0.01 * kept[-1][0], b - 0.01 * kept[-1][1]))
    return new, kept


START = RNG.normal(size=3)


@right({"w": START}, SGD(lr=0.1, momentum=0.9), state=(START, np.zeros(3)))
def momentum_of_one_state(i, g, state):
    w, v = state
    v = 0.9 * v + g
    return w - 0.1 * v, v


class Moves:
    """Returns what to subtract, beside a pair of means that it was handed."""

    def __call__(self, g, moment, t):
        m, v = moment
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        return 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), (m, v)


right({"w": START}, Adam(lr=0.01))(Moves())


class FullSGD:
    """Everything that PyTorch's has, by arguments of its constructor."""

    def __init__(
        self, params, lr, momentum=0.0, weight_decay=0.0, dampening=0.0, nesterov=False, maximize=False
    ):
        self.params, self.lr, self.momentum, self.weight_decay = list(params), lr, momentum, weight_decay
        self.dampening, self.nesterov, self.maximize = dampening, nesterov, maximize
        self.buffers = [None] * len(self.params)

    def step(self):
        for i, p in enumerate(self.params):
            g = (-p.grad if self.maximize else p.grad) + self.weight_decay * p.data
            if self.buffers[i] is None:
                self.buffers[i] = g
            else:
                self.buffers[i] = self.momentum * self.buffers[i] + (1 - self.dampening) * g
            ahead = g + self.momentum * self.buffers[i] if self.nesterov else self.buffers[i]
            p.data = p.data - self.lr * ahead


right(tensors(), SGD(lr=0.1, momentum=0.9, nesterov=True))(FullSGD)
right(tensors(), SGD(lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01, maximize=True))(FullSGD)


class Means(NamedTuple):
    count: int
    m: np.ndarray
    v: np.ndarray


def means_of_tuple(params, grads, state, lr=0.01):
    n = state.count + 1
    m, v = 0.9 * state.m + 0.1 * grads, 0.999 * state.v + 0.001 * grads**2
    new = params - lr * (m / (1 - 0.9**n)) / (np.sqrt(v / (1 - 0.999**n)) + 1e-8)
    return new, Means(n, m, v)


right(START, Adam(lr=0.01))(means_of_tuple)
right(START, Adam(lr=0.01), state=Means(0, np.zeros(3), np.zeros(3)))(means_of_tuple)


class OfLayer:
    def update(self, layer, weights_grad, biases_grad):
        layer.weights -= 0.1 * weights_grad
        layer.biases -= 0.1 * biases_grad


right({"weights": RNG.normal(size=(3, 2)), "biases": np.zeros(2)}, SGD(lr=0.1))(OfLayer())


class NetOfLists:
    """Has its parameters in lists, and not their gradients."""

    def __init__(self):
        self.weights = [RNG.normal(size=(3, 2)), RNG.normal(size=(2, 2))]
        self.biases = [RNG.normal(size=2), RNG.normal(size=2)]


class OfLists:
    """Is handed a network, and the gradients beside it."""

    def __init__(self):
        self.v_W = self.v_b = None

    def update(self, model, grad_W, grad_b):
        if self.v_W is None:
            self.v_W, self.v_b = [np.zeros_like(w) for w in grad_W], [np.zeros_like(b) for b in grad_b]
        for i in range(len(model.weights)):
            self.v_W[i], self.v_b[i] = 0.5 * self.v_W[i] + grad_W[i], 0.5 * self.v_b[i] + grad_b[i]
            model.weights[i] -= 0.1 * self.v_W[i]
            model.biases[i] -= 0.1 * self.v_b[i]


right(NetOfLists(), SGD(lr=0.1, momentum=0.5))(OfLists())


class WithNet:
    def __init__(self, nn):
        self.nn = nn

    def update(self, w_grads, b_grads):
        for i, (w, b) in enumerate(zip(w_grads, b_grads, strict=True)):
            self.nn.weights[i] = self.nn.weights[i] - 0.1 * w
            self.nn.biases[i] = self.nn.biases[i] - 0.1 * b


right(None, SGD(lr=0.1))(WithNet(NetOfLists()))


class WithUpdate:
    """A network with its step, which is handed gradients under their names."""

    def __init__(self):
        self.W1, self.b1, self.lr = RNG.normal(size=(3, 2)), RNG.normal(size=2), 0.1

    def update_params(self, grads):
        self.W1 -= self.lr * grads["dW1"]
        self.b1 -= self.lr * grads["db1"]


right(None, SGD(lr=0.1))(WithUpdate().update_params)


class OfPairs:
    """Is handed parameters with their gradients, and says so nowhere."""

    def __init__(self, lr=0.01, beta=0.9):
        self.lr, self.beta, self.velocity = lr, beta, None

    def step(self, params):
        if self.velocity is None:
            self.velocity = [np.zeros_like(value) for value, _ in params]
        for v, (value, grad) in zip(self.velocity, params, strict=True):
            v *= self.beta
            v += grad
            value -= self.lr * v


right([RNG.normal(size=(2, 2)), RNG.normal(size=2)], SGD(lr=0.1, momentum=0.9))(OfPairs(0.1))


class NetOfRows(NetOfLists):
    """Has the gradients as well, under shorter names."""

    def __init__(self):
        super().__init__()
        self.dW, self.db = [np.zeros_like(w) for w in self.weights], [np.zeros_like(b) for b in self.biases]


@right(NetOfRows(), SGD(lr=0.1))
def step_of_rows(model, eta=0.1):
    for i in range(len(model.weights)):
        model.weights[i] -= eta * model.dW[i]
        model.biases[i] -= eta * model.db[i]


class OfWords:
    """Returns what it remembers as the words that it is to be called with again."""

    def __init__(self, learning_rate, momentum):
        self.learning_rate, self.momentum = learning_rate, momentum

    def apply_gradients(self, var, grad, **kwargs):
        velocity = self.momentum * kwargs.get("velocity", 0) - self.learning_rate * grad
        var += velocity
        return {**kwargs, "velocity": velocity}


right({"w": START}, SGD(lr=0.1, momentum=0.9))(OfWords(0.1, 0.9))


class OfVariables:
    def __init__(self, trainable_variables=None, lr=0.1):
        self.trainable_variables, self.lr = trainable_variables, lr

    def step(self):
        for v in self.trainable_variables:
            v.data = v.data - self.lr * v.grad


right(tensors(), SGD(lr=0.2))(OfVariables)


class CountingAfter:
    """Counts its steps in a method that is called after each."""

    def __init__(self, learning_rate=0.001, epsilon=1e-7):
        self.learning_rate, self.epsilon, self.iterations = learning_rate, epsilon, 0

    def update_params(self, layer):
        if not hasattr(layer, "weight_cache"):
            layer.weight_momentums, layer.weight_cache = 0.0, 0.0
        n = self.iterations + 1
        layer.weight_momentums = 0.9 * layer.weight_momentums + 0.1 * layer.dweights
        layer.weight_cache = 0.999 * layer.weight_cache + 0.001 * layer.dweights**2
        m_hat, v_hat = layer.weight_momentums / (1 - 0.9**n), layer.weight_cache / (1 - 0.999**n)
        layer.weights -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)

    def post_update_params(self):
        self.iterations += 1


class Weights:
    def __init__(self):
        self.weights, self.dweights = RNG.normal(size=(3, 2)), np.zeros((3, 2))


right(Weights(), Adam(lr=0.01, eps=1e-7))(CountingAfter(0.01))


class OfMethods:
    """Gives its parameters and gradients by methods."""

    def __init__(self):
        self.parameters, self.gradients = {"W": RNG.normal(size=3)}, {"W": np.zeros(3)}

    def get_parameters(self):
        return self.parameters

    def get_gradients(self):
        return self.gradients


class WithModules:
    def __init__(self, modules, lr=0.01):
        self.modules, self.lr = modules, lr

    def step(self):
        parameters, gradients = self.modules.get_parameters(), self.modules.get_gradients()
        for name in parameters:
            parameters[name] -= self.lr * gradients[name]


right(None, SGD(lr=0.1))(WithModules(OfMethods(), 0.1))
right(OfMethods(), SGD(lr=0.1))(WithModules)


class InTwo:
    """Has a method for what it remembers, and one for all."""

    def __init__(self, weights):
        self.v = np.zeros(weights.shape)

    def update_parameters(self, gradient):
        self.v = 0.9 * self.v + gradient

    def apply_gradients(self, weights, gradient, learning_rate):
        self.update_parameters(gradient)
        weights -= learning_rate * self.v
        return weights


right(START, SGD(lr=0.1, momentum=0.9))(InTwo(START))
right(START, SGD(lr=0.1, momentum=0.9))(InTwo)


class HoldsPairs:
    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self):
        for param, grad in self.params:
            param[:] -= self.lr * grad


ROWS = [(RNG.normal(size=(2, 3)), np.zeros((2, 3))), (RNG.normal(size=3), np.zeros(3))]
right(None, SGD(lr=0.1))(HoldsPairs(ROWS, 0.1))


class OfBoth:
    def __init__(self, learning_rate, depth):
        self.learning_rate, self.depth = learning_rate, depth

    def compute(self, weights, biases, weights_gradients, biases_gradients):
        for i in range(1, self.depth):
            weights[f"W{i}"] -= self.learning_rate * weights_gradients[f"dW{i}"]
            biases[f"b{i}"] -= self.learning_rate * biases_gradients[f"db{i}"]
        return weights, biases


BOTH = {"weights": {"W1": RNG.normal(size=(2, 3))}, "biases": {"b1": RNG.normal(size=3)}}
right(BOTH, SGD(lr=0.1))(OfBoth(0.1, 2).compute)


class HoldsWeightsAndBiases:
    def __init__(self, weights, biases, lr, beta):
        self.weights, self.biases, self.lr, self.beta = weights, biases, lr, beta
        self.moved_w = [np.zeros_like(w) for w in weights]
        self.moved_b = [np.zeros_like(b) for b in biases]

    def update(self, dW, dB):
        for i in range(len(self.weights)):
            self.moved_w[i] = self.beta * self.moved_w[i] + self.lr * dW[i]
            self.moved_b[i] = self.beta * self.moved_b[i] + self.lr * dB[i]
            self.weights[i] -= self.moved_w[i]
            self.biases[i] -= self.moved_b[i]


WEIGHTS, BIASES = [RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))], [np.zeros(4), np.zeros(2)]
right(None, SGD(lr=0.1, momentum=0.9))(HoldsWeightsAndBiases(WEIGHTS, BIASES, 0.1, 0.9).update)
