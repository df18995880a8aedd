"""The mistake: np.add.at(self.dX.flatten(), ...) adds into a copy, dX stays zero, and nothing reaches the layer below. (The columns of dX_col are in another
order besides, which makes no difference to a zero.) Source: GitHub repository wkcn/mobula, commit 13da196, "fix Conv bug: Update dX" (two convolutions, one
channel between them, bias for each place as there)."""

import numpy as np

rng = np.random.RandomState(13)
N, H, K = 3, 4, 2
X = rng.randn(N, 1, H, H)
at = {
    "W1": rng.randn(1, 1, K * K) * 0.6,
    "b1": rng.randn(1, 9) * 0.2,
    "W2": rng.randn(2, 1, K * K) * 0.6,
    "b2": rng.randn(2, 4) * 0.2,
}
label = rng.randn(N, 2, 4)


def index(h):
    places = np.arange(h * h).reshape(h, h)
    rows = []
    for i in range(K):
        for j in range(K):
            rows.append(places[i : i + h - K + 1, j : j + h - K + 1].reshape(-1))
    return np.array(rows)  # (K * K, NHW)


def conv(x, W, b, h):
    col = x.reshape(N, -1, h * h)[:, :, index(h)]  # (N, C, K*K, NHW)
    D = W.shape[0]
    Y = np.stack([np.sum(col * W[d][None, :, :, None], axis=(1, 2)) for d in range(D)], axis=1) + b
    return col, Y


def conv_backward(dY, col, W, shape, h, right):
    dW = np.tensordot(dY, col, axes=([0, 2], [0, 3])) / N
    db = np.mean(dY, 0)
    I = index(h).flatten()
    C = shape[1]
    Bi = np.repeat(np.arange(N * C) * (h * h), len(I)) + np.tile(I, N * C)
    dX = np.zeros(shape)
    if right:
        dX_col = np.tensordot(dY, W, axes=([1], [0])).swapaxes(1, 3).swapaxes(1, 2)  # (N, C, H', W')
        np.add.at(dX.ravel(), Bi, dX_col.swapaxes(1, 1).ravel())
    else:
        dX_col = np.tensordot(dY, W, axes=([1], [0]))
        np.add.at(dX.flatten(), Bi, dX_col.flatten())
    return dW, db, dX


def loss(W1, b1, W2, b2):
    _, y1 = conv(X, W1, b1, H)
    _, y2 = conv(np.tanh(y1), W2, b2, H - 1)
    return np.sum((y2 - label) ** 2) / N


def _backward(W1, b1, W2, b2, right):
    col1, y1 = conv(X, W1, b1, H)
    t = np.tanh(y1)
    col2, y2 = conv(t, W2, b2, H - 1)
    dY = 2 * (y2 - label)
    dW2, db2, dt = conv_backward(dY, col2, W2, (N, 1, (H - 1) * (H - 1)), H - 1, right)
    dy1 = dt * (1 - t**2)
    dW1, db1, _ = conv_backward(dy1, col1, W1, (N, 1, H * H), H, right)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"path_missing", "detached"}
