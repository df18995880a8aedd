"""The mistake: the bias gradients are the weights' gradients summed over the inputs, sum(dot(delta, input.T), axis=1). For b1 that
happens to be right (the columns of x sum to one, as averages of one-hot vectors do), for b2 it is not. Source:
rust0258/Deeplearning.ai-Natural-Language-Processing-Specialization issues 62 and 64 ("Wrong back propagation function")."""

import numpy as np

np.random.seed(6)
V, N, batch_size = 6, 4, 5
words = np.random.randint(0, V, (5, 4))
x = np.zeros((V, batch_size))
for col, context in enumerate(words):
    for word in context:
        x[word, col] += 1 / 4
y = np.eye(V)[:, [3, 0, 5, 1, 1]]
at = {
    "W1": np.random.randn(N, V) * 0.7,
    "W2": np.random.randn(V, N) * 0.7,
    "b1": np.random.rand(N, 1),
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


def loss(W1, W2, b1, b2):
    z, h = forward_prop(x, W1, W2, b1, b2)
    yhat = softmax(z)
    logprobs = np.multiply(np.log(yhat), y)
    return -1 / batch_size * np.sum(logprobs)


def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size, right):
    l1 = np.dot(W2.T, yhat - y)
    l1[h == 0] = 0
    grad_W1 = (1 / batch_size) * np.dot(l1, x.T)
    grad_W2 = (1 / batch_size) * np.dot(yhat - y, h.T)
    if right:
        grad_b1 = np.dot(l1, np.ones((batch_size, 1))) / batch_size
        grad_b2 = np.dot(yhat - y, np.ones((batch_size, 1))) / batch_size
    else:
        grad_b1 = np.sum((1 / batch_size) * np.dot(l1, x.T), axis=1, keepdims=True)
        grad_b2 = np.sum((1 / batch_size) * np.dot(yhat - y, h.T), axis=1, keepdims=True)
    return {"W1": grad_W1, "W2": grad_W2, "b1": grad_b1, "b2": grad_b2}


def _backward(p, right):
    z, h = forward_prop(x, **p)
    return back_prop(x, softmax(z), y, h, **p, batch_size=batch_size, right=right)


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"bias_reduction", "other_operand"}
