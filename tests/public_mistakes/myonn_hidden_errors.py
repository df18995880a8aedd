"""The mistake: hidden_errors = who.T . output_errors, with the bare errors: the sigmoid derivative of the outputs is left out on the way back.
Read off the update. Source: GitHub issue makeyourownneuralnetwork/makeyourownneuralnetwork #88, "Confusing about the error back propagation
equation"."""

import numpy

rng = numpy.random.RandomState(88)
inputs = rng.uniform(0.01, 1, (4, 1))
targets = numpy.array([[0.01], [0.99], [0.01]])
lr = 0.3
at = {"wih": rng.normal(0.0, 0.5, (5, 4)), "who": rng.normal(0.0, 0.5, (3, 5))}


def activation_function(x):
    return 1 / (1 + numpy.exp(-x))


def query(wih, who):
    hidden_outputs = activation_function(numpy.dot(wih, inputs))
    return hidden_outputs, activation_function(numpy.dot(who, hidden_outputs))


def loss(wih, who):
    hidden_outputs, final_outputs = query(wih, who)
    return 0.5 * numpy.sum((targets - final_outputs) ** 2)


def _train(wih, who, right):
    old = wih.copy(), who.copy()
    hidden_outputs, final_outputs = query(wih, who)
    output_errors = targets - final_outputs
    back = output_errors * final_outputs * (1.0 - final_outputs) if right else output_errors
    hidden_errors = numpy.dot(who.T, back)
    who += lr * numpy.dot(
        (output_errors * final_outputs * (1.0 - final_outputs)), numpy.transpose(hidden_outputs)
    )
    wih += lr * numpy.dot(
        (hidden_errors * hidden_outputs * (1.0 - hidden_outputs)), numpy.transpose(inputs)
    )
    return {"wih": (old[0] - wih) / lr, "who": (old[1] - who) / lr}


def backward(wih, who):
    return _train(wih, who, False)


def right_backward(wih, who):
    return _train(wih, who, True)


EXPECTED = {"derivative_missing"}
