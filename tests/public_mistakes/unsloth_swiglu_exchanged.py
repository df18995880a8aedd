"""The mistake: the kernel stores df = DW * f in e's place and de in g's place, so, read as the gradients of e and g, the two are exchanged.
Source: GitHub issue unslothai/unsloth #3314, "SwiGLU kernel, backward pass bugs with gradient calculation"."""

import numpy as np

rng = np.random.RandomState(10)
W, target = rng.randn(4, 3), rng.randn(5, 3)
at = {"e": rng.randn(5, 4), "g": rng.randn(5, 4)}


def loss(e, g):
    se = 1 / (1 + np.exp(-e))
    f = e * se
    h = f * g
    return 0.5 * np.sum((h @ W - target) ** 2)


def _kernel(e, g):
    se = 1 / (1 + np.exp(-e))
    f = se * e
    h = f * g
    DW = (h @ W - target) @ W.T
    df = DW * f
    dg = DW * g
    de = dg * se * (1.0 + e * (1.0 - se))
    return df, de


def backward(e, g):
    df, de = _kernel(e, g)
    return {"e": df, "g": de}


def right_backward(e, g):
    df, de = _kernel(e, g)
    return {"e": de, "g": df}


EXPECTED = {"exchanged"}
