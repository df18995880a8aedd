"""The mistake: the bias gradients of the input gate and of the output gate are both taken from the forget gate's delta.
Source: GitHub issue hanbt/learn_dl #53, "Error in lstm.py"."""

import numpy as np

np.random.seed(12)
n_x, n_h, T = 3, 2, 4
xs = [np.random.randn(n_x, 1) for _ in range(T)]
target = np.random.randn(n_h, 1)
at = {}
for g in ("f", "i", "o", "c"):
    at["W%sh" % g] = np.random.uniform(-0.8, 0.8, (n_h, n_h))
    at["W%sx" % g] = np.random.uniform(-0.8, 0.8, (n_h, n_x))
    at["b%s" % g] = np.random.uniform(-0.3, 0.3, (n_h, 1))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class LstmLayer(object):
    def __init__(self, p):
        self.__dict__.update(p)

    def forward(self, xs):
        self.c_list, self.h_list = [np.zeros((n_h, 1))], [np.zeros((n_h, 1))]
        self.f_list, self.i_list, self.o_list, self.ct_list = [None], [None], [None], [None]
        for x in xs:
            self.f_list.append(self.calc_gate(x, self.Wfx, self.Wfh, self.bf, sigmoid))
            self.i_list.append(self.calc_gate(x, self.Wix, self.Wih, self.bi, sigmoid))
            self.o_list.append(self.calc_gate(x, self.Wox, self.Woh, self.bo, sigmoid))
            self.ct_list.append(self.calc_gate(x, self.Wcx, self.Wch, self.bc, np.tanh))
            self.c_list.append(self.f_list[-1] * self.c_list[-1] + self.i_list[-1] * self.ct_list[-1])
            self.h_list.append(self.o_list[-1] * np.tanh(self.c_list[-1]))
        return self.h_list[-1]

    def calc_gate(self, x, Wx, Wh, b, activation):
        return activation(np.dot(Wh, self.h_list[-1]) + np.dot(Wx, x) + b)

    def backward(self, xs, delta_h, right):
        g = {k: np.zeros_like(getattr(self, k)) for k in at}
        delta_c = np.zeros((n_h, 1))
        for t in range(len(xs), 0, -1):
            f, i, o, ct = self.f_list[t], self.i_list[t], self.o_list[t], self.ct_list[t]
            tanh_c = np.tanh(self.c_list[t])
            delta_o = delta_h * tanh_c * o * (1 - o)
            delta_c = delta_c + delta_h * o * (1 - tanh_c**2)
            delta_f = delta_c * self.c_list[t - 1] * f * (1 - f)
            delta_i = delta_c * ct * i * (1 - i)
            delta_ct = delta_c * i * (1 - ct**2)
            for name, d in (("f", delta_f), ("i", delta_i), ("o", delta_o), ("c", delta_ct)):
                g["W%sh" % name] += np.dot(d, self.h_list[t - 1].T)
                g["W%sx" % name] += np.dot(d, xs[t - 1].T)
            g["bf"] += delta_f
            g["bi"] += delta_i if right else delta_f
            g["bo"] += delta_o if right else delta_f
            g["bc"] += delta_ct
            delta_h = (
                np.dot(self.Wfh.T, delta_f)
                + np.dot(self.Wih.T, delta_i)
                + np.dot(self.Woh.T, delta_o)
                + np.dot(self.Wch.T, delta_ct)
            )
            delta_c = delta_c * f
        return g


def loss(**p):
    h = LstmLayer(p).forward(xs)
    return 0.5 * np.sum((h - target) ** 2)


def _backward(p, right):
    layer = LstmLayer(p)
    h = layer.forward(xs)
    return layer.backward(xs, h - target, right)


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"other_operand"}
