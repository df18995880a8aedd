"""Functions of numbers on arrays, entry by entry, and those of rows along an axis."""

import math

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import Value, data, derive, grad, gradients, primitive, values
from autograd_scratch.errors import DataError, RuleError
from autograd_scratch.primitives import Primitive

OF_ONE = ("leaky_relu", "elu", "celu", "gelu", "hard_tanh", "clamp", "softplus", "log", "abs", "round")
OF_TWO = ("leaky_relu", "elu", "celu", "softplus", "log", "maximum", "minimum", "logaddexp", "hypot")
PRIMITIVES = {name: f for name, f in vars(ag).items() if isinstance(f, Primitive)}
ONE = {n: f for n, f in PRIMITIVES.items() if f.arity == 1} | {n: getattr(ag, n) for n in OF_ONE}
TWO = {n: f for n, f in PRIMITIVES.items() if f.arity == 2} | {n: getattr(ag, n) for n in OF_TWO}
X = np.array([[1.25, 0.5, 2.75], [0.125, 1.5, 3.5]])
Y = np.array([0.75, 2.0, 1.5])


@pytest.mark.parametrize("name", ONE)
def test_one_array(name):
    function, leaves = ONE[name], values(X, "x")
    out = function(leaves)
    assert type(out) is type(leaves)
    expected = [[function(Value(x)) for x in row] for row in X]
    np.testing.assert_array_equal(data(out), data(expected))
    out.sum().backward()
    np.testing.assert_array_equal(gradients(leaves), [[grad(function)(x) for x in row] for row in X])
    if name not in ("abs", "round"):
        numbers = function(X)
        assert (type(numbers), numbers.dtype) == (np.ndarray, float)
        np.testing.assert_array_equal(numbers, data(out))


@pytest.mark.parametrize("name", TWO)
def test_two_are_broadcast(name):
    function = TWO[name]
    expected = [[function(x, y) for x, y in zip(row, Y, strict=True)] for row in X]
    np.testing.assert_array_equal(function(X, Y), expected)
    np.testing.assert_array_equal(function(X, 2.0), [[function(x, 2.0) for x in row] for row in X])
    for x, y in ((values(X), Y), (X, values(Y)), (values(X), values(Y))):
        np.testing.assert_array_equal(data(function(x, y)), expected)
    scalar = Value(2.0)
    function(X, scalar).sum().backward()
    assert scalar.grad == pytest.approx(sum(grad(function, 1)(x, 2.0) for x in X.flat), rel=1e-13)


A, Z = Value(2.0), [0.5, -1.0]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: ag.where(values(Z) > 0, values(Z), 0), [0.5, 0.0]),
        (lambda: ag.where(np.array([True, False]), 1, A), [1.0, 2.0]),
        (lambda: ag.where(np.array([True, False]), 1, 2), [1.0, 2.0]),
        (lambda: ag.where(A > 0, values(Z), 0.0), [0.5, -1.0]),
        (lambda: ag.where(A < 0, values(Z), 0.0), [0.0, 0.0]),
        (lambda: ag.clamp(values(Z), np.array([0.0, -0.5]), 0.25), [0.25, -0.5]),
        (lambda: ag.clamp(np.array(Z), max=A), [0.5, -1.0]),
        (lambda: ag.hard_tanh(values(Z), -0.25, 0.25), [0.25, -0.25]),
        (lambda: ag.leaky_relu(A, np.array(Z)), [2.0, 2.0]),
        (lambda: ag.hypot(values(Z), np.array([1.2, 0.0]), 0.0), [1.3, 1.0]),
        (lambda: A.hypot(np.array([1.5, 0.0])), [2.5, 2.0]),
        (lambda: ag.relu(np.array([A, 1])), [2.0, 1.0]),
        (lambda: ag.relu(np.array(Z, np.float32)), [0.5, 0.0]),
        (lambda: ag.relu(np.array([3, -1])), [3.0, 0.0]),
        (lambda: ag.relu(np.array(A)), 2.0),
        (lambda: ag.relu(np.array(2)), 2.0),
        (lambda: ag.sigmoid(np.empty((0, 2))), np.empty((0, 2))),
        (lambda: ag.softplus(values([30.0, -1e200]), beta=2.0, threshold=20), [30.0, 0.0]),
    ],
)
def test_arrays_among_other_arguments(call, expected):
    np.testing.assert_array_equal(data(call()), expected)


def test_a_rule_of_ones_own_goes_through_arrays():
    cube = primitive(partials=lambda out, x: (3.0 * x * x,), name="cube")(lambda x: x * x * x)
    z = values(Z)
    cube(z).sum().backward()
    np.testing.assert_array_equal(gradients(z), [0.75, 3.0])


def test_derived_with_arrays_for_inputs():
    def loss(W, x, low):
        h = ag.sigmoid(W @ x) + ag.maximum(W, low) + ag.softplus(W, beta=2.0)
        return ag.where(h > 1.0, h, 0.0).sum() + ag.softmax(W, dim=0)[0, 1] + ag.logsumexp(W, axis=1).sum()

    point = np.array([[0.5, -0.25], [0.75, 1.5]]), np.array([1.0, -2.0]), 0.25
    program = derive(loss, wrt=[0, 1], inputs=[np.ones((2, 2)), np.ones(2), 0.0])
    value, slopes = program(*point)
    assert value == pytest.approx(loss(values(point[0]), *point[1:]).data, rel=1e-15)
    for slope, expected in zip(slopes, grad(loss, (0, 1))(*point), strict=True):
        np.testing.assert_allclose(slope, expected, rtol=1e-13)


@pytest.mark.parametrize("x", [-1e200, -30.0, -2.0, -1e-8, 0.0, 0.5, 3.0, 40.0, 1e200])
@pytest.mark.parametrize("beta", [-2.0, 0.25, 1.0, 3.0])
def test_softplus_with_beta_keeps_its_digits(x, beta):
    import mpmath

    with mpmath.workdps(200 if abs(x) < 1e3 else 500):
        u = mpmath.mpf(beta) * mpmath.mpf(x)
        value = (max(u, 0) + mpmath.log1p(mpmath.exp(-abs(u)))) / mpmath.mpf(beta)
        slope = 1 / (1 + mpmath.exp(-u))
        by_beta = (mpmath.mpf(x) * slope - value) / mpmath.mpf(beta)
    leaf, sharpness = Value(x), Value(beta)
    out = ag.softplus(leaf, sharpness)
    out.backward()
    assert out.data == pytest.approx(float(value), rel=1e-15)
    assert leaf.grad == pytest.approx(float(slope), rel=1e-14)
    assert sharpness.grad == pytest.approx(float(by_beta), rel=1e-13, abs=1e-200)
    assert ag.softplus(x, beta) == out.data == Value(x).softplus(beta=beta).data


def test_softplus_with_a_threshold_is_a_line_above_it():
    assert ag.softplus(30.0) == 30.0 + math.log1p(math.exp(-30.0)) > 30.0
    for x, beta, expected in [(30.0, 1.0, (30.0, 1.0)), (5.0, 5.0, (5.0, 1.0))]:
        leaf = Value(x)
        out = ag.softplus(leaf, beta, 20)
        out.backward()
        assert (out.data, leaf.grad) == expected
    assert ag.softplus(19.0, threshold=20) == ag.softplus(19.0)
    assert grad(grad(lambda x: ag.softplus(x, threshold=20.0)))(30.0) == 0.0


CUBE = np.random.default_rng(3).normal(size=(2, 3, 4))
AXES = (0, 1, 2, -1, -3, (0, 2), (-1, 1), None)


def by_formula(x, axis):
    """Return softmax, its logarithm, and log-sum-exp with its axes kept, by their textbook formulas."""
    powers = np.exp(x)
    total = powers.sum(axis=axis, keepdims=True)
    return powers / total, np.log(powers / total), np.log(total)


@pytest.mark.parametrize("axis", AXES)
def test_along_an_axis(axis):
    expected = by_formula(CUBE, axis)
    for function, wanted in zip((ag.softmax, ag.log_softmax), expected, strict=False):
        for given in (CUBE, values(CUBE), CUBE.tolist(), list(CUBE)):
            for options in ({"dim": axis}, {"axis": axis}):
                got = function(given, **options)
                np.testing.assert_allclose(np.array(data(got)), wanted, rtol=1e-13)
                assert type(got) is type(given)
    for options in ({"dim": axis, "keepdim": True}, {"axis": axis, "keepdims": True}):
        np.testing.assert_allclose(ag.logsumexp(CUBE, **options), expected[2], rtol=1e-13)
    squeezed = np.log(np.exp(CUBE).sum(axis=axis))
    for given in (CUBE, values(CUBE), CUBE.tolist()):
        np.testing.assert_allclose(np.array(data(ag.logsumexp(given, axis))), squeezed, rtol=1e-13)
    z = values(CUBE)
    np.sum(ag.logsumexp(z, dim=axis)).backward()
    np.testing.assert_allclose(gradients(z), expected[0], rtol=1e-13)
    weights = np.arange(24.0).reshape(CUBE.shape)
    z.zero_grad()
    (ag.log_softmax(z, axis=axis) * weights).sum().backward()
    slopes = weights - expected[0] * weights.sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(gradients(z), slopes, rtol=1e-11, atol=1e-12)


def test_rows_without_an_axis():
    rows = [[1.0, 2.0], [3.0, 5.0]]
    np.testing.assert_allclose(ag.softmax(rows), by_formula(np.array(rows), 1)[0], rtol=1e-14)
    assert ag.logsumexp(rows) == pytest.approx(by_formula(np.array(rows), None)[2].item(), rel=1e-15)
    assert ag.softmax(x for x in (0.0, 0.0)) == ag.softmax((0, 0)) == [0.5, 0.5]
    assert ag.log_softmax([1e3, 0.0]) == [-0.0, -1e3]
    assert ag.softmax(np.empty((0, 3))).shape == (0, 3)


SCIPY = {
    "expit": ag.sigmoid,
    "log_expit": ag.log_sigmoid,
    "erf": ag.erf,
    "erfc": ag.erfc,
    "gamma": ag.gamma,
    "gammaln": ag.lgamma,
    "psi": ag.digamma,
}


@pytest.mark.parametrize("name", SCIPY)
def test_scipys_elementwise_functions(name):
    special = pytest.importorskip("scipy.special")
    z = values(Y)
    out = getattr(special, name)(z)
    np.testing.assert_array_equal(data(out), SCIPY[name](Y))
    np.testing.assert_allclose(data(out), getattr(special, name)(Y), rtol=1e-13)


def test_scipys_logsumexp_names_ours():
    special = pytest.importorskip("scipy.special")
    with pytest.raises(RuleError, match=r"called at test_entries.*; write autograd_scratch\.logsumexp"):
        special.logsumexp(values(Y))
    with pytest.raises(RuleError, match=r"ndtri has no derivative here.* ndtri\(data\(x\)\)"):
        special.ndtri(values(Y))


@pytest.mark.parametrize("name", ["sigmoid", "relu", "gelu", "softplus", "atan2", "mean", "norm"])
@pytest.mark.parametrize("wrong", [None, "x", np.array(["a", "b"]), np.array([1j]), [[0.5, None]]], ids=str)
def test_what_is_no_number_is_told(name, wrong):
    before = (1.0,) if name == "atan2" else ()
    with pytest.raises(DataError, match="must be a real number"):
        getattr(ag, name)(*before, wrong)
