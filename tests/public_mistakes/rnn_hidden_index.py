"""The mistake: at the last step of the walk back the hidden weight's gradient is built with the step's own hidden state
(hiddens[t]) instead of the one before (hiddens[t-1]); here at every step, as the loop would have it.
Source: GitHub issue VikParuchuri/zero_to_gpt #9, "hidden state index at t=1 during backprop"."""

import numpy as np

np.random.seed(0)
x = np.random.randn(4, 3)  # 4 days of 3 measurements
y = np.random.randn(4, 1)  # temperature of the day after
at = {
    "i_weight": np.random.rand(3, 4) / 2 - 0.25,
    "h_weight": np.random.rand(4, 4) - 0.5,
    "h_bias": np.random.rand(1, 4) / 5 - 0.1,
    "o_weight": np.random.rand(4, 1) * 2 - 1,
    "o_bias": np.random.rand(1, 1),
}


def mse(actual, predicted):
    return np.mean((actual - predicted) ** 2)


def forward(x, i_weight, h_weight, h_bias, o_weight, o_bias):
    hiddens, outputs = [], []
    prev_hidden = None
    for i in range(x.shape[0]):
        xi = x[i][np.newaxis, :] @ i_weight
        xh = xi + h_bias if prev_hidden is None else xi + prev_hidden @ h_weight + h_bias
        prev_hidden = np.tanh(xh)
        hiddens.append(prev_hidden)
        outputs.append(prev_hidden @ o_weight + o_bias)
    return hiddens, np.concatenate(outputs, axis=0)


def loss(**params):
    hiddens, outputs = forward(x, **params)
    return mse(y, outputs)


def _backward(params, back):
    hiddens, outputs = forward(x, **params)
    grads = {k: np.zeros_like(v) for k, v in params.items()}
    loss_grad = 2 * (outputs - y) / y.size
    next_hidden = None
    for i in range(x.shape[0] - 1, -1, -1):
        l_grad = loss_grad[i][np.newaxis, :]
        grads["o_weight"] += hiddens[i].T @ l_grad
        grads["o_bias"] += l_grad
        h_grad = l_grad @ params["o_weight"].T
        if next_hidden is not None:
            h_grad = h_grad + next_hidden @ params["h_weight"].T
        h_grad = h_grad * (1 - hiddens[i] ** 2)
        next_hidden = h_grad
        if i > 0:
            grads["h_weight"] += hiddens[i - back].T @ h_grad
        grads["h_bias"] += h_grad
        grads["i_weight"] += x[i][:, np.newaxis] @ h_grad
    return grads


def backward(**params):
    return _backward(params, 0)


def right_backward(**params):
    return _backward(params, 1)


EXPECTED = {"other_operand"}
