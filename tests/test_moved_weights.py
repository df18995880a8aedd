"""Weights that are updated in the loop that computes their gradients: the learning rate is read off."""

import numpy as np
import pytest
from conftest import close

from autograd_scratch import compare

rng = np.random.default_rng(21)
X, T = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
NET = {"W1": rng.normal(size=(4, 3)), "b1": rng.normal(size=4), "W2": rng.normal(size=(2, 4))}
RNN = {"Wx": rng.normal(size=(3, 3)), "Wh": rng.normal(size=(3, 3))}


def net_loss(W1, b1, W2):
    total = 0.0
    for x, t in zip(X, T):
        total += 0.5 * np.sum((W2 @ np.tanh(W1 @ x + b1) - t) ** 2)
    return total


def net_loss_in_rows(W1, b1, W2):
    return 0.5 * np.sum((np.tanh(X @ W1.T + b1) @ W2.T - T) ** 2)


def net_backward(lr, after, before):
    """Return a backward pass that moves the weights after each sample, or W2 before it is multiplied by."""

    def backward(W1, b1, W2):
        start, now = (W1, b1, W2), [W1.copy(), b1.copy(), W2.copy()]
        total = [np.zeros_like(w) for w in start]
        for x, t in zip(X, T):
            h = np.tanh(now[0] @ x + now[1])
            d2 = now[2] @ h - t
            dW2 = np.outer(d2, h)
            d1 = (now[2] - (lr * dW2 if before else 0.0)).T @ d2 * (1 - h * h)
            for k, own in enumerate((np.outer(d1, x), d1, dW2)):
                total[k] += own
                if after:
                    now[k] = now[k] - lr * own
        return dict(zip(NET, total))

    return backward


def rnn_loss(Wx, Wh):
    h, total = np.zeros(3), 0.0
    for x in X:
        h = np.tanh(Wx @ x + Wh @ h)
        total += np.sum(h**2)
    return total


def rnn_backward(lr, after, before):
    """Return a backward pass in time that moves Wh before or after it is multiplied by."""

    def backward(Wx, Wh):
        hs = [np.zeros(3)]
        for x in X:
            hs.append(np.tanh(Wx @ x + Wh @ hs[-1]))
        dWx, dWh, dh, now = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(3), Wh.copy()
        for t in reversed(range(len(X))):
            dz = (2 * hs[t + 1] + dh) * (1 - hs[t + 1] ** 2)
            own = np.outer(dz, hs[t])
            dWx, dWh = dWx + np.outer(dz, X[t]), dWh + own
            now, old = now - lr * own, now
            dh = (now if before else old).T @ dz
        return {"Wx": dWx, "Wh": dWh}

    return backward


LOOPS = {
    "samples": (net_loss, NET, net_backward),
    "samples as rows": (net_loss_in_rows, NET, net_backward),
    "time": (rnn_loss, RNN, rnn_backward),
}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("lr", [0.3, 0.1, 0.01])
@pytest.mark.parametrize(("after", "before"), [(True, False), (False, True), (True, True)])
def test_the_length_of_the_steps_is_read_off(loop, lr, after, before):
    loss, at, backward = LOOPS[loop]
    if loop != "time":
        assert compare(loss, at, backward(lr, False, False)).ok
    mistake = compare(loss, at, backward(lr, after, before)).mistakes[0]
    assert mistake.kind == "stale_weights"
    assert close(mistake.factor, lr, 1e-9)
    assert not mistake.together
