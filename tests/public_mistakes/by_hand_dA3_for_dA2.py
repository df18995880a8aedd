"""The mistake: in the backpropagation sheet dL/dZ2 = dL/dA3 if Z2 > 0 else 0, with dA3 where dA2 (= W3^T dZ3) belongs; the layers have the
same size. Source: GitHub issue ImagineAILab/ai-by-hand-excel #9, "a little problem with Backpropagation" (Excel; here in NumPy)."""

import numpy as np

rng = np.random.RandomState(328)
X, Y = rng.randn(3, 4), rng.randn(3, 4)
at = {}
for k in (1, 2, 3):
    at[f"W{k}"], at[f"b{k}"] = rng.randn(3, 3), rng.randn(3, 1)


def relu(z):
    return np.maximum(0, z)


def forward(W1, b1, W2, b2, W3, b3):
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = relu(Z3)
    return Z1, A1, Z2, A2, Z3, A3


def loss(**p):
    return np.sum((forward(**p)[-1] - Y) ** 2) / 2


def _backward(p, right):
    Z1, A1, Z2, A2, Z3, A3 = forward(**p)
    dA3 = A3 - Y
    dZ3 = np.where(Z3 > 0, dA3, 0)
    dW3 = dZ3 @ A2.T
    dA2 = p["W3"].T @ dZ3
    dZ2 = np.where(Z2 > 0, dA2 if right else dA3, 0)
    dW2 = dZ2 @ A1.T
    dA1 = p["W2"].T @ dZ2
    dZ1 = np.where(Z1 > 0, dA1, 0)
    dW1 = dZ1 @ X.T
    one = np.ones((4, 1))
    return {"W1": dW1, "b1": dZ1 @ one, "W2": dW2, "b2": dZ2 @ one, "W3": dW3, "b3": dZ3 @ one}


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"factor_missing", "other_operand", "path_missing"}
