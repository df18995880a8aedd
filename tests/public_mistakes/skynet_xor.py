"""The mistake: activation(v, true) is sigmoid'(v) of what goes in, and it is given the layer that was activated already; and hidden_error is computed
with synapse1 already updated. Source: GitHub issue and pull request liashchynskyi/skynet #2 and #1 ("in some cases the activation is applied two
times"; JavaScript, NumPy here)."""

import numpy as np

rng = np.random.RandomState(23)
X = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
target = np.array([[0.0], [1.0], [1.0], [0.0]])
lr = 0.5
at = {"synapse0": rng.uniform(-1, 1, (3, 4)), "synapse1": rng.uniform(-1, 1, (4, 1))}


def activation(x, derivative):
    fx = 1 / (1 + np.exp(-x))
    if derivative:
        return fx * (1 - fx)
    return fx


def loss(synapse0, synapse1):
    hidden = activation(X @ synapse0, False)
    out = activation(hidden @ synapse1, False)
    return 0.5 * np.sum((target - out) ** 2)


def backward(synapse0, synapse1):
    old0, old1 = synapse0, synapse1
    hidden_layer = activation(X @ synapse0, False)
    output_layer = activation(hidden_layer @ synapse1, False)
    output_error = target - output_layer
    output_delta = output_error * activation(output_layer, True)
    synapse1 = synapse1 + hidden_layer.T @ (output_delta * lr)
    hidden_error = output_delta @ synapse1.T
    hidden_delta = hidden_error * activation(hidden_layer, True)
    synapse0 = synapse0 + X.T @ (hidden_delta * lr)
    return {"synapse0": (old0 - synapse0) / lr, "synapse1": (old1 - synapse1) / lr}


def right_backward(synapse0, synapse1):
    z1 = X @ synapse0
    hidden_layer = activation(z1, False)
    z2 = hidden_layer @ synapse1
    output_delta = (target - activation(z2, False)) * activation(z2, True)
    hidden_delta = output_delta @ synapse1.T * activation(z1, True)
    return {"synapse0": -X.T @ hidden_delta, "synapse1": -hidden_layer.T @ output_delta}


EXPECTED = {"derivative_argument", "stale_weights"}
