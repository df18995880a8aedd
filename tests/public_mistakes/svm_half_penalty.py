"""The mistake: the loss has reg * sum(W * W), the gradient adds reg * W, not 2 * reg * W."""

import numpy as np

rng = np.random.RandomState(7)
X_dev, y_dev, reg = rng.randn(9, 5), rng.randint(0, 4, 9), 0.05
at = {"W": rng.randn(5, 4) * 0.3}


def svm_loss_naive(W, X, y, reg, factor=1):
    dW = np.zeros(W.shape)
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= num_train
    dW /= num_train
    loss += reg * np.sum(W * W)
    dW += factor * reg * W
    return loss, dW


def loss(W):
    return svm_loss_naive(W, X_dev, y_dev, reg)[0]


def loss_rewritten(W):
    """The loss alone, without the lines that compute the gradient."""
    total = 0.0
    for i in range(X_dev.shape[0]):
        scores = X_dev[i].dot(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y_dev[i]] + 1
            if j != y_dev[i] and margin > 0:
                total += margin
    return total / X_dev.shape[0] + reg * np.sum(W * W)


def backward(W):
    return {"W": svm_loss_naive(W, X_dev, y_dev, reg)[1]}


def right_backward(W):
    return {"W": svm_loss_naive(W, X_dev, y_dev, reg, 2)[1]}


EXPECTED = {"regularization_missing", "factor_missing", "scale"}
