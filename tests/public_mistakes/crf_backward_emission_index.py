"""The mistake: the backward messages of the CRF add the emission of step t, where that of step t + 1 belongs: the marginals (and
with them the expected counts in the gradient) are wrong.
Source: GitHub issue kajyuuen/pytorch-partial-crf #21, "Wrong backward algorithm implementation?" (the step from which it begins)."""

import numpy as np

rng = np.random.RandomState(21)
T, n_feat, n_tags = 5, 3, 3
feats = rng.randn(T, n_feat)
tags = [0, 2, 1, 1, 0]
at = {
    "emit": rng.randn(n_feat, n_tags),
    "trans": rng.randn(n_tags, n_tags),
    "start": rng.randn(n_tags),
    "end": rng.randn(n_tags),
}


def logsumexp(a, axis=0):
    top = np.max(a, axis=axis, keepdims=True)
    return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))


def forward_algorithm(em, trans, start):
    alpha = [start + em[0]]
    for t in range(1, T):
        alpha.append(logsumexp(alpha[-1][:, None] + trans, axis=0) + em[t])
    return alpha


def backward_algorithm(em, trans, end, shift):
    beta = [end]
    for t in range(T - 2, -1, -1):
        beta.insert(0, logsumexp(trans + em[t + shift][None, :] + beta[0][None, :], axis=1))
    return beta


def loss(emit, trans, start, end):
    em = feats @ emit
    log_z = logsumexp(forward_algorithm(em, trans, start)[-1] + end)
    score = start[tags[0]] + end[tags[-1]]
    for t in range(T):
        score += em[t, tags[t]]
    for t in range(T - 1):
        score += trans[tags[t], tags[t + 1]]
    return log_z - score


def _backward(emit, trans, start, end, shift):
    em = feats @ emit
    alpha = forward_algorithm(em, trans, start)
    beta = backward_algorithm(em, trans, end, shift)
    log_z = logsumexp(alpha[-1] + end)
    gem, gtrans = np.zeros_like(em), np.zeros_like(trans)
    for t in range(T):
        gem[t] = np.exp(alpha[t] + beta[t] - log_z)
        gem[t, tags[t]] -= 1
    for t in range(T - 1):
        gtrans += np.exp(alpha[t][:, None] + trans + em[t + 1] + beta[t + 1] - log_z)
        gtrans[tags[t], tags[t + 1]] -= 1
    return {"emit": feats.T @ gem, "trans": gtrans, "start": gem[0], "end": gem[-1]}


def backward(**p):
    return _backward(**p, shift=0)


def right_backward(**p):
    return _backward(**p, shift=1)


EXPECTED = {"other_operand"}
