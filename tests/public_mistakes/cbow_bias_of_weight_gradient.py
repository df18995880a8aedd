"""The mistake: the gradients of the biases are the row sums of the weights' gradients, np.sum(np.dot(yhat - y, h.T), axis=1):
every sample is multiplied with the sum of its h. (For b1 this does no harm, as the columns of x sum to one.)
Source: GitHub issue rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization #62, "Improvisation in ... Backprop function"."""

import numpy as np

np.random.seed(62)
V, N, batch_size = 5, 3, 4
corpus = [0, 2, 1, 4, 3, 1, 0, 2]
x, y = np.zeros((V, batch_size)), np.zeros((V, batch_size))
for i in range(batch_size):
    center = i + 2
    y[corpus[center], i] = 1
    for j in (-2, -1, 1, 2):
        x[corpus[center + j], i] += 1 / 4
at = {
    "W1": np.random.rand(N, V),
    "W2": np.random.rand(V, N),
    "b1": np.random.rand(N, 1) - 0.3,
    "b2": np.random.rand(V, 1),
}


def softmax(z):
    e_z = np.exp(z)
    return e_z / np.sum(e_z, axis=0)


def forward_prop(x, W1, W2, b1, b2):
    h = np.dot(W1, x) + b1
    h = np.maximum(0, h)
    z = np.dot(W2, h) + b2
    return z, h


def compute_cost(y, yhat, batch_size):
    logprobs = np.multiply(np.log(yhat), y)
    return np.squeeze(-1 / batch_size * np.sum(logprobs))


def loss(W1, W2, b1, b2):
    z, h = forward_prop(x, W1, W2, b1, b2)
    return compute_cost(y, softmax(z), batch_size)


def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size, right):
    l1 = np.dot(W2.T, yhat - y)
    l1[h <= 0] = 0
    grad_W1 = (1 / batch_size) * np.dot(l1, x.T)
    grad_W2 = (1 / batch_size) * np.dot(yhat - y, h.T)
    if right:
        grad_b1 = np.sum((1 / batch_size) * l1, axis=1, keepdims=True)
        grad_b2 = np.sum((1 / batch_size) * (yhat - y), axis=1, keepdims=True)
    else:
        grad_b1 = np.sum((1 / batch_size) * np.dot(l1, x.T), axis=1, keepdims=True)
        grad_b2 = np.sum((1 / batch_size) * np.dot(yhat - y, h.T), axis=1, keepdims=True)
    return {"W1": grad_W1, "W2": grad_W2, "b1": grad_b1, "b2": grad_b2}


def _backward(W1, W2, b1, b2, right):
    z, h = forward_prop(x, W1, W2, b1, b2)
    return back_prop(x, softmax(z), y, h, W1, W2, b1, b2, batch_size, right)


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"bias_reduction", "other_operand"}
