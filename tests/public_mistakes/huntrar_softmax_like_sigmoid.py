"""The mistake: a softmax is added as an activation function whose derivative is "equivalent to that of the sigmoid", s * (1 - s); the cost
is the sum of squares. Source: GitHub pull request jorgenkg/python-neural-network #6, "Added softmax activation function"."""

import numpy as np

rng = np.random.RandomState(310)
training_data, training_targets = rng.rand(5, 3), np.eye(3)[[0, 2, 1, 1, 0]]
at = {"weights_0": rng.randn(4, 4), "weights_1": rng.randn(5, 3)}


def sigmoid_function(signal, derivative=False):
    signal = 1 / (1 + np.exp(-signal))
    if derivative:
        return np.multiply(signal, 1 - signal)
    return signal


def softmax_function(signal, derivative=False):
    e_x = np.exp(signal - np.max(signal, axis=1, keepdims=True))
    signal = e_x / np.sum(e_x, axis=1, keepdims=True)
    if derivative:
        return np.multiply(signal, 1 - signal)
    return signal


activation_functions = [sigmoid_function, softmax_function]


def addBias(A):
    return np.hstack((np.ones((A.shape[0], 1)), A))


def update(weights, input_values):
    output = input_values
    signals, outputs = [], [output]
    for i, weight_layer in enumerate(weights):
        signal = np.dot(addBias(output), weight_layer)
        output = activation_functions[i](signal)
        signals.append(signal)
        outputs.append(output)
    return signals, outputs


def loss(weights_0, weights_1):
    out = update([weights_0, weights_1], training_data)[1][-1]
    return 0.5 * np.sum((out - training_targets) ** 2)


def _backward(weights, right):
    signals, outputs = update(weights, training_data)
    cost_derivative = outputs[-1] - training_targets
    if right:
        s = outputs[-1]
        delta = s * (cost_derivative - np.sum(cost_derivative * s, axis=1, keepdims=True))
    else:
        delta = np.multiply(cost_derivative, activation_functions[-1](signals[-1], derivative=True))
    grads = [None] * len(weights)
    for i in reversed(range(len(weights))):
        grads[i] = np.dot(addBias(outputs[i]).T, delta)
        if i != 0:
            delta = np.dot(delta, weights[i][1:, :].T) * activation_functions[i - 1](
                signals[i - 1], derivative=True
            )
    return {"weights_0": grads[0], "weights_1": grads[1]}


def backward(weights_0, weights_1):
    return _backward([weights_0, weights_1], False)


def right_backward(weights_0, weights_1):
    return _backward([weights_0, weights_1], True)


EXPECTED = {"softmax_elementwise"}
