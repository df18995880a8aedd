"""Nothing is wrong with the gradient (the step was too long): W + 2 * n * (sums of the residuals), lists and generators. Read off the update.
Source: intellipaat.com/community/10711, "Simple linear regression in python" (RSS is increasing)."""

import numpy as np

rng = np.random.RandomState(10711)
sqft_living = (rng.rand(6) * 2).tolist()
price = (rng.rand(6) * 3).tolist()
n = 0.0001
at = {"W": np.array([[0.3], [-0.7]])}


def gradient_decend(X, Y, W):
    intercept = W[0][0]
    slope = W[1][0]
    gd = [
        sum(y - (intercept + slope * x) for x, y in zip(X, Y)),
        sum(((y - (intercept + slope * x)) * x) for x, y in zip(X, Y)),
    ]
    return np.array(gd).reshape(2, 1)


def RSS(X, Y, W):
    return sum((y - (W[0][0] + W[1][0] * x)) ** 2 for x, y in zip(X, Y))


def loss(W):
    return RSS(sqft_living, price, W)


def backward(W):
    new = W + ((2 * n) * (gradient_decend(sqft_living, price, W)))
    return {"W": (W - new) / n}


def right_backward(W):
    return backward(W)


EXPECTED = set()
