"""The programs whose derived source is kept word by word in tests/golden/arrays."""

import numpy as np

from .definition import program

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])

rng = np.random.default_rng(5)
points = rng.normal(size=(6, 3))  # samples in rows
targets = rng.normal(size=(6, 2))
classes = np.array([0, 2, 1, 1, 0, 3])
one_hot = np.eye(4)[classes]
images = rng.normal(size=(3, 5, 5))
image_classes = np.array([1, 0, 2])
columns = points.T  # samples in columns
column_targets = (points[:, :1] > 0).astype(float).T
sequence = rng.normal(size=(8, 2))
tokens = rng.normal(size=(5, 4))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


@program(W1=(2, 2), b1=(1, 2), W2=(2, 1), b2=(1, 1))
def tutorial_1(W1, b1, W2, b2):
    hidden_input = np.dot(X, W1) + b1
    hidden_output = sigmoid(hidden_input)
    final_input = np.dot(hidden_output, W2) + b2
    predicted = sigmoid(final_input)
    error = y - predicted
    return 0.5 * np.sum(error**2)


@program(W1=(2, 4), b1=(1, 4), W2=(4, 1), b2=(1, 1))
def tutorial_2(W1, b1, W2, b2):
    m = X.shape[0]
    z1 = np.dot(X, W1) + b1
    a1 = sigmoid(z1)
    z2 = np.dot(a1, W2) + b2
    a2 = sigmoid(z2)
    return -(1 / m) * np.sum(y * np.log(a2) + (1 - y) * np.log(1 - a2))


@program(W1=(2, 4), b1=(1, 4), W2=(4, 1), b2=(1, 1))
def tutorial_3(W1, b1, W2, b2):
    z1 = X.dot(W1) + b1
    a1 = 1 / (1 + np.exp(-z1))
    z2 = a1.dot(W2) + b2
    a2 = 1 / (1 + np.exp(-z2))
    return np.mean((a2 - y) ** 2)


@program(W=(3, 4), b=(4,))
def softmax_one_hot(W, b):
    scores = points @ W + b
    probs = softmax(scores)
    return -np.sum(one_hot * np.log(probs)) / len(points)


@program(W=(3, 4), b=(4,))
def softmax_classes(W, b):
    m = points.shape[0]
    scores = points @ W + b
    scores = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(scores)
    probs = e / e.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(m), classes]).sum() / m


@program(W1=(3, 5), b1=(5,), W2=(5, 4), b2=(4,))
def penalized(W1, b1, W2, b2):
    reg = 0.01
    hidden = np.maximum(0, points @ W1 + b1)
    scores = hidden @ W2 + b2
    e = np.exp(scores)
    probs = e / np.sum(e, axis=1, keepdims=True)
    data_loss = -np.mean(np.log(probs[np.arange(len(points)), classes]))
    reg_loss = 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
    return data_loss + reg_loss


@program(W1=(5, 3), b1=(5, 1), W2=(1, 5), b2=(1, 1))
def samples_in_columns(W1, b1, W2, b2):
    m = columns.shape[1]
    Z1 = np.dot(W1, columns) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    logprobs = np.multiply(np.log(A2), column_targets) + np.multiply(np.log(1 - A2), 1 - column_targets)
    return -np.sum(logprobs) / m


def im2col(x, k):
    n, height, width = x.shape
    rows, cols = height - k + 1, width - k + 1
    patches = np.zeros((n, rows, cols, k, k))
    for i in range(k):
        for j in range(k):
            patches[:, :, :, i, j] = x[:, i : i + rows, j : j + cols]
    return patches.reshape(n, rows * cols, k * k)


@program(K=(2, 3, 3), c=(2,), W=(18, 3), b=(3,))
def convolution_by_im2col(K, c, W, b):
    cols = im2col(images, 3)
    out = cols @ K.reshape(2, -1).T + c
    hidden = np.maximum(0, out)
    scores = hidden.reshape(len(images), -1) @ W + b
    probs = softmax(scores)
    return -np.mean(np.log(probs[np.arange(len(images)), image_classes]))


def through_windows(K, c):
    """Go back through a convolution by hand, window by window."""
    dK, dc = np.zeros((3, 3)), 0.0
    for i in range(3):
        for j in range(3):
            windows = images[:, i : i + 3, j : j + 3]
            out = np.tanh(np.sum(windows * K, axis=(1, 2)) + c)
            dout = 2 * out * (1 - out**2) / 27
            dK += np.tensordot(dout, windows, axes=1)
            dc += dout.sum()
    return dK, dc


@program(K=(3, 3), c=(), by_hand=through_windows)
def convolution_in_loops(K, c):
    out = np.zeros((len(images), 3, 3))
    for i in range(3):
        for j in range(3):
            out[:, i, j] = np.sum(images[:, i : i + 3, j : j + 3] * K, axis=(1, 2)) + c
    return np.mean(np.tanh(out) ** 2)


def through_batch_norm(W, gamma, beta):
    """Go back through the statistics of a batch by the formula of the paper."""
    x = points @ W
    centered, spread = x - x.mean(axis=0), np.sqrt(x.var(axis=0) + 1e-5)
    x_hat = centered / spread
    out = np.tanh(gamma * x_hat + beta)
    dout = 2 * (out - one_hot) * (1 - out**2) / out.size
    dx_hat = dout * gamma
    dvar = -0.5 * np.sum(dx_hat * centered, axis=0) / spread**3
    dmean = -np.sum(dx_hat, axis=0) / spread
    dx = dx_hat / spread + 2 * dvar * centered / len(x) + dmean / len(x)
    return points.T @ dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@program(W=(3, 4), gamma=(4,), beta=(4,), by_hand=through_batch_norm)
def batch_norm(W, gamma, beta):
    eps = 1e-5
    x = points @ W
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    x_hat = (x - mean) / np.sqrt(var + eps)
    out = gamma * x_hat + beta
    return np.mean((np.tanh(out) - one_hot) ** 2)


@program(Wq=(4, 3), Wk=(4, 3), Wv=(4, 3))
def attention(Wq, Wk, Wv):
    d = Wq.shape[1]
    Q, K, V = tokens @ Wq, tokens @ Wk, tokens @ Wv
    scores = Q @ K.T / np.sqrt(d)
    weights = softmax(scores)
    out = weights @ V
    return np.sum(out**2)


@program(Wx=(3, 2), Wh=(3, 3), b=(3,), v=(3,), lines=85)
def rnn(Wx, Wh, b, v):
    h = np.zeros(3)
    for x in sequence:
        h = np.tanh(Wx @ x + Wh @ h + b)
    return (v @ h - 1.0) ** 2


@program(W=(12, 5), b=(12,))
def lstm_cell(W, b):
    h, c = np.full(3, 0.1), np.full(3, -0.2)
    z = W @ np.concatenate([sequence[0], h]) + b
    i, f, o, g = sigmoid(z[:3]), sigmoid(z[3:6]), sigmoid(z[6:9]), np.tanh(z[9:])
    c = f * c + i * g
    h = o * np.tanh(c)
    return np.sum(h**2)


class Net:
    """A network with its parameters in attributes."""

    def __init__(self, hidden, seed=0):
        draw = np.random.default_rng(seed)
        self.W1 = draw.normal(size=(3, hidden))
        self.b1 = np.zeros(hidden)
        self.W2 = draw.normal(size=(hidden, 2))
        self.b2 = np.zeros(2)

    def forward(self, x):
        self.z1 = x @ self.W1 + self.b1
        self.a1 = np.tanh(self.z1)
        return self.a1 @ self.W2 + self.b2

    def loss(self, x, t):
        self.out = self.forward(x)
        return np.mean((self.out - t) ** 2)


@program(W1=(3, 4), b1=(4,), W2=(4, 2), b2=(2,))
def of_a_class(W1, b1, W2, b2):
    net = Net(4)
    net.W1, net.b1, net.W2, net.b2 = W1, b1, W2, b2
    return net.loss(points, targets)
