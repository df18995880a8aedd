"""The mistake: for |diff| >= 1 the delta (the negative gradient) is (diff < 0) ? 1 : -1, with the sign turned. Source: GitHub issue AlexeyAB/darknet #478,
"Bug in blas.c smooth_l1_cpu" (C; here plain Python loops over a linear layer)."""

import numpy as np

rng = np.random.RandomState(478)
x = rng.randn(6, 3)
truth = rng.randn(6) * 2
at = {"weights": rng.randn(3), "bias": 0.2}


def predict(weights, bias):
    return [sum(w * v for w, v in zip(weights, row)) + bias for row in x]


def smooth_l1_cpu(pred, truth, right=False):
    delta, error = [0] * len(pred), [0] * len(pred)
    for i in range(len(pred)):
        diff = truth[i] - pred[i]
        abs_val = abs(diff)
        if abs_val < 1:
            error[i] = diff * diff / 2
            delta[i] = diff
        else:
            error[i] = abs_val - 0.5
            delta[i] = 1 if diff < 0 else -1
            if right:
                delta[i] = -1 if diff < 0 else 1
    return delta, error


def loss(weights, bias):
    return sum(smooth_l1_cpu(predict(weights, bias), truth)[1])


def _backward(weights, bias, right):
    delta, _ = smooth_l1_cpu(predict(weights, bias), truth, right)
    weight_updates = np.zeros(3)
    for d, row in zip(delta, x):
        for j in range(3):
            weight_updates[j] += d * row[j]
    return {"weights": -weight_updates, "bias": -sum(delta)}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"sign"}
