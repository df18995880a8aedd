"""Handling of data: batches, shuffles, scaling, one-hot targets, zip and enumerate."""

import numpy as np

from .definition import idiom
from .samples import X, bits, labels, y

rows = [{"x": [0.5, -1.0], "label": 1}, {"x": [1.5, 0.3], "label": 0}, {"x": [-0.7, 0.8], "label": 1}]
text = "0.5,1.0\n-0.3,0.2\n0.8,-0.6"


@idiom(w=(3,))
def mini_batches(w):
    loss = 0.0
    for start in range(0, len(X), 2):
        batch, target = X[start : start + 2], y[start : start + 2]
        loss += np.mean((batch @ w - target) ** 2)
    return loss


@idiom(w=(3,))
def shuffled(w):
    order = np.random.default_rng(0).permutation(len(X))
    return np.mean((X[order] @ w - y[order]) ** 2 * np.arange(4))


@idiom(w=(3,))
def standardized_features(w):
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    return np.mean((scaled @ w - y) ** 2)


@idiom(w=(4,))
def bias_as_a_feature(w):
    with_ones = np.insert(X, 0, 1, axis=1)
    return np.sum((with_ones @ w - y) ** 2)


@idiom(W=(3, 3))
def one_hot_by_loop(W):
    targets = np.zeros((4, 3))
    for i, label in enumerate(labels):
        targets[i, label] = 1
    return np.mean((X @ W - targets) ** 2)


@idiom(W=(3, 3))
def one_hot_by_equality(W):
    targets = (labels[:, None] == np.arange(3)).astype(int)
    return np.sum((np.tanh(X @ W) - targets) ** 2)


@idiom(w=(2,), b=())
def list_of_records(w, b):
    loss = 0
    for row in rows:
        z = np.dot(w, row["x"]) + b
        loss += np.log(1 + np.exp(-z)) if row["label"] else np.log(1 + np.exp(z))
    return loss / len(rows)


@idiom(w=())
def text_of_numbers(w):
    pairs = [tuple(map(float, line.split(","))) for line in text.splitlines()]
    return sum((w * a - b) ** 2 for a, b in pairs)


@idiom(w=(3,))
def data_as_lists(w):
    data, targets = X.tolist(), y.tolist()
    return sum((sum(a * b for a, b in zip(w, row)) - t) ** 2 for row, t in zip(data, targets))


@idiom(w=(3,))
def training_and_test_rows(w):
    split = int(0.75 * len(X))
    train, test = X[:split] @ w - y[:split], X[split:] @ w - y[split:]
    return np.mean(train**2) + 0.1 * np.mean(test**2)


@idiom(w=(3,))
def accuracy_on_the_side(w):
    p = 1 / (1 + np.exp(-X @ w))
    accuracy = np.mean((p > 0.5) == bits)
    history = [accuracy]
    return len(history) * -np.mean(bits * np.log(p) + (1 - bits) * np.log(1 - p))


@idiom(W=(3, 3), needs_branch="argmax goes by the numbers")
def predictions_on_the_side(W):
    scores = X @ W
    predicted = np.argmax(scores, axis=1)
    correct = np.sum(predicted == labels)
    history = {"correct": correct}
    return np.sum(scores**2) / len(scores) if history else 0.0


@idiom(w=(3,))
def list_of_losses(w):
    losses = []
    for x, target in zip(X, y):
        losses.append((np.dot(x, w) - target) ** 2)
    return np.mean(losses)


@idiom(w=(3,))
def array_of_losses(w):
    losses = np.array([np.abs(x @ w - target) for x, target in zip(X, y)])
    return losses.sum() / losses.size


@idiom(w=(3,))
def polynomial_features(w):
    features = np.array([[1, t, t**2] for t in y])
    return np.sum((features @ w - np.cos(y)) ** 2)


@idiom(w=(3,))
def columns_by_name(w):
    frame = {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]}
    total = sum(weight * frame[name] for weight, name in zip(w, frame))
    return np.mean((total - y) ** 2)


@idiom(w=(3,))
def matrix_of_pairs(w):
    i, j = np.triu_indices(4, k=1)
    z = X @ w
    return np.log(1 + np.exp(-(z[i] - z[j]) * np.sign(y[i] - y[j]))).mean()


@idiom(w=(3,))
def several_epochs(w):
    for _ in range(2):
        for x, target in zip(X, y):
            w = w - 0.1 * (x @ w - target) * x
    return np.sum(w**2)


@idiom(w=(3,))
def iterator_of_batches(w):
    def batches(size):
        for start in range(0, len(X), size):
            yield X[start : start + size], y[start : start + size]

    return sum(((x @ w - target) ** 2).sum() for x, target in batches(3)) / len(X)


@idiom(w=(3,))
def array_split(w):
    parts = zip(np.array_split(X, 3), np.array_split(y, 3))
    return sum(np.mean((x @ w - t) ** 2) for x, t in parts)
