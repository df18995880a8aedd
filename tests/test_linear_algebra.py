"""Equations, inverses, determinants and factors of arrays of Values, held against NumPy's."""

import numpy as np
import pytest
from array_forms import check_everywhere, weighted
from conftest import every

from autograd_scratch import compare, data, derive, gradients, graph, hessian, values
from autograd_scratch.errors import RuleError

A = np.array([[0.5, -1.25, 2.0], [1.5, 0.375, -0.75]])
S = np.array([[2.0, -1.0, 0.5], [1.0, 3.0, -0.25], [0.75, 0.5, 1.5]])
TALL = np.sin(np.arange(1.0, 7.0)).reshape(3, 2)
B = np.array([[1.0, 0.5], [-2.0, 3.0], [0.25, -1.5]])
STACK = np.stack([S, S.T + 1.0])
ONE = np.eye(3)

FORMS = {
    "solve": (lambda a: np.linalg.solve(a, B), S),
    "solve for a vector": (lambda a: np.linalg.solve(a, B[:, 0]), S),
    "the right side": (lambda a: np.linalg.solve(S, a.T), A),
    "both sides": (lambda a: np.linalg.solve(a, a[0]), S),
    "many matrices": (lambda a: np.linalg.solve(a, B), STACK),
    "many right sides": (lambda a: np.linalg.solve(a, np.stack([B, -B])), S),
    "inv": (np.linalg.inv, S),
    "many inverses": (np.linalg.inv, STACK),
    "matrix_power": (lambda a: np.linalg.matrix_power(a, -2), S),
    "det": (np.linalg.det, S),
    "many determinants": (np.linalg.det, STACK),
    "det of one number": (np.linalg.det, S[:1, :1]),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], S),
    "slogdet by name": (lambda a: np.linalg.slogdet(-a).logabsdet, STACK),
    "sign of slogdet": (lambda a: np.linalg.slogdet(a)[0] * a, S[::-1]),
    "cholesky": (lambda a: np.linalg.cholesky(a @ a.T + ONE), S),
    "many roots": (lambda a: np.linalg.cholesky(np.swapaxes(a, 1, 2) @ a + ONE), STACK),
    "qr": (lambda a: np.concatenate(np.linalg.qr(a), axis=0), TALL),
    "qr of a square": (lambda a: np.linalg.qr(a).Q, S),
    "qr of a wide one": (lambda a: np.linalg.qr(a)[1], A),
    "the whole qr": (lambda a: np.linalg.qr(a, "complete")[1], TALL),
    "r alone": (lambda a: np.linalg.qr(a, mode="r"), STACK),
    "lstsq": (lambda a: np.linalg.lstsq(a, B, rcond=None)[0], TALL),
    "lstsq for a vector": (lambda a: np.linalg.lstsq(a, B[:, 1])[0], TALL),
    "what lstsq leaves": (lambda a: np.linalg.lstsq(a, B, rcond=None)[1], TALL),
    "the shortest solution": (lambda a: np.linalg.lstsq(a, B[:2], rcond=None)[0], A),
    "pinv": (np.linalg.pinv, TALL),
    "pinv of a wide one": (np.linalg.pinv, A),
    "many pinv": (np.linalg.pinv, np.stack([TALL, TALL[::-1]])),
    "trace": (np.trace, S),
    "multi_dot": (lambda a: np.linalg.multi_dot([a, S, B]), A),
    "a Gaussian density": (
        lambda a: A[0] @ np.linalg.solve(a @ a.T + ONE, A[0]) + np.linalg.slogdet(a @ a.T + ONE)[1],
        S,
    ),
    "ridge regression": (lambda x: np.linalg.inv(x.T @ x + 0.1 * np.eye(2)) @ x.T @ B[:, 0], TALL),
}


@pytest.mark.parametrize("name", every(4, FORMS))
def test_values_and_gradients(name):
    check_everywhere(*FORMS[name])


def test_cholesky_reads_one_triangle():
    z = values(S @ S.T)
    z[0, 2], z[1, 2], z[0, 1] = np.nan, np.nan, np.nan
    np.testing.assert_allclose(data(np.linalg.cholesky(z)), np.linalg.cholesky(S @ S.T), rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 7, 30])
def test_larger_ones_keep_their_digits(size):
    random = np.random.default_rng(size)
    a, b, weights = random.normal(size=(size, size)), random.normal(size=size), random.normal(size=size)
    z = values(a)
    x = np.linalg.solve(z, b)
    np.testing.assert_allclose(data(x), np.linalg.solve(a, b), rtol=1e-10)
    (x @ weights).backward()
    adjoint = np.linalg.solve(a.T, weights)
    expected = -np.outer(adjoint, np.linalg.solve(a, b))
    np.testing.assert_allclose(gradients(z), expected, rtol=1e-9, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(np.linalg.det(values(a)).data, np.linalg.det(a), rtol=1e-12)


def test_a_solution_takes_a_few_nodes_for_each_number_of_the_matrix():
    for size in (4, 8, 16):
        a = values(np.random.default_rng(0).normal(size=(size, size)))
        x = np.linalg.solve(a, np.ones(size))
        assert len(graph.toposort(*x)) <= 3 * size * size


@pytest.mark.parametrize(
    "place", [S[[2, 0, 1]], ONE[[1, 2, 0]], ONE[[0, 2, 1]], np.diag([1e-9, 1.0, -1e9])]
)
def test_a_program_is_right_where_rows_must_change_places(place):
    for function in (lambda a: np.linalg.solve(a, B), np.linalg.inv, np.linalg.det):
        loss = weighted(function, S)
        z = values(place)
        total = loss(z)
        total.backward()
        value, gradient = derive(loss, inputs=[ONE])(place)
        np.testing.assert_allclose(value, loss(place), rtol=1e-12)
        np.testing.assert_allclose(gradient, gradients(z), rtol=1e-9, atol=1e-12 * np.abs(gradient).max())


@pytest.mark.parametrize(
    ("matrix", "adjugate"),
    [
        ([[1.0, 2.0], [2.0, 4.0]], [[4.0, -2.0], [-2.0, 1.0]]),
        ([[0.0, 0.0], [3.0, 4.0]], [[4.0, 0.0], [-3.0, 0.0]]),
        ([[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]),
        ([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 5.0]], np.zeros((3, 3))),
        ([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 5.0]], np.diag([0.0, 5.0, 0.0])),
    ],
)
def test_the_determinant_of_a_singular_matrix_has_the_slope_of_a_polynomial(matrix, adjugate):
    z = values(matrix)
    out = np.linalg.det(z)
    out.backward()
    assert out.data == 0.0
    np.testing.assert_array_equal(gradients(z), np.transpose(adjugate))


@pytest.mark.parametrize(
    "call",
    [
        lambda make: np.linalg.solve(make(np.ones((2, 2))), np.ones(2)),
        lambda make: np.linalg.inv(make(np.zeros((2, 2)))),
        lambda make: np.linalg.inv(make(A)),
        lambda make: np.linalg.solve(make(S), np.ones(2)),
        lambda make: np.linalg.det(make(A)),
        lambda make: np.linalg.slogdet(make(A[0])),
        lambda make: np.linalg.cholesky(make(-ONE)),
        lambda make: np.linalg.lstsq(make(A), B, rcond=None),
    ],
)
def test_what_numpy_refuses_is_refused_in_its_words(call):
    with pytest.raises((np.linalg.LinAlgError, ValueError)) as own:
        call(np.asarray)
    with pytest.raises(own.type) as found:
        call(values)
    assert str(found.value) == str(own.value)


def test_stacks_of_nothing():
    assert np.linalg.inv(values(np.zeros((0, 3, 3)))).shape == (0, 3, 3)
    assert np.linalg.solve(values(np.zeros((0, 3, 3))), np.ones((3, 2))).shape == (0, 3, 2)
    assert np.linalg.det(values(np.zeros((0, 3, 3)))).shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: np.linalg.norm(a, 2), r"norm\(A, 2\) needs singular values.*u\[:, 0\] @ A @ vt\[0\]"),
        (lambda a: np.linalg.norm(a, -2), r"norm\(A, -2\) needs singular values"),
        (lambda a: np.linalg.norm(a, "nuc"), r"norm\(A, 'nuc'\) needs singular values"),
        (np.linalg.svd, r"np\.linalg\.svd needs singular values"),
        (np.linalg.cond, r"np\.linalg\.cond needs singular values"),
        (np.linalg.eigh, r"np\.linalg\.eigh needs eigenvalues.*\(\(A @ v\) \* v\)\.sum\(axis=0\)"),
        (np.linalg.eigvals, r"np\.linalg\.eigvals needs eigenvalues"),
        (lambda a: np.linalg.qr(a, "raw"), "has no mode 'raw'"),
        (lambda a: np.linalg.pinv(a - a), "needs a matrix of full rank, 3, and that of this one is 0"),
        (lambda a: np.linalg.lstsq(a - a, B), "needs a matrix of full rank"),
    ],
)
def test_what_has_no_derivative_is_refused_with_what_to_write(call, message):
    with pytest.raises(RuleError, match=message):
        call(values(S))


def test_a_trace_is_not_told_to_read_numbers():
    for function in (
        np.linalg.svdvals if hasattr(np.linalg, "svdvals") else np.linalg.cond,
        np.linalg.eigvalsh,
    ):
        with pytest.raises(RuleError, match=r"no derivative here\. Call the function with values\(A\)"):
            derive(lambda a, function=function: function(a).sum(), inputs=[S])


def largest_singular_value(A):
    u, _, vt = np.linalg.svd(data(A))
    return u[:, 0] @ A @ vt[0]


def weighted_eigenvalues(A):
    _, v = np.linalg.eigh(data(A))
    return (((A @ v) * v).sum(axis=0) * [1.0, -2.0, 0.5]).sum()


def test_what_the_refusals_say_to_write_is_right():
    u, _, vt = np.linalg.svd(S)
    assert compare(largest_singular_value, {"A": S}, {"A": np.outer(u[:, 0], vt[0])}).verdict == "right"
    _, v = np.linalg.eigh(S @ S.T)
    expected = v * [1.0, -2.0, 0.5] @ v.T
    assert compare(weighted_eigenvalues, {"A": S @ S.T}, {"A": expected}).verdict == "right"


def log_det(a):
    return np.linalg.slogdet(a)[1]


@pytest.mark.parametrize(
    "second",
    [hessian(log_det), lambda a: derive(log_det, inputs=[ONE], order=2)(a)[2]],
    ids=["eager", "derived"],
)
def test_second_derivatives_of_a_determinant(second):
    inverse = np.linalg.inv(S)
    np.testing.assert_allclose(
        second(S), -np.einsum("jk,li->ijkl", inverse, inverse), rtol=1e-10, atol=1e-12
    )


def test_second_derivatives_of_a_solution():
    inverse = np.linalg.inv(S)
    found = hessian(lambda b: (np.linalg.solve(S, b) ** 2).sum())(B[:, 0])
    np.testing.assert_allclose(found, 2.0 * inverse.T @ inverse, rtol=1e-12)
