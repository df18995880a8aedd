"""The mistake: the output neurons' weights are changed first, the hidden deltas are made with the changed ones. Lists of neurons, one input at a time, no
learning rate; read off the update. Source: GitHub issue joelgrus/data-science-from-scratch #31, "Update the weights in backpropagation after calculating the
hidden_deltas?"."""

import numpy as np

rng = np.random.RandomState(31)
input_vector = [0.3, -0.8, 1.1]
targets = [1.0, 0.0]
at = {"hidden_layer": rng.rand(3, 4), "output_layer": rng.rand(2, 4)}


def loss(hidden_layer, output_layer):
    hidden = 1 / (1 + np.exp(-(hidden_layer @ np.array(input_vector + [1]))))
    out = 1 / (1 + np.exp(-(output_layer[:, :3] @ hidden + output_layer[:, 3])))
    return 0.5 * np.sum((out - np.array(targets)) ** 2)


def dot(v, w):
    return sum(v_i * w_i for v_i, w_i in zip(v, w))


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def feed_forward(network, input_vector):
    outputs = []
    for layer in network:
        input_with_bias = input_vector + [1]
        output = [sigmoid(dot(neuron, input_with_bias)) for neuron in layer]
        outputs.append(output)
        input_vector = output
    return outputs


def _backward(hidden_layer, output_layer, right):
    network = [[list(n) for n in hidden_layer], [list(n) for n in output_layer]]
    hidden_outputs, outputs = feed_forward(network, input_vector)
    output_deltas = [output * (1 - output) * (output - target) for output, target in zip(outputs, targets)]
    before = [list(n) for n in network[-1]]
    for i, output_neuron in enumerate(network[-1]):
        for j, hidden_output in enumerate(hidden_outputs + [1]):
            output_neuron[j] -= output_deltas[i] * hidden_output
    layer = before if right else network[-1]
    hidden_deltas = [
        hidden_output * (1 - hidden_output) * dot(output_deltas, [n[i] for n in layer])
        for i, hidden_output in enumerate(hidden_outputs)
    ]
    for i, hidden_neuron in enumerate(network[0]):
        for j, input in enumerate(input_vector + [1]):
            hidden_neuron[j] -= hidden_deltas[i] * input
    return {
        "hidden_layer": hidden_layer - np.array(network[0]),
        "output_layer": output_layer - np.array(network[1]),
    }


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"stale_weights"}
