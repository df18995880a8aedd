"""Programs that differ in widths, conventions, losses, activations, and in how the data lie in memory."""

import numpy as np

from .definition import program

rng = np.random.default_rng(11)
X = rng.normal(size=(6, 3))
y = rng.normal(size=(6, 1))
counts = np.array([0, 2, 1, 4, 0, 1])
signs = np.array([1, -1, -1, 1, 1, -1])
labels = np.array([2, 0, 1, 1, 0, 2])
few = X[:, :2].astype(np.float32)
whole = np.array([[1, 0, 2], [0, 3, 1], [2, 2, 0], [1, 1, 1]])
known = np.array([[True, False, True], [True, True, False], [False, True, True], [True, True, True]])
by_columns = np.asfortranarray(X)
every_other = rng.normal(size=(12, 6))[::2, ::-2]
tokens = np.array([[0, 2, 1], [3, 3, 0]])


@program(W1=(3, 1), b1=(1,), W2=(1, 1), b2=(1,))
def width_1(W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    out = h @ W2 + b2
    return np.mean((out - y) ** 2)


@program(W1=(2, 2), b1=(1, 2), W2=(2, 1), b2=(1, 1))
def width_2_in_float32(W1, b1, W2, b2):
    n = len(few)
    h = 1.0 / (1.0 + np.exp(-(few @ W1 + b1)))
    p = 1.0 / (1.0 + np.exp(-(h @ W2 + b2)))
    t = (y > 0).astype(np.float32)
    return -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)) / n


@program(W1=(3, 3), b1=(3, 1), W2=(3, 3), b2=(3, 1))
def classes_in_columns(W1, b1, W2, b2):
    A = np.tanh(W1 @ X.T + b1)
    Z = W2 @ A + b2
    E = np.exp(Z - Z.max(axis=0))
    P = E / E.sum(axis=0)
    return -np.mean(np.log(P[labels, np.arange(6)]))


@program(W1=(3, 7), W2=(7,))
def hinge_without_biases(W1, W2):
    hidden = np.maximum(X @ W1, 0)
    margins = np.maximum(0, 1 - signs * (hidden @ W2))
    return np.mean(margins) + 0.01 * np.sum(W1**2) + 0.01 * np.sum(W2**2)


@program(w=(3,), b=())
def huber(w, b):
    delta = 0.8
    error = by_columns @ w + b - y[:, 0]
    small = (error <= delta) & (error >= -delta)
    large = np.where(error > 0, error, -error)
    return np.mean(np.where(small, 0.5 * error**2, delta * (large - 0.5 * delta)))


def through_absolute_values(w, b):
    """Go back through the mean of distances."""
    slopes = np.sign(every_other @ w + b - y.ravel()) / 6
    return every_other.T @ slopes, slopes.sum()


@program(w=(3,), b=(), by_hand=through_absolute_values)
def absolute_error_of_views(w, b):
    return np.mean(np.abs(every_other @ w + b - y.ravel()))


@program(W=(3, 1), b=(1,))
def poisson(W, b):
    rate = (X.dot(W) + b).ravel()
    return np.sum(np.exp(rate) - counts * rate) / counts.size


@program(W1=(3, 64), b1=(64,), W2=(64, 2), b2=(2,))
def width_64(W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.maximum(0.1 * z1, z1)
    out = a1 @ W2 + b2
    return np.mean((out - y) ** 2)


@program(U=(4, 2), V=(3, 2))
def known_entries_of_whole_numbers(U, V):
    residual = np.where(known, whole - U @ V.T, 0.0)
    return np.sum(residual**2) / known.sum() + 0.1 * (np.sum(U**2) + np.sum(V**2))


@program(W1=(3, 4), b1=(4,), W2=(4, 4), b2=(4,), W3=(4, 1), b3=(1,))
def layers_in_a_list(W1, b1, W2, b2, W3, b3):
    a = X
    for W, b in [(W1, b1), (W2, b2)]:
        z = a @ W + b
        a = np.where(z > 0, z, np.exp(z) - 1)
    return np.mean((a @ W3 + b3 - y) ** 2)


@program(theta=(11,))
def flat_parameters(theta):
    W1, b1 = theta[:6].reshape(3, 2), theta[6:8]
    w2, b2 = theta[8:10], theta[10]
    h = np.log1p(np.exp(X @ W1 + b1))
    return np.mean((h @ w2 + b2 - y[:, 0]) ** 2)


@program(W1=(7, 3), b1=(7,), w2=(7,))
def sample_by_sample(W1, b1, w2):
    total = 0.0
    for x, t in zip(X, y[:, 0]):
        h = np.tanh(W1 @ x + b1)
        total += (w2 @ h - t) ** 2
    return total / len(X)


@program(W=(3, 2))
def tied_weights(W):
    code = np.einsum("ni,ij->nj", X, W)
    return np.mean((code @ W.T - X) ** 2)


@program(E=(4, 3), w=(3,))
def embedding(E, w):
    vectors = E[tokens].mean(axis=1)
    return np.sum((vectors @ w - 1.0) ** 2)


@program(K=(2, 3), v=(2,))
def pooling(K, v):
    z = np.stack([X @ k for k in K], axis=1)
    gelu = 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))
    return np.sum((gelu.reshape(3, 2, 2).max(axis=1) @ v) ** 2)


@program(A=(3, 3), b=(3,))
def cosines(A, b):
    z = X @ A + b
    z = z / np.sqrt(np.sum(z**2, axis=1, keepdims=True))
    return -np.mean(np.sum(z * X, axis=1) / np.linalg.norm(X, axis=1))


@program(W=(3, 3), b=(3,))
def rational(W, b):
    z = X @ W + b
    return np.sum(z / (1 + z * z)) / 6


mask = np.triu(np.full((6, 6), -np.inf), k=1)
kept = (rng.random((6, 4)) > 0.3) / 0.7


@program(Wq=(3, 2), Wk=(3, 2), Wv=(3, 2))
def causal_attention(Wq, Wk, Wv):
    scores = (X @ Wq) @ (X @ Wk).T / np.sqrt(2) + mask
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-1, keepdims=True)
    return np.mean((weights @ (X @ Wv)) ** 2)


@program(W=(3, 4), gain=(4,), bias=(4,))
def layer_norm(W, gain, bias):
    x = X @ W
    centered = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centered**2).mean(axis=-1, keepdims=True) + 1e-5)
    return np.sum(np.tanh(centered / spread * gain + bias))


@program(centers=(2, 3))
def soft_assignments(centers):
    distances = ((X[:, None, :] - centers[None, :, :]) ** 2).sum(-1)
    e = np.exp(-distances)
    shares = e / e.sum(axis=1, keepdims=True)
    return np.sum(shares * distances)


@program(W1=(3, 4), W2=(4, 1))
def dropped(W1, W2):
    hidden = np.maximum(0, X.dot(W1)) * kept
    return np.square(hidden.dot(W2) - y).mean()


@program(means=(2, 3), scales=(2, 3), weights=(2,))
def mixture(means, scales, weights):
    shares = np.exp(weights) / np.sum(np.exp(weights))
    z = (X[:, None] - means) / np.exp(scales)
    logs = -0.5 * (z**2).sum(-1) - scales.sum(-1) + np.log(shares)
    return -np.mean(np.log(np.exp(logs).sum(1)))


@program(U=(4, 3), Wx=(3, 3), Wh=(3, 3), Wy=(3, 4), lines=110)
def characters(U, Wx, Wh, Wy):
    h, loss = np.zeros(3), 0
    text = [0, 2, 1, 3, 3]
    for t in range(4):
        h = np.tanh(U[text[t]] @ Wx + h @ Wh)
        scores = h @ Wy
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[text[t + 1]])
    return loss


@program(W=(9, 2), U=(9, 3), b=(9,), lines=190)
def gated_units(W, U, b):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    h = np.zeros(3)
    for x in X[:, :2]:
        z = sigmoid(W[:3] @ x + U[:3] @ h + b[:3])
        r = sigmoid(W[3:6] @ x + U[3:6] @ h + b[3:6])
        c = np.tanh(W[6:] @ x + U[6:] @ (r * h) + b[6:])
        h = (1 - z) * h + z * c
    return np.sum(h**2)
