"""The mistake (the asker's proposal; network2.py was right): the delta of the output is multiplied with sigmoid_prime(z), "according to
(BP1)", though the cost is the cross-entropy, whose delta is a - y. Source: GitHub pull request
mnielsen/neural-networks-and-deep-learning #77, "Fixed output error calculation in network2.py" (and issue 45)."""

import numpy as np

rng = np.random.RandomState(312)
mini_batch = [(rng.rand(3, 1), np.eye(2)[:, [k]]) for k in (0, 1, 1, 0)]
sizes = [3, 4, 2]
at = {"b0": rng.randn(4, 1), "b1": rng.randn(2, 1), "w0": rng.randn(4, 3), "w1": rng.randn(2, 4)}


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


class CrossEntropyCost(object):
    @staticmethod
    def fn(a, y):
        return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))

    @staticmethod
    def delta(z, a, y):
        return a - y


class Network(object):
    def __init__(self, biases, weights):
        self.num_layers = len(sizes)
        self.biases, self.weights = biases, weights
        self.cost = CrossEntropyCost

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def total_cost(self, data):
        cost = 0.0
        for x, y in data:
            a = self.feedforward(x)
            cost += self.cost.fn(a, y) / len(data)
        return cost

    def backprop(self, x, y, right):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = (self.cost).delta(zs[-1], activations[-1], y)
        if not right:
            delta = delta * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            z = zs[-l]
            sp = sigmoid_prime(z)
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return (nabla_b, nabla_w)


def loss(b0, b1, w0, w1):
    return Network([b0, b1], [w0, w1]).total_cost(mini_batch)


def _backward(b0, b1, w0, w1, right):
    net = Network([b0, b1], [w0, w1])
    nabla_b = [np.zeros(b.shape) for b in net.biases]
    nabla_w = [np.zeros(w.shape) for w in net.weights]
    for x, y in mini_batch:
        delta_nabla_b, delta_nabla_w = net.backprop(x, y, right)
        nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
        nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
    n = len(mini_batch)
    return {"b0": nabla_b[0] / n, "b1": nabla_b[1] / n, "w0": nabla_w[0] / n, "w1": nabla_w[1] / n}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"derivative_twice", "other_loss", "factor_twice"}
