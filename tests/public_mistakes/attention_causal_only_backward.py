"""The mistake: the forward pass is called with causal=False, the backward pass computes the probabilities anew and always applies
the causal mask: all that looks ahead gets no gradient, and the rest is normalized otherwise.
Source: GitHub issue triton-lang/triton #5660, "FusedAttention Bug (at backward with causal=False)"."""

import numpy as np

rng = np.random.RandomState(5660)
N_CTX, HEAD, DM = 4, 2, 4
sm_scale = (DM // HEAD) ** -0.5
x, dref = rng.randn(N_CTX, DM), rng.randn(N_CTX, DM)
at = {"wqkv": rng.randn(DM, 3 * DM) * 0.7, "wo": rng.randn(DM, DM) * 0.7, "bo": rng.randn(DM) * 0.1}


def heads(a):
    return a.reshape(N_CTX, HEAD, -1).transpose(1, 0, 2)


def unheads(a):
    return a.transpose(1, 0, 2).reshape(N_CTX, DM)


def probabilities(q, k, causal):
    s = np.einsum("hnd,hmd->hnm", q, k) * sm_scale
    if causal:
        s = np.where(np.tril(np.ones((N_CTX, N_CTX), dtype=bool)), s, -1e30)
    p = np.exp(s - s.max(axis=2)[:, :, None])
    return p / p.sum(axis=2)[:, :, None]


def attention(wqkv, wo, bo):
    qkv = x @ wqkv
    q, k, v = heads(qkv[:, :DM]), heads(qkv[:, DM : 2 * DM]), heads(qkv[:, 2 * DM :])
    o = np.einsum("hnm,hmd->hnd", probabilities(q, k, causal=False), v)
    return q, k, v, o, unheads(o) @ wo + bo


def loss(wqkv, wo, bo):
    return 0.5 * np.mean((attention(wqkv, wo, bo)[-1] - dref) ** 2)


def _backward(wqkv, wo, bo, causal):
    q, k, v, o, y = attention(wqkv, wo, bo)
    dy = (y - dref) / y.size
    do = heads(dy @ wo.T)
    delta = np.sum(o * do, axis=2)[:, :, None]
    p = probabilities(q, k, causal)
    dv = np.einsum("hnm,hnd->hmd", p, do)
    dp = np.einsum("hnd,hmd->hnm", do, v)
    ds = p * (dp - delta) * sm_scale
    dq, dk = np.einsum("hnm,hmd->hnd", ds, k), np.einsum("hnm,hnd->hmd", ds, q)
    return {
        "wqkv": x.T @ np.concatenate([unheads(dq), unheads(dk), unheads(dv)], axis=1),
        "wo": unheads(o).T @ dy,
        "bo": dy.sum(axis=0),
    }


def backward(**at):
    return _backward(**at, causal=True)


def right_backward(**at):
    return _backward(**at, causal=False)


EXPECTED = {"path_missing", "other_operand"}
