"""The mistake: the backward pass of RMSNorm is not multiplied with the weight (gamma). Source: GitHub pull request karpathy/llm.c
#763 (azret: "a bug in my own RMSNorm impl. where I forgot to multiply by the weight in the backward pass. Spent days chasing it")."""

import numpy as np

rng = np.random.RandomState(6)
N, C = 4, 5
idx = [0, 2, 1, 2]
at = {"wte": rng.randn(3, C), "gamma": 1 + rng.randn(C) * 0.4, "head": rng.randn(C, 3) * 0.5}
targets = [1, 0, 2, 2]
EPSILON = 1e-5


def rms_forward(inp, gamma):
    out = []
    for b in range(N):
        o = 0.0
        for i in range(C):
            o = o + inp[b, i] * inp[b, i]
        rrms = 1 / np.sqrt(o / C + EPSILON)
        out.append([inp[b, i] * rrms * gamma[i] for i in range(C)])
    return np.array(out)


def rms_backward(inp, dout, gamma, right):
    dinp, dgamma = np.zeros((N, C)), np.zeros(C)
    for b in range(N):
        rms = 0.0
        for i in range(C):
            rms += inp[b, i] * inp[b, i]
        rrms = 1 / np.sqrt(rms / C + EPSILON)
        dot = 0.0
        for i in range(C):
            d = dout[b, i] * (gamma[i] if right else 1)
            dot += d * inp[b, i]
        for i in range(C):
            d = dout[b, i] * (gamma[i] if right else 1)
            dgamma[i] += dout[b, i] * inp[b, i] * rrms
            dinp[b, i] += rrms * d - inp[b, i] * rrms**3 * dot / C
    return dinp, dgamma


def loss(wte, gamma, head):
    logits = rms_forward(wte[idx], gamma) @ head
    z = logits - np.max(logits, axis=1, keepdims=True)
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.sum(logp[np.arange(N), targets]) / N


def _backward(wte, gamma, head, right):
    inp = wte[idx]
    normed = rms_forward(inp, gamma)
    logits = normed @ head
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    dlogits = e / e.sum(axis=1, keepdims=True)
    dlogits[np.arange(N), targets] -= 1
    dlogits /= N
    dinp, dgamma = rms_backward(inp, dlogits @ head.T, gamma, right)
    dwte = np.zeros_like(wte)
    for b in range(N):
        dwte[idx[b]] += dinp[b]
    return {"wte": dwte, "gamma": dgamma, "head": normed.T @ dlogits}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"factor_missing"}
