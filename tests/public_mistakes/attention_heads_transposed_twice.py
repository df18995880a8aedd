"""The mistake: keys and values are saved with heads first, and the backward pass exchanges heads and positions once more (the
queries not); it runs, as there are as many heads as positions.
Source: GitHub issue huggingface/diffusers #14338, "attention backward corrupts gradients: K/V transposed twice, Q once"."""

import numpy as np

rng = np.random.default_rng(14338)
B, S, H, D = 1, 3, 3, 2
E = H * D
hidden = rng.standard_normal((B, S, E))
wanted = rng.standard_normal((B, S, E))
at = {
    "to_q": rng.standard_normal((E, E)) * 0.6,
    "to_k": rng.standard_normal((E, E)) * 0.6,
    "to_v": rng.standard_normal((E, E)) * 0.6,
    "to_out": rng.standard_normal((E, E)) * 0.6,
}


class AttentionFunction:
    @staticmethod
    def forward(ctx, query, key, value):
        query, key, value = (
            query.transpose(0, 2, 1, 3),
            key.transpose(0, 2, 1, 3),
            value.transpose(0, 2, 1, 3),
        )
        score = query @ key.swapaxes(-1, -2) * D**-0.5
        weight = np.exp(score - score.max(-1, keepdims=True))
        weight = weight / weight.sum(-1, keepdims=True)
        ctx.update(query=query, key=key, value=value, weight=weight)
        return (weight @ value).transpose(0, 2, 1, 3)

    @staticmethod
    def backward(ctx, grad_out, again):
        query, key, value, weight = ctx["query"], ctx["key"], ctx["value"], ctx["weight"]
        grad_out = grad_out.transpose(0, 2, 1, 3)
        if again:
            key, value = key.transpose(0, 2, 1, 3), value.transpose(0, 2, 1, 3)
        grad_value = weight.swapaxes(-1, -2) @ grad_out
        grad_weight = grad_out @ value.swapaxes(-1, -2)
        grad_score = weight * (grad_weight - (grad_weight * weight).sum(-1, keepdims=True)) * D**-0.5
        grad_query = grad_score @ key
        grad_key = grad_score.swapaxes(-1, -2) @ query
        return [g.transpose(0, 2, 1, 3) for g in (grad_query, grad_key, grad_value)]


def forward(to_q, to_k, to_v, to_out):
    ctx = {}
    q, k, v = [(hidden @ w).reshape(B, S, H, D) for w in (to_q, to_k, to_v)]
    mixed = AttentionFunction.forward(ctx, q, k, v).reshape(B, S, E)
    return ctx, mixed, mixed @ to_out


def loss(**weights):
    return np.sum((forward(**weights)[-1] - wanted) ** 2)


def _backward(weights, again):
    ctx, mixed, out = forward(**weights)
    g = 2 * (out - wanted)
    grads = AttentionFunction.backward(ctx, (g @ weights["to_out"].T).reshape(B, S, H, D), again)
    res = {
        name: np.einsum("bse,bsf->ef", hidden, gr.reshape(B, S, E))
        for name, gr in zip(("to_q", "to_k", "to_v"), grads)
    }
    res["to_out"] = np.einsum("bse,bsf->ef", mixed, g)
    return res


def backward(**weights):
    return _backward(weights, True)


def right_backward(**weights):
    return _backward(weights, False)


EXPECTED = {"permuted", "transposed", "other_operand"}
