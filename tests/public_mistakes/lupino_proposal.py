"""The mistake: the proposed error of a hidden unit j goes through the weights of the output unit j, sum_i
units[j].weight[i] * deltas[i], where sum_i units[i].weight[j] * deltas[i] belongs (the code had it right).
Source: GitHub issue Lupino/bpnn #2 (as many hidden units as output units, where the proposal runs;
thresholds fixed, as in the code)."""

import math

import numpy as np

rng = np.random.RandomState(21)
ni, nh, no = 3, 3, 3
patterns = [(rng.randn(ni - 1), rng.uniform(-0.8, 0.8, no)) for _ in range(4)]
thresholds = rng.uniform(-0.2, 0.2, (2, 3))
at = {"hlayer": rng.randn(nh, ni) * 0.7, "olayer": rng.randn(no, nh) * 0.7}


def calc(weights, sample, threshold):
    out = []
    for weight, th in zip(weights, threshold):
        out.append(math.tanh(sum([i * j for i, j in zip(sample, weight)]) - th))
    return out


def dsigmoid(y):
    return 1.0 - y**2


def loss(hlayer, olayer):
    error = 0.0
    for inputs, targets in patterns:
        ah = calc(hlayer, list(inputs) + [1.0], thresholds[0])
        ao = calc(olayer, ah, thresholds[1])
        error += sum([0.5 * (t - o) ** 2 for t, o in zip(targets, ao)])
    return error


def get_error(olayer, deltas, right):
    def _error(deltas, j):
        if right:
            return sum([delta * weight[j] for delta, weight in zip(deltas, olayer)])
        neru0 = olayer[j]
        s = 0
        for i in range(len(neru0)):
            s += neru0[i] * deltas[i]
        return s

    return [_error(deltas, j) for j in range(nh)]


def _backward(hlayer, olayer, right):
    gh, go = np.zeros_like(hlayer), np.zeros_like(olayer)
    for inputs, targets in patterns:
        ai = list(inputs) + [1.0]
        ah = calc(hlayer, ai, thresholds[0])
        ao = calc(olayer, ah, thresholds[1])
        output_deltas = [dsigmoid(o) * (t - o) for t, o in zip(targets, ao)]
        errors = get_error(olayer, output_deltas, right)
        hidden_deltas = [dsigmoid(h) * error for h, error in zip(ah, errors)]
        go -= np.outer(output_deltas, ah)
        gh -= np.outer(hidden_deltas, ai)
    return {"hlayer": gh, "olayer": go}


def backward(hlayer, olayer):
    return _backward(hlayer, olayer, False)


def right_backward(hlayer, olayer):
    return _backward(hlayer, olayer, True)


EXPECTED = {"transposed"}
