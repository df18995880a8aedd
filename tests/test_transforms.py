"""grad and its relatives: what they give, in which arrangement, and what they leave alone."""

import math
from collections import namedtuple
from itertools import pairwise

import numpy as np
import pytest
from conftest import close
from witnesses import Dual

import autograd_scratch as ag
from autograd_scratch import (
    MLP,
    Value,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    mse,
    no_grad,
    value_and_grad,
    vjp,
)
from autograd_scratch.errors import DataError, GraphError, ShapeError

Point = namedtuple("Point", "x y")


def rosenbrock(v):
    return sum(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in pairwise(v))


def test_numbers_give_numbers():
    out = value_and_grad(lambda x: x**3)(2)
    assert out == (8.0, 12.0)
    assert [type(x) for x in out] == [float, float]
    assert type(grad(lambda x: 5.0)(2.0)) is float
    assert grad(lambda x: 5.0)(2.0) == 0.0
    assert grad(lambda x: x)(2.0) == 1.0
    assert grad(ag.tanh)(0.5) == pytest.approx(1 - math.tanh(0.5) ** 2, rel=1e-14)


def test_values_give_values_that_can_be_differentiated_again():
    x = Value(2.0, "x")
    value, slope = value_and_grad(lambda y: y**3)(x)
    assert (value.data, slope.data) == (8.0, 12.0)
    assert x.grad == 0.0
    slope.backward()
    assert x.grad == 12.0
    assert isinstance(grad(lambda y: 5.0)(x), Value)
    assert grad(lambda y: 5.0)(x).data == 0.0


def test_a_closure_over_a_value_keeps_its_graph():
    w = Value(2.0, "w")
    slope = grad(lambda x: w * x * x)(3.0)
    assert slope.data == 12.0
    slope.backward()
    assert w.grad == 6.0


@pytest.mark.parametrize(
    ("f", "args", "argnums", "expected"),
    [
        (lambda x: x[0] * x[1], ([2.0, 3.0],), 0, [3.0, 2.0]),
        (lambda x: x[0] * x[1], ((2.0, 3.0),), 0, (3.0, 2.0)),
        (lambda p: p.x * p.y, (Point(2.0, 3.0),), 0, Point(3.0, 2.0)),
        (
            lambda p: p["a"][0] * p["b"]["c"],
            ({"a": [2.0], "b": {"c": 3.0}},),
            0,
            {"a": [3.0], "b": {"c": 2.0}},
        ),
        (lambda x, y: x * y, (2.0, 3.0), 1, 2.0),
        (lambda x, y: x * y, (2.0, 3.0), -1, 2.0),
        (lambda x, y: x * y, (2.0, 3.0), (0, 1), (3.0, 2.0)),
        (lambda x, y: x * y, (2.0, 3.0), (1, 0), (2.0, 3.0)),
        (lambda x, y: x * y, (2.0, 3.0), [1], (2.0,)),
        (lambda x, y: x * y[1], (2.0, ["label", 3.0]), 0, 3.0),
        (lambda x: sum(x), ([],), 0, []),
    ],
)
def test_a_gradient_is_arranged_as_its_argument(f, args, argnums, expected):
    out = grad(f, argnums)(*args)
    assert out == expected
    assert type(out) is type(expected)


def test_arguments_by_keyword_are_constants():
    assert grad(lambda x, *, k: x**k)(2.0, k=3) == 12.0


def test_gradients_of_arrays_are_arrays():
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    slope = grad(lambda W: np.sum(np.tanh(W) ** 2))(W)
    assert slope.dtype == float
    np.testing.assert_allclose(slope, 2 * np.tanh(W) * (1 - np.tanh(W) ** 2), rtol=1e-12)
    assert grad(lambda x: x * x)(np.float64(3.0)) == 6.0
    assert grad(lambda x: x * x)(np.array(3.0)) == 6.0
    loss = grad(lambda p, x: ((x @ p["W"] + p["b"]) ** 2).mean())({"W": W, "b": np.zeros(2)}, np.eye(2))
    assert (loss["W"].shape, loss["b"].shape) == ((2, 2), (2,))


def test_jacobians_of_arrays_have_the_shape_of_the_output_and_then_of_the_input():
    A = np.arange(6.0).reshape(2, 3)
    out = jacobian(lambda x: A @ x)(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(out, A)
    assert jacobian(lambda X: X.T * 2.0)(A).shape == (3, 2, 2, 3)
    mixed = jacobian(lambda p: {"u": p["x"] * p["s"], "v": p["s"]})({"x": np.ones(3), "s": 2.0})
    np.testing.assert_array_equal(mixed["u"]["x"], 2.0 * np.eye(3))
    np.testing.assert_array_equal(mixed["u"]["s"], np.ones(3))
    np.testing.assert_array_equal(mixed["v"]["x"], np.zeros(3))
    assert mixed["v"]["s"] == 1.0


@pytest.mark.parametrize("outputs", [1, 2, 5])
def test_a_jacobian_is_the_same_forward_and_in_reverse(outputs):
    def f(x):
        return [ag.sin(x[i % 3] * x[0]) + i * x[2] for i in range(outputs)]

    point = [0.3, -1.2, 0.7]
    rows = jacobian(f)(point)
    out, pull = vjp(f, point)
    for i, row in enumerate(rows):
        unit = [float(i == k) for k in range(outputs)]
        assert pull(unit)[0] == pytest.approx(row, rel=1e-14)
    for j in range(3):
        unit = [float(j == k) for k in range(3)]
        assert jvp(f, point, unit)[1] == pytest.approx([row[j] for row in rows], rel=1e-14)
    assert out == f(point)


def sweeps(monkeypatch):
    """Count how often graphs are walked each way."""
    counts = {"forward": 0, "reverse": 0}
    push, pull = ag.graph.push_forward, ag.graph.pull_back

    def counted(direction, walk):
        def count(*args):
            counts[direction] += 1
            return walk(*args)

        return count

    monkeypatch.setattr(ag.graph, "push_forward", counted("forward", push))
    monkeypatch.setattr(ag.graph, "pull_back", counted("reverse", pull))
    return counts


@pytest.mark.parametrize(("inputs", "outputs"), [(2, 9), (9, 2), (4, 4)])
def test_a_jacobian_takes_the_cheaper_direction(monkeypatch, inputs, outputs):
    counts = sweeps(monkeypatch)
    jacobian(lambda x: [x[i % inputs] * x[0] for i in range(outputs)])([1.0] * inputs)
    assert sum(counts.values()) == min(inputs, outputs)


def test_hessian_of_a_model_against_forward_over_reverse_duals():
    def f(v):
        return (v[0] * v[1]).tanh() * v[2] - (v[0] * v[2] * 0.5).sin() / (v[1] * v[1] + 2.0)

    point = [0.3, -0.8, 1.1]
    second = hessian(f)(point)
    for i in range(3):
        for j in range(3):
            assert second[i][j] == pytest.approx(second[j][i], rel=1e-13)
    # the directional second derivative by dual numbers over central differences of dual slopes
    for direction in ([1.0, 0.0, 0.0], [0.3, -0.5, 0.8]):

        def slope(t, direction=direction):
            return f([Dual(x + t * d, d) for x, d in zip(point, direction, strict=True)]).slope

        [(measured, bar, _)] = ag.checking.differences.slopes(lambda t: [slope(t)], 0.0)
        derived = sum(
            a * row[j] * b
            for a, row in zip(direction, second, strict=True)
            for j, b in enumerate(direction)
        )
        assert abs(derived - measured) <= bar
        assert bar < 1e-9
        product = hvp(f, point, direction)
        assert sum(map(lambda a, b: a * b, product, direction)) == pytest.approx(derived, rel=1e-13)


def test_a_hessian_vector_product_costs_a_few_gradients_whatever_the_number_of_inputs():
    def operations(run):
        made = []
        original = Value.made.__func__
        Value.made = classmethod(lambda cls, *a: made.append(1) or original(cls, *a))
        try:
            run()
        finally:
            Value.made = classmethod(original)
        return len(made)

    per_input = []
    for size in (10, 100, 1000):
        v = [0.1 * (i % 7) for i in range(size)]
        per_input.append(operations(lambda v=v, size=size: hvp(rosenbrock, v, [1.0] * size)) / size)
    assert max(per_input) < 1.2 * min(per_input)


def test_nesting_differentiates_each_by_its_own():
    assert grad(lambda x: x * grad(lambda y: x * y * y)(1.0))(3.0) == 12.0
    # Siskind and Pearlmutter's perturbation confusion: 1, where tagless dual numbers give 2
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert jvp(lambda x: x * jvp(lambda y: x + y, 1.0, 1.0)[1], 1.0, 1.0)[1] == 1.0
    assert grad(lambda x: x * jvp(lambda y: x * y, x, 1.0)[1])(3.0) == 6.0
    assert jvp(lambda x: grad(lambda y: x * y * y)(x), 3.0, 1.0)[1] == pytest.approx(12.0, rel=1e-15)
    assert grad(lambda x: grad(lambda y: grad(lambda z: x * y * z * z)(y))(x))(2.0) == 16.0
    assert type(grad(lambda x: x * grad(lambda y: x * y * y)(1.0))(3.0)) is float


@pytest.mark.parametrize(
    ("f", "derivatives"),
    [
        (ag.tanh, [0.0, 1.0, 0.0, -2.0, 0.0, 16.0]),
        (ag.sigmoid, [0.5, 0.25, 0.0, -0.125, 0.0, 0.25]),
        (ag.softplus, [math.log(2.0), 0.5, 0.25, 0.0, -0.125, 0.0]),
        (ag.atan, [0.0, 1.0, 0.0, -2.0, 0.0, 24.0]),
        (ag.asinh, [0.0, 1.0, 0.0, -1.0, 0.0, 9.0]),
        (ag.asin, [0.0, 1.0, 0.0, 1.0, 0.0, 9.0]),
        (ag.sinc, [1.0, 0.0, -1 / 3, 0.0, 1 / 5, 0.0]),
        (ag.sin, [0.0, 1.0, 0.0, -1.0, 0.0, 1.0]),
        (ag.log1p, [0.0, 1.0, -1.0, 2.0, -6.0, 24.0]),
        (lambda x: x**3, [0.0, 0.0, 0.0, 6.0, 0.0, 0.0]),
        (lambda x: x**4, [0.0, 0.0, 0.0, 0.0, 24.0, 0.0]),
        (lambda x: (1.0 + x) ** 0.5, [1.0, 0.5, -0.25, 0.375, -0.9375, 3.28125]),
        (lambda x: 1.0 / (1.0 - x), [1.0, 1.0, 2.0, 6.0, 24.0, 120.0]),
        (ag.log_sigmoid, [-math.log(2.0), 0.5, -0.25, 0.0, 0.125, 0.0]),
        (lambda x: ag.log(ag.sigmoid(x)), [-math.log(2.0), 0.5, -0.25, 0.0, 0.125, 0.0]),
    ],
)
def test_orders_up_to_five_at_zero(f, derivatives):
    for expected in derivatives:
        assert f(0.0) == pytest.approx(expected, rel=1e-13, abs=1e-15)
        f = grad(f)


def test_at_hard_points_what_is_nan_stays_nan_at_every_order():
    f = ag.log
    for _ in range(4):
        assert math.isnan(f(-1.0))
        f = grad(f)
    assert math.isnan(grad(grad(lambda x: x**0.5))(-2.0))
    assert close(hessian(lambda x: x[0] ** x[1])([-2.0, 2.0])[0][0], 2.0)


def test_a_plain_zero_tangent_is_absent():
    # JAX gives nan: the zero tangent of the exponent meets its partial, which is nan
    assert jvp(lambda x, y: x**y, (-2.0, 2.0), (1.0, 0.0))[1] == -4.0
    assert jvp(grad(lambda x, y: x**y), (-2.0, 2.0), (1.0, 0.0))[1] == 2.0


def test_nobodys_gradient_is_touched():
    model = MLP(2, [3, 1], "tanh", seed=0)
    mse(model([1.0, 2.0]), 0.0).backward()
    before = [p.grad for p in model.parameters()]
    x = [Value(1.0), Value(2.0)]
    for transform in (grad, value_and_grad, jacobian, hessian):
        transform(lambda v: mse(model(v), 0.5))(x)
    hvp(lambda v: mse(model(v), 0.5), x, [1.0, 0.0])
    assert [p.grad for p in model.parameters()] == before
    assert not any(v.is_reached for v in x)


def test_an_input_gradient_can_be_trained_on():
    model = MLP(1, [4, 1], "tanh", seed=0)

    def penalty():
        return (grad(lambda x: model([x]))(0.5) - 1.0) ** 2

    loss = penalty()
    loss.backward()
    slopes = [p.grad for p in model.parameters()]
    for p, slope in zip(model.parameters(), slopes, strict=True):
        kept = p.data
        [(measured, bar, _)] = ag.checking.differences.slopes(
            lambda x, p=p: [setattr(p, "data", x) or penalty().data], kept
        )
        p.data = kept
        assert abs(slope - measured) <= bar + 1e-9


def test_inside_no_grad_there_are_derivatives_and_no_graphs():
    x = Value(2.0)
    with no_grad():
        assert grad(lambda y: y**3)(2.0) == 12.0
        slope = grad(lambda y: y**3)(x)
    assert (slope.data, slope.parents) == (12.0, ())


def test_backward_that_creates_a_graph():
    x, y = Value(2.0), Value(3.0)
    out = x * x * y + 5.0 * y
    out.backward(create_graph=True)
    assert (x.grad.data, y.grad.data) == (12.0, 9.0)
    slope = x.grad
    for leaf in (x, y):
        leaf.zero_grad()
    slope.backward()
    assert (x.grad, y.grad) == (6.0, 4.0)
    y.grad = None
    (3.0 * y).backward(create_graph=True)
    (y * y).backward(create_graph=True)
    assert y.grad.data == 9.0  # leaves accumulate
    ag.SGD(1.0, [y]).step()
    assert y.data == -6.0


def test_a_leaf_that_changed_is_named_where_its_old_number_is_needed():
    x = Value(3.0, "x")
    out = x * x + x
    x.data = 5.0
    out.backward()
    assert x.grad == 7.0
    with pytest.raises(GraphError, match=r"Value\(data=5.0, grad=7.0, name='x'\) has another number now"):
        out.backward(create_graph=True)
    assert x.grad == 7.0


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda: grad(3.0), DataError, r"takes a function, not 3\.0 \(float\)"),
        (lambda: grad(lambda x: [x])(1.0), ShapeError, "whose result is one number, .*write jacobian"),
        (lambda: grad(lambda x: np.stack([x, x]))(1.0), ShapeError, "whose result is one number"),
        (
            lambda: grad(lambda x: None)(1.0),
            DataError,
            "the result must be a real number, not None; is a `return`",
        ),
        (lambda: jacobian(lambda x: [x, "a"])(1.0), DataError, r"the result\[1\] must be a real number"),
        (lambda: grad(lambda x: x, 1)(1.0), ShapeError, "argument 1, counted from 0, .* with 1 positional"),
        (lambda: grad(lambda x: x)("1"), DataError, "argument 0 must be a real number, not '1'"),
        (
            lambda: grad(lambda x: x["a"][1])({"a": [1.0, None]}),
            DataError,
            r"argument 0\['a'\]\[1\] must be",
        ),
        (lambda: jvp(lambda x: x[0], [1.0, 2.0], [1.0]), ShapeError, "tangents must be arranged as"),
        (lambda: vjp(lambda x: [x, x], 1.0)[1](1.0), ShapeError, "cotangent must be arranged as"),
        (lambda: jvp(lambda x: x, 1.0, "1"), DataError, r"the tangents\[0\] must be a real number"),
    ],
)
def test_bad_input_is_told(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


def test_a_function_keeps_its_documentation():
    def cube(x):
        """The cube."""
        return x**3

    assert (grad(cube).__name__, grad(cube).__doc__) == ("grad(cube)", "The cube.")
