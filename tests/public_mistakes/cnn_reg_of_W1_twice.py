"""The mistake is in the loss: its penalty has W1 twice and W3 not at all, while the gradients add reg * W to W1, W2 and W3. Source: GitHub
pull request lightaime/cs231n #2, "Update cnn.py -- Regularization function" (here three affine layers)."""

import numpy as np

rng = np.random.RandomState(320)
X, y, reg = rng.randn(6, 4), np.array([0, 2, 1, 1, 0, 2]), 0.3
at = {
    "W1": rng.randn(4, 5) * 0.6,
    "b1": rng.randn(5) * 0.1,
    "W2": rng.randn(5, 4) * 0.6,
    "b2": rng.randn(4) * 0.1,
    "W3": rng.randn(4, 3) * 0.6,
    "b3": rng.randn(3) * 0.1,
}


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return dout.dot(w.T), x.T.dot(dout), np.sum(dout, axis=0)


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    return np.maximum(0, a), (fc_cache, a)


def affine_relu_backward(dout, cache):
    fc_cache, a = cache
    return affine_backward(dout * (a > 0), fc_cache)


def softmax_loss(x, y):
    probs = np.exp(x - np.max(x, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    N = x.shape[0]
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


def loss_and_grads(params):
    W1, b1, W2, b2, W3, b3 = [params[k] for k in ("W1", "b1", "W2", "b2", "W3", "b3")]
    a1, cache1 = affine_relu_forward(X, W1, b1)
    a2, cache2 = affine_relu_forward(a1, W2, b2)
    scores, cache3 = affine_forward(a2, W3, b3)
    data_loss, dscores = softmax_loss(scores, y)
    da2, dW3, db3 = affine_backward(dscores, cache3)
    da1, dW2, db2 = affine_relu_backward(da2, cache2)
    dX, dW1, db1 = affine_relu_backward(da1, cache1)
    dW1 += reg * W1
    dW2 += reg * W2
    dW3 += reg * W3
    reg_loss = 0.5 * reg * sum(np.sum(W * W) for W in [W1, W2, W1])
    return data_loss + reg_loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}


def loss(**params):
    return loss_and_grads(params)[0]


def backward(**params):
    return loss_and_grads(params)[1]


def right_backward(**params):
    grads = loss_and_grads(params)[1]
    grads["W1"] += reg * params["W1"]
    grads["W3"] -= reg * params["W3"]
    return grads


EXPECTED = {"regularization_missing", "other_loss", "scale"}
