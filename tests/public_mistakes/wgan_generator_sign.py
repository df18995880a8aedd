"""The mistake: the generator's step goes backward from g_loss = D(G(z)) with one, where mone (minus one) belongs: the generator's
loss is -E[D(G(z))], so all its gradients have the wrong sign. Generator with two layers, critic fixed.
Source: GitHub pull request Zeleni9/pytorch-wgan #53, "Fix generator loss backward direction in WGAN with clipping"."""

import numpy as np

np.random.seed(53)
batch, nz, ngf, nx, ndf = 4, 2, 3, 2, 3
z = np.random.randn(batch, nz)
D1 = np.random.randn(nx, ndf)
D2 = np.random.randn(ndf, 1)
at = {
    "G1": np.random.randn(nz, ngf),
    "g1": np.random.randn(1, ngf) * 0.1,
    "G2": np.random.randn(ngf, nx),
    "g2": np.random.randn(1, nx) * 0.1,
}


def leaky(v):
    return np.where(v > 0, v, 0.2 * v)


def forward(G1, g1, G2, g2):
    a = z.dot(G1) + g1
    h = leaky(a)
    fake = np.tanh(h.dot(G2) + g2)
    c = fake.dot(D1)
    score = leaky(c).dot(D2)
    return a, h, fake, c, score


def loss(G1, g1, G2, g2):
    return -np.mean(forward(G1, g1, G2, g2)[-1])


def _backward(G1, g1, G2, g2, gradient):
    a, h, fake, c, score = forward(G1, g1, G2, g2)
    dscore = gradient * np.ones_like(score) / batch
    dc = dscore.dot(D2.T) * np.where(c > 0, 1, 0.2)
    dfake = dc.dot(D1.T) * (1 - fake**2)
    dh = dfake.dot(G2.T) * np.where(a > 0, 1, 0.2)
    return {
        "G2": h.T.dot(dfake),
        "g2": dfake.sum(axis=0, keepdims=True),
        "G1": z.T.dot(dh),
        "g1": dh.sum(axis=0, keepdims=True),
    }


def backward(G1, g1, G2, g2):
    one = 1
    return _backward(G1, g1, G2, g2, one)


def right_backward(G1, g1, G2, g2):
    mone = -1
    return _backward(G1, g1, G2, g2, mone)


EXPECTED = {"sign"}
