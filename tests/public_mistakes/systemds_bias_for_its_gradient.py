"""The mistake: in the update of an autoencoder b1, b2, b3, b4 themselves stand where their gradients
b1_grad ... b4_grad belong. Source: GitHub pull request apache/systemds #2330, "Fix autoencoder bias
gradient updates" (autoencoder_2layer.dml; here NumPy)."""

import numpy as np

rng = np.random.RandomState(2330)
n, m, n1, n2 = 5, 3, 4, 2
X = rng.randn(n, m)
at = {
    "W1": rng.randn(n1, m) * 0.6,
    "b1": rng.randn(n1, 1) * 0.4,
    "W2": rng.randn(n2, n1) * 0.6,
    "b2": rng.randn(n2, 1) * 0.4,
    "W3": rng.randn(n1, n2) * 0.6,
    "b3": rng.randn(n1, 1) * 0.4,
    "W4": rng.randn(m, n1) * 0.6,
    "b4": rng.randn(m, 1) * 0.4,
}


def feedForward(W1, b1, W2, b2, W3, b3, W4, b4):
    H1 = np.tanh((W1 @ X.T + b1).T)
    H2 = np.tanh((W2 @ H1.T + b2).T)
    H3 = np.tanh((W3 @ H2.T + b3).T)
    Yhat = np.tanh((W4 @ H3.T + b4).T)
    return H1, H2, H3, Yhat


def loss(**p):
    return 0.5 * np.sum((feedForward(**p)[-1] - X) ** 2)


def right_backward(**p):
    H1, H2, H3, Yhat = feedForward(**p)
    delta4 = (Yhat - X) * (1 - Yhat**2)
    delta3 = (1 - H3**2) * (delta4 @ p["W4"])
    delta2 = (1 - H2**2) * (delta3 @ p["W3"])
    delta1 = (1 - H1**2) * (delta2 @ p["W2"])
    return {
        "W1": delta1.T @ X,
        "b1": delta1.sum(axis=0)[:, None],
        "W2": delta2.T @ H1,
        "b2": delta2.sum(axis=0)[:, None],
        "W3": delta3.T @ H2,
        "b3": delta3.sum(axis=0)[:, None],
        "W4": delta4.T @ H3,
        "b4": delta4.sum(axis=0)[:, None],
    }


def backward(**p):
    grads = right_backward(**p)
    for name in ("b1", "b2", "b3", "b4"):
        grads[name] = p[name]
    return grads


EXPECTED = {"other_operand", "?"}
