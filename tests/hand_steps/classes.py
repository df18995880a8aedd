"""Right steps as classes: made for one array, for all of them, or with parameters that have a gradient."""

import math

import numpy as np

from autograd_scratch.optim import SGD, Adagrad, Adam, AdamW, RMSprop

from .functions import ARRAYS, PLAIN, right


class BookSGD:
    """One object for a dict of arrays."""

    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] -= self.lr * grads[key]


right(ARRAYS, SGD(lr=0.1))(BookSGD(lr=0.1))
right(ARRAYS, SGD(lr=0.1))(BookSGD(lr=0.1).update)
right(ARRAYS, SGD(lr=0.1))(BookSGD)


class BookMomentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            self.v[key] = self.momentum * self.v[key] - self.lr * grads[key]
            params[key] += self.v[key]


right(ARRAYS, SGD(lr=0.1, momentum=0.9))(BookMomentum(lr=0.1))


class BookNesterov:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            params[key] += self.momentum * self.momentum * self.v[key]
            params[key] -= (1 + self.momentum) * self.lr * grads[key]
            self.v[key] *= self.momentum
            self.v[key] -= self.lr * grads[key]


right(ARRAYS, SGD(lr=0.1, momentum=0.9, nesterov=True))(BookNesterov(lr=0.1))


class BookAdaGrad:
    def __init__(self, lr=0.01):
        self.lr, self.h = lr, None

    def update(self, params, grads):
        if self.h is None:
            self.h = {key: np.zeros_like(val) for key, val in params.items()}
        for key in params:
            self.h[key] += grads[key] * grads[key]
            params[key] -= self.lr * grads[key] / (np.sqrt(self.h[key]) + 1e-7)


right(ARRAYS, Adagrad(lr=0.1, eps=1e-7))(BookAdaGrad)


class ListAdam:
    """One object for a list of arrays."""

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2, self.iter, self.m, self.v = lr, beta1, beta2, 0, None, None

    def update(self, params, grads):
        if self.m is None:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
        self.iter += 1
        for i in range(len(params)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * grads[i]
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * grads[i] ** 2
            m = self.m[i] / (1 - self.beta1**self.iter)
            v = self.v[i] / (1 - self.beta2**self.iter)
            params[i] -= self.lr * m / (np.sqrt(v) + 1e-8)


right([ARRAYS["W1"], ARRAYS["b1"]], Adam(lr=0.01))(ListAdam(lr=0.01))
right(ARRAYS, Adam(lr=0.01))(ListAdam(lr=0.01))


class OneAdam:
    """An object for each array; the array comes back."""

    def __init__(self, learning_rate=0.001, b1=0.9, b2=0.999):
        self.learning_rate, self.eps, self.b1, self.b2 = learning_rate, 1e-8, b1, b2
        self.m = self.v = None
        self.n = 0

    def update(self, w, grad_wrt_w):
        if self.m is None:
            self.m = np.zeros(np.shape(grad_wrt_w))
            self.v = np.zeros(np.shape(grad_wrt_w))
        self.n += 1
        self.m = self.b1 * self.m + (1 - self.b1) * grad_wrt_w
        self.v = self.b2 * self.v + (1 - self.b2) * np.power(grad_wrt_w, 2)
        m_hat = self.m / (1 - self.b1**self.n)
        v_hat = self.v / (1 - self.b2**self.n)
        return w - self.learning_rate * m_hat / (np.sqrt(v_hat) + self.eps)


right(ARRAYS, Adam(lr=0.01))(OneAdam(learning_rate=0.01))
right(ARRAYS["W1"], Adam(lr=0.01))(OneAdam(learning_rate=0.01).update)
right(ARRAYS, Adam(lr=0.02, betas=(0.8, 0.9)))(OneAdam)


class NamedAdam:
    """Numbers of each array by its name, and the count set from outside of the arrays' steps."""

    def __init__(self, lr=0.001, decay1=0.9, decay2=0.999, eps=1e-8):
        self.lr, self.decay1, self.decay2, self.eps = lr, decay1, decay2, eps
        self.cache = {}

    def update(self, param, param_grad, param_name, cur_loss=None):
        c = self.cache.setdefault(
            param_name, {"t": 0, "mean": np.zeros_like(param_grad), "var": np.zeros_like(param_grad)}
        )
        c["t"] += 1
        c["mean"] = self.decay1 * c["mean"] + (1 - self.decay1) * param_grad
        c["var"] = self.decay2 * c["var"] + (1 - self.decay2) * param_grad**2
        m_hat = c["mean"] / (1 - self.decay1 ** c["t"])
        v_hat = c["var"] / (1 - self.decay2 ** c["t"])
        return param - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


right(ARRAYS, Adam(lr=0.01))(NamedAdam(lr=0.01))


class TorchLike:
    """Made with parameters that have `data` and `grad`."""

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.lr, self.betas, self.eps, self.weight_decay, self.t = lr, betas, eps, weight_decay, 0
        self.m = [np.zeros_like(p.data) for p in self.params]
        self.v = [np.zeros_like(p.data) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            p.data = p.data * (1 - self.lr * self.weight_decay)
            self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
            self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad * p.grad
            m, v = self.m[i] / (1 - b1**self.t), self.v[i] / (1 - b2**self.t)
            p.data = p.data - self.lr * m / (np.sqrt(v) + self.eps)


right(ARRAYS, AdamW(lr=0.01, weight_decay=0.1))(TorchLike)
right(ARRAYS, Adam(lr=0.02, betas=(0.5, 0.9)))(TorchLike)


class StepOfGrads:
    """Made with arrays, and handed their gradients."""

    def __init__(self, params, lr=0.001, momentum=0.9):
        self.params, self.lr, self.momentum = params, lr, momentum
        self.velocities = [np.zeros_like(p) for p in params]

    def step(self, grads):
        for i, g in enumerate(grads):
            self.velocities[i] = self.momentum * self.velocities[i] + g
            self.params[i] = self.params[i] - self.lr * self.velocities[i]


right([ARRAYS["W1"], ARRAYS["b1"]], SGD(lr=0.1, momentum=0.9))(StepOfGrads)
right(ARRAYS, SGD(lr=0.1, momentum=0.9))(StepOfGrads)


class LayerSGD:
    """Changes a layer, which has arrays and their gradients; called between two other methods."""

    def __init__(self, learning_rate=1.0, decay=0.0, momentum=0.0):
        self.learning_rate = self.current_learning_rate = learning_rate
        self.decay, self.momentum, self.iterations = decay, momentum, 0

    def pre_update_params(self):
        if self.decay:
            self.current_learning_rate = self.learning_rate / (1 + self.decay * self.iterations)

    def update_params(self, layer):
        if self.momentum:
            if not hasattr(layer, "weight_momentums"):
                layer.weight_momentums = np.zeros_like(layer.weights)
                layer.bias_momentums = np.zeros_like(layer.biases)
            weights = self.momentum * layer.weight_momentums - self.current_learning_rate * layer.dweights
            layer.weight_momentums = weights
            biases = self.momentum * layer.bias_momentums - self.current_learning_rate * layer.dbiases
            layer.bias_momentums = biases
        else:
            weights = -self.current_learning_rate * layer.dweights
            biases = -self.current_learning_rate * layer.dbiases
        layer.weights += weights
        layer.biases += biases

    def post_update_params(self):
        self.iterations += 1


LAYER = {"weights": ARRAYS["W1"], "biases": ARRAYS["b1"].reshape(1, 2)}
right(LAYER, SGD(lr=0.1))(LayerSGD(learning_rate=0.1))
right(LAYER, SGD(lr=0.1, momentum=0.9))(LayerSGD(learning_rate=0.1, momentum=0.9))


class LayerAdam:
    def __init__(self, learning_rate=0.001, epsilon=1e-7, beta_1=0.9, beta_2=0.999):
        self.current_learning_rate, self.iterations = learning_rate, 0
        self.epsilon, self.beta_1, self.beta_2 = epsilon, beta_1, beta_2

    def update_params(self, layer):
        if not hasattr(layer, "weight_cache"):
            layer.weight_momentums = np.zeros_like(layer.weights)
            layer.weight_cache = np.zeros_like(layer.weights)
            layer.bias_momentums = np.zeros_like(layer.biases)
            layer.bias_cache = np.zeros_like(layer.biases)
        b1, b2, n = self.beta_1, self.beta_2, self.iterations + 1
        layer.weight_momentums = b1 * layer.weight_momentums + (1 - b1) * layer.dweights
        layer.bias_momentums = b1 * layer.bias_momentums + (1 - b1) * layer.dbiases
        layer.weight_cache = b2 * layer.weight_cache + (1 - b2) * layer.dweights**2
        layer.bias_cache = b2 * layer.bias_cache + (1 - b2) * layer.dbiases**2
        for name, m, v in (
            ("weights", layer.weight_momentums, layer.weight_cache),
            ("biases", layer.bias_momentums, layer.bias_cache),
        ):
            m, v = m / (1 - b1**n), v / (1 - b2**n)
            new = getattr(layer, name) - self.current_learning_rate * m / (np.sqrt(v) + self.epsilon)
            setattr(layer, name, new)

    def pre_update_params(self):
        pass

    def post_update_params(self):
        self.iterations += 1


right(LAYER, Adam(lr=0.01, eps=1e-7))(LayerAdam(learning_rate=0.01))


class NetSGD:
    """Changes the arrays that a network yields with their gradients."""

    def __init__(self, lr=0.01):
        self.lr = lr

    def step(self, net):
        for param, grad in net.params_and_grads():
            param -= self.lr * grad


right(ARRAYS, SGD(lr=0.1))(NetSGD(lr=0.1))


class MoveRMS:
    """Returns by how much the array changes."""

    def __init__(self, lr=0.01, rho=0.9):
        self.lr, self.rho, self.cache = lr, rho, 0.0

    def get_update(self, gradient):
        self.cache = self.rho * self.cache + (1 - self.rho) * gradient**2
        return self.lr * gradient / (np.sqrt(self.cache) + 1e-8)


right(ARRAYS, RMSprop(lr=0.01, alpha=0.9))(MoveRMS())


class PlainAdam:
    """Without NumPy, a number at a time."""

    def __init__(self, lr=0.001):
        self.lr, self.m, self.v, self.power1, self.power2 = lr, 0.0, 0.0, 1.0, 1.0

    def __call__(self, w, g):
        self.power1 *= 0.9
        self.power2 *= 0.999
        self.m += 0.1 * (g - self.m)
        self.v += 0.001 * (g * g - self.v)
        return w - self.lr * (self.m / (1 - self.power1)) / (math.sqrt(self.v / (1 - self.power2)) + 1e-8)


right(PLAIN, Adam(lr=0.01))(PlainAdam(lr=0.01))
right({"w": 0.5, "b": -1.0}, Adam(lr=0.01))(PlainAdam(lr=0.01))


class PairsSGD:
    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def apply_gradients(self, grads_and_vars):
        for gradient, variable in grads_and_vars:
            variable -= self.learning_rate * gradient


right(ARRAYS, SGD(lr=0.1))(PairsSGD(0.1))


class ById:
    """Remembers by the identity of each parameter."""

    def __init__(self, params, lr=0.001):
        self.params, self.lr, self.t = params, lr, 0
        self.state = {id(p): {"m": 0.0, "v": 0.0} for p in params}

    def step(self):
        self.t += 1
        for p in self.params:
            s = self.state[id(p)]
            s["m"] = 0.9 * s["m"] + 0.1 * p.grad
            s["v"] = 0.999 * s["v"] + 0.001 * p.grad**2
            p.data -= (
                self.lr * (s["m"] / (1 - 0.9**self.t)) / ((s["v"] / (1 - 0.999**self.t)) ** 0.5 + 1e-8)
            )


right(ARRAYS, Adam(lr=0.01))(ById)


class NetOfAttributes:
    """Has its arrays itself, and is handed their gradients one by one."""

    def __init__(self):
        self.W1, self.b1, self.lr = ARRAYS["W1"].copy(), ARRAYS["b1"].copy(), 0.1

    def update_parameters(self, dW1, db1):
        self.W1 -= self.lr * dW1
        self.b1 = self.b1 - self.lr * db1


right(["W1", "b1"], SGD(lr=0.1))(NetOfAttributes().update_parameters)
right(ARRAYS, SGD(lr=0.1))(NetOfAttributes().update_parameters)


class NetOfDict:
    """Has its arrays in a dict, and is handed a dict of gradients."""

    def __init__(self):
        self.params = {name: array.copy() for name, array in ARRAYS.items()}

    def update(self, grads, lr):
        for name in self.params:
            self.params[name] -= lr * grads["d" + name]


right(None, SGD(lr=0.1))(NetOfDict())
right(["W1", "b1"], SGD(lr=0.1))(NetOfDict().update)
