"""The mistakes: the cost is the mean cross-entropy; the weights' gradients are sums over the samples (the issue), the biases' are means; and
d_l2 is diff * sigmoidGradient, which belongs to a squared error. Read off the update. Source: GitHub issue
hunkim/DeepLearningZeroToAll #173, "Our manual backprop weight average is missing" (TensorFlow 1; here in NumPy)."""

import numpy as np

rng = np.random.RandomState(323)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
Y = np.array([[0], [1], [1], [0]], dtype=np.float64)
learning_rate = 0.1
at = {"W1": rng.randn(2, 2), "b1": rng.randn(2), "W2": rng.randn(2, 1), "b2": rng.randn(1)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoidGradient(z):
    return np.multiply(sigmoid(z), (1 - sigmoid(z)))


def loss(W1, b1, W2, b2):
    layer1 = sigmoid(np.matmul(X, W1) + b1)
    hypothesis = sigmoid(np.matmul(layer1, W2) + b2)
    return -np.mean(Y * np.log(hypothesis) + (1 - Y) * np.log(1 - hypothesis))


def _step(W1, b1, W2, b2):
    layer1 = sigmoid(np.matmul(X, W1) + b1)
    hypothesis = sigmoid(np.matmul(layer1, W2) + b2)
    diff = hypothesis - Y
    d_l2 = np.multiply(diff, sigmoidGradient(np.matmul(layer1, W2) + b2))
    d_b2 = d_l2
    d_W2 = np.matmul(np.transpose(layer1), d_l2)
    d_l1 = np.multiply(np.matmul(d_l2, np.transpose(W2)), sigmoidGradient(np.matmul(X, W1) + b1))
    d_b1 = d_l1
    d_W1 = np.matmul(np.transpose(X), d_l1)
    return {
        "W2": W2 - learning_rate * d_W2,
        "b2": b2 - learning_rate * np.mean(d_b2, axis=0),
        "W1": W1 - learning_rate * d_W1,
        "b1": b1 - learning_rate * np.mean(d_b1, axis=0),
    }


def backward(**p):
    new = _step(**p)
    return {k: (p[k] - new[k]) / learning_rate for k in p}


def right_backward(W1, b1, W2, b2):
    layer1 = sigmoid(np.matmul(X, W1) + b1)
    d_l2 = (sigmoid(np.matmul(layer1, W2) + b2) - Y) / len(X)
    d_l1 = d_l2 @ W2.T * layer1 * (1 - layer1)
    return {"W2": layer1.T @ d_l2, "b2": d_l2.sum(0), "W1": X.T @ d_l1, "b1": d_l1.sum(0)}


EXPECTED = {"sum_for_mean", "derivative_twice", "other_loss", "factor_twice"}
