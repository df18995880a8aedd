"""The mistake: sigmoid_prime(x) = sigmoid(x) * (1 - sigmoid(x)) is called with activations, so the sigmoid is applied twice (the
tanh version of the same class, 1 - x ** 2, was right for activations). Source: Data Science Stack Exchange question 37545,
"Neural Network Example Not Working with Sigmoid Activation Function" (BogoToBogo's class)."""

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
y = np.array([0, 1, 1, 0], dtype=float)
r = np.random.RandomState(8)
at = {"weights0": 2 * r.random_sample((3, 3)) - 1, "weights1": 2 * r.random_sample((3, 1)) - 1}


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def sigmoid_prime(x):
    return sigmoid(x) * (1.0 - sigmoid(x))


class NeuralNetwork:
    def __init__(self, weights, prime=sigmoid_prime):
        self.activation = sigmoid
        self.activation_prime = prime
        self.weights = weights

    def forward(self, row):
        a = [row]
        for l in range(len(self.weights)):
            a.append(self.activation(np.dot(a[l], self.weights[l])))
        return a

    def gradients(self, X, y):
        X = np.concatenate((np.ones((X.shape[0], 1)), X), axis=1)
        total = [np.zeros(w.shape) for w in self.weights]
        for i in range(X.shape[0]):
            a = self.forward(X[i])
            error = y[i] - a[-1]
            deltas = [error * self.activation_prime(a[-1])]
            for l in range(len(a) - 2, 0, -1):
                deltas.append(deltas[-1].dot(self.weights[l].T) * self.activation_prime(a[l]))
            deltas.reverse()
            for k in range(len(self.weights)):
                layer = np.atleast_2d(a[k])
                delta = np.atleast_2d(deltas[k])
                total[k] -= layer.T.dot(delta)
        return total


def loss(weights0, weights1):
    nn = NeuralNetwork([weights0, weights1])
    E = 0
    for row, target in zip(X, y):
        out = nn.forward(np.concatenate((np.ones(1), row)))[-1]
        E += np.sum((target - out) ** 2) / 2
    return E


def backward(weights0, weights1):
    return dict(zip(("weights0", "weights1"), NeuralNetwork([weights0, weights1]).gradients(X, y)))


def right_backward(weights0, weights1):
    return dict(
        zip(
            ("weights0", "weights1"),
            NeuralNetwork([weights0, weights1], lambda a: a * (1 - a)).gradients(X, y),
        )
    )


EXPECTED = {"derivative_argument"}
