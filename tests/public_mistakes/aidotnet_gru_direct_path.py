"""The mistake: h_t = (1 - z) * h_prev + z * n, and the direct path back is dH * z, where dH * (1 - z) belongs. (The thread's second point, the
gates' part made of the thread's own gradient only, is in backward_both.) Source: GitHub pull request ooples/AiDotNet #722 (review of
GruKernels.cs: "Incorrect direct path gradient and incomplete gate contributions"; here NumPy)."""

import numpy as np

rng = np.random.RandomState(493)
timeSteps, inputSize, hiddenSize = 4, 2, 3
xs, target = rng.randn(timeSteps, inputSize), rng.randn(hiddenSize)
at = {
    "weightsIh": rng.randn(3 * hiddenSize, inputSize) * 0.6,
    "weightsHh": rng.randn(3 * hiddenSize, hiddenSize) * 0.6,
    "bias": rng.randn(3 * hiddenSize) * 0.1,
}
H = hiddenSize


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


def forward(weightsIh, weightsHh, bias):
    h = np.zeros(H)
    steps = []
    for t in range(timeSteps):
        a = weightsIh @ xs[t] + bias
        u = weightsHh @ h
        r = sigmoid(a[:H] + u[:H])
        z = sigmoid(a[H : 2 * H] + u[H : 2 * H])
        n = np.tanh(a[2 * H :] + r * u[2 * H :])
        hNew = (1 - z) * h + z * n
        steps.append((h, u, r, z, n))
        h = hNew
    return h, steps


def loss(weightsIh, weightsHh, bias):
    h, _ = forward(weightsIh, weightsHh, bias)
    return 0.5 * np.sum((h - target) ** 2)


def _backward(weightsIh, weightsHh, bias, right_path, right_gates=True):
    h, steps = forward(weightsIh, weightsHh, bias)
    gI, gH, gB = np.zeros_like(weightsIh), np.zeros_like(weightsHh), np.zeros_like(bias)
    dH = h - target
    for t in reversed(range(timeSteps)):
        hPrev, u, r, z, n = steps[t]
        dN = dH * z * (1 - n * n)
        dZ = dH * (n - hPrev) * z * (1 - z)
        dR = dN * u[2 * H :] * r * (1 - r)
        dA = np.concatenate([dR, dZ, dN])
        dU = np.concatenate([dR, dZ, dN * r])
        gI += np.outer(dA, xs[t])
        gH += np.outer(dU, hPrev)
        gB += dA
        dHPrev = dH * (1 - z) if right_path else dH * z
        if right_gates:
            dHPrev = dHPrev + weightsHh.T @ dU
        else:
            for hh in range(H):
                dHPrev = dHPrev + dN * r * weightsHh[2 * H + hh]
                dHPrev = dHPrev + dR * weightsHh[hh] + dZ * weightsHh[H + hh]
        dH = dHPrev
    return {"weightsIh": gI, "weightsHh": gH, "bias": gB}


def backward(**w):
    return _backward(**w, right_path=False)


def backward_both(**w):
    return _backward(**w, right_path=False, right_gates=False)


def right_backward(**w):
    return _backward(**w, right_path=True)


EXPECTED = {"other_operand", "factor_missing"}
