"""The mistake: each layer's weights are updated before the gradient is pulled through the layer, grad @ layers[i][0].T.
Read off the update. Source: GitHub issue VikParuchuri/zero_to_gpt #12, "Gradient is being updated after upgradation of weights"."""

import numpy as np

rng = np.random.RandomState(304)
x, y = rng.randn(6, 3), rng.randn(6, 1)
lr = 0.05
at = {
    "w0": rng.randn(3, 4),
    "b0": rng.randn(1, 4),
    "w1": rng.randn(4, 5),
    "b1": rng.randn(1, 5),
    "w2": rng.randn(5, 1),
    "b2": rng.randn(1, 1),
}


def mse(actual, predicted):
    return np.mean((actual - predicted) ** 2)


def mse_grad(actual, predicted):
    return 2 * (predicted - actual) / actual.size


def forward(batch, layers):
    hiddens = [batch.copy()]
    for i in range(len(layers)):
        batch = np.matmul(batch, layers[i][0]) + layers[i][1]
        if i < len(layers) - 1:
            batch = np.maximum(batch, 0)
        hiddens.append(batch.copy())
    return batch, hiddens


def backward_pass(layers, hidden, grad, lr, right=False):
    for i in range(len(layers) - 1, -1, -1):
        if i != len(layers) - 1:
            grad = np.multiply(grad, np.heaviside(hidden[i + 1], 0))
        w_grad = hidden[i].T @ grad
        b_grad = np.sum(grad, axis=0)
        through = grad @ layers[i][0].T
        layers[i][0] -= w_grad * lr
        layers[i][1] -= b_grad * lr
        grad = through if right else grad @ layers[i][0].T
    return layers


def loss(w0, b0, w1, b1, w2, b2):
    return mse(y, forward(x, [[w0, b0], [w1, b1], [w2, b2]])[0])


def _read_off(p, right):
    layers = [[p[f"w{i}"].copy(), p[f"b{i}"].copy()] for i in range(3)]
    pred, hidden = forward(x, layers)
    layers = backward_pass(layers, hidden, mse_grad(y, pred), lr, right)
    return {f"{n}{i}": (p[f"{n}{i}"] - layers[i][j]) / lr for i in range(3) for j, n in enumerate("wb")}


def backward(**p):
    return _read_off(p, False)


def right_backward(**p):
    return _read_off(p, True)


EXPECTED = {"stale_weights"}
