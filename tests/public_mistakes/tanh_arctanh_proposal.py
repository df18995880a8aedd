"""The mistake (a proposal; the code was right): dZ = pY_T.dot(W2.T) * (1 - arctanh(Z) * arctanh(Z)), the tanh derivative 1 - z^2 taken at what went
into the tanh, where 1 - Z * Z belongs. Source: GitHub issue lazyprogrammer/facial-expression-recognition #2, "Derivative of the activation
function."."""

import numpy as np

rng = np.random.RandomState(8)
X = rng.randn(5, 3)
T = np.eye(3)[[0, 2, 1, 1, 0]]
reg = 0.1
at = {
    "W1": rng.randn(3, 4) * 0.7,
    "b1": rng.randn(4) * 0.2,
    "W2": rng.randn(4, 3),
    "b2": rng.randn(3) * 0.2,
}


def forward(W1, b1, W2, b2):
    Z = np.tanh(X.dot(W1) + b1)
    A = Z.dot(W2) + b2
    expA = np.exp(A)
    return Z, expA / expA.sum(axis=1, keepdims=True)


def loss(W1, b1, W2, b2):
    Z, pY = forward(W1, b1, W2, b2)
    return -np.sum(T * np.log(pY)) + 0.5 * reg * (
        np.sum(W1**2) + np.sum(b1**2) + np.sum(W2**2) + np.sum(b2**2)
    )


def _backward(W1, b1, W2, b2, prime):
    Z, pY = forward(W1, b1, W2, b2)
    pY_T = pY - T
    dZ = pY_T.dot(W2.T) * prime(Z)
    return {
        "W2": Z.T.dot(pY_T) + reg * W2,
        "b2": pY_T.sum(axis=0) + reg * b2,
        "W1": X.T.dot(dZ) + reg * W1,
        "b1": dZ.sum(axis=0) + reg * b1,
    }


def backward(W1, b1, W2, b2):
    return _backward(W1, b1, W2, b2, lambda Z: 1 - np.arctanh(Z) * np.arctanh(Z))


def right_backward(W1, b1, W2, b2):
    return _backward(W1, b1, W2, b2, lambda Z: 1 - Z * Z)


EXPECTED = {"derivative_argument", "derivative_of_other", "other_operand"}
