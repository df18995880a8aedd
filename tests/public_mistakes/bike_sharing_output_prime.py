"""The mistake (the asker's): output_error_term = error * final_outputs * (1 - final_outputs), as in the lesson, while the output unit
is linear (f(x) = x). Read off the update (a sum of the records, divided by n_records). Source: GitHub issue
udacity/deep-learning-v2-pytorch #165, "Issues with Bike Sharing Project"."""

import numpy as np

rng = np.random.RandomState(306)
features, targets = rng.rand(5, 3), rng.rand(5)
lr = 0.5
at = {"weights_input_to_hidden": rng.randn(3, 2), "weights_hidden_to_output": rng.randn(2, 1)}


class NeuralNetwork(object):
    def __init__(self, weights_input_to_hidden, weights_hidden_to_output):
        self.weights_input_to_hidden = weights_input_to_hidden
        self.weights_hidden_to_output = weights_hidden_to_output
        self.lr = lr
        self.activation_function = lambda x: 1 / (1 + np.exp(-x))

    def train(self, features, targets, right):
        n_records = features.shape[0]
        delta_weights_i_h = np.zeros(self.weights_input_to_hidden.shape)
        delta_weights_h_o = np.zeros(self.weights_hidden_to_output.shape)
        for X, y in zip(features, targets):
            final_outputs, hidden_outputs = self.forward_pass_train(X)
            delta_weights_i_h, delta_weights_h_o = self.backpropagation(
                final_outputs, hidden_outputs, X, y, delta_weights_i_h, delta_weights_h_o, right
            )
        self.weights_hidden_to_output = (
            self.weights_hidden_to_output + self.lr * delta_weights_h_o / n_records
        )
        self.weights_input_to_hidden = (
            self.weights_input_to_hidden + self.lr * delta_weights_i_h / n_records
        )

    def forward_pass_train(self, X):
        hidden_inputs = np.dot(X, self.weights_input_to_hidden)
        hidden_outputs = self.activation_function(hidden_inputs)
        final_inputs = np.dot(hidden_outputs, self.weights_hidden_to_output)
        final_outputs = final_inputs
        return final_outputs, hidden_outputs

    def backpropagation(
        self, final_outputs, hidden_outputs, X, y, delta_weights_i_h, delta_weights_h_o, right
    ):
        error = y - final_outputs
        output_error_term = error if right else error * final_outputs * (1 - final_outputs)
        hidden_error = np.dot(self.weights_hidden_to_output, output_error_term)
        hidden_error_term = hidden_error * hidden_outputs * (1 - hidden_outputs)
        delta_weights_i_h += hidden_error_term * X[:, None]
        delta_weights_h_o += output_error_term * hidden_outputs[:, None]
        return delta_weights_i_h, delta_weights_h_o


def loss(weights_input_to_hidden, weights_hidden_to_output):
    net = NeuralNetwork(weights_input_to_hidden, weights_hidden_to_output)
    return np.mean([(y - net.forward_pass_train(X)[0][0]) ** 2 for X, y in zip(features, targets)]) / 2


def _read_off(p, right):
    net = NeuralNetwork(**p)
    net.train(features, targets, right)
    return {k: (p[k] - getattr(net, k)) / lr for k in p}


def backward(**p):
    return _read_off(p, False)


def right_backward(**p):
    return _read_off(p, True)


EXPECTED = {"derivative_of_other"}
