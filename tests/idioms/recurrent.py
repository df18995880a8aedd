"""Recurrent networks: states that are kept in lists, dicts and buffers."""

import numpy as np

from .definition import idiom
from .samples import steps, tokens


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


@idiom(Wx=(3, 2), Wh=(3, 3), b=(3,))
def states_in_a_list(Wx, Wh, b):
    h = np.zeros(3)
    states = []
    for x in steps:
        h = np.tanh(Wx @ x + Wh @ h + b)
        states.append(h)
    return np.sum(np.array(states) ** 2)


@idiom(Wx=(3, 2), Wh=(3, 3))
def states_in_a_buffer(Wx, Wh):
    hs = np.zeros((len(steps) + 1, 3))
    for t, x in enumerate(steps):
        hs[t + 1] = np.tanh(Wx @ x + Wh @ hs[t])
    return np.mean(hs[1:] ** 2)


@idiom(Wxh=(3, 5), Whh=(3, 3), Why=(5, 3), bh=(3, 1), by=(5, 1))
def characters(Wxh, Whh, Why, bh, by):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.zeros((3, 1))
    loss = 0
    for t in range(len(tokens) - 1):
        xs[t] = np.zeros((5, 1))
        xs[t][tokens[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][tokens[t + 1], 0])
    return loss


@idiom(W=(3, 3), U=(3, 2))
def last_negative_state(W, U):
    s = np.zeros((len(steps) + 1, 3))
    for t in np.arange(len(steps)):
        s[t] = np.tanh(U.dot(steps[t]) + W.dot(s[t - 1]))
    return s[len(steps) - 1].sum()


@idiom(wx=(), wh=())
def one_unit(wx, wh):
    state = 0.0
    for x in steps[:, 0]:
        state = np.tanh(wx * x + wh * state)
    return (state - 0.5) ** 2


@idiom(wx=(), wh=())
def linear_unit_over_sequences(wx, wh):
    states = np.zeros((2, 6))
    for k in range(5):
        states[:, k + 1] = steps[k] * wx + states[:, k] * wh
    return np.mean((states[:, -1] - np.array([1.0, 2.0])) ** 2)


@idiom(W=(12, 5), b=(12,))
def lstm_with_one_matrix(W, b):
    h, c = np.zeros(3), np.zeros(3)
    for x in steps:
        i, f, o, g = np.split(W @ np.concatenate([h, x]) + b, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return (h**2).sum()


@idiom(Wf=(2, 4), Wi=(2, 4), Wc=(2, 4), Wo=(2, 4))
def lstm_with_columns(Wf, Wi, Wc, Wo):
    h = c = np.zeros((2, 1))
    for x in steps[:3]:
        z = np.vstack((h, x.reshape(-1, 1)))
        c = sigmoid(Wf @ z) * c + sigmoid(Wi @ z) * np.tanh(Wc @ z)
        h = sigmoid(Wo @ z) * np.tanh(c)
    return h.sum()


@idiom(Wz=(2, 4), Wr=(2, 4), Wh=(2, 4))
def gru(Wz, Wr, Wh):
    h = np.zeros(2)
    for x in steps:
        z = sigmoid(Wz @ np.hstack([x, h]))
        r = sigmoid(Wr @ np.hstack([x, h]))
        h = (1 - z) * h + z * np.tanh(Wh @ np.hstack([x, r * h]))
    return np.dot(h, h)


@idiom(Wx=(2, 3), Wh=(3, 3), Wy=(3, 2))
def batch_of_sequences(Wx, Wh, Wy):
    inputs = np.stack([steps, -steps + 0.2], axis=1)
    h = np.zeros((2, 3))
    outputs = np.zeros((5, 2, 2))
    for t in range(5):
        h = np.tanh(inputs[t] @ Wx + h @ Wh)
        outputs[t] = h @ Wy
    return np.mean((outputs - inputs) ** 2)


@idiom(W=(2, 2), V=(2, 2))
def both_directions(W, V):
    ahead, back = np.zeros((5, 2)), np.zeros((5, 2))
    h = k = np.zeros(2)
    for t in range(5):
        ahead[t] = h = np.tanh(steps[t] + W @ h)
        back[4 - t] = k = np.tanh(steps[4 - t] + V @ k)
    return np.concatenate([ahead, back], axis=1).sum()


@idiom(W=(2, 2), h0=(2,))
def initial_state_is_learned(W, h0):
    h = h0
    for x in steps:
        h = np.tanh(W @ h + x)
    return (h[0] - h[1]) ** 2


@idiom(W=(2, 2))
def states_stacked(W):
    h, hs = np.zeros(2), []
    for x in steps:
        h = sigmoid(W @ h + x)
        hs.append(h)
    return (np.stack(hs).mean(axis=0) ** 2).sum()


@idiom(W=(2, 2))
def cells_as_tuples(W):
    def cell(x, state):
        h, n = state
        return np.tanh(W @ h + x) / n, n + 1

    state = np.zeros(2), 1
    for x in steps:
        state = cell(x, state)
    return np.sum(state[0] ** 2)


@idiom(W=(2, 2))
def gradient_clipped_beside(W):
    h, norms = np.zeros(2), []
    for x in steps:
        h = np.tanh(x @ W + h)
        norms.append(np.linalg.norm(h))
    return sum(norms)


@idiom(W=(3, 3), U=(3, 2))
def states_and_outputs_in_a_class(W, U):
    class Recurrent:
        def __init__(self):
            self.h = np.zeros((6, 3))

        def run(self):
            for t in range(5):
                self.h[t + 1] = np.tanh(W @ self.h[t] + U @ steps[t])
            return self.h

    return np.sum(Recurrent().run()[-1] ** 2)


@idiom(W=(2, 2))
def state_in_place(W):
    h = np.zeros(2)
    for x in steps:
        h[:] = np.tanh(W @ h + x)
    return h.sum()
