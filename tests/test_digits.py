"""Derivatives keep their digits: orders 1 to 4 against mpmath, near 0, far out, near edges of domains."""

import math

import mpmath
import numpy as np
import pytest
from conftest import how_many

import autograd_scratch as ag
from autograd_scratch import Value, derive, grad, hessian, hvp, jvp

NEAR_ZERO = [1e-300, 1e-100, 1e-20, 1e-10, 1e-8, 1e-4]
INSIDE = [*NEAR_ZERO, 0.3, 0.9, 1.0 - 1e-10]
EVERYWHERE = [*NEAR_ZERO, 0.3, 1.0, 5.0, 20.0, 40.0, 300.0]


def odd(points):
    return [*points, *(-x for x in points)]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def softplus(x):
    return mpmath.log1p(mpmath.exp(x))


def gelu_tanh(x):
    return x * sigmoid(mpmath.mpf(2.0 * math.sqrt(2.0 / math.pi)) * (x + mpmath.mpf(0.044715) * x**3))


FUNCTIONS = {
    "tanh": (ag.tanh, mpmath.tanh, odd(EVERYWHERE)),
    "sigmoid": (ag.sigmoid, sigmoid, odd(EVERYWHERE)),
    "softplus": (ag.softplus, softplus, odd(EVERYWHERE)),
    "log_sigmoid": (ag.log_sigmoid, lambda x: -softplus(-x), odd(EVERYWHERE)),
    "silu": (ag.silu, lambda x: x * sigmoid(x), odd(EVERYWHERE)),
    "mish": (ag.mish, lambda x: x * mpmath.tanh(softplus(x)), odd(EVERYWHERE)),
    "gelu": (ag.gelu, lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2, odd(NEAR_ZERO)),
    "gelu_tanh": (lambda x: ag.gelu(x, "tanh"), gelu_tanh, odd([*NEAR_ZERO, 0.3, 1.0, 5.0])),
    "asin": (ag.asin, mpmath.asin, odd(INSIDE)),
    "acos": (ag.acos, mpmath.acos, odd(INSIDE)),
    "atanh": (ag.atanh, mpmath.atanh, odd(INSIDE)),
    "asinh": (ag.asinh, mpmath.asinh, odd([*NEAR_ZERO, 5.0, 1e3])),
    "hypot": (lambda x: ag.hypot(x, 1.0), lambda x: mpmath.sqrt(x * x + 1), odd([*NEAR_ZERO, 5.0, 1e3])),
    "norm, p=3": (
        lambda x: ag.norm([x, 1.0], p=3),
        lambda x: (x**3 + 1) ** (mpmath.mpf(1) / 3),
        [0.3, 5.0, 1e3],
    ),
    "celu by alpha": (
        lambda alpha: ag.celu(-1e-3, alpha),
        lambda alpha: alpha * mpmath.expm1(-mpmath.mpf(1e-3) / alpha),
        [1e-3, 0.1, 1.0, 1e5, 1e10],
    ),
    "binary cross-entropy": (
        lambda p: ag.binary_cross_entropy(p, 1.0),
        lambda p: -mpmath.log(p),
        [1e-8, 0.3, 1.0 - 1e-6, 1.0 - 1e-10],
    ),
    "cross-entropy on a logit": (
        lambda x: ag.binary_cross_entropy_with_logits(x, 1.0),
        lambda x: softplus(-x),
        odd(EVERYWHERE),
    ),
}
CASES = [pytest.param(*case, id=name) for name, case in FUNCTIONS.items()]


def exact(function, x, order):
    with mpmath.workdps(340):
        return float(mpmath.diff(function, mpmath.mpf(x), order))


def close(found, expected):
    return abs(found - expected) <= 1e-12 * abs(expected)


@pytest.mark.parametrize(("function", "reference", "points"), CASES)
def test_all_orders_have_their_digits(function, reference, points):
    derivative = function
    for order in range(1, 1 + how_many(3, exhaustive=4)):
        derivative = grad(derivative)
        for x in points:
            assert close(derivative(x), exact(reference, x, order)), (order, x)


@pytest.mark.parametrize(("function", "reference", "points"), CASES)
def test_every_reader_has_them(function, reference, points):
    program = derive(function, inputs=[0.5], order=2)
    for x in points:
        slope, bend = exact(reference, x, 1), exact(reference, x, 2)
        leaf = Value(x)
        function(leaf).backward(create_graph=True)
        first = leaf.grad
        leaf.zero_grad()
        first.backward()
        seconds = {
            "backward": leaf.grad,
            "jvp": jvp(grad(function), x, 1.0)[1],
            "hvp": hvp(function, x, 1.0),
            "hessian": hessian(function)(x),
            "program": program(x)[2],
            "program in floats": program.run(x, number=float)[2],
        }
        firsts = {"create_graph": first.data, "jvp": jvp(function, x, 1.0)[1], "program": program(x)[1]}
        assert all(close(found, slope) for found in firsts.values()), (x, slope, firsts)
        assert all(close(found, bend) for found in seconds.values()), (x, bend, seconds)


HALF_SQUARES = {
    "norm": lambda v: 0.5 * ag.norm(v) ** 2,
    "hypot": lambda v: 0.5 * ag.hypot(*v) ** 2,
    "dist": lambda v: 0.5 * ag.dist(v, [0.0] * len(v)) ** 2,
    "np.linalg.norm": lambda v: 0.5 * np.linalg.norm(v) ** 2,
    "norm, p=3": lambda v: 0.5 * ag.norm(v, p=3) ** 2,
}


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("name", HALF_SQUARES)
def test_the_second_derivatives_of_a_norm_at_the_origin_are_no_zeros(name, size):
    function, origin = HALF_SQUARES[name], np.zeros(size)
    program = derive(function, inputs=[origin], order=2)
    for value, slopes, rows in (
        (function(origin), grad(function)(origin), hessian(function)(origin)),
        program(origin),
    ):
        assert value == 0.0
        assert not np.any(slopes)
        assert np.isnan(np.diagonal(rows)).all()


@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_gradient_through_a_norm_at_the_origin_stays_a_number(size):
    leaves = [Value(0.0) for _ in range(size)]
    (ag.norm(leaves) * 3.0 + ag.sum([leaf * leaf + 2.0 * leaf for leaf in leaves])).backward(
        create_graph=True
    )
    assert [leaf.grad.data for leaf in leaves] == [2.0] * size


@pytest.mark.parametrize("p", [1.0001, 1.5, 2.5, 3.0, 100.0, 1e3])
def test_p_norms_do_not_leave_the_range_of_floats(p):
    def norm(v):
        return ag.norm(v, p=p)

    program = derive(norm, inputs=[[1.0, 2.0, 3.0]])
    for scale in (1e-300, 1e-200, 1.0, 1e200, 1e300):
        at = [3.0 * scale, -4.0 * scale, 1.0 * scale]
        with mpmath.workdps(50):
            sizes = [abs(mpmath.mpf(x)) for x in at]
            length = mpmath.fsum(size ** mpmath.mpf(p) for size in sizes) ** (1 / mpmath.mpf(p))
            slopes = [
                math.copysign(float((size / length) ** (mpmath.mpf(p) - 1)), x)
                for size, x in zip(sizes, at)
            ]
        for value, gradient in ((norm(at), grad(norm)(at)), program(at)):
            assert close(value, float(length))
            assert all(map(close, gradient, slopes)), (gradient, slopes)


def test_the_second_derivatives_of_an_angle_at_the_origin_are_no_zeros():
    program = derive(ag.atan2, (0, 1), [0.5, 1.0], order=2)
    _, slopes, rows = program(0.0, 0.0)
    assert slopes == (0.0, 0.0)
    assert np.isnan(rows).all()
    assert np.isnan(hessian(ag.atan2, (0, 1))(0.0, 0.0)).all()
