"""Derivatives in derivatives, in threads, and of strange numbers: whose is which.

Perturbation confusion: J. Siskind, B. Pearlmutter, "Perturbation Confusion and Referential
Transparency", IFL 2005. Where a comment names a peer or a method, the number is its answer.
"""

import math
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import pytest

import autograd_scratch as ag
from autograd_scratch import (
    MLP,
    SGD,
    Value,
    fit,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    mse,
    value_and_grad,
    vjp,
)
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import DataError


def by_forward(f):
    """Differentiate a function of one number by pushing forward."""
    return lambda x: jvp(f, x, 1.0)[1]


def by_pulling(f):
    """Differentiate a function of one number by its vjp."""
    return lambda x: vjp(f, x)[1](1.0)[0]


def by_graph(f):
    """Differentiate a function of one number by `backward` with a graph."""

    def derivative(x):
        leaf = Value(x.data if isinstance(x, Value) else x)
        out = f(leaf)
        out.backward(create_graph=True)
        slope = leaf.grad
        leaf.zero_grad()
        return slope.data

    return derivative


MODES = {"reverse": grad, "forward": by_forward, "vjp": by_pulling}
inner = pytest.mark.parametrize("inner", MODES.values(), ids=MODES.keys())
outer = pytest.mark.parametrize("outer", MODES.values(), ids=MODES.keys())


@inner
@outer
def test_perturbations_are_not_confused(inner, outer):
    # tagless duals: 2
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    # the inner point depends on the outer variable: d/dx x (2 x x) = 6 x x
    assert outer(lambda x: x * inner(lambda y: x * y * y)(x))(3.0) == 54.0
    # the inner function does not depend on its argument
    assert outer(lambda x: x * inner(lambda y: x)(1.0))(5.0) == 0.0
    assert outer(lambda x: inner(lambda y: x * x)(x) + x)(5.0) == 1.0


@inner
@outer
@pytest.mark.parametrize("middle", MODES.values(), ids=MODES.keys())
def test_three_deep(inner, middle, outer):
    assert outer(middle(inner(lambda x: x**5)))(2.0) == 240.0
    assert type(outer(middle(inner(lambda x: x**5)))(2.0)) is float
    # d/dx d/dy d/dz (x y z)**2 at one point: 8 x y z
    assert outer(lambda x: middle(lambda y: inner(lambda z: (x * y * z) ** 2)(5.0))(3.0))(2.0) == 240.0
    # x d/dy (y d/dz (x y z)) = x d/dy (x y y) = 2 x x y, whose derivative is 4 x y
    assert outer(lambda x: x * middle(lambda y: y * inner(lambda z: x * y * z)(7.0))(3.0))(2.0) == 24.0


@inner
@outer
def test_a_closure_that_escapes_knows_whose_variable_it_holds(inner, outer):
    # the amazing bug of Manzyuk et al., JFP 2019: a curried function, differentiated by its first argument
    def shifted(x):
        return lambda g: lambda z: g(x + z)

    def derivative_at_zero(g):
        return lambda z: inner(lambda x: shifted(x)(g)(z))(0.0)

    assert outer(lambda z: derivative_at_zero(lambda t: t**3)(z))(2.0) == 12.0  # confused: 0
    assert derivative_at_zero(derivative_at_zero(lambda t: t**3))(2.0) == 12.0
    assert outer(derivative_at_zero(derivative_at_zero(lambda t: t**4)))(1.0) == 24.0


def test_nodes_that_escape_are_constants_afterwards():
    kept = []
    assert grad(lambda x: kept.append(x) or x * x)(3.0) == 6.0
    slope, moved = grad(lambda y: y * kept[0])(5.0), jvp(lambda y: y * kept[0], 5.0, 1.0)
    assert (slope, moved) == (3.0, (15.0, 3.0))
    assert {type(slope), *map(type, moved)} == {float}  # a Value would depend on somebody


def test_what_does_not_lead_to_the_arguments_is_not_visited():
    w = Value(3.0)
    h = w * w
    w.data = 5.0  # so the gradient of h by w has no graph any more; nobody asks for it
    assert grad(lambda x: x * h)(2.0).data == 9.0


def test_backward_inside_of_grad_sees_a_constant():
    assert grad(lambda x: x * by_graph(lambda y: y * y)(x))(3.0) == 6.0


def test_backward_through_a_result_of_grad():
    w = Value(3.0)
    slope = grad(lambda x: w * x * x)(5.0)
    slope.backward()
    assert (slope.data, w.grad) == (30.0, 10.0)


@inner
@outer
def test_what_is_computed_without_a_graph_is_a_constant(inner, outer):
    def squared(x):
        with ag.no_grad():
            return x * x

    def slope(x):
        with ag.no_grad():
            return inner(lambda y: y * y * y)(x)

    assert outer(lambda x: x * squared(x))(3.0) == 9.0
    assert outer(lambda x: x * slope(x))(2.0) == 12.0


def test_what_is_not_used_has_the_gradient_zero():
    def f(x, y, z):
        return x * 2.0

    assert grad(f, (0, 1, 2))(1.0, 2.0, 3.0) == (2.0, 0.0, 0.0)  # torch.autograd.grad raises
    assert jacobian(lambda x, y: [x, 5.0], (0, 1))(1.0, 2.0) == [(1.0, 0.0), (0.0, 0.0)]
    assert hessian(lambda v: v[0] * 2.0)([1.0, math.inf]) == [[0.0, 0.0], [0.0, 0.0]]
    assert grad(lambda x: 5.0)(1.0) == 0.0
    assert jvp(f, (1.0, 2.0, 3.0), (0.0, 1.0, 1.0)) == (2.0, 0.0)
    assert hvp(lambda x: 5.0, 1.0, 1.0) == 0.0


# numbers


@pytest.mark.parametrize("number", [3, True, Fraction(3, 2), 2.5])
def test_real_numbers_of_all_kinds_are_differentiated_by(number):
    value, slope = value_and_grad(lambda x: x * x)(number)
    assert (value, slope) == (float(number) ** 2, 2.0 * float(number))
    assert type(value) is type(slope) is float


@pytest.mark.parametrize("number", ["1", None, 1j, Decimal("1.5"), 10**400, b"1"])
@pytest.mark.parametrize(
    "transform",
    [
        lambda bad: grad(lambda x: x)(bad),
        lambda bad: grad(lambda x: bad)(1.0),
        lambda bad: jvp(lambda x: x, bad, 1.0),
        lambda bad: jvp(lambda x: x, 1.0, bad),
        lambda bad: vjp(lambda x: x, 1.0)[1](bad),
        lambda bad: hessian(lambda x: x * bad)(1.0),
    ],
)
def test_what_is_no_float_is_refused_by_transforms(number, transform):
    with pytest.raises(DataError, match=r"must be a real number|must fit into a float"):
        transform(number)


def test_nan_goes_where_it_matters_and_nowhere_else():
    f = {
        "relu": ag.relu,  # micrograd: 0, with the gradient 0
        "max": lambda x: ag.max(x, 1.0),
        "min": lambda x: ag.min(1.0, x),
        "clamp": lambda x: ag.clamp(x, -1.0, 1.0),
        "abs": abs,
        "sqrt": ag.sqrt,
        "pow": lambda x: x**2,
        "dot": lambda x: ag.dot([x, 2.0], [x, 3.0]),
        "logsumexp": lambda x: ag.logsumexp(x, 0.0),
    }
    for name, function in f.items():
        assert math.isnan(function(Value(math.nan)).data), name
    x, y = Value(math.nan), Value(2.0)
    (x * 1.0 + y * y).backward()
    assert (x.grad, y.grad) == (1.0, 4.0)
    assert grad(lambda x, y: ag.where(x > 0.0, x.log(), y), (0, 1))(-1.0, 2.0) == (0.0, 1.0)  # JAX: nan


# threads


def all_at_once(*works):
    """Run each of the works in a thread of its own, in small slices, and return their answers."""
    start, interval = threading.Barrier(len(works)), sys.getswitchinterval()

    def wait_and(work):
        start.wait()
        return work()

    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(len(works)) as pool:
            return [future.result() for future in [pool.submit(wait_and, work) for work in works]]
    finally:
        sys.setswitchinterval(interval)


def trained(seed):
    model = MLP(2, [4, 1], activation="tanh", seed=seed)
    fit(model, XOR, optimizer=SGD(0.1, momentum=0.9), epochs=30)
    return model.state_dict()


def test_threads_with_graphs_of_their_own_do_not_meet():
    expected = [trained(seed) for seed in range(8)]
    assert all_at_once(*(lambda seed=seed: trained(seed) for seed in range(8))) == expected


def test_grad_is_right_in_threads_that_share_leaves():
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    targets = [y for _, y in XOR]

    def gradient(scale):
        def work():
            for _ in range(20):  # a gradient by a number, through leaves that all threads have
                found = grad(lambda s: mse([model(x) for x, _ in XOR], targets) * s * s)(scale)
            return found.data, hessian(lambda v: v[0] * v[1] * model.layers[0].neurons[0].b)([scale, 1.0])

        return work

    loss = mse([model(x) for x, _ in XOR], targets).data
    for scale, (slope, second) in zip(range(1, 9), all_at_once(*map(gradient, range(1, 9))), strict=True):
        assert slope == pytest.approx(2.0 * scale * loss, rel=1e-13)
        assert [[entry.data for entry in row] for row in second] == [[0.0, 0.0], [0.0, 0.0]]
    assert not any(p.is_reached for p in model.parameters())


def test_one_thread_records_while_another_one_does_not():
    x = Value(3.0)

    def recording():
        return {len((x * x + k).parents) for k in range(5_000)} | {grad(lambda y: y * y)(3.0)}

    def silent():
        with ag.no_grad():
            return {len((x * x + k).parents) for k in range(5_000)} | {grad(lambda y: y * y)(3.0)}

    for _ in range(3):
        assert all_at_once(recording, silent, recording, silent) == [{2, 6.0}, {0, 6.0}] * 2
