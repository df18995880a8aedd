"""The mistake: A = 1 / (1 + exp(-w.T X + b)), so b goes in with the wrong sign, and db = mean(A - Y) has the wrong sign for that. Source: Stack Overflow question
57143486, "Why is derivation db becoming negative?" (copy: shijianchuo.net/question/57143486.html)."""

import numpy as np

rng = np.random.RandomState(571)
X = np.array([[1.0, 2.0, -1.0], [3.0, 4.0, -3.2]]) / 3
Y = np.array([[1.0, 0.0, 1.0]])
at = {"w": np.array([[0.7], [0.4]]), "b": np.array([0.6])}


def loss(w, b):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-np.dot(w.T, X) + b))
    return -1 / m * np.sum(np.dot(Y, np.log(A).T) + np.dot((1 - Y), np.log(1 - A).T))


def _backward(w, b, sign):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-np.dot(w.T, X) + b))
    dw = 1 / m * np.dot(X, (A - Y).T)
    db = sign / m * np.sum(A - Y)
    return {"w": dw, "b": np.array([db])}


def backward(w, b):
    return _backward(w, b, 1)


def right_backward(w, b):
    return _backward(w, b, -1)


EXPECTED = {"sign"}
