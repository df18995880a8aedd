"""The mistake: at the end of each step of the walk back dH = 0, what the gates hand to the hidden state before is dropped (dC is kept). Source:
GitHub pull request ooples/AiDotNet #722 (review of HipLstmKernels.cs: "Recurrent hidden gradient is zeroed, breaking BPTT"; here NumPy)."""

import numpy as np

rng = np.random.RandomState(722)
seqLen, inputSize, hiddenSize = 4, 2, 3
x, target = rng.randn(seqLen, inputSize), rng.randn(seqLen, hiddenSize)
at = {
    "Wi": rng.randn(4 * hiddenSize, inputSize) * 0.5,
    "Wh": rng.randn(4 * hiddenSize, hiddenSize) * 0.5,
    "bias": rng.randn(4 * hiddenSize) * 0.1,
}


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def forward(Wi, Wh, bias):
    H = hiddenSize
    h, c = np.zeros(H), np.zeros(H)
    cache = []
    for t in range(seqLen):
        z = Wi @ x[t] + Wh @ h + bias
        f, i, g, o = sigmoid(z[:H]), sigmoid(z[H : 2 * H]), np.tanh(z[2 * H : 3 * H]), sigmoid(z[3 * H :])
        c_new = f * c + i * g
        h_new = o * np.tanh(c_new)
        cache.append((h, c, f, i, g, o, c_new, h_new))
        h, c = h_new, c_new
    return cache


def loss(Wi, Wh, bias):
    return 0.5 * sum(np.sum((step[-1] - target[t]) ** 2) for t, step in enumerate(forward(Wi, Wh, bias)))


def _backward(Wi, Wh, bias, right):
    cache = forward(Wi, Wh, bias)
    gWi, gWh, gb = np.zeros_like(Wi), np.zeros_like(Wh), np.zeros_like(bias)
    dH, dC = np.zeros(hiddenSize), np.zeros(hiddenSize)
    for t in range(seqLen - 1, -1, -1):
        h_prev, c_prev, f, i, g, o, c, h = cache[t]
        dH = dH + (h - target[t])
        tc = np.tanh(c)
        dC = dC + dH * o * (1 - tc * tc)
        dO = dH * tc * o * (1 - o)
        dF = dC * c_prev * f * (1 - f)
        dI = dC * g * i * (1 - i)
        dCCandidate = dC * i * (1 - g * g)
        dC_prev = dC * f
        gates = np.concatenate([dF, dI, dCCandidate, dO])
        gWi += np.outer(gates, x[t])
        gWh += np.outer(gates, h_prev)
        gb += gates
        dH = Wh.T @ gates if right else np.zeros(hiddenSize)
        dC = dC_prev
    return {"Wi": gWi, "Wh": gWh, "bias": gb}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"path_missing", "shared_use_missing", "detached"}
