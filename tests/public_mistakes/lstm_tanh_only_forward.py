"""The mistake: a tanh was put around the cell state in the forward pass (h = o * tanh(s)), the backward pass is still that of
h = o * s: no derivative of tanh in ds, and s where tanh(s) belongs in do.
Source: GitHub issue nicodjimenez/lstm #47, "You forget the tanh function in the last computation"."""

import numpy as np

np.random.seed(0)
mem_cell_ct, x_dim = 3, 4
y_list = [-0.5, 0.2, 0.1, -0.4]
input_val_arr = [np.random.random(x_dim) for _ in y_list]
concat_len = x_dim + mem_cell_ct
at = {}
for gate in "gifo":
    at["w" + gate] = np.random.rand(mem_cell_ct, concat_len) * 0.8 - 0.3
    at["b" + gate] = np.random.rand(mem_cell_ct) * 0.8 - 0.3


def sigmoid(x):
    return 1.0 / (1 + np.exp(-x))


class LstmNode:
    def __init__(self, param):
        self.param = param

    def bottom_data_is(self, x, s_prev, h_prev):
        p = self.param
        self.s_prev = s_prev
        self.xc = np.hstack((x, h_prev))
        self.g = np.tanh(np.dot(p["wg"], self.xc) + p["bg"])
        self.i = sigmoid(np.dot(p["wi"], self.xc) + p["bi"])
        self.f = sigmoid(np.dot(p["wf"], self.xc) + p["bf"])
        self.o = sigmoid(np.dot(p["wo"], self.xc) + p["bo"])
        self.s = self.g * self.i + s_prev * self.f
        self.h = self.o * np.tanh(self.s)

    def top_diff_is(self, top_diff_h, top_diff_s, diffs, right):
        p = self.param
        if right:
            ds = self.o * (1 - np.tanh(self.s) ** 2) * top_diff_h + top_diff_s
            do = np.tanh(self.s) * top_diff_h
        else:
            ds = self.o * top_diff_h + top_diff_s
            do = self.s * top_diff_h
        di_input = self.i * (1.0 - self.i) * (self.g * ds)
        df_input = self.f * (1.0 - self.f) * (self.s_prev * ds)
        do_input = self.o * (1.0 - self.o) * do
        dg_input = (1.0 - self.g**2) * (self.i * ds)
        dxc = np.zeros_like(self.xc)
        for gate, d in zip("ifog", (di_input, df_input, do_input, dg_input)):
            diffs["w" + gate] += np.outer(d, self.xc)
            diffs["b" + gate] += d
            dxc += np.dot(p["w" + gate].T, d)
        return dxc[x_dim:], ds * self.f


def run(param):
    nodes, s, h = [], np.zeros(mem_cell_ct), np.zeros(mem_cell_ct)
    for x in input_val_arr:
        node = LstmNode(param)
        node.bottom_data_is(x, s, h)
        s, h = node.s, node.h
        nodes.append(node)
    return nodes


def loss(**param):
    return sum((node.h[0] - y) ** 2 for node, y in zip(run(param), y_list))


def _backward(param, right):
    nodes = run(param)
    diffs = {k: np.zeros_like(v) for k, v in param.items()}
    diff_h, diff_s = np.zeros(mem_cell_ct), np.zeros(mem_cell_ct)
    for node, y in zip(nodes[::-1], y_list[::-1]):
        diff_h[0] += 2 * (node.h[0] - y)
        diff_h, diff_s = node.top_diff_is(diff_h, diff_s, diffs, right)
    return diffs


def backward(**param):
    return _backward(param, False)


def right_backward(**param):
    return _backward(param, True)


EXPECTED = {"derivative_missing", "factor_missing", "other_operand"}
