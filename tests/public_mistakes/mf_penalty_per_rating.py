"""The mistake: the penalty of the loss counts each user's and item's factors once, the update shrinks p_u and q_i with every rating: it is
counted as often as the user (the item) has ratings. Read off the sum of the updates. Source: GitHub issue NicolasHug/Surprise #372
(and DistrictDataLabs/science-bookclub #2, where error and update do not agree on beta)."""

import numpy as np

rng = np.random.RandomState(7)
ratings = [
    (0, 0, 4.0),
    (0, 1, 3.0),
    (0, 2, 5.0),
    (1, 0, 1.0),
    (1, 2, 2.0),
    (2, 1, 4.0),
    (3, 1, 2.0),
    (3, 2, 3.0),
]
reg = 0.3
at = {
    "P": rng.randn(4, 2),
    "Q": rng.randn(3, 2),
    "b_u": rng.randn(4) * 0.3,
    "b_i": rng.randn(3) * 0.3,
}
mu = 3.0


def loss(P, Q, b_u, b_i):
    total = 0.0
    for u, i, r in ratings:
        total += (r - mu - b_u[u] - b_i[i] - np.dot(P[u], Q[i])) ** 2
    return total + reg * (np.sum(P**2) + np.sum(Q**2) + np.sum(b_u**2) + np.sum(b_i**2))


def _backward(P, Q, b_u, b_i, right):
    gP, gQ, gu, gi = np.zeros_like(P), np.zeros_like(Q), np.zeros_like(b_u), np.zeros_like(b_i)
    lam = 0 if right else reg
    for u, i, r in ratings:
        err = r - mu - b_u[u] - b_i[i] - np.dot(P[u], Q[i])
        gu[u] += -2 * (err - lam * b_u[u])
        gi[i] += -2 * (err - lam * b_i[i])
        gP[u] += -2 * (err * Q[i] - lam * P[u])
        gQ[i] += -2 * (err * P[u] - lam * Q[i])
    if right:
        gP, gQ, gu, gi = gP + 2 * reg * P, gQ + 2 * reg * Q, gu + 2 * reg * b_u, gi + 2 * reg * b_i
    return {"P": gP, "Q": gQ, "b_u": gu, "b_i": gi}


def backward(**p):
    return _backward(**p, right=False)


def right_backward(**p):
    return _backward(**p, right=True)


EXPECTED = {"?"}
