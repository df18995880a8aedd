"""The mistake (a proposal; the code was right): gradInput = {dmu1, dlogv1, dmu2, dlogv2}, where the input is the second distribution, so the gradients of
the two distributions are exchanged. Source: GitHub issue RuiShu/cvae #1, "KLDCriterion updateGradInput should be re-ordered?" (Lua; NumPy here)."""

import numpy as np

rng = np.random.RandomState(31)
at = {
    "mu2": rng.randn(3, 4),
    "logv2": rng.randn(3, 4) * 0.5,
    "mu1": rng.randn(3, 4),
    "logv1": rng.randn(3, 4) * 0.5,
}


def loss(mu2, logv2, mu1, logv1):
    return 0.5 * np.sum(logv2 - logv1 + (np.exp(logv1) + (mu1 - mu2) ** 2) / np.exp(logv2) - 1)


def _grads(mu2, logv2, mu1, logv1):
    dmu1 = (mu1 - mu2) / np.exp(logv2)
    dlogv1 = (np.exp(logv1) / np.exp(logv2) - 1) / 2
    dmu2 = -dmu1
    dlogv2 = (1 - (np.exp(logv1) + (mu1 - mu2) ** 2) / np.exp(logv2)) / 2
    return dmu1, dlogv1, dmu2, dlogv2


def backward(mu2, logv2, mu1, logv1):
    dmu1, dlogv1, dmu2, dlogv2 = _grads(mu2, logv2, mu1, logv1)
    return dict(zip(["mu2", "logv2", "mu1", "logv1"], [dmu1, dlogv1, dmu2, dlogv2]))


def right_backward(mu2, logv2, mu1, logv1):
    dmu1, dlogv1, dmu2, dlogv2 = _grads(mu2, logv2, mu1, logv1)
    return dict(zip(["mu2", "logv2", "mu1", "logv1"], [dmu2, dlogv2, dmu1, dlogv1]))


EXPECTED = {"exchanged"}
