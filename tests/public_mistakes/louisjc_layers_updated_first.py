"""The mistake: the output layer is updated before the hidden deltas are taken through it, and the column
that is deleted from it as the bias is number 200 of 301, not 300. Source: GitHub issue
louisjc/mnist-neural-network #1, "Bugs?" (commit b8d2c31; here column 2 of 4, one image)."""

import numpy as np

rng = np.random.RandomState(300)
num_hidden = 4
input_vector, target = rng.rand(3), rng.rand(3)
iteration = 0.0
at = {"hidden": rng.randn(num_hidden, 4), "output": rng.randn(3, num_hidden + 1)}


def expit(x):
    return 1 / (1 + np.exp(-x))


def feed_forward(hidden, output):
    hidden_outputs = expit(hidden @ np.append(input_vector, 1))
    return hidden_outputs, expit(output @ np.append(hidden_outputs, 1))


def loss(hidden, output):
    return 0.5 * np.sum((feed_forward(hidden, output)[1] - target) ** 2)


def backward(hidden, output):
    layers = [hidden.copy(), output.copy()]
    c = 1.0 / (iteration + 10)
    hidden_outputs, outputs = feed_forward(*layers)
    output_deltas = outputs * (1 - outputs) * (outputs - target)
    layers[-1] -= c * np.outer(output_deltas, np.append(hidden_outputs, 1))
    hidden_deltas = (
        hidden_outputs * (1 - hidden_outputs) * np.dot(np.delete(layers[-1], 2, 1).T, output_deltas)
    )
    layers[0] -= c * np.outer(hidden_deltas, np.append(input_vector, 1))
    return {"hidden": (hidden - layers[0]) / c, "output": (output - layers[-1]) / c}


def right_backward(hidden, output):
    hidden_outputs, outputs = feed_forward(hidden, output)
    output_deltas = outputs * (1 - outputs) * (outputs - target)
    hidden_deltas = hidden_outputs * (1 - hidden_outputs) * (output[:, :-1].T @ output_deltas)
    return {
        "hidden": np.outer(hidden_deltas, np.append(input_vector, 1)),
        "output": np.outer(output_deltas, np.append(hidden_outputs, 1)),
    }


EXPECTED = {"stale_weights", "other_operand", "permuted"}
