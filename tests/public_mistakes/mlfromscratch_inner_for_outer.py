"""The mistake: the weights' gradients are np.dot(error, A3), np.dot(error, A2), np.dot(error, A1): the inner product of the error with
the layer's own output (one number), where np.outer(error, input of the layer) belongs. Read off the update (one number is
broadcast). Source: GitHub pull request casper-hansen/Neural-Network-From-Scratch #1, "Fix for apparently faulty Numpy NN backward
pass" (code of mlfromscratch.com)."""

import numpy as np

rng = np.random.RandomState(5)
sizes = [4, 5, 3, 3]
x_train, y_train = rng.rand(4), np.array([0.0, 1.0, 0.0])
at = {f"W{i}": rng.randn(sizes[i], sizes[i - 1]) * np.sqrt(1.0 / sizes[i]) for i in (1, 2, 3)}


class DeepNeuralNetwork:
    def __init__(self, params, l_rate=0.1):
        self.params = params
        self.l_rate = l_rate

    def sigmoid(self, x, derivative=False):
        if derivative:
            return (np.exp(-x)) / ((np.exp(-x) + 1) ** 2)
        return 1 / (1 + np.exp(-x))

    def softmax(self, x):
        exps = np.exp(x - x.max())
        return exps / np.sum(exps, axis=0)

    def forward_pass(self, x):
        params = self.params
        params["A0"] = x
        params["Z1"] = np.dot(params["W1"], params["A0"])
        params["A1"] = self.sigmoid(params["Z1"])
        params["Z2"] = np.dot(params["W2"], params["A1"])
        params["A2"] = self.sigmoid(params["Z2"])
        params["Z3"] = np.dot(params["W3"], params["A2"])
        params["A3"] = self.softmax(params["Z3"])
        return params["A3"]

    def backward_pass(self, y, output, right):
        params = self.params
        change_w = {}
        error = output - y
        change_w["W3"] = np.outer(error, params["A2"]) if right else np.dot(error, params["A3"])
        error = np.multiply(np.dot(params["W3"].T, error), self.sigmoid(params["Z2"], derivative=True))
        change_w["W2"] = np.outer(error, params["A1"]) if right else np.dot(error, params["A2"])
        error = np.multiply(np.dot(params["W2"].T, error), self.sigmoid(params["Z1"], derivative=True))
        change_w["W1"] = np.outer(error, params["A0"]) if right else np.dot(error, params["A1"])
        return change_w

    def update(self, changes):
        for key, value in changes.items():
            self.params[key] = self.params[key] - self.l_rate * value


def loss(W1, W2, W3):
    output = DeepNeuralNetwork({"W1": W1, "W2": W2, "W3": W3}).forward_pass(x_train)
    return -np.sum(y_train * np.log(output))


def _read_off(at, right):
    dnn = DeepNeuralNetwork({k: v.copy() for k, v in at.items()})
    output = dnn.forward_pass(x_train)
    dnn.update(dnn.backward_pass(y_train, output, right))
    return {k: (at[k] - dnn.params[k]) / dnn.l_rate for k in at}


def backward(**at):
    return _read_off(at, False)


def right_backward(**at):
    return _read_off(at, True)


EXPECTED = {"?"}
