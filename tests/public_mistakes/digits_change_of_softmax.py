"""The mistakes: change = delta * fin_outputs for a softmax layer (the sum over the row is left out), and the factor 2 / num_outputs of the cost is left
out; the same change goes to the hidden layers. (Of the hidden layers' lines the copy shows nothing; a right sigmoid layer stands here.) Source:
Stack Overflow question 75378819, "Issues with calculating new weights in a neural network"."""

import numpy as np

rng = np.random.RandomState(753)
inputs = rng.rand(4, 1)
expected = np.array([[0.0], [1.0], [0.0]])
at = {"hidden": rng.randn(5, 4), "output": rng.randn(3, 5)}


class Layer:
    def __init__(self, weights, softmax):
        self.weights, self.softmax = weights, softmax

    def calc_output(self, inputs):
        self.inputs = inputs
        z = np.matmul(self.weights, inputs)
        self.fin_outputs = np.exp(z) / np.sum(np.exp(z)) if self.softmax else 1 / (1 + np.exp(-z))
        return self.fin_outputs


class Run:
    def __init__(self, hidden, output):
        self.hiddenLayer1 = Layer(hidden, False)
        self.hiddenLayer2 = Layer(output, True)
        self.num_outputs = 3

    def runNN(self, input):
        self.hiddenLayer1.calc_output(input)
        self.NN_Output = self.hiddenLayer2.calc_output(self.hiddenLayer1.fin_outputs)

    def calculate_cost(self, expected):
        error = 0
        for i in range(self.num_outputs):
            error += (self.NN_Output[i][0] - expected[i][0]) ** 2 / self.num_outputs
        return error

    def calc_new(self, expected, right):
        delta = self.NN_Output - expected
        change = np.multiply(delta, self.hiddenLayer2.fin_outputs)
        if right:
            change = change - self.hiddenLayer2.fin_outputs * np.sum(change)
            change = change * 2 / self.num_outputs
        change_weights = np.matmul(change, np.transpose(self.hiddenLayer2.inputs))
        a = self.hiddenLayer1.fin_outputs
        change_1 = np.matmul(np.transpose(self.hiddenLayer2.weights), change) * a * (1 - a)
        return np.matmul(change_1, np.transpose(self.hiddenLayer1.inputs)), change_weights


def loss(hidden, output):
    run = Run(hidden, output)
    run.runNN(inputs)
    return run.calculate_cost(expected)


def _backward(hidden, output, right):
    run = Run(hidden, output)
    run.runNN(inputs)
    h, o = run.calc_new(expected, right)
    return {"hidden": h, "output": o}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"softmax_elementwise", "path_missing", "?"}
