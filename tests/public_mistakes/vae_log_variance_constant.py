"""The mistake: in the derivative of the Gaussian log likelihood after log(sigma^2) the constant is -0.25, right is -0.5; the
term with the squared error is right.
Source: GitHub pull request y0ast/VAE-Torch #5, "Corrected constant in gaussian criteria"."""

import numpy as np

rng = np.random.RandomState(5)
batch, dim, hid, lat = 4, 5, 4, 2
data = rng.randn(batch, dim)
eps = rng.randn(batch, lat)
at = {
    "enc": rng.randn(dim, hid) * 0.5,
    "zmu": rng.randn(hid, lat) * 0.6,
    "zls": rng.randn(hid, lat) * 0.4,
    "dec": rng.randn(lat, hid) * 0.6,
    "xmu": rng.randn(hid, dim) * 0.5,
    "xls": rng.randn(hid, dim) * 0.4,
    "xls_b": rng.randn(dim) * 0.2,
}


def gaussian_criterion_forward(mu, log_var, x):
    out = -0.5 * log_var - 0.5 * np.log(2 * np.pi) - (x - mu) ** 2 / (2 * np.exp(log_var))
    return -np.sum(out)


def gaussian_criterion_backward(mu, log_var, x, constant):
    dmu = (x - mu) / np.exp(log_var)
    dlog_var = constant + (x - mu) ** 2 / (2 * np.exp(log_var))
    return -dmu, -dlog_var


def kld_forward(mu, log_var):
    return 0.5 * np.sum(np.exp(log_var) + mu**2 - log_var - 1)


def forward(w):
    e = np.tanh(data @ w["enc"])
    mu, lv = e @ w["zmu"], e @ w["zls"]
    z = mu + np.exp(0.5 * lv) * eps
    d = np.tanh(z @ w["dec"])
    return e, mu, lv, z, d, d @ w["xmu"], d @ w["xls"] + w["xls_b"]


def loss(**w):
    e, mu, lv, z, d, xm, xl = forward(w)
    return (gaussian_criterion_forward(xm, xl, data) + kld_forward(mu, lv)) / batch


def _backward(w, constant):
    e, mu, lv, z, d, xm, xl = forward(w)
    dxm, dxl = [v / batch for v in gaussian_criterion_backward(xm, xl, data, constant)]
    g = {"xmu": d.T @ dxm, "xls": d.T @ dxl, "xls_b": dxl.sum(axis=0)}
    dd = (dxm @ w["xmu"].T + dxl @ w["xls"].T) * (1 - d**2)
    g["dec"] = z.T @ dd
    dz = dd @ w["dec"].T
    dmu = dz + mu / batch
    dlv = dz * eps * 0.5 * np.exp(0.5 * lv) + 0.5 * (np.exp(lv) - 1) / batch
    g["zmu"], g["zls"] = e.T @ dmu, e.T @ dlv
    g["enc"] = data.T @ ((dmu @ w["zmu"].T + dlv @ w["zls"].T) * (1 - e**2))
    return g


def backward(**w):
    return _backward(w, -0.25)


def right_backward(**w):
    return _backward(w, -0.5)


EXPECTED = {"term_factor"}
