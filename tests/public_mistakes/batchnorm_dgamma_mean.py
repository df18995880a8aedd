"""The mistake: dgamma (and dbeta) are averaged over the batch, where the sum belongs: the loss has already divided by N.
(The asker's proposal; the sum was right.)
Source: GitHub issue wjbKimberly/cs231n_spring_2017_assignment #7, "dgamma=np.sum(dout*x_,axis=0) should be mean???"."""

import numpy as np

np.random.seed(7)
N, D1, D2, K = 5, 4, 3, 3
X, y = np.random.randn(N, D1), np.array([0, 2, 1, 1, 2])
at = {
    "W1": np.random.randn(D1, D2),
    "gamma": np.random.rand(D2) + 0.5,
    "beta": np.random.randn(D2) * 0.2,
    "W2": np.random.randn(D2, K),
    "b2": np.zeros(K),
}


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mean = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    x_ = (x - mean) / np.sqrt(var + eps)
    return gamma * x_ + beta, (x, mean, var, x_, gamma, eps)


def batchnorm_backward(dout, cache, right):
    x, mean, var, x_, gamma, eps = cache
    N = x.shape[0]
    reduce = np.sum if right else np.mean
    dgamma = reduce(dout * x_, axis=0)
    dbeta = reduce(dout, axis=0)
    dx_ = gamma * dout
    dvar = np.sum(dx_ * (x - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
    dmean = np.sum(-dx_ / np.sqrt(var + eps), axis=0) + dvar * np.mean(-2 * (x - mean), axis=0)
    dx = dx_ / np.sqrt(var + eps) + dvar * 2 * (x - mean) / N + dmean / N
    return dx, dgamma, dbeta


def softmax_loss(x, y):
    probs = np.exp(x - np.max(x, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    value = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    return value, dx / N


def loss(W1, gamma, beta, W2, b2):
    out, _ = batchnorm_forward(X.dot(W1), gamma, beta)
    return softmax_loss(np.maximum(0, out).dot(W2) + b2, y)[0]


def _backward(W1, gamma, beta, W2, b2, right):
    out, cache = batchnorm_forward(X.dot(W1), gamma, beta)
    hidden = np.maximum(0, out)
    _, dscores = softmax_loss(hidden.dot(W2) + b2, y)
    dout = dscores.dot(W2.T)
    dout[out <= 0] = 0
    da, dgamma, dbeta = batchnorm_backward(dout, cache, right)
    return {
        "W1": X.T.dot(da),
        "gamma": dgamma,
        "beta": dbeta,
        "W2": hidden.T.dot(dscores),
        "b2": np.sum(dscores, axis=0),
    }


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"scale", "bias_reduction"}
