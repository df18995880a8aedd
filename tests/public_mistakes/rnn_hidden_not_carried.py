"""The mistake: the gradient that arrives at h[t] from the step after it is never added: every step only sees its own output.
Source: GitHub issue qixianbiao/RNN #2, "backward seems incorrect" (the gradient of the later h is not passed to the layer before)."""

import numpy as np

np.random.seed(3)
n_in, n_hid, n_out, T = 3, 4, 3, 5
x = np.random.randn(n_in, T)
labels = [0, 2, 1, 1, 0]
y = np.eye(n_out)[labels].T
at = {
    "Wxh": np.random.randn(n_hid, n_in) * 0.6,
    "Bxh": np.random.randn(n_hid) * 0.1,
    "Whh": np.random.randn(n_hid, n_hid) * 0.6,
    "Bhh": np.random.randn(n_hid) * 0.1,
    "Wyh": np.random.randn(n_out, n_hid) * 0.6,
    "Byh": np.random.randn(n_out) * 0.1,
}


class RNN(object):
    def __init__(self, Wxh, Bxh, Whh, Bhh, Wyh, Byh):
        self.Wxh, self.Bxh, self.Whh, self.Bhh, self.Wyh, self.Byh = Wxh, Bxh, Whh, Bhh, Wyh, Byh
        self.h0 = np.zeros(n_hid)

    def forward(self, x):
        h, output = {-1: self.h0}, {}
        for t in range(x.shape[1]):
            h[t] = np.tanh(np.dot(self.Wxh, x[:, t]) + self.Bxh + np.dot(self.Whh, h[t - 1]) + self.Bhh)
            score = np.dot(self.Wyh, h[t]) + self.Byh
            e = np.exp(score - np.max(score))
            output[t] = e / np.sum(e)
        return h, output

    def loss(self, x, y):
        h, output = self.forward(x)
        cost = 0.0
        for t in range(x.shape[1]):
            cost -= np.sum(y[:, t] * np.log(output[t]))
        return cost

    def backward(self, x, y, carry):
        h, output = self.forward(x)
        D_Wyh, D_Byh = np.zeros_like(self.Wyh), np.zeros_like(self.Byh)
        D_Whh, D_Bhh = np.zeros_like(self.Whh), np.zeros_like(self.Bhh)
        D_Wxh, D_Bxh = np.zeros_like(self.Wxh), np.zeros_like(self.Bxh)
        later = np.zeros(n_hid)
        for t in range(x.shape[1] - 1, -1, -1):
            dQ = output[t] - y[:, t]
            D_Wyh += np.outer(dQ, h[t])
            D_Byh += dQ
            dL_h = np.dot(self.Wyh.T, dQ)
            if carry:
                dL_h = dL_h + later
            dt = (1 - h[t] * h[t]) * dL_h
            D_Wxh += np.outer(dt, x[:, t])
            D_Bxh += dt
            D_Whh += np.outer(dt, h[t - 1])
            D_Bhh += dt
            later = np.dot(self.Whh.T, dt)
        return {"Wxh": D_Wxh, "Bxh": D_Bxh, "Whh": D_Whh, "Bhh": D_Bhh, "Wyh": D_Wyh, "Byh": D_Byh}


def loss(**p):
    return RNN(**p).loss(x, y)


def backward(**p):
    return RNN(**p).backward(x, y, False)


def right_backward(**p):
    return RNN(**p).backward(x, y, True)


EXPECTED = {"path_missing", "detached", "shared_use_missing"}
