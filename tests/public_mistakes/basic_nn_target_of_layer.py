"""The mistake: the target handed to the layer before is weights.T @ errors + layer, from weights that have just been changed, and errors
that were not multiplied with the activation's derivative (the reporter names the first only). Read off the update. Source: GitHub
issue kim-marcel/basic_neural_network #7, "wrong hidden error computation"."""

import numpy as np

rng = np.random.RandomState(38)
at = {
    f"{n}{i}": rng.randn(r, c) * 0.8
    for i, (r, c) in enumerate([(4, 3), (2, 4)])
    for n, c in (("w", c), ("b", 1))
}
inp, tgt = rng.rand(3, 1), np.array([[1.0], [0.0]])


class NeuralNetwork:
    learningRate = 0.5

    def __init__(self, at):
        self.weights, self.biases = [at["w0"], at["w1"]], [at["b0"], at["b1"]]

    def sigmoid(self, m):
        return 1 / (1 + np.exp(-m))

    def guess(self, x):
        layers = [x]
        for w, b in zip(self.weights, self.biases):
            layers.append(self.sigmoid(w @ layers[-1] + b))
        return layers

    def train(self, x, target, right):
        layers = self.guess(x)
        for n in range(len(layers) - 1, 0, -1):
            errors = target - layers[n]
            gradients = layers[n] * (1 - layers[n]) * errors
            if right:
                previousError = self.weights[n - 1].T @ gradients
            self.biases[n - 1] = self.biases[n - 1] + gradients * self.learningRate
            self.weights[n - 1] = self.weights[n - 1] + gradients @ layers[n - 1].T * self.learningRate
            if not right:
                previousError = self.weights[n - 1].T @ errors
            target = previousError + layers[n - 1]


def loss(**at):
    return 0.5 * np.sum((tgt - NeuralNetwork(at).guess(inp)[-1]) ** 2)


def _read_off(at, right):
    net = NeuralNetwork({k: v.copy() for k, v in at.items()})
    net.train(inp, tgt, right)
    return {
        k: (at[k] - {"w": net.weights, "b": net.biases}[k[0]][int(k[1])]) / net.learningRate for k in at
    }


def backward(**at):
    return _read_off(at, False)


def right_backward(**at):
    return _read_off(at, True)


EXPECTED = {"stale_weights", "derivative_missing"}
