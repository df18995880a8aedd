"""Nothing is wrong in the gradient (the asker suspected it: "I am getting the gradient/derivative/error wrong"): np.matrix, `*` for the
product, one example at a time, a row of ones in the hidden layer. Source: "Backpropagation for Neural Network - Python" (a question
of a Q&A site; text in nvidia/Nemotron-CC-Math-v1)."""

import numpy as np

rng = np.random.RandomState(46)
m = 5
x = np.matrix(np.concatenate((np.ones((1, m)), rng.randn(3, m))))
y = np.matrix(np.eye(3)[:, [0, 2, 1, 1, 0]])
at = {"theta_1": rng.randn(4, 4) * 0.7, "theta_2": rng.randn(3, 5) * 0.7}


def sigmoid(theta, x):
    return 1 / (1 + np.exp(-(theta * x)))


def loss(theta_1, theta_2):
    theta_1, theta_2 = np.matrix(theta_1), np.matrix(theta_2)
    total = 0
    for t in range(m):
        hidden_layer = np.matrix(np.concatenate((np.ones((1, 1)), sigmoid(theta_1, x[:, t]))))
        h = sigmoid(theta_2, hidden_layer)
        total += np.sum(-np.multiply(y[:, t], np.log(h)) - np.multiply(1 - y[:, t], np.log(1 - h)))
    return total / m


def backward(theta_1, theta_2):
    theta_1, theta_2 = np.matrix(theta_1), np.matrix(theta_2)
    all_delta_1, all_delta_2 = 0, 0
    for t in range(m):
        hidden_layer = np.matrix(np.concatenate((np.ones((1, 1)), sigmoid(theta_1, x[:, t]))))
        output_layer = sigmoid(theta_2, hidden_layer)
        delta_3 = output_layer - y[:, t]
        delta_2 = np.multiply((theta_2.T * delta_3), np.multiply(hidden_layer, (1 - hidden_layer)))
        all_delta_2 += delta_3 * hidden_layer.T
        all_delta_1 += delta_2[1:] * x[:, t].T
    return {"theta_1": all_delta_1 / m, "theta_2": all_delta_2 / m}


right_backward = backward

EXPECTED = set()
