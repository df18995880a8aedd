"""The mistake: the proposal takes top_diff_s out, ds = self.state.o * top_diff_h: what the next step sends
back along the cell state is dropped. Source: GitHub pull request nicodjimenez/lstm #49, "Remove incorrect
var top_diff_s in derivative" (closed: it "needs to be propagated recursively along the constant error
carousel"); in this code h = s * o."""

import numpy as np

rng = np.random.RandomState(49)
cells, x_dim = 3, 2
y_list = [-0.5, 0.2, 0.1, -0.5]
inputs = [rng.randn(x_dim) for _ in y_list]
at = {}
for _gate in "gifo":
    at["w" + _gate] = rng.uniform(-1, 1, (cells, x_dim + cells))
    at["b" + _gate] = rng.uniform(-0.5, 0.5, cells)


def sigmoid(x):
    return 1.0 / (1 + np.exp(-x))


def forward(p):
    s, h, nodes = np.zeros(cells), np.zeros(cells), []
    for x in inputs:
        xc = np.hstack((x, h))
        g = np.tanh(np.dot(p["wg"], xc) + p["bg"])
        i = sigmoid(np.dot(p["wi"], xc) + p["bi"])
        f = sigmoid(np.dot(p["wf"], xc) + p["bf"])
        o = sigmoid(np.dot(p["wo"], xc) + p["bo"])
        s_prev, s = s, g * i + s * f
        h = s * o
        nodes.append((xc, g, i, f, o, s_prev, s, h))
    return nodes


def loss(**p):
    return sum((node[-1][0] - y) ** 2 for node, y in zip(forward(p), y_list))


def _backward(p, right):
    diffs = {k: np.zeros_like(v) for k, v in p.items()}
    diff_h, diff_s = np.zeros(cells), np.zeros(cells)
    for (xc, g, i, f, o, s_prev, s, h), y in reversed(list(zip(forward(p), y_list))):
        top_diff_h = diff_h.copy()
        top_diff_h[0] += 2 * (h[0] - y)
        top_diff_s = diff_s
        ds = o * top_diff_h + top_diff_s if right else o * top_diff_h
        do_input = o * (1 - o) * (s * top_diff_h)
        di_input = i * (1 - i) * (g * ds)
        dg_input = (1 - g**2) * (i * ds)
        df_input = f * (1 - f) * (s_prev * ds)
        dxc = np.zeros_like(xc)
        for gate, d in zip("ifog", (di_input, df_input, do_input, dg_input)):
            diffs["w" + gate] += np.outer(d, xc)
            diffs["b" + gate] += d
            dxc += np.dot(p["w" + gate].T, d)
        diff_s = ds * f
        diff_h = dxc[x_dim:]
    return diffs


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"path_missing"}
