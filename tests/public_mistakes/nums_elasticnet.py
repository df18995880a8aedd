"""The mistake: the penalty's gradient is l2 * beta.T @ beta + l1 * sign(beta): one number, the weighted square of beta, is added to all entries where
l2 * beta belongs. Source: GitHub pull request nums-project/nums #212, "Fix ElasticNet gradient penalty"."""

import numpy as np

rng = np.random.RandomState(212)
X = np.hstack([rng.randn(6, 3), np.ones((6, 1))])
y = rng.randn(6)
l1penalty_vec = 0.3 * np.array([1.0, 1.0, 1.0, 0.0])
l2penalty_vec = 0.9 * np.array([1.0, 1.0, 1.0, 0.0])
at = {"beta": rng.randn(4)}


def loss(beta):
    return 0.5 * np.sum((y - X @ beta) ** 2) + np.sum(
        0.5 * l2penalty_vec * beta**2 + l1penalty_vec * np.abs(beta)
    )


def backward(beta):
    penalty = l2penalty_vec * beta.T @ beta + l1penalty_vec * np.sign(beta)
    return {"beta": X.T @ (X @ beta - y) + penalty}


def right_backward(beta):
    penalty = l2penalty_vec * beta + l1penalty_vec * np.sign(beta)
    return {"beta": X.T @ (X @ beta - y) + penalty}


EXPECTED = {"other_operand", "?"}
