"""The mistake: the routing weights of the experts that were not chosen are set to zero in the forward pass, but in the backward
pass the router gets a gradient for them all the same (the mask is not applied).
Source: GitHub issue huggingface/transformers #48687 and pull request #48689, "Keep the sentinel slots out of the router gradient"."""

import numpy as np

rng = np.random.default_rng(48687)
tokens, dim, n_exp, top_k = 5, 3, 4, 2
hs, goal = rng.normal(size=(tokens, dim)), rng.normal(size=(tokens, dim))
at = {
    "router": rng.normal(size=(dim, n_exp)),
    "experts_in": rng.normal(size=(n_exp, dim, 2)) * 0.7,
    "experts_out": rng.normal(size=(n_exp, 2, dim)) * 0.7,
}


def route(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    kth = np.sort(probs, axis=1)[:, -top_k][:, None]
    mask = (probs >= kth).astype(float)
    return probs, mask


def forward(router, experts_in, experts_out):
    probs, mask = route(hs @ router)
    inner = np.tanh(np.einsum("td,edh->teh", hs, experts_in))
    proj_out = np.einsum("teh,ehd->ted", inner, experts_out)
    weights = probs * mask
    return probs, mask, inner, proj_out, weights, np.sum(weights[:, :, None] * proj_out, axis=1)


def loss(**p):
    return np.mean((forward(**p)[-1] - goal) ** 2)


def _backward(p, masked):
    probs, mask, inner, proj_out, weights, out = forward(**p)
    dout = 2 * (out - goal) / out.size
    dproj = weights[:, :, None] * dout[:, None, :]
    dweights = np.einsum("td,ted->te", dout, proj_out)
    dprobs = dweights * mask if masked else dweights
    dlogits = probs * (dprobs - np.sum(dprobs * probs, axis=1, keepdims=True))
    dinner = np.einsum("ted,ehd->teh", dproj, p["experts_out"]) * (1 - inner**2)
    return {
        "router": hs.T @ dlogits,
        "experts_in": np.einsum("td,teh->edh", hs, dinner),
        "experts_out": np.einsum("teh,ted->ehd", inner, dproj),
    }


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"factor_missing", "derivative_missing"}
