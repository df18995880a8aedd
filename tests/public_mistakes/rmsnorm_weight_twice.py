"""The mistake: the term that comes by the variance is multiplied by the weight once more, - w_k r^3 x_k s / D, though s has it.
Source: GitHub pull request NVIDIA/Megatron-LM #6859, "Fix the batch-invariant RMSNorm forward and its input gradient"."""

import numpy as np

np.random.seed(6859)
B, T, C = 2, 3, 4
inp0 = np.random.randn(B, T, C)
targets = np.random.randn(B, T, C)
at = {
    "Win": np.random.randn(C, C) * 0.6,
    "weight": 1 + 0.4 * np.random.randn(C),
    "Wout": np.random.randn(C, C) * 0.6,
}
eps = 1e-6


def rmsnorm_forward(inp, weight):
    out, rstd = np.zeros((B, T, C)), np.zeros((B, T))
    for b in range(B):
        for t in range(T):
            rms = np.sum(inp[b, t] * inp[b, t]) / C
            rstd[b, t] = 1.0 / np.sqrt(rms + eps)
            for i in range(C):
                out[b, t, i] = inp[b, t, i] * rstd[b, t] * weight[i]
    return out, rstd


def loss(Win, weight, Wout):
    x = np.tanh(np.dot(inp0, Win))
    out, rstd = rmsnorm_forward(x, weight)
    y = np.dot(out, Wout)
    return np.sum((y - targets) ** 2) / (B * T)


def rmsnorm_backward(dout, inp, weight, rstd, right):
    dinp, dweight = np.zeros(inp.shape), np.zeros(weight.shape)
    for b in range(B):
        for t in range(T):
            r = rstd[b, t]
            s = 0.0
            for i in range(C):
                s += weight[i] * dout[b, t, i] * inp[b, t, i]
            for i in range(C):
                dweight[i] += dout[b, t, i] * inp[b, t, i] * r
                if right:
                    dinp[b, t, i] += weight[i] * dout[b, t, i] * r - s * inp[b, t, i] * r**3 / C
                else:
                    dinp[b, t, i] += weight[i] * dout[b, t, i] * r - weight[i] * s * inp[b, t, i] * r**3 / C
    return dinp, dweight


def _backward(Win, weight, Wout, right):
    x = np.tanh(np.dot(inp0, Win))
    out, rstd = rmsnorm_forward(x, weight)
    dy = 2 * (np.dot(out, Wout) - targets) / (B * T)
    dWout = np.einsum("bti,btj->ij", out, dy)
    dx, dweight = rmsnorm_backward(np.dot(dy, Wout.T), x, weight, rstd, right)
    dWin = np.einsum("bti,btj->ij", inp0, dx * (1 - x**2))
    return {"Win": dWin, "weight": dweight, "Wout": dWout}


def backward(Win, weight, Wout):
    return _backward(Win, weight, Wout, False)


def right_backward(Win, weight, Wout):
    return _backward(Win, weight, Wout, True)


EXPECTED = {"factor_twice"}
