"""The mistake: two mistakes: the output layer is updated before the hidden deltas are computed with it, and np.delete takes away
a fixed column (a number left from a smaller hidden layer) where the bias column, the last, was meant. Source:
github.com/louisjc/mnist-neural-network issue 1, "Bugs?". The gradient is read off one online update."""

import numpy as np

np.random.seed(12)
input_size, num_hidden, output_size = 4, 6, 3
input_vector, target = np.random.rand(input_size), np.array([0.0, 1.0, 0.0])
at = {
    "hidden_layer": np.random.randn(num_hidden, input_size + 1) * 0.7,
    "output_layer": np.random.randn(output_size, num_hidden + 1) * 0.9,
}


def expit(x):
    return 1 / (1 + np.exp(-x))


class Network:
    def __init__(self, hidden_layer, output_layer):
        self.layers = [hidden_layer, output_layer]

    def feed_forward(self, vector):
        outputs = []
        for layer in self.layers:
            with_bias = np.append(vector, 1)
            output = expit(np.inner(layer, with_bias))
            outputs.append(output)
            vector = output
        return outputs

    def backpropagate(self, vector, target, c, column, early):
        hidden_outputs, outputs = self.feed_forward(vector)
        output_deltas = outputs * (1 - outputs) * (outputs - target)
        if early:
            self.layers[-1] -= c * np.outer(output_deltas, np.append(hidden_outputs, 1))
        hidden_deltas = (
            hidden_outputs
            * (1 - hidden_outputs)
            * np.dot(np.delete(self.layers[-1], column, 1).T, output_deltas)
        )
        if not early:
            self.layers[-1] -= c * np.outer(output_deltas, np.append(hidden_outputs, 1))
        self.layers[0] -= c * np.outer(hidden_deltas, np.append(vector, 1))


def loss(hidden_layer, output_layer):
    outputs = Network(hidden_layer, output_layer).feed_forward(input_vector)[-1]
    return np.sum((outputs - target) ** 2) / 2


def _read_off(at, column, early, c=0.5):
    net = Network(at["hidden_layer"].copy(), at["output_layer"].copy())
    net.backpropagate(input_vector, target, c, column, early)
    return {
        "hidden_layer": (at["hidden_layer"] - net.layers[0]) / c,
        "output_layer": (at["output_layer"] - net.layers[1]) / c,
    }


def backward(**at):
    return _read_off(at, 2, True)


def backward_column_only(**at):
    return _read_off(at, 2, False)


def backward_stale_only(**at):
    return _read_off(at, num_hidden, True)


def right_backward(**at):
    return _read_off(at, num_hidden, False)


EXPECTED = {"stale_weights", "other_operand"}
