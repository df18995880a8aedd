"""Attention: scores, masks, heads."""

import numpy as np

from .definition import idiom
from .samples import steps

length, width = steps.shape


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@idiom(Wq=(2, 2), Wk=(2, 2), Wv=(2, 2))
def one_head(Wq, Wk, Wv):
    Q, K, V = steps @ Wq, steps @ Wk, steps @ Wv
    return np.sum(softmax(Q @ K.T / np.sqrt(2)) @ V)


@idiom(Wq=(2, 2), Wk=(2, 2))
def causal_by_infinity(Wq, Wk):
    scores = (steps @ Wq) @ (steps @ Wk).T
    mask = np.triu(np.ones((length, length)), k=1).astype(bool)
    scores = np.where(mask, -np.inf, scores)
    return (softmax(scores) @ steps).sum()


@idiom(Wq=(2, 2), Wk=(2, 2))
def causal_by_mask_assignment(Wq, Wk):
    scores = steps @ Wq @ Wk.T @ steps.T
    scores[np.triu_indices(length, 1)] = -1e9
    return np.mean((softmax(scores) @ steps) ** 2)


@idiom(Wq=(2, 2), Wk=(2, 2))
def causal_by_addition(Wq, Wk):
    mask = np.triu(np.full((length, length), -1e10), 1)
    scores = (steps @ Wq) @ (steps @ Wk).T / 2**0.5 + mask
    return (softmax(scores, axis=1) @ steps)[-1].sum()


@idiom(W=(2, 12), Wo=(4, 2))
def heads_by_reshape(W, Wo):
    q, k, v = (part.reshape(length, 2, 2).transpose(1, 0, 2) for part in np.split(steps @ W, 3, axis=1))
    out = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(2)) @ v
    return (out.transpose(1, 0, 2).reshape(length, 4) @ Wo).mean()


@idiom(Wq=(2, 2, 2), Wk=(2, 2, 2), Wv=(2, 2, 2))
def heads_in_a_loop(Wq, Wk, Wv):
    heads = []
    for h in range(2):
        q, k, v = steps @ Wq[h], steps @ Wk[h], steps @ Wv[h]
        heads.append(softmax(q @ k.T) @ v)
    return np.sum(np.concatenate(heads, axis=-1) ** 2)


@idiom(Wq=(2, 2), Wk=(2, 2))
def scores_into_a_buffer(Wq, Wk):
    scores = np.zeros((length, length))
    for i in range(length):
        for j in range(length):
            scores[i, j] = np.dot(steps[i] @ Wq, steps[j] @ Wk)
    return np.sum(softmax(scores) @ steps)


@idiom(W=(2, 2), U=(2, 2), v=(2,))
def additive(W, U, v):
    query = steps[0]
    scores = np.tanh(steps @ W + query @ U) @ v
    weights = np.exp(scores) / np.exp(scores).sum()
    return np.sum((weights @ steps) ** 2)


@idiom(q=(2, 3, 2), k=(2, 3, 2), v=(2, 3, 2))
def by_einsum(q, k, v):
    scores = np.einsum("bqd,bkd->bqk", q, k) / np.sqrt(q.shape[-1])
    return np.einsum("bqk,bkd->bqd", softmax(scores), v).sum()


@idiom(q=(2,), keys=(4, 2))
def one_query(q, keys):
    weights = softmax(keys @ q)
    context = (weights[:, None] * keys).sum(axis=0)
    return np.dot(context, context)


@idiom(K=(3, 2), V=(3, 2))
def cached_keys_and_values(K, V):
    cache, out = [], 0.0
    for k, v in zip(K, V):
        cache.append((k, v))
        scores = np.array([np.dot(steps[len(cache)], past) for past, _ in cache])
        weights = np.exp(scores - np.max(scores))
        weights /= weights.sum()
        out = out + sum(a * value for a, (_, value) in zip(weights, cache))
    return np.sum(out**2)


@idiom(x=(4, 2), W1=(2, 3), W2=(3, 2))
def transformer_block(x, W1, W2):
    x = x + softmax(x @ x.T / np.sqrt(2)) @ x
    x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 0.1)
    return np.sum((x + np.maximum(0, x @ W1) @ W2) ** 2)


@idiom(q=(3, 4))
def rotary_positions(q):
    angle = np.outer(np.arange(3), [1.0, 0.1])
    cos, sin = np.cos(angle), np.sin(angle)
    rotated = np.empty_like(q)
    rotated[:, 0::2] = q[:, 0::2] * cos - q[:, 1::2] * sin
    rotated[:, 1::2] = q[:, 0::2] * sin + q[:, 1::2] * cos
    return np.sum(softmax(rotated @ rotated.T) ** 2)
