"""The mistake: a parenthesis closes too late: 2 * error * (-x + lambda * theta), so that the penalty is multiplied with the error too.
Only the first of the parameters (b_u) has it right.
Source: GitHub issue dandxy89/BellkorAlgorithm #3, "calculation of gradients maybe wrong"."""

import numpy as np

rng = np.random.RandomState(3)
ratings = [
    (0, 0, 4.0, 0.3),
    (0, 1, 3.0, -0.5),
    (1, 1, 5.0, 0.8),
    (1, 2, 2.0, -0.2),
    (2, 0, 1.0, 0.4),
    (2, 2, 4.0, 0.6),
    (2, 1, 3.5, -0.7),
]
mu = np.mean([r[2] for r in ratings])
REG = {"b_u": 0.3, "alpha_u": 0.5, "b_i": 0.2, "p": 0.15, "q": 0.15}
at = {
    "b_u": rng.randn(3) * 0.3,
    "alpha_u": rng.randn(3) * 0.5,
    "b_i": rng.randn(3) * 0.4,
    "p": rng.randn(3, 2) * 0.7,
    "q": rng.randn(3, 2) * 0.7,
}


def predict(u, i, dev, w):
    return mu + w["b_u"][u] + w["alpha_u"][u] * dev + w["b_i"][i] + np.dot(w["q"][i], w["p"][u])


def loss(**w):
    total = 0.0
    for u, i, r, dev in ratings:
        total += (r - predict(u, i, dev, w)) ** 2
        for name, key in (("b_u", u), ("alpha_u", u), ("b_i", i), ("p", u), ("q", i)):
            total += REG[name] * np.sum(w[name][key] ** 2)
    return total


def get_gradients(error, u, i, dev, w, right):
    if right:
        return {
            "b_u": -2 * error + 2 * REG["b_u"] * w["b_u"][u],
            "alpha_u": -2 * error * dev + 2 * REG["alpha_u"] * w["alpha_u"][u],
            "b_i": -2 * error + 2 * REG["b_i"] * w["b_i"][i],
            "p": -2 * error * w["q"][i] + 2 * REG["p"] * w["p"][u],
            "q": -2 * error * w["p"][u] + 2 * REG["q"] * w["q"][i],
        }
    return {
        "b_u": -2 * error + 2 * REG["b_u"] * w["b_u"][u],
        "alpha_u": 2 * error * (-dev + REG["alpha_u"] * w["alpha_u"][u]),
        "b_i": 2 * error * (-1 + REG["b_i"] * w["b_i"][i]),
        "p": 2 * error * (-w["q"][i] + REG["p"] * w["p"][u]),
        "q": 2 * error * (-w["p"][u] + REG["q"] * w["q"][i]),
    }


def _backward(w, right):
    g = {k: np.zeros_like(v) for k, v in w.items()}
    for u, i, r, dev in ratings:
        d = get_gradients(r - predict(u, i, dev, w), u, i, dev, w, right)
        for name, key in (("b_u", u), ("alpha_u", u), ("b_i", i), ("p", u), ("q", i)):
            g[name][key] += d[name]
    return g


def backward(**w):
    return _backward(w, False)


def right_backward(**w):
    return _backward(w, True)


EXPECTED = {"term_factor"}
