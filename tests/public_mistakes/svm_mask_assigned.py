"""The mistake: the mask's entry of the right class is set with = -incorrect_counts where -= belongs: the counts include the right
class itself (its margin is delta, taken off the loss by a constant), so x_i is subtracted once too often. Source:
github.com/bruceoutdoors/CS231n issue 5, "Assignment1 - Svm_loss_vetorized"."""

import numpy as np

rng = np.random.RandomState(29)
num_train, dim, num_classes, reg, delta = 10, 5, 4, 0.1, 1.0
X, y = rng.randn(num_train, dim), rng.randint(0, num_classes, num_train)
at = {"W": rng.randn(dim, num_classes) * 0.3}


def margins_of(W):
    scores = X.dot(W)
    correct_class_scores = scores[np.arange(num_train), y].reshape(num_train, 1)
    return np.maximum(0, scores - correct_class_scores + delta)


def loss(W):
    margins = margins_of(W)
    data_loss = (np.sum(margins) - num_train * delta) / num_train
    return data_loss + 0.5 * reg * np.sum(W * W)


def _gradient(W, right):
    margins = margins_of(W)
    X_mask = np.zeros(margins.shape)
    X_mask[margins > 0] = 1
    incorrect_counts = np.sum(X_mask, axis=1)
    if right:
        X_mask[np.arange(num_train), y] -= incorrect_counts
    else:
        X_mask[np.arange(num_train), y] = -incorrect_counts
    dW = X.T.dot(X_mask)
    dW /= num_train
    dW += reg * W
    return {"W": dW}


def backward(W):
    return _gradient(W, False)


def right_backward(W):
    return _gradient(W, True)


EXPECTED = {"overwritten", "term_factor"}
