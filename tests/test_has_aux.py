"""`has_aux`, as in JAX: what the function gives second comes out too, as numbers, beside the derivative."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from autograd_scratch import (
    Value,
    derive,
    grad,
    hessian,
    jacobian,
    jvp,
    no_grad,
    value_and_grad,
    values,
    vjp,
)
from autograd_scratch.errors import ShapeError

Pair = namedtuple("Pair", "first second")


def cube(x):
    return x**3, {"input": x, "next": [x + 1.0]}


AUX = {"input": 2.0, "next": [3.0]}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: grad(cube, has_aux=True)(2.0), (12.0, AUX)),
        (lambda: value_and_grad(cube, has_aux=True)(2.0), ((8.0, AUX), 12.0)),
        (lambda: jvp(cube, (2.0,), (1.0,), has_aux=True), (8.0, 12.0, AUX)),
        (lambda: jacobian(cube, has_aux=True)(2.0), (12.0, AUX)),
        (lambda: hessian(cube, has_aux=True)(2.0), (12.0, AUX)),
        (lambda: grad(grad(cube, has_aux=True), has_aux=True)(2.0), (12.0, AUX)),
        (lambda: grad(lambda x: grad(cube, has_aux=True)(x)[0])(2.0), 12.0),
        (
            lambda: grad(lambda w, x: (w * x * x, w * x), argnums=(0, 1), has_aux=True)(2.0, 3.0),
            ((9.0, 12.0), 6.0),
        ),
        (
            lambda: hessian(lambda w, x: (w * x * x, [x]), argnums=(0, 1), has_aux=True)(2.0, 3.0),
            (((0.0, 6.0), (6.0, 4.0)), [3.0]),
        ),
        (lambda: jacobian(lambda x: ([x, x * x], None), has_aux=True)(3.0), ([1.0, 6.0], None)),
        (lambda: grad(lambda x: [x * x, "note"], has_aux=True)(3.0), (6.0, "note")),
    ],
)
def test_what_comes_second_comes_out(call, expected):
    assert call() == expected
    assert "Value(" not in repr(call())


def test_vjp_gives_it_third():
    out, pull, aux = vjp(lambda x, y: ([x * y, x], (x + y, y)), 2.0, 3.0, has_aux=True)
    assert (out, pull([1.0, 10.0]), aux) == ([6.0, 2.0], (13.0, 2.0), (5.0, 3.0))


def test_containers_keep_their_kinds_and_all_else_is_handed_on():
    @dataclass
    class Kept:
        number: float

    kept, table, rows = Kept(1.0), np.arange(3), {1, 2}
    given = OrderedDict(a=Pair(1, None), b=kept, c=table, d=rows, e="text", f=np.float32(0.5), g=print)
    _, aux = grad(lambda x: (x, OrderedDict(given, a=Pair(1, x))), has_aux=True)(2.0)
    assert type(aux) is OrderedDict
    assert aux["a"] == Pair(1, 2.0)
    assert type(aux["a"]) is Pair
    assert type(aux["a"].first) is int
    for key in "bcdefg":
        assert aux[key] is given[key]


def test_arrays_of_values_become_arrays_of_numbers():
    slope, aux = grad(lambda x: ((x * x).sum(), {"h": np.tanh(x), "x": x}), has_aux=True)(
        np.array([1.0, 2.0])
    )
    assert slope.tolist() == [2.0, 4.0]
    assert (type(aux["h"]), aux["h"].dtype) == (np.ndarray, np.dtype(float))
    np.testing.assert_allclose(aux["h"], np.tanh([1.0, 2.0]), rtol=1e-15)
    assert aux["x"].tolist() == [1.0, 2.0]


def test_what_depends_on_somebody_elses_value_stays_a_value():
    w = Value(2.0, "w")
    slope, aux = grad(lambda x: (w * x * x, [x, w, w * x, x * x]), has_aux=True)(3.0)
    x, same, product, square = aux
    assert (slope.data, x, square) == (12.0, 3.0, 9.0)
    assert same is w
    product.backward()
    assert w.grad == 3.0


def test_an_array_with_somebody_elses_values_is_one_of_values():
    w = values([1.0, 2.0], "w")
    _, aux = grad(lambda x: (x * w.sum(), w * x), has_aux=True)(3.0)
    aux.sum().backward()
    assert w.grad.tolist() == [3.0, 3.0]


def test_the_aux_of_an_inner_transform_is_differentiated_by_the_outer_one():
    def outer(x):
        slope, square = grad(lambda y: (y**3 * x, y * y), has_aux=True)(x)  # 3 x**3, x**2
        return slope + square

    assert grad(outer)(2.0) == 3 * 3 * 4.0 + 2 * 2.0
    # by y alone nothing of the inner graph is left: x enters through the argument only
    _, inner = grad(lambda y: (y, y * y), has_aux=True)(2.0)
    assert inner == 4.0


def test_no_gradient_goes_into_what_was_differentiated_by():
    w = Value(2.0)
    _, aux = grad(lambda x: (x, x * x * w), has_aux=True)(3.0)
    slope = grad(lambda v: aux * v)(1.0)
    assert slope.data == 18.0


@pytest.mark.parametrize(
    "result", [lambda x: x, lambda x: (x, x, x), lambda x: {"a": x, "b": x}, lambda x: None]
)
@pytest.mark.parametrize("transform", [grad, value_and_grad, jacobian, hessian])
def test_a_function_that_gives_no_pair_is_told(transform, result):
    with pytest.raises(ShapeError, match="`return result, aux`"):
        transform(result, has_aux=True)(2.0)


def test_a_pair_without_has_aux_is_told():
    with pytest.raises(ShapeError, match="has_aux=True"):
        grad(lambda x: (x, x))(2.0)


def test_modes_around_it_change_nothing():
    with no_grad():
        assert grad(cube, has_aux=True)(2.0) == (12.0, AUX)
    program = derive(lambda x: sum(grad(lambda y: (y**3, y * x), has_aux=True)(x)), inputs=[2.0])
    assert program(2.0) == (16.0, 16.0)  # 3 x**2 + x**2


def test_leaves_that_the_function_makes_itself_are_numbers_again():
    w = Value(2.0)

    def f(x):
        with no_grad():
            metric = w * x
        return x * x * x.detach(), [x.detach(), w.detach(), Value(7.0), metric, values([1.0, x.data]), w]

    slope, (*made, same) = grad(f, has_aux=True)(3.0)
    assert (slope, made[:4], made[4].tolist()) == (18.0, [3.0, 2.0, 7.0, 6.0], [1.0, 3.0])
    assert same is w
    assert "Value(" not in repr((slope, made))


def test_a_constant_made_inside_is_nobody_elses_value():
    assert type(grad(lambda x: x * x.detach())(3.0)) is float
    assert type(grad(lambda x: x * Value(3.0))(3.0)) is float
    assert type(grad(lambda x: grad(lambda y: x * y * Value(1.0))(2.0))(3.0)) is float
    assert hessian(lambda x: x * x * Value(0.5))(3.0) == 1.0
