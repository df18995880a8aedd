"""The mistake: the hidden neurons' weights are learned with error_out; error_h1 and error_h2 are computed and never used, so the
factor weights_out[k] * h * (1 - h) is left out. Source: Stack Overflow question 15432283 (MLP that cannot learn XOR; the
learning lines use error_out three times)."""

import numpy as np

inputs = [[0, 0, -1], [0, 1, -1], [1, 0, -1], [1, 1, -1]]
desired_outs = [0, 1, 1, 0]
bias = -1
at = {
    "weights_h1": np.array([0.62, 0.15, 0.48]),
    "weights_h2": np.array([0.21, 0.87, 0.33]),
    "weights_out": np.array([0.74, 0.29, 0.56]),
}


def logsig(net):
    return 1 / (1 + np.exp(-net))


def forward(row, weights_h1, weights_h2, weights_out):
    net_h1 = sum(x * w for x, w in zip(row, weights_h1))
    act_h1 = logsig(net_h1)
    net_h2 = sum(x * w for x, w in zip(row, weights_h2))
    act_h2 = logsig(net_h2)
    input_out = [act_h1, act_h2, bias]
    net_out = sum(x * w for x, w in zip(input_out, weights_out))
    return act_h1, act_h2, input_out, logsig(net_out)


def loss(weights_h1, weights_h2, weights_out):
    err = 0
    for row, desired in zip(inputs, desired_outs):
        out = forward(row, weights_h1, weights_h2, weights_out)[-1]
        err += 0.5 * (desired - out) ** 2
    return err


def _backward(weights_h1, weights_h2, weights_out, right):
    g_h1, g_h2, g_out = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    for row, desired in zip(inputs, desired_outs):
        act_h1, act_h2, input_out, out = forward(row, weights_h1, weights_h2, weights_out)
        error_out = (desired - out) * out * (1 - out)
        error_h1 = act_h1 * (1 - act_h1) * weights_out[0] * error_out
        error_h2 = act_h2 * (1 - act_h2) * weights_out[1] * error_out
        if not right:
            error_h1 = error_h2 = error_out
        g_out = [g - x * error_out for g, x in zip(g_out, input_out)]
        g_h1 = [g - x * error_h1 for g, x in zip(g_h1, row)]
        g_h2 = [g - x * error_h2 for g, x in zip(g_h2, row)]
    return {"weights_h1": np.array(g_h1), "weights_h2": np.array(g_h2), "weights_out": np.array(g_out)}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"other_operand", "factor_missing"}
