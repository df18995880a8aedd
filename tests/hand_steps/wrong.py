"""Wrong steps, as people publish them, with the mistake that is to be named first."""

import math

import numpy as np

from autograd_scratch.optim import SGD, Adadelta, Adagrad, Adam, AdamW, RMSprop

from .classes import LayerSGD
from .functions import ARRAYS, PLAIN, SHAPED

WRONG = []
TWINS = {"W1": ARRAYS["W1"], "W2": ARRAYS["W1"][::-1] * 0.5}  # two of one shape


def wrong(at, optimizer, *kinds):
    """Note a step in the table of wrong ones, with the kinds of the likeliest explanation."""

    def note(step):
        WRONG.append((step, at, optimizer, kinds))
        return step

    return note


@wrong(SHAPED, Adam(lr=0.1), "eps_inside_root")
def adam_coursera_root(parameters, grads, v, s, t, learning_rate=0.1, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for layer in range(1, len(parameters) // 2 + 1):
        for p in ("W" + str(layer), "b" + str(layer)):
            d = "d" + p
            v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
            s[d] = beta2 * s[d] + (1 - beta2) * np.power(grads[d], 2)
            v_hat, s_hat = v[d] / (1 - np.power(beta1, t)), s[d] / (1 - np.power(beta2, t))
            parameters[p] = parameters[p] - learning_rate * v_hat / np.sqrt(s_hat + epsilon)
    return parameters, v, s


@wrong(SHAPED, Adam(lr=0.01), "correction_exponent", "root_missing")
def adam_coursera_two(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for p in parameters:
        d = "d" + p
        v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
        s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
        v_corrected, s_corrected = v[d] / (1 - beta1**t), s[d] / (1 - beta2**2)
        parameters[p] = parameters[p] - learning_rate * v_corrected / (s_corrected + epsilon)
    return parameters, v, s


class ListOfNumbersAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, (self.beta1, self.beta2), self.eps = params, lr, betas, eps
        self.m, self.v, self.t = [0.0] * len(params), [0.0] * len(params), 0

    def update(self, grads):
        self.t += 1
        for i, (param, grad) in enumerate(zip(self.params, grads, strict=True)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * grad
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * (grad * grad)
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            self.params[i] = param - self.lr * m_hat / (self.v[i] + self.eps)


wrong([0.5, -1.0, 2.0], Adam(lr=0.001), "root_missing", "correction_missing")(ListOfNumbersAdam)


class AdamThatIsNone:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def update(self, params, grads):
        for key in params:
            params[key] += -self.learning_rate * grads[key]


wrong(ARRAYS, Adam(lr=0.01), "other_optimizer")(AdamThatIsNone())


class UncorrectedAdam:
    def __init__(self, params, lr=1e-3):
        self.params, self.lr = params, lr
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def step(self, grads):
        for i, (p, g) in enumerate(zip(self.params, grads, strict=True)):
            self.m[i] = 0.9 * self.m[i] + 0.1 * g
            self.v[i] = 0.999 * self.v[i] + 0.001 * (g**2)
            p -= self.lr * self.m[i] / (np.sqrt(self.v[i]) + 1e-8)


wrong(ARRAYS, Adam(lr=0.01), "correction_missing")(UncorrectedAdam)


class WithoutPowers:
    def __init__(self, learning_rate=0.001, b1=0.9, b2=0.999):
        self.learning_rate, self.b1, self.b2, self.m, self.v = learning_rate, b1, b2, None, None

    def update(self, w, grad_wrt_w):
        if self.m is None:
            self.m, self.v = np.zeros(np.shape(w)), np.zeros(np.shape(w))
        self.m = self.b1 * self.m + (1 - self.b1) * grad_wrt_w
        self.v = self.b2 * self.v + (1 - self.b2) * np.power(grad_wrt_w, 2)
        m_hat, v_hat = self.m / (1 - self.b1), self.v / (1 - self.b2)
        return w - self.learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)


wrong(ARRAYS, Adam(lr=0.01), "correction_power")(WithoutPowers(0.01))


@wrong(ARRAYS, Adam(lr=0.01), "correction_multiplied")
def corrected_by_a_product(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    bias1, bias2 = m * (1 - 0.9**t), v * (1 - 0.999**t)
    return w - 0.01 * bias1 / (np.sqrt(bias2) + 1e-8), m, v


def create_adam(x0, alpha=1e-3, beta1=0.9, beta2=0.999):
    """Return a function of a gradient, which keeps both moments corrected."""
    m, v = np.zeros_like(x0), np.zeros_like(x0)

    def adam(gradient):
        nonlocal m, v
        m = (beta1 * m + (1 - beta1) * gradient) / (1 - beta1)
        v = (beta2 * v + (1 - beta2) * gradient * gradient) / (1 - beta2)
        return alpha * m / (1e-8 + np.sqrt(v))

    return adam


wrong({"W1": ARRAYS["W1"]}, Adam(), "correction_power", "correction_kept")(create_adam(ARRAYS["W1"]))


@wrong(ARRAYS, Adam(lr=0.01), "correction_kept")
def overwritten_moments(w, g, state, t):
    state["m"] = (0.9 * state["m"] + 0.1 * g) / (1 - 0.9**t)
    state["v"] = (0.999 * state["v"] + 0.001 * g**2) / (1 - 0.999**t)
    return w - 0.01 * state["m"] / (np.sqrt(state["v"]) + 1e-8), state


class FlagCompared:
    def __init__(self, learning_rate=0.01):
        self.learning_rate, self.flag, self.t = learning_rate, 0, 0

    def update_params(self, layer):
        if self.flag == 0:
            self.m, self.v = np.zeros_like(layer.weights), np.zeros_like(layer.weights)
            self.flag == 1  # noqa: B015  the mistake: it compares
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * layer.dweights
        self.v = 0.999 * self.v + 0.001 * layer.dweights**2
        m_hat, v_hat = self.m / (1 - 0.9**self.t), self.v / (1 - 0.999**self.t)
        layer.weights += -self.learning_rate * m_hat / (np.sqrt(v_hat) + 1e-8)


wrong({"weights": ARRAYS["W1"]}, Adam(lr=0.01), "not_kept")(FlagCompared())


class VelocityForgotten:
    def __init__(self, params, lr=0.01, momentum=0.9):
        self.params, self.lr, self.momentum = params, lr, momentum
        self.velocities = [np.zeros_like(p.data) for p in params]

    def step(self):
        for i, p in enumerate(self.params):
            velocity = self.velocities[i]
            velocity = velocity * self.momentum
            velocity = velocity + p.grad  # and is not put back
            p.data = p.data - self.lr * velocity


wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "not_kept")(VelocityForgotten)


@wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "momentum_on_gradient")
def momentum_on_the_wrong_term(w, g, v):
    v = v + 0.9 * g
    return w - 0.1 * v, v


@wrong(ARRAYS, SGD(lr=0.1, momentum=0.9, nesterov=True), "nesterov_missing")
def nesterov_without_looking(w, v, grad, lr=0.01, momentum=0.9):
    new_v = momentum * v + lr * grad
    return w - new_v, new_v


class NesterovTooLate:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, None

    def update(self, params, grads):
        if self.v is None:
            self.v = [np.zeros_like(p) for p in params]
        for i in range(len(params)):
            self.v[i] *= self.momentum
            self.v[i] -= self.lr * grads[i]
            params[i] += self.momentum * self.momentum * self.v[i]
            params[i] -= (1 + self.momentum) * self.lr * grads[i]


wrong([ARRAYS["W1"], ARRAYS["b1"]], SGD(lr=0.1, momentum=0.9, nesterov=True), "nesterov_otherwise")(
    NesterovTooLate(lr=0.1)
)


@wrong(ARRAYS, SGD(lr=0.1, weight_decay=0.01), "decay_sign")
def decay_subtracted(w, g):
    g = g - 0.01 * w
    return w - 0.1 * g


@wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "momentum_mean")
def averaged_velocity(parameters, grads, v, beta=0.9, learning_rate=0.1):
    for p in parameters:
        v["d" + p] = beta * v["d" + p] + (1 - beta) * grads["d" + p]
        parameters[p] = parameters[p] - learning_rate * v["d" + p]
    return parameters, v


@wrong(ARRAYS, SGD(lr=0.1), "step_sign")
def uphill(w, g):
    return w + 0.1 * g


@wrong(ARRAYS, SGD(lr=0.1), "setting")
def twice_as_far(w, g):
    return w - 2 * 0.1 * g


@wrong(ARRAYS, Adam(lr=0.01), "setting")
def another_eps(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-6), m, v


@wrong(ARRAYS, Adam(lr=0.01), "corrected_in_rate")
def efficient(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    rate = 0.01 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - rate * m / (np.sqrt(v) + 1e-8), m, v


@wrong(ARRAYS, Adam(lr=0.01, eps=1e-7), "eps_inside_root", "corrected_in_rate")
def efficient_root(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - 0.01 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / np.sqrt(v + 1e-7), m, v


@wrong(TWINS, Adam(lr=0.01), "t_per_parameter")
def counted_in_the_loop(params, grads, state):
    for name in params:
        state["t"] = state.get("t", 0) + 1
        m = state[name, "m"] = 0.9 * state.get((name, "m"), 0) + 0.1 * grads[name]
        v = state[name, "v"] = 0.999 * state.get((name, "v"), 0) + 0.001 * grads[name] ** 2
        m, v = m / (1 - 0.9 ** state["t"]), v / (1 - 0.999 ** state["t"])
        params[name] = params[name] - 0.01 * m / (np.sqrt(v) + 1e-8)


class SharedVelocity:
    def __init__(self):
        self.v = 0

    def update(self, w, g):
        self.v = 0.9 * self.v + g
        return w - 0.1 * self.v


one = SharedVelocity()


@wrong(TWINS, SGD(lr=0.1, momentum=0.9), "shared")
def one_object_for_both(params, grads):
    return {name: one.update(params[name], grads[name]) for name in params}


class LateCount:
    def __init__(self, lr=0.01):
        self.lr, self.t, self.m, self.v = lr, 1, 0.0, 0.0

    def __call__(self, w, g):
        self.t += 1  # before the first use, and it begins at 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g * g
        m_hat, v_hat = self.m / (1 - 0.9**self.t), self.v / (1 - 0.999**self.t)
        return w - self.lr * m_hat / (math.sqrt(v_hat) + 1e-8)


wrong(PLAIN, Adam(lr=0.01), "t_late")(LateCount())


class CountFromZero:
    def __init__(self, lr=0.01):
        self.lr, self.t, self.m, self.v = lr, 0, 0.0, 0.0

    def update(self, w, g):
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g * g
        m_hat, v_hat = self.m / (1 - 0.9**self.t), self.v / (1 - 0.999**self.t)
        self.t += 1
        return w - self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


wrong(ARRAYS, Adam(lr=0.01), "t_from_zero")(CountFromZero())
wrong(PLAIN, Adam(lr=0.01), "t_from_zero")(CountFromZero())


@wrong(ARRAYS, RMSprop(lr=0.01), "eps_under_root")
def rms_root(w, dw, cache):
    cache = 0.99 * cache + 0.01 * dw**2
    return w - 0.01 * dw / np.sqrt(cache + 1e-8), cache


@wrong(ARRAYS, RMSprop(lr=0.01), "eps_missing")
def rms_without_eps(w, dw, cache):
    cache = 0.99 * cache + 0.01 * dw**2
    return w - 0.01 * dw / np.sqrt(cache), cache


@wrong(PLAIN, RMSprop(lr=0.01), "eps_missing")
def rms_scalar_without_eps(w, dw, cache):
    cache = 0.99 * cache + 0.01 * dw**2
    return w - 0.01 * dw / math.sqrt(cache), cache


@wrong(ARRAYS, RMSprop(lr=0.01), "eps_outside")
def rms_precedence(w, dw, cache):
    cache = 0.99 * cache + 0.01 * dw**2
    return w - 0.01 * dw / np.sqrt(cache) + 1e-8, cache


@wrong(ARRAYS, RMSprop(lr=0.01), "sum_for_mean")
def rms_summed(w, dw, cache):
    cache = cache + dw**2
    return w - 0.01 * dw / (np.sqrt(cache) + 1e-8), cache


@wrong(ARRAYS, Adagrad(lr=0.1), "not_kept")
def adagrad_without_memory(w, g, s):
    s = g**2
    return w - 0.1 * g / (np.sqrt(s) + 1e-10)


@wrong(ARRAYS, Adagrad(lr=0.1), "whole_array")
def adagrad_norm(w, g, s):
    s = s + np.sum(g**2)
    return w - 0.1 * g / (np.sqrt(s) + 1e-10), s


@wrong(ARRAYS, AdamW(lr=0.01, weight_decay=0.1), "decay_coupled")
def adamw_as_l2(w, g, m, v, t):
    g = g + 0.1 * w
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


@wrong(ARRAYS, AdamW(lr=0.01, weight_decay=0.1), "decay_without_lr")
def adamw_without_lr(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - 0.1 * w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


@wrong(ARRAYS, AdamW(lr=0.01, weight_decay=0.1), "decay_last")
def adamw_last(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    w = w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - 0.01 * 0.1 * w, m, v


@wrong(ARRAYS, Adam(lr=0.01, weight_decay=0.1), "decay_decoupled")
def adam_as_adamw(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - 0.01 * ((m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8) + 0.1 * w), m, v


@wrong(ARRAYS, Adam(lr=0.01), "betas_swapped")
def exchanged_betas(w, g, m, v, t, beta1=0.999, beta2=0.9):
    m = beta2 * m + (1 - beta2) * g
    v = beta1 * v + (1 - beta1) * g**2
    return w - 0.01 * (m / (1 - beta2**t)) / (np.sqrt(v / (1 - beta1**t)) + 1e-8), m, v


@wrong(ARRAYS, Adam(lr=0.01), "not_updated")
def weights_alone(params, grads, m, v, t):
    name = "W1"
    m[name] = 0.9 * m[name] + 0.1 * grads[name]
    v[name] = 0.999 * v[name] + 0.001 * grads[name] ** 2
    params[name] -= 0.01 * (m[name] / (1 - 0.9**t)) / (np.sqrt(v[name] / (1 - 0.999**t)) + 1e-8)
    return params


@wrong(ARRAYS, SGD(lr=0.1), "stale_result")
def returns_the_old(w, g):
    old = w.copy()
    w -= 0.1 * g
    return old


@wrong(TWINS, SGD(lr=0.1, momentum=0.9), "shared")
def default_that_is_kept(w, g, cache={"v": 0}):  # noqa: B006  the mistake
    cache["v"] = 0.9 * cache["v"] + g
    return w - 0.1 * cache["v"]


class LookAheadForgotten:
    """Called after Nesterov, and plain momentum."""

    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, 0.0

    def update(self, w, grad):
        self.v = self.momentum * self.v + grad
        return w - self.lr * self.v


wrong(ARRAYS, "nesterov", "nesterov_missing")(LookAheadForgotten())


@wrong(ARRAYS, None, "eps_inside_root")
def adam_without_reference(w, g, m, v, t, lr=0.01, beta1=0.9, beta2=0.999):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return w - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + 1e-8), m, v


@wrong(ARRAYS, None, "step_sign")
def momentum_uphill(w, g, v):
    v = 0.8 * v + 0.05 * g
    return w + v, v


@wrong(ARRAYS, Adam, "correction_missing")
def adam_by_class(w, g, m, v):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    return w - 0.003 * m / (np.sqrt(v) + 1e-8), m, v


wrong({"weights": ARRAYS["W1"], "biases": ARRAYS["b1"].reshape(1, 2)}, SGD(lr=0.1), "rate_decays")(
    LayerSGD(learning_rate=0.1, decay=0.01)
)


@wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "clipped")
def clipped_at_five(w, g, v):
    v = 0.9 * v + np.clip(g, -5, 5)
    return w - 0.1 * v, v


@wrong(TWINS, SGD(lr=0.1), "clipped_norm")
def clipped_by_the_norm_of_all(params, grads):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    return {name: params[name] - 0.1 * min(1.0, 1.0 / (norm + 1e-6)) * grads[name] for name in params}


@wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "rate_falls")
def rate_that_falls(w, g, v, t, lr=0.1):
    v = 0.9 * v + g
    return w - lr * 0.95 ** (t - 1) * v, v


class InVelocity:
    """The decaying rate stands in the velocity."""

    def __init__(self, lr=0.1, decay=0.01, momentum=0.9):
        self.lr, self.decay, self.momentum, self.iterations, self.v = lr, decay, momentum, 0, 0.0

    def update(self, w, grad):
        rate = self.lr / (1 + self.decay * self.iterations)
        self.v, self.iterations = self.momentum * self.v - rate * grad, self.iterations + 1
        return w + self.v


wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "rate_decays")(InVelocity())


class Adam2:
    """Adam: each class below this one makes one thing otherwise."""

    def __init__(self, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.1):
        self.lr, self.beta1, self.beta2, self.eps, self.weight_decay = lr, beta1, beta2, eps, weight_decay
        self.t, self.m, self.v = 0, 0.0, 0.0

    def update(self, w, g):
        self.t += 1
        self.m, self.v = self.means(w, g)
        m_hat, v_hat = self.m / self.left(self.beta1), self.v / self.left(self.beta2)
        return self.new(w, g, m_hat, np.sqrt(v_hat))

    def means(self, w, g):
        return (
            self.beta1 * self.m + (1 - self.beta1) * g,
            self.beta2 * self.v + (1 - self.beta2) * g * g,
        )

    def left(self, beta):
        return 1 - beta**self.t

    def new(self, w, g, m_hat, root):
        return w - self.lr * m_hat / (root + self.eps)


class EarlyParenthesis(Adam2):
    def left(self, beta):
        return (1 - beta) ** self.t


wrong(ARRAYS, Adam(lr=0.01), "correction_parentheses")(EarlyParenthesis())


class ProductOfBeta(Adam2):
    def left(self, beta):
        return 1 - beta * self.t


wrong(ARRAYS, Adam(lr=0.01), "correction_product")(ProductOfBeta())


class TimesRoot(Adam2):
    def new(self, w, g, m_hat, root):
        return w - self.lr * m_hat * (root + self.eps)


wrong(ARRAYS, Adam(lr=0.01), "root_multiplied")(TimesRoot())


class ByGradient(Adam2):
    def new(self, w, g, m_hat, root):
        return w - self.lr * g / (root + self.eps)


wrong(ARRAYS, Adam(lr=0.01), "momentum_missing")(ByGradient())


class DecayBesideEps(Adam2):
    def new(self, w, g, m_hat, root):
        return w - self.lr * m_hat / (root + self.eps + self.weight_decay * w)


wrong(ARRAYS, AdamW(lr=0.01, weight_decay=0.1), "decay_in_denominator")(DecayBesideEps())


class DecayOfOneMean(Adam2):
    def means(self, w, g):
        m, _ = super().means(w, g + self.weight_decay * w)
        return m, super().means(w, g)[1]


wrong(ARRAYS, Adam(lr=0.01, weight_decay=0.1), "decay_of_one")(DecayOfOneMean())


class CopiedLine(Adam2):
    def means(self, w, g):
        m, v = super().means(w, g)
        return m, v + self.beta2 * (self.m - self.v)


wrong(ARRAYS, Adam(lr=0.01), "other_mean")(CopiedLine())


class RateByRoot(Adam2):
    def new(self, w, g, m_hat, root):
        return w - self.lr / np.sqrt(self.t) * m_hat / (root + self.eps)


wrong(ARRAYS, Adam(lr=0.01), "rate_by_root")(RateByRoot())


class InvertedRate:
    """The corrections of the learning rate are exchanged."""

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2, self.t, self.m, self.v = lr, beta1, beta2, 0, {}, {}

    def update(self, params, grads):
        self.t += 1
        rate = self.lr * (1.0 - self.beta1**self.t) / np.sqrt(1.0 - self.beta2**self.t)
        for name in params:
            m, v = self.m.get(name, 0.0), self.v.get(name, 0.0)
            self.m[name] = m = m + (1 - self.beta1) * (grads[name] - m)
            self.v[name] = v = v + (1 - self.beta2) * (grads[name] ** 2 - v)
            params[name] -= rate * m / (np.sqrt(v) + 1e-7)


wrong(ARRAYS, Adam(lr=0.001, eps=1e-7), "correction_multiplied", "corrected_in_rate")(InvertedRate())


class CountedInside:
    """Counts the parameters, and corrects by what it has counted before the step."""

    def __init__(self, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps, self.count, self.m, self.v = (
            lr,
            beta1,
            beta2,
            eps,
            0,
            {},
            {},
        )

    def step(self, w, g):
        first, second = (1 - beta ** (self.count + 1) for beta in (self.beta1, self.beta2))
        for i, gi in g.items():
            self.m[i] = self.beta1 * self.m.get(i, 0.0) + (1 - self.beta1) * gi
            self.v[i] = self.beta2 * self.v.get(i, 0.0) + (1 - self.beta2) * gi**2
            w[i] -= self.lr * self.m[i] / first / (math.sqrt(self.v[i] / second) + self.eps)
            self.count += 1


wrong({"x": 0.4, "y": -1.0}, Adam(lr=0.1), "t_per_parameter")(CountedInside())


class AdadeltaAsProduct:
    def __init__(self, rho=0.9, eps=1e-6):
        self.rho, self.eps, self.squares, self.moves = rho, eps, 0.0, 0.0

    def update(self, w, g):
        self.squares = (self.rho * self.squares + (1 - self.rho)) * g**2
        move = np.sqrt((self.moves + self.eps) / (self.squares + self.eps)) * g
        self.moves = self.rho * self.moves + (1 - self.rho) * move**2
        return w - move


wrong(ARRAYS, Adadelta(), "share_parentheses")(AdadeltaAsProduct())


@wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "momentum_corrected")
def corrected_momentum(w, dw, v, t, beta=0.9, learning_rate=0.1):
    v = beta * v + (1 - beta) * dw
    return w - learning_rate * v / (1 - beta**t), v


@wrong(ARRAYS, RMSprop(lr=0.01, alpha=0.9), "correction_extra")
def corrected_rms(w, dw, s, t, beta=0.9, learning_rate=0.01):
    s = beta * s + (1 - beta) * dw**2
    return w - learning_rate * dw / (np.sqrt(s / (1 - beta**t)) + 1e-8), s


class CorrectedTwice(Adam2):
    def new(self, w, g, m_hat, root):
        rate = self.lr * math.sqrt(self.left(self.beta2)) / self.left(self.beta1)
        return w - rate * m_hat / (root + self.eps)


wrong(ARRAYS, Adam(lr=0.01), "correction_twice")(CorrectedTwice())


class SquaredInBoth(Adam2):
    def means(self, w, g):
        return self.beta1 * self.m + (1 - self.beta1) * g**2, super().means(w, g)[1]


wrong(ARRAYS, Adam(lr=0.01), "square_extra")(SquaredInBoth())


class MovesForgotten(AdadeltaAsProduct):
    def update(self, w, g):
        self.squares = self.rho * self.squares + (1 - self.rho) * g**2
        return w - np.sqrt((self.moves + self.eps) / (self.squares + self.eps)) * g


wrong(ARRAYS, Adadelta(), "never_updated")(MovesForgotten())


@wrong(SHAPED, SGD(lr=0.1, momentum=0.9, dampening=0.9), "momentum_missing", "damped_at_first")
def biases_without_momentum(parameters, grads, v, beta, learning_rate):
    for name in parameters:
        v["d" + name] = beta * v["d" + name] + (1 - beta) * grads["d" + name]
        step = v["d" + name] if name.startswith("W") else grads["d" + name]
        parameters[name] = parameters[name] - learning_rate * step
    return parameters, v


class CountedTwice(Adam2):
    def means(self, w, g):
        self.t += 1
        return super().means(w, g)


wrong(ARRAYS["W1"], Adam(lr=0.01), "t_twice")(CountedTwice())


class DecaysAgain(InVelocity):
    def update(self, w, grad):
        self.lr *= 1 / (1 + self.decay * self.iterations)
        self.v, self.iterations = self.momentum * self.v + grad, self.iterations + 1
        return w - self.lr * self.v


wrong(ARRAYS, SGD(lr=0.1, momentum=0.9), "rate_decays_again")(DecaysAgain())


class CountedByLayer(Adam2):
    """Is called once a layer, and counts these."""

    def __init__(self, lr=0.01):
        super().__init__(lr)
        self.means_of = {}

    def step(self, layers):
        for name, array in layers.items():
            self.t += name.startswith("W")
            self.m, self.v = self.means_of.get(name, (0.0, 0.0))
            self.m, self.v = self.means_of[name] = self.means(array.data, array.grad)
            m_hat, v_hat = self.m / self.left(self.beta1), self.v / self.left(self.beta2)
            array.data = self.new(array.data, array.grad, m_hat, np.sqrt(v_hat))

    update = None


class Held:
    def __init__(self, data):
        self.data, self.grad = data, np.zeros_like(data)


wrong({name: Held(array) for name, array in SHAPED.items()}, Adam(lr=0.01), "t_per_parameter")(
    CountedByLayer()
)
