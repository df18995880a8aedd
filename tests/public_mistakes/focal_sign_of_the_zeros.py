"""The mistake: in the gradient of the focal loss the term (-1)^y (y + (-1)^y p)^(gamma + 1) is written -(y - p)^(gamma + 1): right for the
ones, for the zeros the sign goes wrong where gamma + 1 is even. Source: GitHub issue jhwjhw0123/Imbalance-XGBoost #1, "the formual is
wrong ?"."""

import numpy as np

rng = np.random.RandomState(9)
X = rng.randn(8, 3)
label = np.array([1, 0, 0, 1, 0, 1, 0, 0])
gamma_indct = 1
at = {"w": rng.randn(3), "b": np.array(-0.2)}


def predict(w, b):
    return 1.0 / (1.0 + np.exp(-(X.dot(w) + b)))


def loss(w, b):
    sigmoid_pred = predict(w, b)
    return np.sum(
        -label * (1 - sigmoid_pred) ** gamma_indct * np.log(sigmoid_pred)
        - (1 - label) * sigmoid_pred**gamma_indct * np.log(1 - sigmoid_pred)
    )


def focal_grad(sigmoid_pred, right):
    g2 = label + ((-1) ** label) * sigmoid_pred
    g3 = sigmoid_pred + label - 1
    g4 = 1 - label - ((-1) ** label) * sigmoid_pred
    first = gamma_indct * g3 * (g2**gamma_indct) * np.log(g4)
    if right:
        return first + ((-1) ** label) * (g2 ** (gamma_indct + 1))
    return first - (label - sigmoid_pred) ** (gamma_indct + 1)


def backward(w, b):
    grad = focal_grad(predict(w, b), False)
    return {"w": X.T.dot(grad), "b": np.sum(grad)}


def right_backward(w, b):
    grad = focal_grad(predict(w, b), True)
    return {"w": X.T.dot(grad), "b": np.sum(grad)}


EXPECTED = {"sign", "derivative_of_other"}
