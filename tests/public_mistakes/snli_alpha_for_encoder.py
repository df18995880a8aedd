"""The mistake: the classifier's backward call gets rnn_alpha as its first input, where the encoder's states rnn_h_enc (its input
in the forward pass) belong, so that the weights' gradient is built with alpha.
Source: github.com/cheng6076/SNLI-attention issue 2, "Questions about the implementation" (LSTMN.lua line 193)."""

import numpy as np

np.random.seed(6076)
size, n_class, T = 3, 3, 3
src = [np.random.randn(size) for _ in range(T)]
trg = [np.random.randn(size) for _ in range(T)]
label = 1
at = {
    "enc": np.random.randn(size, 2 * size) * 0.6,
    "dec": np.random.randn(size, 2 * size) * 0.6,
    "att": np.random.randn(size, size) * 0.6,
    "Wc": np.random.randn(n_class, 2 * size) * 0.6,
}


def forward(enc, dec, att, Wc):
    rnn_h_enc, rnn_h_dec, rnn_alpha = [np.zeros(size)], [], []
    for t in range(T):
        rnn_h_enc.append(np.tanh(enc @ np.concatenate([src[t], rnn_h_enc[-1]])))
    state = rnn_h_enc[-1]
    for t in range(T):
        a = np.tanh(att @ state)
        rnn_alpha.append(a)
        state = np.tanh(dec @ np.concatenate([trg[t], a]))
        rnn_h_dec.append(state)
    feature = np.concatenate([sum(rnn_h_enc[1:]) / T, sum(rnn_h_dec) / T])
    s = Wc @ feature
    prob = np.exp(s) / np.sum(np.exp(s))
    return rnn_h_enc, rnn_h_dec, rnn_alpha, prob


def loss(enc, dec, att, Wc):
    return -np.log(forward(enc, dec, att, Wc)[-1][label])


def classifier_backward(inputs, Wc, d):
    first, second = inputs
    feature = np.concatenate([sum(first) / T, sum(second) / T])
    dfeature = Wc.T @ d
    return np.outer(d, feature), dfeature[:size] / T, dfeature[size:] / T


def _backward(enc, dec, att, Wc, right):
    rnn_h_enc, rnn_h_dec, rnn_alpha, prob = forward(enc, dec, att, Wc)
    d = prob.copy()
    d[label] -= 1
    first = rnn_h_enc[1:] if right else rnn_alpha
    dWc, drnn_h_enc, drnn_h_dec = classifier_backward([first, rnn_h_dec], Wc, d)
    denc, ddec, datt = np.zeros_like(enc), np.zeros_like(dec), np.zeros_like(att)
    dstate = np.zeros(size)
    for t in reversed(range(T)):
        before = rnn_h_dec[t - 1] if t > 0 else rnn_h_enc[-1]
        dz = (dstate + drnn_h_dec) * (1 - rnn_h_dec[t] ** 2)
        ddec += np.outer(dz, np.concatenate([trg[t], rnn_alpha[t]]))
        da = (dec.T @ dz)[size:] * (1 - rnn_alpha[t] ** 2)
        datt += np.outer(da, before)
        dstate = att.T @ da
    for t in reversed(range(T)):
        dz = (dstate + drnn_h_enc) * (1 - rnn_h_enc[t + 1] ** 2)
        denc += np.outer(dz, np.concatenate([src[t], rnn_h_enc[t]]))
        dstate = (enc.T @ dz)[size:]
    return {"enc": denc, "dec": ddec, "att": datt, "Wc": dWc}


def backward(enc, dec, att, Wc):
    return _backward(enc, dec, att, Wc, False)


def right_backward(enc, dec, att, Wc):
    return _backward(enc, dec, att, Wc, True)


EXPECTED = {"other_operand"}
