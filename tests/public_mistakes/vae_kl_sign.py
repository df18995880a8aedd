"""The mistake: the gradient of the KL term has the wrong sign; that of the reconstruction is right."""

import numpy as np

rng = np.random.RandomState(19)
n, n_x, n_h, n_z = 5, 6, 4, 2
X = rng.rand(n, n_x)
at = {
    "W_e": rng.randn(n_x, n_h) * 0.5,
    "b_e": rng.randn(n_h) * 0.1,
    "W_mu": rng.randn(n_h, n_z) * 0.5,
    "b_mu": rng.randn(n_z) * 0.1,
    "W_lv": rng.randn(n_h, n_z) * 0.5,
    "b_lv": rng.randn(n_z) * 0.1,
    "W_d": rng.randn(n_z, n_h) * 0.5,
    "b_d": rng.randn(n_h) * 0.1,
    "W_o": rng.randn(n_h, n_x) * 0.5,
    "b_o": rng.randn(n_x) * 0.1,
}


class VAE:
    def __init__(self):
        self.epsilon = np.random.RandomState(77).standard_normal(size=(n, n_z))

    def set(self, **p):
        for k, v in p.items():
            setattr(self, k, v)

    def encode(self, x):
        self.h = np.maximum(0.01 * (x @ self.W_e + self.b_e), x @ self.W_e + self.b_e)
        self.mu = self.h @ self.W_mu + self.b_mu
        self.logvar = self.h @ self.W_lv + self.b_lv
        self.z = self.mu + np.exp(self.logvar * 0.5) * self.epsilon
        return self.z

    def decode(self, z):
        self.d = np.maximum(0, z @ self.W_d + self.b_d)
        self.out = 1 / (1 + np.exp(-(self.d @ self.W_o + self.b_o)))
        return self.out

    def cost(self, x):
        out = self.decode(self.encode(x))
        rec = -np.sum(x * np.log(out + 1e-8) + (1 - x) * np.log(1 - out + 1e-8))
        kl = -0.5 * np.sum(1 + self.logvar - self.mu**2 - np.exp(self.logvar))
        return (rec + kl) / n

    def backward(self, x, sign):
        y = self.out
        dout = (-x / (y + 1e-8) + (1 - x) / (1 - y + 1e-8)) / n
        do = dout * y * (1 - y)
        g = {"W_o": self.d.T @ do, "b_o": do.sum(0)}
        dd = (do @ self.W_o.T) * (self.d > 0)
        g["W_d"], g["b_d"] = self.z.T @ dd, dd.sum(0)
        dz = dd @ self.W_d.T
        dmu = dz + sign * self.mu / n
        dlv = (
            dz * self.epsilon * 0.5 * np.exp(self.logvar * 0.5)
            + sign * -0.5 * (1 - np.exp(self.logvar)) / n
        )
        g["W_mu"], g["b_mu"], g["W_lv"], g["b_lv"] = self.h.T @ dmu, dmu.sum(0), self.h.T @ dlv, dlv.sum(0)
        dh = dmu @ self.W_mu.T + dlv @ self.W_lv.T
        dh = dh * np.where(x @ self.W_e + self.b_e > 0, 1, 0.01)
        g["W_e"], g["b_e"] = x.T @ dh, dh.sum(0)
        return g


vae = VAE()


def loss(**p):
    vae.set(**p)
    return vae.cost(X)


def _backward(p, sign):
    vae.set(**p)
    vae.cost(X)
    return vae.backward(X, sign)


def backward(**p):
    return _backward(p, -1)


def right_backward(**p):
    return _backward(p, 1)


EXPECTED = {"sign"}
