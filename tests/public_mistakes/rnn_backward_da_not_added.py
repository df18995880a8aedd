"""The mistake: rnn_cell_backward(da_prevt, caches[t]): the upstream gradient da[:, :, t] is not added, so that all gradients are zero. Source:
community.deeplearning.ai thread 555129, "Question on backpropagation Week 1 prog assignment 1" (all outputs are zero)."""

import numpy as np

np.random.seed(1)
n_x, n_a, m, T_x = 3, 4, 2, 3
x = np.random.randn(n_x, m, T_x)
da = np.random.randn(n_a, m, T_x)
at = {
    "Wax": np.random.randn(n_a, n_x),
    "Waa": np.random.randn(n_a, n_a),
    "ba": np.random.randn(n_a, 1),
    "a0": np.random.randn(n_a, m),
}


def rnn_cell_forward(xt, a_prev, parameters):
    a_next = np.tanh(np.dot(parameters["Waa"], a_prev) + np.dot(parameters["Wax"], xt) + parameters["ba"])
    return a_next, (a_next, a_prev, xt, parameters)


def rnn_forward(x, a0, parameters):
    caches = []
    a_next = a0
    a = []
    for t in range(T_x):
        a_next, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a.append(a_next)
        caches.append(cache)
    return np.stack(a, axis=2), caches


def loss(**parameters):
    return np.sum(rnn_forward(x, parameters["a0"], parameters)[0] * da)


def rnn_cell_backward(da_next, cache):
    (a_next, a_prev, xt, parameters) = cache
    dtanh = (1 - a_next**2) * da_next
    return {
        "dxt": np.dot(parameters["Wax"].T, dtanh),
        "dWax": np.dot(dtanh, xt.T),
        "da_prev": np.dot(parameters["Waa"].T, dtanh),
        "dWaa": np.dot(dtanh, a_prev.T),
        "dba": np.sum(dtanh, axis=1, keepdims=True),
    }


def rnn_backward(da, caches, added):
    dWax, dWaa, dba = np.zeros((n_a, n_x)), np.zeros((n_a, n_a)), np.zeros((n_a, 1))
    da_prevt = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        if added:
            gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches[t])
        else:
            gradients = rnn_cell_backward(da_prevt, caches[t])
        da_prevt = gradients["da_prev"]
        dWax += gradients["dWax"]
        dWaa += gradients["dWaa"]
        dba += gradients["dba"]
    return {"Wax": dWax, "Waa": dWaa, "ba": dba, "a0": da_prevt}


def backward(**parameters):
    return rnn_backward(da, rnn_forward(x, parameters["a0"], parameters)[1], False)


def right_backward(**parameters):
    return rnn_backward(da, rnn_forward(x, parameters["a0"], parameters)[1], True)


EXPECTED = {"path_missing"}
