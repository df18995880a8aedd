"""The mistake: one variable gradient = p - y is multiplied by x[j - 1] and added to in the loop over the
features j, so that each feature gets the product of all before it, with their penalties. Source: GitHub
pull request h2oai/datatable #3234, "Fix a bug in the gradient calculation for the linear model"
(dt_linearmodel.cc; here NumPy, the samples added up)."""

import numpy as np

rng = np.random.RandomState(3234)
nfeatures = 3
X = rng.uniform(0.5, 2.0, (5, nfeatures)) * np.where(rng.rand(5, nfeatures) > 0.5, 1, -1)
targets = rng.randint(0, 2, 5).astype(float)
lambda1, lambda2 = 0.05, 0.1
at = {"betas": rng.randn(nfeatures + 1) * 0.6}


def activation_fn(z):
    return 1 / (1 + np.exp(-z))


def predict_row(x, betas):
    return betas[0] + x @ betas[1:]


def loss(betas):
    p = activation_fn(betas[0] + X @ betas[1:])
    nll = -np.sum(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return nll + len(X) * (lambda1 * np.sum(np.abs(betas)) + lambda2 * np.sum(betas**2))


def backward(betas):
    total = np.zeros_like(betas)
    for x, y in zip(X, targets):
        p = activation_fn(predict_row(x, betas))
        gradient = p - y
        for j in range(nfeatures + 1):
            if j:
                gradient *= x[j - 1]
            gradient += np.copysign(lambda1, betas[j])
            gradient += 2 * lambda2 * betas[j]
            total[j] += gradient
    return {"betas": total}


def right_backward(betas):
    total = np.zeros_like(betas)
    for x, y in zip(X, targets):
        delta = activation_fn(predict_row(x, betas)) - y
        for j in range(nfeatures + 1):
            gradient = delta
            if j:
                gradient *= x[j - 1]
            gradient += np.copysign(lambda1, betas[j])
            gradient += 2 * lambda2 * betas[j]
            total[j] += gradient
    return {"betas": total}


EXPECTED = {"?", "factor_twice", "other_operand"}
