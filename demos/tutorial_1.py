"""The first tutorial: a 2-2-1 network, and a backward pass that is added to the weights.

`python demos/tutorial_1.py` holds that pass against the loss that the tutorial reports, and against the one
that it descends. `autograd-scratch check demos/tutorial_1.py` does the first.
"""

import numpy as np

from autograd_scratch import compare

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])

rng = np.random.RandomState(42)
W1, W2 = rng.randn(2, 2), rng.randn(2, 1)
at = {"W1": W1, "b1": np.zeros((1, 2)), "W2": W2, "b2": np.zeros((1, 1))}
learning_rate = 0.1


def sigmoid(z):
    """The activation of both layers."""
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(a):
    """Return the slope of the sigmoid where it has the value `a`."""
    return a * (1 - a)


def forward(W1, b1, W2, b2):
    """Return the activations of both layers, for all four samples."""
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    return a1, a2


def loss(W1, b1, W2, b2):
    """The mean squared error, which the tutorial reports."""
    _, a2 = forward(W1, b1, W2, b2)
    return np.mean((y - a2) ** 2)


def half_sum_of_squares(W1, b1, W2, b2):
    """The loss that the tutorial descends."""
    _, a2 = forward(W1, b1, W2, b2)
    return 0.5 * np.sum((y - a2) ** 2)


def backward(W1, b1, W2, b2):
    """Return what the tutorial adds to each block, times the learning rate."""
    a1, a2 = forward(W1, b1, W2, b2)
    error = y - a2
    d2 = error * sigmoid_derivative(a2)
    d1 = d2 @ W2.T * sigmoid_derivative(a1)
    return {
        "W1": X.T @ d1,
        "b1": d1.sum(axis=0, keepdims=True),
        "W2": a1.T @ d2,
        "b2": d2.sum(axis=0, keepdims=True),
    }


if __name__ == "__main__":
    print("Held against the mean squared error, which the tutorial reports:\n")
    compare(loss, at, backward).print()
    print("\n\nHeld against half the sum of the squared errors:\n")
    compare(half_sum_of_squares, at, backward).print()

    steps = backward(**at)
    after = {name: at[name] + learning_rate * steps[name] for name in at}
    print("\n\nIt is minus the gradient of half the sum, which is N/2 = 2 times the mean of N = 4 squares.")
    print(f"Added to the weights, it descends: from {loss(**at):.6f} to {loss(**after):.6f} in one step.")
