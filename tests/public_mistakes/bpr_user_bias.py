"""The mistake: the user's bias stands in the score of the positive and of the negative item and cancels; its gradient is set to loss, that
of the negative item's side alone. Source: GitHub issue lyst/lightfm #302, "About bpr loss implementation and regularization"
(point 3)."""

import numpy as np

rng = np.random.RandomState(19)
triples = [(0, 1, 2), (1, 0, 3), (2, 3, 1), (0, 2, 3), (1, 3, 0)]
at = {
    "user_embeddings": rng.randn(3, 2),
    "item_embeddings": rng.randn(4, 2),
    "user_biases": rng.randn(3) * 0.3,
    "item_biases": rng.randn(4) * 0.3,
}


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


def score(p, u, i):
    return (
        np.dot(p["user_embeddings"][u], p["item_embeddings"][i]) + p["user_biases"][u] + p["item_biases"][i]
    )


def loss(**p):
    total = 0.0
    for u, i, j in triples:
        total = total - np.log(sigmoid(score(p, u, i) - score(p, u, j)))
    return total


def _backward(p, right):
    g = {k: np.zeros_like(v) for k, v in p.items()}
    for u, i, j in triples:
        l = 1 - sigmoid(score(p, u, i) - score(p, u, j))
        p_u, q_i, q_j = p["user_embeddings"][u], p["item_embeddings"][i], p["item_embeddings"][j]
        g["item_biases"][i] += -l
        g["item_biases"][j] += l
        if not right:
            g["user_biases"][u] += l
        g["item_embeddings"][i] += -l * p_u
        g["item_embeddings"][j] += l * p_u
        g["user_embeddings"][u] += -l * (q_i - q_j)
    return g


def backward(**p):
    return _backward(p, False)


def right_backward(**p):
    return _backward(p, True)


EXPECTED = {"path_missing", "shared_use_missing"}
