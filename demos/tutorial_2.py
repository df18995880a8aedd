"""The second tutorial: a 2-4-1 network, and the gradient of another loss than the one that is reported.

`python demos/tutorial_2.py` holds the backward pass against the loss that the tutorial reports, and against
the one that it descends. `autograd-scratch check demos/tutorial_2.py` does the first.
"""

import numpy as np

from autograd_scratch import compare

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
    z1 = np.dot(X, W1) + b1
    a1 = sigmoid(z1)
    z2 = np.dot(a1, W2) + b2
    a2 = sigmoid(z2)
    return a1, a2


def loss(W1, b1, W2, b2):
    """The mean squared error, which the tutorial reports."""
    _, a2 = forward(W1, b1, W2, b2)
    return np.mean((a2 - y) ** 2)


def binary_cross_entropy(W1, b1, W2, b2):
    """The loss that the tutorial descends."""
    _, a2 = forward(W1, b1, W2, b2)
    return -np.mean(y * np.log(a2) + (1 - y) * np.log(1 - a2))


def backward(W1, b1, W2, b2):
    """Return the gradients as the tutorial has them, in the order of the arguments."""
    m = len(X)
    a1, a2 = forward(W1, b1, W2, b2)
    dz2 = a2 - y
    dW2 = np.dot(a1.T, dz2) / m
    db2 = np.sum(dz2, axis=0, keepdims=True) / m
    dz1 = np.dot(dz2, W2.T) * a1 * (1 - a1)
    dW1 = np.dot(X.T, dz1) / m
    db1 = np.sum(dz1, axis=0, keepdims=True) / m
    return dW1, db1, dW2, db2


if __name__ == "__main__":
    print("Held against the mean squared error, which the tutorial reports:\n")
    compare(loss, at, backward).print()
    print("\n\nHeld against the mean binary cross-entropy:\n")
    compare(binary_cross_entropy, at, backward).print()

    steps = dict(zip(at, backward(**at)))
    after = {name: at[name] - learning_rate * steps[name] for name in at}
    print("\n\nIt starts from a2 - y, the gradient of the cross-entropy by z2. Subtracted, it descends:")
    print(f"from {binary_cross_entropy(**at):.6f} to {binary_cross_entropy(**after):.6f} in one step,")
    print(f"and here the mean squared error goes with it, from {loss(**at):.6f} to {loss(**after):.6f}.")
