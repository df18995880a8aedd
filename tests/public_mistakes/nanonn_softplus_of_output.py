"""The mistake: the derivative of softplus, 1 / (1 + exp(-x)), is called with the layer's output; of the output x it is 1 - exp(-x). Source:
GitHub issue zserge/nanonn #4, "An error in the derivative of the softplus function" (several languages; here NumPy)."""

import numpy as np

rng = np.random.RandomState(4)
x, y = rng.randn(3), rng.rand(2)
at = {"hidden": rng.randn(4, 4) * 0.5, "output": rng.randn(2, 5) * 0.5}


def softplus(x):
    return np.log(1 + np.exp(x))


def softplus_prime(x, right=False):
    if right:
        return 1 - np.exp(-x)
    return 1 / (1 + np.exp(-x))


def forward(weights, x):
    return softplus(weights[:, :-1] @ x + weights[:, -1])


def loss(hidden, output):
    return np.mean((forward(output, forward(hidden, x)) - y) ** 2)


def _backward(hidden, output, right):
    h = forward(hidden, x)
    o = forward(output, h)
    e = 2 * (o - y) / len(y)
    d_o = e * softplus_prime(o, right)
    d_h = (output[:, :-1].T @ d_o) * softplus_prime(h, right)
    return {
        "hidden": np.outer(d_h, np.append(x, 1.0)),
        "output": np.outer(d_o, np.append(h, 1.0)),
    }


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"derivative_argument"}
