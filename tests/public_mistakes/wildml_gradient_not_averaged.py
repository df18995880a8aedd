"""The mistake: the loss (with its penalty) is divided by the number of examples, the gradients dW1, db1,
dW2, db2 are sums that are not averaged. Source: GitHub issue dennybritz/nn-from-scratch #13, "gradient
checks do not match" (ann_classification.py)."""

import numpy as np

rng = np.random.RandomState(13)
num_examples, n_in, n_h, n_out = 6, 2, 3, 2
X, y = rng.randn(num_examples, n_in), rng.randint(0, n_out, num_examples)
reg_lambda = 0.3
at = {
    "W1": rng.randn(n_in, n_h),
    "b1": rng.randn(1, n_h) * 0.3,
    "W2": rng.randn(n_h, n_out),
    "b2": rng.randn(1, n_out) * 0.3,
}


def forward(W1, b1, W2, b2):
    a1 = np.tanh(X.dot(W1) + b1)
    z2 = a1.dot(W2) + b2
    exp_scores = np.exp(z2)
    return a1, exp_scores / np.sum(exp_scores, axis=1, keepdims=True)


def loss(W1, b1, W2, b2):
    _, probs = forward(W1, b1, W2, b2)
    data_loss = np.sum(-np.log(probs[range(num_examples), y]))
    data_loss += reg_lambda / 2 * (np.sum(np.square(W1)) + np.sum(np.square(W2)))
    return 1.0 / num_examples * data_loss


def backward(W1, b1, W2, b2):
    a1, probs = forward(W1, b1, W2, b2)
    delta3 = probs
    delta3[range(num_examples), y] -= 1
    dW2 = (a1.T).dot(delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = delta3.dot(W2.T) * (1 - np.power(a1, 2))
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0, keepdims=True)
    dW2 += reg_lambda * W2
    dW1 += reg_lambda * W1
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def right_backward(**p):
    return {k: g / num_examples for k, g in backward(**p).items()}


EXPECTED = {"sum_for_mean", "scale"}
