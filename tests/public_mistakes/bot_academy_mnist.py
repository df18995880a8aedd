"""The mistakes: delta_o = o - l without the sigmoid derivative of the output; w_h_o is changed before delta_h is computed with it; and the cost
is 1/len(o) * sum of squares, so 2/len(o) is missing. One picture at a time, in columns. Read off the update. Source: GitHub pull request
Bot-Academy/NeuralNetworkFromScratch #3, "Fixed formally wrong backpropagation/gradient descent"."""

import numpy as np

rng = np.random.RandomState(327)
img, l = rng.rand(5, 1), np.eye(4)[:, [2]]
learn_rate = 0.5
at = {
    "w_i_h": rng.uniform(-0.5, 0.5, (3, 5)),
    "b_i_h": rng.uniform(-0.5, 0.5, (3, 1)),
    "w_h_o": rng.uniform(-0.5, 0.5, (4, 3)),
    "b_h_o": rng.uniform(-0.5, 0.5, (4, 1)),
}


def loss(w_i_h, b_i_h, w_h_o, b_h_o):
    h_pre = b_i_h + w_i_h @ img
    h = 1 / (1 + np.exp(-h_pre))
    o_pre = b_h_o + w_h_o @ h
    o = 1 / (1 + np.exp(-o_pre))
    e = 1 / len(o) * np.sum((o - l) ** 2, axis=0)
    return e


def backward(w_i_h, b_i_h, w_h_o, b_h_o):
    old = [v.copy() for v in (w_i_h, b_i_h, w_h_o, b_h_o)]
    h_pre = b_i_h + w_i_h @ img
    h = 1 / (1 + np.exp(-h_pre))
    o_pre = b_h_o + w_h_o @ h
    o = 1 / (1 + np.exp(-o_pre))
    # Backpropagation output -> hidden (cost function derivative)
    delta_o = o - l
    w_h_o += -learn_rate * delta_o @ np.transpose(h)
    b_h_o += -learn_rate * delta_o
    # Backpropagation hidden -> input (activation function derivative)
    delta_h = np.transpose(w_h_o) @ delta_o * (h * (1 - h))
    w_i_h += -learn_rate * delta_h @ np.transpose(img)
    b_i_h += -learn_rate * delta_h
    return [(a - b) / learn_rate for a, b in zip(old, (w_i_h, b_i_h, w_h_o, b_h_o))]


def right_backward(w_i_h, b_i_h, w_h_o, b_h_o):
    h = 1 / (1 + np.exp(-(b_i_h + w_i_h @ img)))
    o = 1 / (1 + np.exp(-(b_h_o + w_h_o @ h)))
    delta_o = 2 / len(o) * (o - l) * o * (1 - o)
    delta_h = w_h_o.T @ delta_o * (h * (1 - h))
    return [delta_h @ img.T, delta_h, delta_o @ h.T, delta_o]


EXPECTED = {"derivative_missing", "stale_weights", "scale"}
