"""The mistake: the weights' gradients are multiplied with the weights themselves (w2, w1) where the inputs of the layer (h, x)
belong; and the derivative of the output's sigmoid is left out on the way to the hidden neuron. Source: Cross Validated question
464262, "Backpropagation demo gives always the same result after training"."""

import numpy as np

set_q = [x / 9 for x in (1, 2, 3, 4, 5, 6)]
set_a = [0, 1, 0, 1, 1, 1]
at = {"w1": np.array(0.83), "w2": np.array(-0.57), "b1": np.array(0.1), "b2": np.array(-0.2)}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def der_sigmoid(x):
    return x * (1 - x)


def cost(x):
    return x * x


def der_cost(x):
    return 2 * x


def feedforward(x, w1, w2, b1, b2):
    h = sigmoid(x * w1 + b1)
    y = sigmoid(h * w2 + b2)
    return h, y


def loss(w1, w2, b1, b2):
    total = 0
    for q, a in zip(set_q, set_a):
        h, y_hat = feedforward(q, w1, w2, b1, b2)
        total = total + cost(y_hat - a)
    return total


def _backprop(w1, w2, b1, b2, right):
    d_w1 = d_w2 = d_b1 = d_b2 = 0
    for q, a in zip(set_q, set_a):
        h, y_hat = feedforward(q, w1, w2, b1, b2)
        gradient_y = der_cost(y_hat - a)
        if right:
            gradient_h = gradient_y * der_sigmoid(y_hat) * w2
            d_w2 += gradient_y * der_sigmoid(y_hat) * h
            d_w1 += gradient_h * der_sigmoid(h) * q
        else:
            gradient_h = gradient_y * w2
            d_w2 += gradient_y * der_sigmoid(y_hat) * w2
            d_w1 += gradient_h * der_sigmoid(h) * w1
        d_b2 += gradient_y * der_sigmoid(y_hat)
        d_b1 += gradient_h * der_sigmoid(h)
    return {"w1": d_w1, "w2": d_w2, "b1": d_b1, "b2": d_b2}


def backward(**at):
    return _backprop(**at, right=False)


def right_backward(**at):
    return _backprop(**at, right=True)


EXPECTED = {"other_operand", "derivative_missing"}
