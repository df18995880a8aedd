"""The mistake: a pair of parentheses is missing in the gate gradients: f * (1 - f) (and so on for i and the candidate)
multiplies only the part that comes by the hidden state, not the part that comes by dc_next.
Source: GitHub issue jinzishuai/learn2deeplearn #44, "RNN HW1 Formula for LSTM_Backward is Wrong" (Coursera sequence models, week 1)."""

import numpy as np

np.random.seed(1)
n_x, n_a, m, T_x = 3, 4, 3, 3
x = np.random.randn(n_x, m, T_x)
Y = np.random.randn(n_a, m, T_x) * 0.5
at = {
    "Wf": np.random.randn(n_a, n_a + n_x) * 0.5,
    "bf": np.random.randn(n_a, 1) * 0.2,
    "Wi": np.random.randn(n_a, n_a + n_x) * 0.5,
    "bi": np.random.randn(n_a, 1) * 0.2,
    "Wo": np.random.randn(n_a, n_a + n_x) * 0.5,
    "bo": np.random.randn(n_a, 1) * 0.2,
    "Wc": np.random.randn(n_a, n_a + n_x) * 0.5,
    "bc": np.random.randn(n_a, 1) * 0.2,
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    concat = np.concatenate((a_prev, xt), axis=0)
    ft = sigmoid(np.dot(parameters["Wf"], concat) + parameters["bf"])
    it = sigmoid(np.dot(parameters["Wi"], concat) + parameters["bi"])
    cct = np.tanh(np.dot(parameters["Wc"], concat) + parameters["bc"])
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(parameters["Wo"], concat) + parameters["bo"])
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt)


def lstm_forward(x, parameters):
    a_next, c_next = np.zeros((n_a, m)), np.zeros((n_a, m))
    a, caches = [], []
    for t in range(T_x):
        a_next, c_next, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a.append(a_next)
        caches.append(cache)
    return np.stack(a, axis=2), caches


def lstm_cell_backward(da_next, dc_next, cache, parameters, right):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt = cache
    through_a = ot * (1 - np.tanh(c_next) ** 2) * da_next
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    if right:
        dcct = (dc_next + through_a) * it * (1 - cct**2)
        dit = (dc_next + through_a) * cct * it * (1 - it)
        dft = (dc_next + through_a) * c_prev * ft * (1 - ft)
    else:
        dcct = dc_next * it + through_a * it * (1 - cct**2)
        dit = dc_next * cct + through_a * cct * it * (1 - it)
        dft = dc_next * c_prev + through_a * c_prev * ft * (1 - ft)
    concat = np.concatenate((a_prev, xt), axis=0)
    grads = {}
    for gate, d in (("f", dft), ("i", dit), ("c", dcct), ("o", dot)):
        grads["W" + gate] = np.dot(d, concat.T)
        grads["b" + gate] = np.sum(d, axis=1, keepdims=True)
    da_prev = sum(
        np.dot(parameters["W" + g][:, :n_a].T, d)
        for g, d in (("f", dft), ("i", dit), ("c", dcct), ("o", dot))
    )
    dc_prev = dc_next * ft + through_a * ft
    return da_prev, dc_prev, grads


def loss(**parameters):
    a, caches = lstm_forward(x, parameters)
    return 1.0 / (2 * m) * np.sum((a - Y) ** 2)


def _backward(parameters, right):
    a, caches = lstm_forward(x, parameters)
    da = (a - Y) / m
    gradients = {k: np.zeros_like(v) for k, v in parameters.items()}
    da_prevt, dc_prevt = np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        da_prevt, dc_prevt, grads = lstm_cell_backward(
            da[:, :, t] + da_prevt, dc_prevt, caches[t], parameters, right
        )
        for k in gradients:
            gradients[k] += grads[k]
    return gradients


def backward(**parameters):
    return _backward(parameters, False)


def right_backward(**parameters):
    return _backward(parameters, True)


EXPECTED = {"derivative_missing", "factor_missing", "term_factor"}
