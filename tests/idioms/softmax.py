"""Softmax and cross-entropy of classes."""

import numpy as np

from .definition import idiom
from .samples import X, labels, one_hot


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


@idiom(W=(3, 3), b=(3,))
def cross_entropy_by_label(W, b):
    p = softmax(X @ W + b)
    return -np.log(p[range(len(labels)), labels]).mean()


@idiom(W=(3, 3), b=(1, 3))
def cross_entropy_by_one_hot(W, b):
    p = softmax(X.dot(W) + b)
    return -np.sum(one_hot * np.log(p + 1e-12)) / X.shape[0]


@idiom(W=(3, 3))
def without_shift(W):
    exp_scores = np.exp(X @ W)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    correct_logprobs = -np.log(probs[range(4), labels])
    return np.sum(correct_logprobs) / 4


@idiom(W=(3, 3))
def shifted_in_place(W):
    scores = X.dot(W)
    scores -= np.max(scores, axis=1, keepdims=True)
    e = np.exp(scores)
    p = e / np.sum(e, axis=1).reshape(-1, 1)
    return -np.log(p[np.arange(4), labels]).sum()


@idiom(W=(3, 3))
def of_columns(W):
    Z = W.T @ X.T
    A = np.exp(Z - Z.max(axis=0)) / np.exp(Z - Z.max(axis=0)).sum(axis=0)
    return -(one_hot.T * np.log(A)).sum() / 4


@idiom(W=(3, 3))
def by_log_sum_exp(W):
    z = X @ W
    top = z.max(axis=1)
    logsumexp = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    return (logsumexp - z[np.arange(4), labels]).mean()


@idiom(W=(3, 3))
def by_reduced_logaddexp(W):
    z = X @ W
    log_p = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    return -np.mean(log_p[np.arange(4), labels])


@idiom(W=(3, 3))
def by_rows_into_a_buffer(W):
    z = X @ W
    p = np.zeros((4, 3))
    for i in range(4):
        e = np.exp(z[i] - np.max(z[i]))
        p[i] = e / e.sum()
    return -np.log(p[np.arange(4), labels]).mean()


@idiom(W=(3, 3))
def by_rows_into_a_list(W):
    rows = []
    for z in X @ W:
        e = np.exp(z - z.max())
        rows.append(e / e.sum())
    return -np.sum(one_hot * np.log(np.array(rows)))


@idiom(W=(3, 3))
def sample_by_sample(W):
    loss = 0.0
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        loss += -scores[labels[i]] + np.log(np.sum(np.exp(scores)))
    return loss / X.shape[0] + 0.1 * np.sum(W * W)


@idiom(W=(3, 3))
def with_transposes(W):
    z = X @ W
    e = np.exp(z.T - np.max(z, axis=1)).T
    return -(one_hot * np.log((e.T / np.sum(e, axis=1)).T)).sum()


@idiom(W=(3, 3), temperature=(), between=(0.5, 1.5))
def with_temperature(W, temperature):
    p = softmax(X @ W / temperature)
    return -np.log(p[np.arange(4), labels]).sum()


@idiom(W=(3, 3))
def with_smooth_labels(W):
    targets = np.full((4, 3), 0.05)
    targets[np.arange(4), labels] = 0.9
    return -(targets * np.log(softmax(X @ W))).sum(axis=1).mean()


@idiom(W=(3, 3))
def entropy(W):
    p = softmax(X @ W)
    return -np.sum(p * np.log(p), axis=-1).mean()


@idiom(z=(3,))
def of_one_vector(z):
    p = np.exp(z) / sum(np.exp(z))
    return -np.log(p[1])


@idiom(W=(3, 3))
def along_an_axis(W):
    p = np.apply_along_axis(lambda z: np.exp(z) / np.exp(z).sum(), 1, X @ W)
    return -(one_hot * np.log(p)).sum()


@idiom(W=(3, 3))
def picked_along_an_axis(W):
    log_p = np.log(softmax(X @ W))
    return -np.take_along_axis(log_p, labels[:, None], axis=1).mean()


@idiom(z=(3,))
def jacobian_as_a_matrix(z):
    p = np.exp(z) / np.exp(z).sum()
    jacobian = np.diag(p) - np.outer(p, p)
    return (jacobian**2).sum()
