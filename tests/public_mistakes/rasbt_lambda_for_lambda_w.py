"""The mistake: the regularised gradients are Delta + lambda, where Delta + lambda * W belongs (the equation of page 416). Source: GitHub issue
rasbt/python-machine-learning-book-2nd-edition #94, "Chapter 12 typo" (rickiepark, p416)."""

import numpy as np

rng = np.random.RandomState(416)
X_train, y_enc = rng.rand(6, 4), np.eye(3)[[0, 2, 1, 1, 0, 2]]
l2 = 0.1
at = {
    "w_h": rng.normal(0, 0.5, (4, 5)),
    "b_h": rng.normal(0, 0.1, 5),
    "w_out": rng.normal(0, 0.5, (5, 3)),
    "b_out": rng.normal(0, 0.1, 3),
}


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def forward(w_h, b_h, w_out, b_out):
    a_h = sigmoid(np.dot(X_train, w_h) + b_h)
    return a_h, sigmoid(np.dot(a_h, w_out) + b_out)


def loss(w_h, b_h, w_out, b_out):
    a_h, output = forward(w_h, b_h, w_out, b_out)
    L2_term = l2 / 2 * (np.sum(w_h**2.0) + np.sum(w_out**2.0))
    term1 = -y_enc * np.log(output)
    term2 = (1.0 - y_enc) * np.log(1.0 - output)
    return np.sum(term1 - term2) + L2_term


def _backward(w_h, b_h, w_out, b_out, right):
    a_h, a_out = forward(w_h, b_h, w_out, b_out)
    sigma_out = a_out - y_enc
    sigma_h = np.dot(sigma_out, w_out.T) * (a_h * (1.0 - a_h))
    grad_w_h = np.dot(X_train.T, sigma_h)
    grad_b_h = np.sum(sigma_h, axis=0)
    grad_w_out = np.dot(a_h.T, sigma_out)
    grad_b_out = np.sum(sigma_out, axis=0)
    delta_w_h = grad_w_h + (l2 * w_h if right else l2)
    delta_w_out = grad_w_out + (l2 * w_out if right else l2)
    return {"w_h": delta_w_h, "b_h": grad_b_h, "w_out": delta_w_out, "b_out": grad_b_out}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"?", "factor_missing", "derivative_of_other"}
