"""The mistake: the backward pass of the attention's softmax leaves out the dot product: s * g instead of s * (g - sum(g * s)).
Source: GitHub issue HomericIntelligence/Odyssey #2134, "Fix softmax backward Jacobian computation" ("likely missing the dot product
term"); the same in pocketpy/cTensor #31."""

import numpy as np

np.random.seed(2134)
L, d = 4, 3
emb = np.random.randn(L, d)
classes = np.array([1, 0, 2, 1])
at = {
    "Wq": np.random.randn(d, d),
    "Wk": np.random.randn(d, d),
    "Wv": np.random.randn(d, d),
    "Wc": np.random.randn(d, 3),
    "bc": np.random.randn(3) * 0.1,
}


def softmax(x):
    ex = np.exp(x - x.max(axis=-1, keepdims=True))
    return ex / ex.sum(axis=-1, keepdims=True)


def softmax_backward(grad_output, output, full=False):
    if full:
        dot_product = np.sum(grad_output * output, axis=-1, keepdims=True)
        return output * (grad_output - dot_product)
    return output * grad_output


def forward(Wq, Wk, Wv, Wc, bc):
    q, k, v = emb @ Wq, emb @ Wk, emb @ Wv
    attn = softmax(q @ k.T / np.sqrt(d))
    ctx = attn @ v
    return q, k, v, attn, ctx, softmax(ctx @ Wc + bc)


def loss(**params):
    probs = forward(**params)[-1]
    return -np.log(probs[np.arange(L), classes]).mean()


def _backward(params, full):
    q, k, v, attn, ctx, probs = forward(**params)
    dlogits = (probs - np.eye(3)[classes]) / L
    dctx = dlogits @ params["Wc"].T
    dv = attn.T @ dctx
    dscores = softmax_backward(dctx @ v.T, attn, full) / np.sqrt(d)
    dq, dk = dscores @ k, dscores.T @ q
    return {
        "Wq": emb.T @ dq,
        "Wk": emb.T @ dk,
        "Wv": emb.T @ dv,
        "Wc": ctx.T @ dlogits,
        "bc": dlogits.sum(axis=0),
    }


def backward(**params):
    return _backward(params, False)


def right_backward(**params):
    return _backward(params, True)


EXPECTED = {"softmax_elementwise", "path_missing"}
