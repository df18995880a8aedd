"""The mistake: the comparison loss weighs each violated constraint with w_, the gradient adds them without weights. Source: GitHub issue
scikit-learn-contrib/metric-learn #83, "Gradient in LSML without weights"."""

import numpy as np

rng = np.random.RandomState(83)
vab, vcd = rng.randn(6, 3) * 1.4, rng.randn(6, 3)
w_ = rng.rand(6) + 0.1
w_ /= w_.sum()
prior_inv = np.diag([1.0, 0.8, 1.3])
L = rng.randn(3, 3)
at = {"metric": np.eye(3) + 0.3 * L @ L.T}


def loss(metric):
    dab = np.sum(vab.dot(metric) * vab, axis=1)
    dcd = np.sum(vcd.dot(metric) * vcd, axis=1)
    violations = dab > dcd
    comparison = np.sum(np.where(violations, w_ * (np.sqrt(dab) - np.sqrt(dcd)) ** 2, 0))
    reg_loss = np.sum(metric * prior_inv) - np.log(np.linalg.det(metric))
    return comparison + reg_loss


def _backward(metric, weights):
    dMetric = prior_inv - np.linalg.inv(metric)
    dabs = np.sum(vab.dot(metric) * vab, axis=1)
    dcds = np.sum(vcd.dot(metric) * vcd, axis=1)
    violations = dabs > dcds
    for w, a, dab, c, dcd in zip(
        weights[violations], vab[violations], dabs[violations], vcd[violations], dcds[violations]
    ):
        dMetric += w * (
            (1 - np.sqrt(dcd / dab)) * np.outer(a, a) + (1 - np.sqrt(dab / dcd)) * np.outer(c, c)
        )
    return {"metric": dMetric}


def backward(metric):
    return _backward(metric, np.ones(6))


def right_backward(metric):
    return _backward(metric, w_)


EXPECTED = {"factor_missing"}
