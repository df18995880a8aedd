"""Linear algebra: norms, systems of equations, determinants, decompositions."""

import numpy as np
from numpy.linalg import inv, norm

from .definition import idiom
from .samples import X, y

A = np.array([[2.0, 0.3, -0.1], [0.4, 1.7, 0.2], [-0.2, 0.1, 1.9]])


@idiom(b=(3,))
def solve_for_parameters(b):
    return np.sum(np.linalg.solve(A, b) ** 2)


@idiom(M=(3, 3), between=(-0.4, 0.4))
def solve_with_a_matrix_of_parameters(M):
    return np.linalg.solve(A + M, y[:3]).sum()


@idiom(M=(3, 3), between=(-0.4, 0.4))
def inverse(M):
    return np.trace(inv(A + M) @ A)


@idiom(M=(3, 3), between=(-0.4, 0.4))
def determinant(M):
    return np.linalg.det(A + M)


@idiom(M=(3, 3), between=(-0.4, 0.4))
def log_determinant(M):
    _, logdet = np.linalg.slogdet(A + M)
    return logdet


@idiom(M=(3, 3), between=(-0.4, 0.4))
def cholesky_factor(M):
    L = np.linalg.cholesky(M @ M.T + A @ A.T)
    return 2 * np.sum(np.log(np.diag(L)))


@idiom(scale=(), between=(0.5, 1.5))
def gaussian_process(scale):
    distance = (y[:, None] - y[None, :]) ** 2
    K = np.exp(-distance / (2 * scale**2)) + 0.1 * np.eye(4)
    return 0.5 * y @ np.linalg.inv(K) @ y + 0.5 * np.log(np.linalg.det(K))


@idiom(lam=(), between=(0.2, 1.5))
def ridge_in_closed_form(lam):
    w = np.linalg.solve(X.T @ X + lam * np.eye(3), X.T @ y)
    return np.sum((X @ w - y) ** 2)


@idiom(M=(2, 2))
def two_by_two_by_hand(M):
    (a, b), (c, d) = M
    det = a * d - b * c
    return det**2 + np.sum(np.array([[d, -b], [-c, a]]) @ np.array([1.0, 2.0]))


@idiom(mu=(3,))
def mahalanobis(mu):
    d = X[0] - mu
    return np.sqrt(d @ np.linalg.inv(A @ A.T) @ d)


@idiom(w=(3,))
def norms_of_several_orders(w):
    return norm(w) + norm(w, 1) + norm(w, ord=3) + norm(w, np.inf)


@idiom(M=(3, 3))
def power_of_a_matrix(M):
    return np.trace(np.linalg.matrix_power(M, 3)) + np.sum(np.linalg.multi_dot([A, M, A]))


@idiom(v=(3,))
def power_iteration(v):
    for _ in range(3):
        v = A @ v
        v = v / np.linalg.norm(v)
    return v @ A @ v


@idiom(w=(3,))
def quadratic_form(w):
    return 0.5 * w.T @ A @ w - np.dot(y[:3], w)


@idiom(W=(2, 3))
def gram_matrix(W):
    G = np.dot(W, W.T)
    return np.sum(np.tanh(G)) + np.vdot(W, W)


@idiom(M=(2, 2), N=(2, 2))
def kronecker_and_tensordot(M, N):
    return np.sum(np.kron(M, N) ** 2) + np.tensordot(M, N, axes=2)


@idiom(angle=())
def rotation_matrix(angle):
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.sum((R @ np.array([1.0, 0.5]) - np.array([0.2, 0.9])) ** 2)


@idiom(w=(3,))
def projection_off_a_direction(w):
    u = w / np.sqrt(w.dot(w))
    Z = X - np.outer(X @ u, u)
    return (Z**2).sum()


@idiom(W=(3, 2))
def orthonormal_by_gram_schmidt(W):
    basis = []
    for v in W.T:
        v = v - sum(np.dot(v, b) * b for b in basis)
        basis.append(v / np.linalg.norm(v))
    return np.sum(np.array(basis) @ np.array([1.0, -0.5, 2.0]))


@idiom(s=())
def scalar_times_matrix_by_dot(s):
    return np.sum(np.dot(s, A) ** 2)


@idiom(W=(3, 2))
def mean_by_dot_with_a_number(W):
    Z = X @ W
    return np.sum(np.dot(1 / 4, Z) ** 2 * np.arange(8).reshape(4, 2))


@idiom(W=(3, 3))
def number_first_in_dot(W):
    return np.sum(np.dot(0.5, W) * A) + np.sum(np.dot(W, 2) ** 2)


@idiom(W=(3, 3))
def matmul_in_place(W):
    Z = X @ W
    Z @= A
    return np.sum(Z**2)


@idiom(W=(3, 2))
def least_squares_by_normal_equations(W):
    H = X @ W
    w = np.linalg.inv(H.T @ H + 0.5 * np.eye(2)) @ H.T @ y
    return np.sum((H @ w - y) ** 2)


@idiom(W=(4, 3))
def dot_products_of_rows(W):
    return np.sum(np.linalg.vecdot(W, X)) + np.sum((W * X).sum(1) ** 2)
