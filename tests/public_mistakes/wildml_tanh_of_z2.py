"""The mistake: delta2 = (1 - tanh^2 z2) * delta3 W2^T, the formula of the notebook with z2 where z1 belongs (it runs, as there are as many
hidden units as classes here). Source: GitHub pull request dennybritz/nn-from-scratch #3 (formula of line 290)."""

import numpy as np

np.random.seed(0)
num_examples = 6
X, y = np.random.randn(num_examples, 2), np.array([0, 1, 2, 2, 0, 1])
reg_lambda = 0.01
at = {
    "W1": np.random.randn(2, 3) / np.sqrt(2),
    "b1": np.random.randn(1, 3) * 0.1,
    "W2": np.random.randn(3, 3) / np.sqrt(3),
    "b2": np.random.randn(1, 3) * 0.1,
}


def loss(W1, b1, W2, b2):
    z1 = X.dot(W1) + b1
    a1 = np.tanh(z1)
    z2 = a1.dot(W2) + b2
    exp_scores = np.exp(z2)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    corect_logprobs = -np.log(probs[range(num_examples), y])
    data_loss = np.sum(corect_logprobs)
    data_loss += reg_lambda / 2 * (np.sum(np.square(W1)) + np.sum(np.square(W2)))
    return data_loss


def _backward(W1, b1, W2, b2, right):
    z1 = X.dot(W1) + b1
    a1 = np.tanh(z1)
    z2 = a1.dot(W2) + b2
    exp_scores = np.exp(z2)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    delta3 = probs
    delta3[range(num_examples), y] -= 1
    dW2 = (a1.T).dot(delta3)
    db2 = np.sum(delta3, axis=0, keepdims=True)
    delta2 = (1 - np.tanh(z1 if right else z2) ** 2) * delta3.dot(W2.T)
    dW1 = np.dot(X.T, delta2)
    db1 = np.sum(delta2, axis=0, keepdims=True)
    dW2 += reg_lambda * W2
    dW1 += reg_lambda * W1
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def backward(**model):
    return _backward(**model, right=False)


def right_backward(**model):
    return _backward(**model, right=True)


EXPECTED = {"derivative_argument", "other_operand"}
