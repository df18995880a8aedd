"""The mistake: the update is E_k * sigmoid(O_k) * (1 - sigmoid(O_k)) . O_j^T, with O_k the outputs, which are sigmoids already. Source: the book's errata,
makeyourownneuralnetwork.blogspot.com 2017/01, "Errata #4 .. Lots of Updates" (page 99, for both layers; one sample in a column)."""

import numpy as np

rng = np.random.RandomState(99)
inputs = rng.rand(3, 1)
targets = rng.rand(2, 1)
at = {"wih": rng.randn(4, 3), "who": rng.randn(2, 4)}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(wih, who):
    hidden_outputs = sigmoid(np.dot(wih, inputs))
    final_outputs = sigmoid(np.dot(who, hidden_outputs))
    return 0.5 * np.sum((targets - final_outputs) ** 2)


def _backward(wih, who, prime):
    O_j = sigmoid(np.dot(wih, inputs))
    O_k = sigmoid(np.dot(who, O_j))
    output_errors = targets - O_k
    delta = output_errors * prime(O_k)
    hidden_errors = np.dot(who.T, delta)
    return {
        "who": -np.dot(delta, np.transpose(O_j)),
        "wih": -np.dot(hidden_errors * prime(O_j), np.transpose(inputs)),
    }


def backward(**at):
    return _backward(**at, prime=lambda O: sigmoid(O) * (1 - sigmoid(O)))


def right_backward(**at):
    return _backward(**at, prime=lambda O: O * (1 - O))


EXPECTED = {"derivative_argument"}
