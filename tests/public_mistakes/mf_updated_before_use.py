"""The mistake: the row of P is updated first, and the gradient for the row of Q is then computed with the updated row of P.
Source: GitHub pull request albertauyeung/matrix-factorization-in-python #3, "Fix SGD" ("the update on Q requires the old values of P")."""

import numpy as np

np.random.seed(3)
R = np.array([[5, 3, 0, 1], [4, 0, 0, 1], [1, 1, 0, 5], [0, 1, 5, 4]], dtype=float)
K, alpha, beta = 2, 0.1, 0.01
at = {
    "P": np.random.normal(scale=1.0 / K, size=(4, K)),
    "Q": np.random.normal(scale=1.0 / K, size=(4, K)),
    "b_u": np.random.randn(4) * 0.2,
    "b_i": np.random.randn(4) * 0.2,
}


class MF:
    def __init__(self, R, P, Q, b_u, b_i):
        self.R, self.P, self.Q, self.b_u, self.b_i = R, P, Q, b_u, b_i
        self.b = np.mean(R[np.where(R != 0)])
        self.samples = [
            (i, j, R[i, j]) for i in range(R.shape[0]) for j in range(R.shape[1]) if R[i, j] > 0
        ]

    def get_rating(self, i, j):
        return self.b + self.b_u[i] + self.b_i[j] + self.P[i, :].dot(self.Q[j, :].T)

    def cost(self):
        total = 0
        for i, j, r in self.samples:
            total += 0.5 * (r - self.get_rating(i, j)) ** 2
            total += (
                beta
                / 2
                * (
                    self.b_u[i] ** 2
                    + self.b_i[j] ** 2
                    + self.P[i, :].dot(self.P[i, :])
                    + self.Q[j, :].dot(self.Q[j, :])
                )
            )
        return total

    def sgd(self, old):
        """The gradients, added over the samples; the parameters themselves are left as they are."""
        gP, gQ = np.zeros(self.P.shape), np.zeros(self.Q.shape)
        gu, gi = np.zeros(self.b_u.shape), np.zeros(self.b_i.shape)
        for i, j, r in self.samples:
            e = r - self.get_rating(i, j)
            gu[i] -= e - beta * self.b_u[i]
            gi[j] -= e - beta * self.b_i[j]
            step = e * self.Q[j, :] - beta * self.P[i, :]
            P_i = self.P[i, :].copy() if old else self.P[i, :] + alpha * step
            gP[i, :] -= step
            gQ[j, :] -= e * P_i - beta * self.Q[j, :]
        return {"P": gP, "Q": gQ, "b_u": gu, "b_i": gi}


def loss(**p):
    return MF(R, **p).cost()


def backward(**p):
    return MF(R, **p).sgd(False)


def right_backward(**p):
    return MF(R, **p).sgd(True)


EXPECTED = {"stale_weights", "other_operand"}
