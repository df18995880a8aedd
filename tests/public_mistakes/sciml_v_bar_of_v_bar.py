"""The mistake: in equation 47 of the lecture notes v_bar_{i-1} = W_i^T v_bar_i, with v_bar_i where r_bar_i = v_bar_i * sigma'(r_i) belongs: the
derivative of the activation gets lost on the way. Source: GitHub issue SciML/SciMLBook #164, "Typo in eq. 47"."""

import numpy as np

rng = np.random.RandomState(164)
x, z = rng.randn(3), rng.randn(2)
at = {}
sizes = [3, 4, 4, 2]
for i in (1, 2, 3):
    at[f"W{i}"] = rng.randn(sizes[i], sizes[i - 1]) * 0.7
    at[f"b{i}"] = rng.randn(sizes[i]) * 0.2


def sigma(r):
    return np.tanh(r)


def dsigma(r):
    return 1 - np.tanh(r) ** 2


def network(p):
    v, r = [x], [None]
    for i in (1, 2, 3):
        r.append(p[f"W{i}"] @ v[i - 1] + p[f"b{i}"])
        v.append(sigma(r[i]))
    return v, r


def loss(**p):
    v, r = network(p)
    return np.sum((v[3] - z) ** 2)


def _reverse(p, right):
    v, r = network(p)
    bar = {}
    v_bar = 2 * (v[3] - z)
    for i in (3, 2, 1):
        r_bar = v_bar * dsigma(r[i])
        bar[f"b{i}"] = r_bar
        bar[f"W{i}"] = np.outer(r_bar, v[i - 1])
        v_bar = p[f"W{i}"].T @ (r_bar if right else v_bar)
    return bar


def backward(**p):
    return _reverse(p, False)


def right_backward(**p):
    return _reverse(p, True)


EXPECTED = {"derivative_missing"}
