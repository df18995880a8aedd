"""The mistake: the gradient of the squared weighted error lacks the 2 everywhere (the cost has no 1/2).
Source: GitHub issue hans/glove.py #7, "about gradient" ("the gradient part missed multiplying the 2")."""

import numpy as np

rng = np.random.RandomState(7)
vocab, size, x_max, alpha = 4, 3, 10, 0.75
cooccurrences = [
    (0, 1, 4.0),
    (0, 2, 1.5),
    (1, 0, 4.0),
    (1, 3, 12.0),
    (2, 0, 1.5),
    (2, 3, 0.5),
    (3, 1, 12.0),
    (3, 2, 0.5),
]
at = {"W": rng.rand(2 * vocab, size) - 0.5, "biases": rng.rand(2 * vocab) - 0.5}


def cost_of(W, biases):
    global_cost = 0
    inner = []
    for i_main, i_context, xij in cooccurrences:
        v_main, v_context = W[i_main], W[i_context + vocab]
        weight = (xij / x_max) ** alpha if xij < x_max else 1
        cost_inner = v_main.dot(v_context) + biases[i_main] + biases[i_context + vocab] - np.log(xij)
        inner.append((i_main, i_context + vocab, weight, cost_inner))
        global_cost += weight * cost_inner**2
    return global_cost, inner


def loss(W, biases):
    return cost_of(W, biases)[0]


def _backward(W, biases, factor):
    gW, gb = np.zeros_like(W), np.zeros_like(biases)
    for main, context, weight, cost_inner in cost_of(W, biases)[1]:
        grad_main = factor * weight * cost_inner * W[context]
        grad_context = factor * weight * cost_inner * W[main]
        grad_bias = factor * weight * cost_inner
        gW[main] += grad_main
        gW[context] += grad_context
        gb[main] += grad_bias
        gb[context] += grad_bias
    return {"W": gW, "biases": gb}


def backward(W, biases):
    return _backward(W, biases, 1)


def right_backward(W, biases):
    return _backward(W, biases, 2)


EXPECTED = {"scale"}
