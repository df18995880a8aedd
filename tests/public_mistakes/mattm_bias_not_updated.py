"""The mistake: train() updates the weights of both layers and never a bias (one bias for all the neurons of a layer). Source: GitHub pull request
mattm/simple-neural-network #10, "Updated bias values while training" (neural-network.py; read off the update)."""

import numpy as np

rng = np.random.RandomState(32)
inputs, outputs = rng.randn(2), np.array([0.01, 0.99])
LEARNING_RATE = 0.5
at = {
    "w_ih": rng.randn(3, 2),
    "hidden_bias": rng.randn(1),
    "w_ho": rng.randn(2, 3),
    "output_bias": rng.randn(1),
}


def squash(total):
    return 1 / (1 + np.exp(-total))


def loss(w_ih, hidden_bias, w_ho, output_bias):
    out = squash(w_ho @ squash(w_ih @ inputs + hidden_bias) + output_bias)
    return np.sum(0.5 * (outputs - out) ** 2)


def train(w_ih, hidden_bias, w_ho, output_bias, with_bias):
    w_ih, hidden_bias, w_ho, output_bias = w_ih.copy(), hidden_bias.copy(), w_ho.copy(), output_bias.copy()
    hidden = squash(w_ih @ inputs + hidden_bias)
    out = squash(w_ho @ hidden + output_bias)
    pd_output = np.zeros(len(out))
    for o in range(len(out)):
        pd_output[o] = -(outputs[o] - out[o]) * out[o] * (1 - out[o])
    pd_hidden = np.zeros(len(hidden))
    for h in range(len(hidden)):
        d_error = 0
        for o in range(len(out)):
            d_error += pd_output[o] * w_ho[o, h]
        pd_hidden[h] = d_error * hidden[h] * (1 - hidden[h])
    for o in range(len(out)):
        for h in range(len(hidden)):
            w_ho[o, h] -= LEARNING_RATE * pd_output[o] * hidden[h]
    for h in range(len(hidden)):
        for i in range(len(inputs)):
            w_ih[h, i] -= LEARNING_RATE * pd_hidden[h] * inputs[i]
    if with_bias:
        output_bias -= LEARNING_RATE * pd_output.sum()
        hidden_bias -= LEARNING_RATE * pd_hidden.sum()
    return w_ih, hidden_bias, w_ho, output_bias


def _backward(args, with_bias):
    new = train(*args, with_bias)
    return {k: (a - b) / LEARNING_RATE for k, a, b in zip(at, args, new)}


def backward(w_ih, hidden_bias, w_ho, output_bias):
    return _backward((w_ih, hidden_bias, w_ho, output_bias), False)


def right_backward(w_ih, hidden_bias, w_ho, output_bias):
    return _backward((w_ih, hidden_bias, w_ho, output_bias), True)


EXPECTED = {"bias_forgotten"}
