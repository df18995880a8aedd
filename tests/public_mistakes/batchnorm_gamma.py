"""The mistake: dx is computed from dy, not from gamma * dy: the scale is left out of the gradient of the input."""

import numpy as np

rng = np.random.RandomState(11)
X, Y = rng.randn(7, 4), rng.randn(7, 2)
at = {
    "W1": rng.randn(4, 5),
    "gamma": 1 + 0.5 * rng.rand(5),
    "beta": rng.randn(5) * 0.2,
    "W2": rng.randn(5, 2),
}


class BatchNorm:
    def __init__(self, eps=1e-5):
        self.eps = eps
        self.running_mean = None
        self.running_var = None

    def forward(self, x, gamma, beta):
        self.gamma = gamma
        self.mu = x.mean(axis=0)
        self.var = x.var(axis=0)
        self.ivar = 1.0 / np.sqrt(self.var + self.eps)
        self.xmu = x - self.mu
        self.xhat = self.xmu * self.ivar
        if self.running_mean is None:
            self.running_mean, self.running_var = self.mu, self.var
        self.running_mean = 0.9 * self.running_mean + 0.1 * self.mu
        self.running_var = 0.9 * self.running_var + 0.1 * self.var
        return gamma * self.xhat + beta

    def backward(self, dy, right=False):
        m = dy.shape[0]
        dgamma = np.sum(dy * self.xhat, axis=0)
        dbeta = np.sum(dy, axis=0)
        dyg = self.gamma * dy if right else dy
        dyivar = dyg * self.ivar
        dsigma2 = -0.5 * np.sum(dyivar * self.xmu * self.ivar**2, axis=0)
        dmu = -np.sum(dyivar, axis=0) - 2 * dsigma2 * np.sum(self.xmu, axis=0) / m
        dx = dyivar + dsigma2 * 2 * self.xmu / m + dmu / m
        return dx, dgamma, dbeta


bn = BatchNorm()


def forward(W1, gamma, beta, W2):
    z1 = X @ W1
    n1 = bn.forward(z1, gamma, beta)
    a1 = np.maximum(n1, 0)
    out = a1 @ W2
    return n1, a1, out


def loss(W1, gamma, beta, W2):
    out = forward(W1, gamma, beta, W2)[-1]
    return 0.5 * np.sum((out - Y) ** 2) / X.shape[0]


def _backward(W1, gamma, beta, W2, right):
    n1, a1, out = forward(W1, gamma, beta, W2)
    dout = (out - Y) / X.shape[0]
    dW2 = a1.T @ dout
    dn1 = (dout @ W2.T) * (n1 > 0)
    dz1, dgamma, dbeta = bn.backward(dn1, right)
    return {"W1": X.T @ dz1, "gamma": dgamma, "beta": dbeta, "W2": dW2}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"factor_missing"}
