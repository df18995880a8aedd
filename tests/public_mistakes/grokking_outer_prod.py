"""The mistake: weight_deltas = outer_prod(input, delta) is written inputs by outputs, the weights are outputs by inputs. Plain lists. (The errors are
halved here; the book's are not.) Source: GitHub issue iamtrask/Grokking-Deep-Learning #23 and pull request #22, chapter 5."""

import numpy as np

at = {"weights": np.array([[0.1, 0.1, -0.3], [0.1, 0.2, 0.0], [0.0, 1.3, 0.1]])}
inputs = [8.5, 0.65, 1.2]
true = [0.1, 1, 0.1]


def w_sum(a, b):
    assert len(a) == len(b)
    output = 0
    for i in range(len(a)):
        output += a[i] * b[i]
    return output


def vect_mat_mul(vect, matrix):
    output = [0, 0, 0]
    for i in range(len(vect)):
        output[i] = w_sum(vect, matrix[i])
    return output


def outer_prod(a, b):
    out = np.zeros((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            out[i][j] = a[i] * b[j]
    return out


def loss(weights):
    pred = vect_mat_mul(inputs, weights)
    error = [0, 0, 0]
    for i in range(len(true)):
        error[i] = (pred[i] - true[i]) ** 2 / 2
    return sum(error)


def deltas(weights):
    pred = vect_mat_mul(inputs, weights)
    delta = [0, 0, 0]
    for i in range(len(true)):
        delta[i] = pred[i] - true[i]
    return delta


def backward(weights):
    weight_deltas = outer_prod(inputs, deltas(weights))
    return {"weights": weight_deltas}


def right_backward(weights):
    weight_deltas = outer_prod(deltas(weights), inputs)
    return {"weights": weight_deltas}


EXPECTED = {"transposed"}
