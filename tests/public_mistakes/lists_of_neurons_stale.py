"""The mistake: the output neurons' weights are changed in place before the hidden deltas are computed with them. Pure Python
lists, no learning rate (a step of 1). Source: github.com/joelgrus/data-science-from-scratch issue 31, "Update the weights in
backpropagation after calculating the hidden_deltas?". The gradient is read off the update."""

import numpy as np

input_vector, targets = [1.0, 0.0, 1.0], [1.0, 0.0]
at = {
    "hidden": np.array([[0.5, -0.3, 0.8, 0.1], [-0.6, 0.9, 0.2, -0.4], [0.7, 0.4, -0.5, 0.3]]),
    "output": np.array([[1.1, -0.7, 0.6, 0.2], [-0.9, 0.8, 1.3, -0.5]]),
}


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def dot(v, w):
    return sum(v_i * w_i for v_i, w_i in zip(v, w))


def neuron_output(weights, inputs):
    return sigmoid(dot(weights, inputs))


def feed_forward(neural_network, input_vector):
    outputs = []
    for layer in neural_network:
        input_with_bias = list(input_vector) + [1]
        output = [neuron_output(neuron, input_with_bias) for neuron in layer]
        outputs.append(output)
        input_vector = output
    return outputs


def backpropagate(network, input_vector, targets, late=False):
    hidden_outputs, outputs = feed_forward(network, input_vector)
    output_deltas = [output * (1 - output) * (output - target) for output, target in zip(outputs, targets)]
    before = [[w for w in neuron] for neuron in network[-1]]
    for i, output_neuron in enumerate(network[-1]):
        for j, hidden_output in enumerate(hidden_outputs + [1]):
            output_neuron[j] -= output_deltas[i] * hidden_output
    used = before if late else network[-1]
    hidden_deltas = [
        hidden_output * (1 - hidden_output) * dot(output_deltas, [n[i] for n in used])
        for i, hidden_output in enumerate(hidden_outputs)
    ]
    for i, hidden_neuron in enumerate(network[0]):
        for j, inp in enumerate(input_vector + [1]):
            hidden_neuron[j] -= hidden_deltas[i] * inp


def loss(hidden, output):
    out = feed_forward([hidden, output], input_vector)[-1]
    return sum((o - t) ** 2 for o, t in zip(out, targets)) / 2


def _read_off(hidden, output, late):
    network = [hidden.tolist(), output.tolist()]
    backpropagate(network, input_vector, targets, late)
    return {"hidden": hidden - np.array(network[0]), "output": output - np.array(network[1])}


def backward(hidden, output):
    return _read_off(hidden, output, False)


def right_backward(hidden, output):
    return _read_off(hidden, output, True)


EXPECTED = {"stale_weights"}
