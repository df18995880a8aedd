"""The mistake: the decoder's attention reads all hidden states of the encoder; the gradient of the context (dcontext) is computed
and then not handed to the encoder, which only hears of its last state.
Source: github.com/rsarxiv/seq2seq-attention issue 7, "backward about the attention"."""

import numpy as np

np.random.seed(7)
n, vocab, T_enc, T_dec = 3, 3, 3, 2
source = [np.random.randn(vocab) for _ in range(T_enc)]
dec_in = [np.random.randn(vocab) for _ in range(T_dec)]
answers = [2, 0]
at = {
    "We": np.random.randn(n, vocab) * 0.7,
    "Ue": np.random.randn(n, n) * 0.7,
    "Wd": np.random.randn(n, vocab) * 0.7,
    "Ud": np.random.randn(n, n) * 0.7,
    "Cd": np.random.randn(n, n) * 0.7,
    "Vo": np.random.randn(vocab, n) * 0.7,
}


def softmax(v):
    e = np.exp(v - np.max(v))
    return e / np.sum(e)


def forward(We, Ue, Wd, Ud, Cd, Vo):
    enc_s = {-1: np.zeros(n)}
    for t in range(T_enc):
        enc_s[t] = np.tanh(np.dot(We, source[t]) + np.dot(Ue, enc_s[t - 1]))
    dec_s = {-1: enc_s[T_enc - 1]}
    alpha, context, p = {}, {}, {}
    for t in range(T_dec):
        scores = np.array([np.dot(enc_s[j], dec_s[t - 1]) for j in range(T_enc)])
        alpha[t] = softmax(scores)
        context[t] = sum(alpha[t][j] * enc_s[j] for j in range(T_enc))
        dec_s[t] = np.tanh(np.dot(Wd, dec_in[t]) + np.dot(Ud, dec_s[t - 1]) + np.dot(Cd, context[t]))
        p[t] = softmax(np.dot(Vo, dec_s[t]))
    return enc_s, dec_s, alpha, context, p


def loss(We, Ue, Wd, Ud, Cd, Vo):
    p = forward(We, Ue, Wd, Ud, Cd, Vo)[-1]
    return -sum(np.log(p[t][answers[t]]) for t in range(T_dec))


def _backward(We, Ue, Wd, Ud, Cd, Vo, right):
    enc_s, dec_s, alpha, context, p = forward(We, Ue, Wd, Ud, Cd, Vo)
    dWe, dUe, dWd, dUd, dCd, dVo = [np.zeros_like(w) for w in (We, Ue, Wd, Ud, Cd, Vo)]
    denc_s = {j: np.zeros(n) for j in range(T_enc)}
    ddec = np.zeros(n)
    for t in reversed(range(T_dec)):
        dy = p[t].copy()
        dy[answers[t]] -= 1
        dVo += np.outer(dy, dec_s[t])
        dz = (np.dot(Vo.T, dy) + ddec) * (1 - dec_s[t] ** 2)
        dWd += np.outer(dz, dec_in[t])
        dUd += np.outer(dz, dec_s[t - 1])
        dCd += np.outer(dz, context[t])
        dcontext = np.dot(Cd.T, dz)
        dalpha = np.array([np.dot(dcontext, enc_s[j]) for j in range(T_enc)])
        dscores = alpha[t] * (dalpha - np.dot(alpha[t], dalpha))
        ddec = np.dot(Ud.T, dz) + sum(dscores[j] * enc_s[j] for j in range(T_enc))
        if right:
            for j in range(T_enc):
                denc_s[j] += alpha[t][j] * dcontext + dscores[j] * dec_s[t - 1]
    denc_s[T_enc - 1] = denc_s[T_enc - 1] + ddec
    dnext = np.zeros(n)
    for t in reversed(range(T_enc)):
        dz = (denc_s[t] + dnext) * (1 - enc_s[t] ** 2)
        dWe += np.outer(dz, source[t])
        dUe += np.outer(dz, enc_s[t - 1])
        dnext = np.dot(Ue.T, dz)
    return {"We": dWe, "Ue": dUe, "Wd": dWd, "Ud": dUd, "Cd": dCd, "Vo": dVo}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"path_missing", "detached"}
