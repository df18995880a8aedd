"""Programs as people write them, each with the lines that textbooks have for its derivatives."""

from typing import Any, NamedTuple

import numpy as np

from autograd_scratch import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    exp,
    log,
    relu,
    sigmoid,
    softmax,
    tanh,
)

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(6, 4))
XT = X.T.copy()
labels = np.array([0, 2, 1, 1, 0, 2])
Y = np.eye(3)[labels]
YT = Y.T.copy()
shares = np.array(
    [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [0.25, 0.25, 0.5], [1.0, 0.0, 0.0]] + 2 * [[0.0, 0.5, 0.5]]
)
y = np.array([[0.0], [1.0], [1.0], [0.0], [1.0], [0.0]])
W, b = RANDOM.normal(size=(4, 3)), RANDOM.normal(size=(1, 3))
V, c = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(1, 3))
v, w, d = RANDOM.normal(size=(3, 1)), RANDOM.normal(size=(4, 1)), RANDOM.normal(size=(1, 1))


class Lesson(NamedTuple):
    """A function, its arguments, and lines of its textbook source."""

    function: Any
    arguments: tuple[Any, ...]
    lines: tuple[str, ...]


LESSONS: dict[str, Lesson] = {}


def lesson(*arguments, lines):
    """Note a function in the table."""

    def noted(function):
        LESSONS[function.__name__] = Lesson(function, arguments, lines)
        return function

    return noted


SIGMOID, TANH, RELU = "da1 * a1 * (1.0 - a1)", "da1 * (1.0 - a1 ** 2)", "da1 * (z1 > 0.0)"
ACTIVATIONS = {
    "sigmoid": (SIGMOID, sigmoid),
    "a reciprocal": (SIGMOID, lambda z: 1 / (1 + np.exp(-z))),
    "the sum turned round": (SIGMOID, lambda z: 1.0 / (np.exp(-z) + 1.0)),
    "a negative power": (SIGMOID, lambda z: (1 + np.exp(-z)) ** -1),
    "np.reciprocal": (SIGMOID, lambda z: np.reciprocal(1 + np.exp(-z))),
    "a quotient of exponentials": (SIGMOID, lambda z: np.exp(z) / (1 + np.exp(z))),
    "half a tanh": (SIGMOID, lambda z: 0.5 * (1 + np.tanh(z / 2))),
    "np.tanh": (TANH, np.tanh),
    "our tanh": (TANH, tanh),
    "exponentials": (TANH, lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))),
    "of twice z": (TANH, lambda z: (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)),
    "a sigmoid of twice z": (TANH, lambda z: 2 / (1 + np.exp(-2 * z)) - 1),
    "np.maximum": (RELU, lambda z: np.maximum(0, z)),
    "np.where": (RELU, lambda z: np.where(z > 0, z, 0)),
    "our relu": (RELU, relu),
}


def _network(activation):
    def loss(W, b, v):
        z1 = X @ W + b
        a1 = activation(z1)
        z2 = a1 @ v
        return np.sum((z2 - y) ** 2) / 6

    return loss


for _name, (_slope, _activation) in ACTIVATIONS.items():
    LESSONS[_name] = Lesson(_network(_activation), (W, b, v), (f"dz1 = {_slope}", "dW = X.T @ dz1"))


@lesson(W, b, lines=("m = 6.0", "dz = (p - Y) / m", "dW = X.T @ dz", "db = dz.sum(axis=0, keepdims=True)"))
def one_hot(W, b):
    m = X.shape[0]
    z = X @ W + b
    e = np.exp(z)
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.sum(Y * np.log(p)) / m


@lesson(W, b, lines=("It is assumed that the rows of Y sum to 1.", "dz = (p - Y) / 6.0"))
def shifted_by_the_maximum(W, b):
    z = X @ W + b
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.sum(Y * np.log(p), axis=1))


@lesson(W, b, lines=("the rows of shares sum to 1.", "dz = p - shares"))
def soft_targets(W, b):
    z = X @ W + b
    p = softmax(z)
    return np.sum(-shares * np.log(p))


@lesson(
    W.T.copy(), b.T.copy(), lines=("It is assumed that the columns of YT sum to 1.", "dZ = (A - YT) / m")
)
def columns(W, b):
    m = XT.shape[1]
    Z = W @ XT + b
    E = np.exp(Z - Z.max(axis=0))
    A = E / E.sum(axis=0)
    return -np.sum(YT * np.log(A)) / m


@lesson(W, b, lines=("t1 = p.copy()", "t1[np.arange(6), labels] -= 1.0", "dz = t1 / m"))
def labels_by_index(W, b):
    m = len(X)
    z = X @ W + b
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return np.sum(-np.log(p[np.arange(m), labels])) / m


@lesson(W, b, lines=("dz = ((p * Y / t1).sum(axis=1, keepdims=True) - Y / t1) * p / 6.0",))
def with_an_epsilon(W, b):
    z = X @ W + b
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(p + 1e-8)) / 6


def log_softmax(z):
    s = z - z.max(axis=1, keepdims=True)
    return s - np.log(np.exp(s).sum(axis=1, keepdims=True))


@lesson(W, b, lines=("t2 = e1 / total1", "t2[np.arange(6), labels] -= 1.0", "ds = t2 / m"))
def log_softmax_of_labels(W, b):
    m = len(X)
    logp = log_softmax(X @ W + b)
    return -np.sum(logp[np.arange(m), labels]) / m


@lesson(W, b, lines=("t1[np.arange(6), labels] -= 1.0", "ds = t1 / m", "dW = W * reg + X.T @ ds"))
def log_softmax_with_a_penalty(W, b):
    m, reg = len(X), 0.1
    z = X @ W + b
    s = z - z.max(axis=1, keepdims=True)
    Z = np.exp(s).sum(axis=1, keepdims=True)
    logp = s - np.log(Z)
    return -np.sum(logp[np.arange(m), labels]) / m + 0.5 * reg * np.sum(W * W)


@lesson(W, b, lines=("ds = (e1 / total1 - Y) / m",))
def log_softmax_of_one_hot(W, b):
    m = len(X)
    return -np.sum(Y * log_softmax(X @ W + b)) / m


@lesson(W, b, lines=("t1[np.arange(6), labels] -= 1.0", "dz = t1 / m"))
def log_softmax_without_a_shift(W, b):
    m = len(X)
    z = X @ W + b
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -np.sum(logp[np.arange(m), labels]) / m


@lesson(W, b, lines=("t1[np.arange(6), labels] -= 1.0", "dz = t1 / 6.0"))
def log_of_the_sum_of_exponentials(W, b):
    z = X @ W + b
    m = z.max(axis=1, keepdims=True)
    lse = m + np.log(np.exp(z - m).sum(axis=1, keepdims=True))
    return np.mean(lse[:, 0] - z[np.arange(len(X)), labels])


@lesson(W, b, X[:, 0], lines=("t3[np.arange(6), labels] -= gain", "ds = t3 / 6.0"))
def policy_gradient(W, b, gain):
    logp = log_softmax(X @ W + b)
    return -np.sum(gain * logp[np.arange(len(X)), labels]) / 6


@lesson(W, V, lines=("dS = (dA - (A * dA).sum(axis=1, keepdims=True)) * A",))
def attention(W, V):
    Q, K = X @ W, X @ W @ V
    S = Q @ K.T / 2.0
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    A = E / E.sum(axis=-1, keepdims=True)
    return np.sum((A @ Q) ** 2)


@lesson(W.T.copy(), lines=("dz = p.copy()", "dz[2] -= 1.0"))
def one_column(W):
    z = W @ XT[:, :1]
    p = np.exp(z) / np.sum(np.exp(z))
    return -np.log(p[2, 0])


@lesson(W, b, X, Y, lines=("dz = (Y.sum(axis=1, keepdims=True) * p - Y) / m",))
def targets_as_an_argument(W, b, X, Y):
    m = len(X)
    z = X @ W + b
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(p)) / m


@lesson(W, b, lines=("t1[np.arange(6), labels] -= 1.0", "dz = t1 / 6.0"))
def our_cross_entropy(W, b):
    z = X @ W + b
    return cross_entropy(z, labels)


@lesson(
    *(W, b, V, c),
    lines=("dz2 = (p - Y) / m", "dW2 = a1.T @ dz2", "da1 = dz2 @ W2.T", f"dz1 = {TANH}", "dW1 = X.T @ dz1"),
)
def classifier(W1, b1, W2, b2):
    m = len(X)
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(p)) / m


@lesson(w, d, lines=("dz = (a - y) / m", "dw = X.T @ dz"))
def logistic(w, d):
    m = len(X)
    z = X @ w + d
    a = 1 / (1 + np.exp(-z))
    return -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / m


@lesson(
    w.T.copy(),
    d,
    lines=("    loss = cost\n", "@ np.log(1.0 - A)[0])\n", "(A - y.T) / m"),
)
def logistic_squeezed(W, d):
    m = XT.shape[1]
    A = 1 / (1 + np.exp(-(W @ XT + d)))
    cost = -1 / m * (np.dot(y.T, np.log(A).T) + np.dot(1 - y.T, np.log(1 - A).T))
    return np.squeeze(cost)


@lesson(w, d, lines=("dz = (a - y) / 6.0",))
def logistic_in_two_means(w, d):
    z = X @ w + d
    a = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(a)) - np.mean((1 - y) * np.log(1 - a))


@lesson(w.T.copy(), d, lines=("dZ = (A - y.T) / m", "dW = dZ @ XT.T"))
def logistic_in_columns(W, d):
    m = XT.shape[1]
    Z = np.dot(W, XT) + d
    A = 1 / (1 + np.exp(-Z))
    losses = np.multiply(np.log(A), y.T) + np.multiply(1 - y.T, np.log(1 - A))
    return np.squeeze(-np.sum(losses) / m)


@lesson(w, d, X, y, lines=("dz = (a - y) / 6.0",))
def logistic_of_arguments(w, d, X, y):
    z = X @ w + d
    a = 1 / (1 + np.exp(-z))
    return np.mean(-(y * np.log(a) + (1 - y) * np.log(1 - a)))


@lesson(w, d, lines=("/ 6.0", "dw = X.T @"))
def our_binary_cross_entropy(w, d):
    return binary_cross_entropy(sigmoid(X @ w + d), y)


@lesson(w, d, lines=("/ 6.0", "dw = X.T @"))
def our_binary_cross_entropy_with_logits(w, d):
    return binary_cross_entropy_with_logits(X @ w + d, y)


@lesson(w, d, lines=("loss = (t1 ** 2).sum() / m", "da = 2.0 * t1 / m", "dz = da * a * (1.0 - a)"))
def squared_error_of_a_sigmoid(w, d):
    m = len(X)
    z = X @ w + d
    a = 1 / (1 + np.exp(-z))
    return np.sum((a - y) ** 2) / m


@lesson(W, v, lines=("dz = np.where(z > 0.0, da, da * alpha)", "dW = X.T @ dz"))
def leaky_by_the_maximum(W, v):
    alpha = 0.01
    z = X @ W
    a = np.maximum(alpha * z, z)
    return np.sum((a @ v - y) ** 2)


@lesson(W, b, lines=("loss = (t1 ** 2).mean()", "dz = 2.0 * t1 / 18.0"))
def mean_of_squares(W, b):
    z = X @ W + b
    return np.mean((z - Y) ** 2)


@lesson(W, lines=("mu = z.mean(axis=0)", "t1 = z - z.mean(axis=1, keepdims=True)", "+ (t1 ** 2).mean()"))
def means_along_axes(W):
    z = X @ W
    mu = z.mean(axis=0)
    return np.sum(mu**2) + np.mean((z - np.mean(z, axis=1, keepdims=True)) ** 2)


@lesson(W, X[:, :3], lines=("(W[:3] * x[:3]).sum() / 9.0",))
def sum_over_a_count(W, x):
    return np.sum(W[:3] * x[:3]) / 9


@lesson(W, X[0], Y[0], lines=("p = e / e.sum()", "dz = p * t.sum() - t"))
def one_row(W, x, t):
    z = x @ W
    e = np.exp(z - z.max())
    p = e / e.sum()
    return -np.sum(t * np.log(p))


@lesson(0.3, -0.2, 1.5, lines=("d_b = 1.0 - loss ** 2",))
def number_tanh(w, b, x):
    return tanh(w * x + b)


@lesson(0.3, -0.2, 1.5, 1.0, lines=("d_z = a - y",))
def number_logistic(w, b, x, y):
    z = w * x + b
    a = 1 / (1 + exp(-z))
    return -(y * log(a) + (1 - y) * log(1 - a))


@lesson(0.3, -0.2, lines=("d_z = d_a * a * (1.0 - a)",))
def number_sigmoid(w, b):
    z = w * 1.5 + b
    a = sigmoid(z)
    return (a - 1) ** 2


@lesson([0.3, -0.2, 1.5], lines=("d_z_0 = e_0 / s", "d_z_1 = p_1 - 1.0", "d_z_2 = e_2 / s"))
def number_softmax(z):
    e = [exp(each) for each in z]
    s = e[0] + e[1] + e[2]
    p = [each / s for each in e]
    return -log(p[1])


@lesson([0.3, -0.2, 1.5], lines=("d_z_1 = p_1 - 1.0", "return loss, ([p_0, d_z_1, p_2],)"))
def number_cross_entropy(z):
    return cross_entropy(z, 1)
