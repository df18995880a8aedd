"""The third tutorial: a 2-4-1 network, and a backward pass that is added to the weights, step by step.

`python demos/tutorial_3.py` holds each step of that pass against the loss that the tutorial reports, and
against the one that it descends. `autograd-scratch check demos/tutorial_3.py` does the first. What is
marked in the forward pass can be checked by its name, as the weights are.
"""

import numpy as np

from autograd_scratch import compare, mark

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])

rng = np.random.RandomState(0)  # the tutorial has no seed
W1, W2 = rng.randn(2, 4), rng.randn(4, 1)
at = {"W1": W1, "b1": np.zeros((1, 4)), "W2": W2, "b2": np.zeros((1, 1))}
learning_rate = 0.1


def sigmoid(z):
    """The activation of both layers."""
    return 1 / (1 + np.exp(-z))


def forward(W1, b1, W2, b2):
    """Return the activations of both layers, for all four samples."""
    z1 = mark(X.dot(W1) + b1, "z1")
    a1 = mark(sigmoid(z1), "a1")
    z2 = mark(a1.dot(W2) + b2, "z2")
    a2 = mark(sigmoid(z2), "a2")
    return a1, a2


def loss(W1, b1, W2, b2):
    """The mean squared error, which the tutorial reports."""
    _, a2 = forward(W1, b1, W2, b2)
    return np.mean(np.square(y - a2))


def half_sum_of_squares(W1, b1, W2, b2):
    """The loss that the tutorial descends."""
    _, a2 = forward(W1, b1, W2, b2)
    return np.sum(np.square(y - a2)) / 2


def backward(W1, b1, W2, b2):
    """Return every step of the tutorial's backward pass: to the weights it adds them."""
    a1, a2 = forward(W1, b1, W2, b2)
    da2 = y - a2
    dz2 = da2 * a2 * (1 - a2)
    dW2 = a1.T.dot(dz2)
    db2 = np.sum(dz2, axis=0, keepdims=True)
    da1 = dz2.dot(W2.T)
    dz1 = da1 * a1 * (1 - a1)
    dW1 = X.T.dot(dz1)
    db1 = np.sum(dz1, axis=0, keepdims=True)
    return {
        "da2": da2,
        "dz2": dz2,
        "dW2": dW2,
        "db2": db2,
        "da1": da1,
        "dz1": dz1,
        "dW1": dW1,
        "db1": db1,
    }


if __name__ == "__main__":
    print("Held against the mean squared error, which the tutorial reports:\n")
    compare(loss, at, backward).print()
    print("\n\nHeld against half the sum of the squared errors:\n")
    compare(half_sum_of_squares, at, backward).print()

    steps = backward(**at)
    after = {name: at[name] + learning_rate * steps[f"d{name}"] for name in at}
    print("\n\nIt is minus the gradient of half the sum, which is N/2 = 2 times the mean of N = 4 squares.")
    print(f"Added to the weights, it descends: from {loss(**at):.6f} to {loss(**after):.6f} in one step.")
