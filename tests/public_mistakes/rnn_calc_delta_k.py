"""The mistake: the delta of step k is multiplied with the raw state of step k+1, where the activation's derivative at the
state of step k belongs.
Source: GitHub issue hanbt/learn_dl #29, "calc_delta_k in rnn.py is implemented wrongly"."""

import numpy as np


class TanhActivator(object):
    def forward(self, weighted_input):
        return np.tanh(weighted_input)

    def backward(self, output):
        return 1 - output * output


class RecurrentLayer(object):
    def __init__(self, input_width, state_width, activator):
        self.input_width = input_width
        self.state_width = state_width
        self.activator = activator
        self.times = 0
        self.state_list = [np.zeros((state_width, 1))]

    def forward(self, input_array):
        self.times += 1
        state = np.dot(self.U, input_array) + np.dot(self.W, self.state_list[-1])
        self.state_list.append(self.activator.forward(state))

    def reset_state(self):
        self.times = 0
        self.state_list = [np.zeros((self.state_width, 1))]

    def calc_delta(self, sensitivity_array, right):
        self.delta_list = [np.zeros((self.state_width, 1)) for _ in range(self.times)]
        self.delta_list.append(sensitivity_array * self.activator.backward(self.state_list[self.times]))
        for k in range(self.times - 1, 0, -1):
            self.calc_delta_k(k, right)

    def calc_delta_k(self, k, right):
        if right:
            factor = self.activator.backward(self.state_list[k])
        else:
            factor = self.state_list[k + 1].copy()
        self.delta_list[k] = np.dot(np.dot(self.delta_list[k + 1].T, self.W), np.diag(factor[:, 0])).T

    def calc_gradient(self, inputs):
        grad_W, grad_U = np.zeros(self.W.shape), np.zeros(self.U.shape)
        for t in range(self.times, 0, -1):
            grad_W += np.dot(self.delta_list[t], self.state_list[t - 1].T)
            grad_U += np.dot(self.delta_list[t], inputs[t - 1].T)
        return {"U": grad_U, "W": grad_W}


x = [
    np.array([[1.0], [0.2], [-0.3], [0.8]]),
    np.array([[0.2], [0.3], [0.4], [-0.9]]),
    np.array([[-1.0], [-0.2], [0.4], [0.3]]),
]
np.random.seed(5)
at = {"U": np.random.uniform(-0.6, 0.6, (3, 4)), "W": np.random.uniform(-0.6, 0.6, (3, 3))}
rl = RecurrentLayer(4, 3, TanhActivator())


def run(U, W):
    rl.U, rl.W = U, W
    rl.reset_state()
    for array in x:
        rl.forward(array)
    return rl.state_list[-1]


def loss(U, W):
    return np.sum(run(U, W))


def _backward(U, W, right):
    out = run(U, W)
    rl.calc_delta(np.ones(out.shape), right)
    return rl.calc_gradient(x)


def backward(U, W):
    return _backward(U, W, False)


def right_backward(U, W):
    return _backward(U, W, True)


EXPECTED = {"derivative_missing", "other_operand"}
