"""The mistake: dw and db are divided by sum(x), where the mean squared error asks for len(x). Source: GitHub issue djib2011/python_ml_tutorial #1,
"Calculating partial derivatives #19_intro_to_machine_learning" ("I actually made a mistake in the computation of the gradient")."""

import numpy as np

rng = np.random.RandomState(19)
x = rng.rand(6) * 4
y = 1.7 * x - 0.4 + rng.randn(6) * 0.5
at = {"w": rng.rand(1), "b": rng.rand(1)}


def loss(w, b):
    y_hat = w * x + b
    return np.mean((y - y_hat) ** 2)


def backward(w, b):
    y_hat = w * x + b
    dw = -(2 / sum(x)) * sum(x * (y - y_hat))
    db = -(2 / sum(x)) * sum(y - y_hat)
    return {"w": np.array([dw]), "b": np.array([db])}


def right_backward(w, b):
    y_hat = w * x + b
    dw = -(2 / len(x)) * sum(x * (y - y_hat))
    db = -(2 / len(x)) * sum(y - y_hat)
    return {"w": np.array([dw]), "b": np.array([db])}


EXPECTED = {"scale"}
