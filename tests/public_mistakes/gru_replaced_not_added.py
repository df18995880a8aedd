"""The mistake: the gate of each time step writes its weight gradients over those of the other steps instead of adding them.
Source: GitHub pull request mratsim/Arraymancer #237, "GRU layer" (result[2] += dW3 "instead of replacing")."""

import numpy as np

rng = np.random.RandomState(237)
B, I, H, T = 2, 3, 3, 4
inputs = rng.randn(T, B, I)
goal = rng.randn(B, H) * 0.5
at = {
    "W3": rng.randn(3 * H, I) * 0.5,
    "U3": rng.randn(3 * H, H) * 0.5,
    "bW3": rng.randn(3 * H) * 0.1,
    "bU3": rng.randn(3 * H) * 0.1,
}


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


class GRUCellGate:
    def __init__(self, net):
        self.net = net

    def forward(self, x, h):
        n = self.net
        self.x, self.h = x, h
        wx = x @ n["W3"].T + n["bW3"]
        uh = h @ n["U3"].T + n["bU3"]
        self.r = sigmoid(wx[:, :H] + uh[:, :H])
        self.z = sigmoid(wx[:, H : 2 * H] + uh[:, H : 2 * H])
        self.uh_n = uh[:, 2 * H :]
        self.n = np.tanh(wx[:, 2 * H :] + self.r * self.uh_n)
        return (1 - self.z) * self.n + self.z * h

    def backward(self, dnext, result, add):
        dn = dnext * (1 - self.z) * (1 - self.n**2)
        dz = dnext * (self.h - self.n) * self.z * (1 - self.z)
        dr = dn * self.uh_n * self.r * (1 - self.r)
        dwx = np.concatenate([dr, dz, dn], axis=1)
        duh = np.concatenate([dr, dz, dn * self.r], axis=1)
        new = {"W3": dwx.T @ self.x, "U3": duh.T @ self.h, "bW3": dwx.sum(axis=0), "bU3": duh.sum(axis=0)}
        for name in new:
            if add:
                result[name] = result[name] + new[name]
            else:
                result[name] = new[name]
        return dnext * self.z + duh @ self.net["U3"]


def unroll(net):
    h, gates = np.zeros((B, H)), []
    for x in inputs:
        gate = GRUCellGate(net)
        h = gate.forward(x, h)
        gates.append(gate)
    return h, gates


def loss(**net):
    h, _ = unroll(net)
    return np.mean(np.square(h - goal))


def _backward(net, add):
    h, gates = unroll(net)
    result = {k: np.zeros_like(v) for k, v in net.items()}
    dh = 2 * (h - goal) / h.size
    for gate in reversed(gates):
        dh = gate.backward(dh, result, add)
    return result


def backward(**net):
    return _backward(net, False)


def right_backward(**net):
    return _backward(net, True)


EXPECTED = {"overwritten", "shared_use_missing", "path_missing"}
