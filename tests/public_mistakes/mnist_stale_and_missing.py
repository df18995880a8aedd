"""The mistake: two mistakes: the output's sigmoid derivative is left out, and the output weights are updated before the hidden
delta is computed with them. One sample at a time; the gradient is read off the update."""

import numpy as np

rng = np.random.RandomState(16)
img, l = rng.rand(6, 1), np.array([[0.0], [1.0], [0.0]])
learn_rate = 0.2
at = {
    "w_i_h": rng.uniform(-0.5, 0.5, (5, 6)),
    "w_h_o": rng.uniform(-0.5, 0.5, (3, 5)),
    "b_i_h": np.zeros((5, 1)),
    "b_h_o": np.zeros((3, 1)),
}


def forward(w_i_h, w_h_o, b_i_h, b_h_o):
    h_pre = b_i_h + w_i_h @ img
    h = 1 / (1 + np.exp(-h_pre))
    o_pre = b_h_o + w_h_o @ h
    o = 1 / (1 + np.exp(-o_pre))
    return h, o


def loss(w_i_h, w_h_o, b_i_h, b_h_o):
    h, o = forward(w_i_h, w_h_o, b_i_h, b_h_o)
    e = 1 / 2 * np.sum((o - l) ** 2, axis=0)
    return e


def _train(p, stale, derivative):
    before = {k: v.copy() for k, v in p.items()}
    p = {k: v.copy() for k, v in p.items()}
    h, o = forward(**p)
    delta_o = o - l
    if derivative:
        delta_o = delta_o * o * (1 - o)
    if stale:
        p["w_h_o"] += -learn_rate * delta_o @ np.transpose(h)
        p["b_h_o"] += -learn_rate * delta_o
    delta_h = np.transpose(p["w_h_o"]) @ delta_o * (h * (1 - h))
    if not stale:
        p["w_h_o"] += -learn_rate * delta_o @ np.transpose(h)
        p["b_h_o"] += -learn_rate * delta_o
    p["w_i_h"] += -learn_rate * delta_h @ np.transpose(img)
    p["b_i_h"] += -learn_rate * delta_h
    return {k: (before[k] - p[k]) / learn_rate for k in p}


def backward(**p):
    return _train(p, stale=True, derivative=False)


def backward_stale_only(**p):
    return _train(p, stale=True, derivative=True)


def backward_missing_only(**p):
    return _train(p, stale=False, derivative=False)


def right_backward(**p):
    return _train(p, stale=False, derivative=True)


EXPECTED = {"derivative_missing", "other_loss", "stale_weights"}
