"""The mistake: the gradient of the KL term (to the uniform distribution) that goes into the softmax is log(1/k) - log p - 1, of the wrong sign. Source: GitHub
issue Kaixhin/Autoencoders #9, "gradient of KL in CatVAE" (Torch; here NumPy, without the Gumbel noise)."""

import math

import numpy as np

rng = np.random.RandomState(9)
n, d, N, k = 4, 5, 2, 3
X = rng.rand(n, d)
at = {"enc": rng.randn(d, N * k), "dec": rng.randn(N * k, d)}


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(enc, dec):
    z = softmax((X @ enc).reshape(n * N, k))
    xhat = 1 / (1 + np.exp(-(z.reshape(n, N * k) @ dec)))
    return z, xhat


def loss(enc, dec):
    z, xhat = forward(enc, dec)
    recon = -np.sum(X * np.log(xhat) + (1 - X) * np.log(1 - xhat))
    KLLoss = np.sum(z * (np.log(z) - math.log(1 / k)))
    return recon + KLLoss


def _backward(enc, dec, right):
    z, xhat = forward(enc, dec)
    dlogits = xhat - X
    gz = (dlogits @ dec.T).reshape(n * N, k)
    logZ = np.log(z)
    gKL = math.log(1 / k) - logZ - 1
    if right:
        gKL = logZ + 1 - math.log(1 / k)
    g = gz + gKL
    genc = z * (g - np.sum(g * z, axis=1, keepdims=True))
    return {"enc": X.T @ genc.reshape(n, N * k), "dec": z.reshape(n, N * k).T @ dlogits}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"sign"}
