"""The mistake: the penalties are subtracted (error * v - beta * u, error + beta * u is right), and an update of one bias is
written to all biases (f1b -= ... instead of f1b[i] -= ...)."""

import numpy as np

rng = np.random.RandomState(6)
R = np.array([[5, 3, 0, 1], [4, 0, 0, 1], [1, 1, 0, 5], [0, 1, 5, 4], [2, 0, 3, 0]], dtype=float)
beta, mu = 0.02, R[R > 0].mean()
at = {"f1w": rng.rand(5, 3), "f1b": rng.randn(5) * 0.1, "f2w": rng.rand(3, 4), "f2b": rng.randn(4) * 0.1}


class MatrixFactorization:
    def __init__(self, matrix):
        self.matrix = matrix
        self.samples = [
            (i, j, matrix[i, j])
            for i in range(matrix.shape[0])
            for j in range(matrix.shape[1])
            if matrix[i, j] > 0
        ]

    def predict(self, i, j):
        return self.f1w[i, :] @ self.f2w[:, j] + mu + self.f1b[i] + self.f2b[j]

    def cost(self, f1w, f1b, f2w, f2b):
        self.f1w, self.f1b, self.f2w, self.f2b = f1w, f1b, f2w, f2b
        total = 0.0
        for i, j, r in self.samples:
            total += (self.predict(i, j) - r) ** 2 / 2
            total += (
                beta
                / 2
                * (
                    np.linalg.norm(f1w[i, :]) ** 2
                    + np.linalg.norm(f2w[:, j]) ** 2
                    + f1b[i] ** 2
                    + f2b[j] ** 2
                )
            )
        return total

    def gradients(self, f1w, f1b, f2w, f2b, sign, broadcast):
        self.f1w, self.f1b, self.f2w, self.f2b = f1w, f1b, f2w, f2b
        g = {
            "f1w": np.zeros_like(f1w),
            "f1b": np.zeros_like(f1b),
            "f2w": np.zeros_like(f2w),
            "f2b": np.zeros_like(f2b),
        }
        for i, j, r in self.samples:
            error = self.predict(i, j) - r
            g["f1b"][slice(None) if broadcast else i] += error + sign * beta * f1b[i]
            g["f2b"][slice(None) if broadcast else j] += error + sign * beta * f2b[j]
            g["f1w"][i, :] += error * f2w[:, j] + sign * beta * f1w[i, :]
            g["f2w"][:, j] += error * f1w[i, :] + sign * beta * f2w[:, j]
        return g


model = MatrixFactorization(R)


def loss(**p):
    return model.cost(**p)


def backward(**p):
    return model.gradients(**p, sign=-1, broadcast=True)


def backward_sign_only(**p):
    return model.gradients(**p, sign=-1, broadcast=False)


def backward_broadcast_only(**p):
    return model.gradients(**p, sign=1, broadcast=True)


def right_backward(**p):
    return model.gradients(**p, sign=1, broadcast=False)


EXPECTED = {"sign", "regularization_missing", "bias_reduction"}
