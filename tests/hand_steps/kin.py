"""Steps of Adam's kin and of those that go by signs: right ones, other forms, and wrong ones."""

import math

import numpy as np

from autograd_scratch.optim import SGD, Adamax, Lion, NAdam, RAdam, Rprop

from .functions import ARRAYS, RNG, right
from .objects import tensors
from .wrong import wrong


class Rectified:
    """RAdam: each class below this one makes one thing otherwise."""

    above = 5

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps, self.t, self.m, self.v = (
            lr,
            beta1,
            beta2,
            eps,
            0,
            0.0,
            0.0,
        )
        self.rho_inf = 2 / (1 - beta2) - 1

    def factor(self, rho):
        rest = (self.rho_inf - 4) * (self.rho_inf - 2) * rho
        return math.sqrt((rho - 4) * (rho - 2) * self.rho_inf / rest)

    def step(self, theta, grad):
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * grad**2
        m_hat, left = self.m / (1 - self.beta1**self.t), 1 - self.beta2**self.t
        rho = self.rho_inf - 2 * self.t * self.beta2**self.t / left
        if rho > self.above:
            return theta - self.lr * m_hat * self.factor(rho) * math.sqrt(left) / (
                np.sqrt(self.v) + self.eps
            )
        return self.unrectified(theta, m_hat)

    def unrectified(self, theta, m_hat):
        return theta - self.lr * m_hat


right(ARRAYS, RAdam(lr=0.001))(Rectified())
right(ARRAYS, RAdam(lr=0.02))(Rectified)


class RectifiedAboveFour(Rectified):
    above = 4


wrong(ARRAYS, RAdam(lr=0.001), "rectified_early")(RectifiedAboveFour())


class WithoutFactor(Rectified):
    def factor(self, rho):
        return 1.0


wrong(ARRAYS, RAdam(lr=0.001), "rectification_missing")(WithoutFactor())


class WaitingRectified(Rectified):
    def unrectified(self, theta, m_hat):
        return theta


wrong(ARRAYS, RAdam(lr=0.001), "rectified_only")(WaitingRectified())


class OwnAdamax:
    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.t, self.m, self.u = 0, None, None

    def update(self, w, grad_wrt_w):
        self.t += 1
        if self.m is None:
            self.m, self.u = np.zeros(np.shape(w)), np.zeros(np.shape(w))
        self.m = self.beta_1 * self.m + (1 - self.beta_1) * grad_wrt_w
        self.u = np.maximum(self.beta_2 * self.u, self.size(grad_wrt_w))
        return w - self.learning_rate * self.m / (1 - self.beta_1**self.t) / self.denominator()

    def size(self, g):
        return np.abs(g) + self.epsilon

    def denominator(self):
        return self.u


right(ARRAYS, Adamax(lr=0.002))(OwnAdamax())


class AdamaxOfKeras(OwnAdamax):
    def size(self, g):
        return np.abs(g)

    def denominator(self):
        return self.u + self.epsilon


wrong(ARRAYS, Adamax(lr=0.002), "eps_elsewhere")(AdamaxOfKeras())


class AdamaxOfSigned(OwnAdamax):
    def size(self, g):
        return g + self.epsilon


wrong(ARRAYS, Adamax(lr=0.002), "abs_missing")(AdamaxOfSigned())


class AdamaxCorrectedTwice(OwnAdamax):
    def denominator(self):
        return self.u / (1 - self.beta_2**self.t)


wrong(ARRAYS, Adamax(lr=0.002), "largest_corrected")(AdamaxCorrectedTwice())


class OwnLion:
    def __init__(self, parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        self.parameters, self.lr, self.weight_decay = list(parameters), lr, weight_decay
        self.beta1, self.beta2 = betas
        self.momentum = [np.zeros_like(p.data) for p in self.parameters]

    def step(self):
        for i, p in enumerate(self.parameters):
            mixed, self.momentum[i] = self.means(self.momentum[i], p.grad)
            p.data = p.data - self.lr * (np.sign(mixed) + self.weight_decay * p.data)

    def means(self, m, g):
        return self.beta1 * m + (1 - self.beta1) * g, self.beta2 * m + (1 - self.beta2) * g


right(None, Lion(lr=0.001, weight_decay=0.1))(OwnLion(tensors(), 0.001, weight_decay=0.1))


class LionOfOneMean(OwnLion):
    def means(self, m, g):
        m = self.beta1 * m + (1 - self.beta1) * g
        return m, self.beta2 * m + (1 - self.beta2) * g


wrong(None, Lion(lr=0.001), "mean_moved_twice")(LionOfOneMean(tensors(), 0.001))


class LionUpdatedFirst(OwnLion):
    def means(self, m, g):
        m = self.beta2 * m + (1 - self.beta2) * g
        return self.beta1 * m + (1 - self.beta1) * g, m


wrong(None, Lion(lr=0.001), "updated_before_use")(LionUpdatedFirst(tensors(), 0.001))


class LionSwapped(OwnLion):
    def __init__(self, parameters, lr):
        super().__init__(parameters, lr, betas=(0.99, 0.9))


wrong(None, Lion(lr=0.001), "betas_swapped")(LionSwapped(tensors(), 0.001))


class Resilient:
    def __init__(self, lr=0.01, etas=(0.5, 1.2), step_sizes=(1e-6, 50)):
        self.lr, self.etas, self.step_sizes, self.before, self.sizes = lr, etas, step_sizes, None, None

    def step(self, params, grads):
        if self.before is None:
            self.before = [np.zeros_like(p) for p in params]
            self.sizes = [np.full_like(p, self.lr) for p in params]
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            turn = np.sign(g * self.before[i])
            self.sizes[i][turn > 0] *= self.etas[1]
            self.sizes[i][turn < 0] *= self.etas[0]
            np.clip(self.sizes[i], *self.step_sizes, out=self.sizes[i])
            taken, self.before[i] = self.of_turns(g, turn)
            p -= np.sign(taken) * self.sizes[i]

    def of_turns(self, g, turn):
        g = np.where(turn < 0, 0.0, g)
        return g, g


right([*ARRAYS.values()], Rprop(lr=0.01))(Resilient(0.01))


@right(
    {"w": RNG.normal(size=4)}, Rprop(lr=0.01), state={"prev_grad": np.zeros(4), "delta": np.full(4, 0.01)}
)
def rprop(w, grad, prev_grad, delta, eta_plus=1.2, eta_minus=0.5):
    turn = grad * prev_grad
    delta = np.where(turn > 0, np.minimum(delta * eta_plus, 50.0), delta)
    delta = np.where(turn < 0, np.maximum(delta * eta_minus, 1e-6), delta)
    grad = np.where(turn < 0, 0.0, grad)
    return w - np.sign(grad) * delta, grad, delta


class ResilientMinus(Resilient):
    def of_turns(self, g, turn):
        return g, g


wrong([*ARRAYS.values()], Rprop(lr=0.01), "turn_taken")(ResilientMinus(0.01))


class ResilientKeeping(Resilient):
    def of_turns(self, g, turn):
        return np.where(turn < 0, 0.0, g), g


wrong([*ARRAYS.values()], Rprop(lr=0.01), "turn_kept")(ResilientKeeping(0.01))


class ResilientSwapped(Resilient):
    def __init__(self, lr):
        super().__init__(lr, etas=(1.2, 0.5))


wrong([*ARRAYS.values()], Rprop(lr=0.01), "etas_swapped")(ResilientSwapped(0.01))


class ShortNadam:
    """As in an overview that many follow."""

    def __init__(self, learning_rate=0.002, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        self.learning_rate, self.beta_1, self.beta_2, self.epsilon = learning_rate, beta_1, beta_2, epsilon
        self.t, self.m, self.v = 0, 0.0, 0.0

    def update(self, w, grad):
        self.t += 1
        self.m = self.beta_1 * self.m + (1 - self.beta_1) * grad
        self.v = self.beta_2 * self.v + (1 - self.beta_2) * grad**2
        m_hat, v_hat = self.m / (1 - self.beta_1**self.t), self.v / (1 - self.beta_2**self.t)
        ahead = self.share() * m_hat + (1 - self.beta_1) * grad / (1 - self.beta_1**self.t)
        return w - self.learning_rate * ahead / (np.sqrt(v_hat) + self.epsilon)

    def share(self):
        return self.beta_1


wrong(ARRAYS, NAdam(lr=0.002), "look_ahead_short")(ShortNadam())


class ShortNadamOfAll(ShortNadam):
    def share(self):
        return 1.0


wrong(ARRAYS, NAdam(lr=0.002), "nesterov_otherwise")(ShortNadamOfAll())


@wrong(ARRAYS, SGD(lr=0.1, momentum=0.9, dampening=0.9), "damped_at_first")
def momentum_as_a_mean(w, dw, v, beta=0.9, learning_rate=0.1):
    v = beta * v + (1 - beta) * dw
    return w - learning_rate * v, v
