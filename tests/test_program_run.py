"""Programs in other number types: what settles whether a difference is rounding or a mistake."""

from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random

import mpmath
import numpy as np
import pytest
from conftest import how_many

from autograd_scratch import MLP, Value, derive, exp, log, mean, mse, relu, sqrt, sum, where  # noqa: A004
from autograd_scratch.errors import DataError, ProgramError, ShapeError


def network(hidden="tanh"):
    model = MLP(2, [4, 1], hidden, "sigmoid", seed=1)
    x, y = [Value(0.5, "x1"), Value(-1.0, "x2")], Value(1.0, "y")
    program = derive(mse(model(x), y), wrt=model.parameters(), inputs=[x, y])
    return program, ([p.data for p in model.parameters()], [0.5, -1.0], 1.0)


def rosenbrock(v):
    return sum([100 * (v[i + 1] - v[i] ** 2) ** 2 + (1 - v[i]) ** 2 for i in range(len(v) - 1)])


@pytest.mark.parametrize("hidden", ["tanh", "relu", "gelu", "softplus"])
def test_in_floats_it_is_the_call(hidden):
    program, args = network(hidden)
    value, slopes = program.run(*args)
    assert value == pytest.approx(program(*args)[0], rel=1e-14)
    assert slopes == pytest.approx(program(*args)[1], rel=1e-13)


def test_fractions_are_exact():
    x, y, z = point = [Fraction(1, 3), Fraction(-2, 7), Fraction(5, 11)]
    value, gradient, rows = derive(rosenbrock, inputs=[[0.1, 0.2, 0.3]], order=2).run(
        point, number=Fraction
    )
    assert value == 100 * (y - x * x) ** 2 + (1 - x) ** 2 + 100 * (z - y * y) ** 2 + (1 - y) ** 2
    assert gradient == [
        -400 * x * (y - x * x) - 2 * (1 - x),
        200 * (y - x * x) - 400 * y * (z - y * y) - 2 * (1 - y),
        200 * (z - y * y),
    ]
    assert rows[0] == [1200 * x * x - 400 * y + 2, -400 * x, 0]
    assert {type(entry) for row in rows for entry in row} == {Fraction}


def test_a_mean_of_three_is_exact_too():
    program = derive(lambda x, y: mean([x * x, x * y, y / 3.0]), wrt=["x", "y"], inputs=[1.0, 2.0])
    x, y = Fraction(1, 7), Fraction(2, 5)
    value, (d_x, d_y) = program.run(x, y, number=Fraction)
    assert (value, d_x, d_y) == ((x * x + x * y + y / 3) / 3, (2 * x + y) / 3, x / 3 + Fraction(1, 9))


def test_fifty_digits():
    program, args = network()
    with localcontext() as context, mpmath.workdps(60):
        context.prec = 50
        value, slopes = program.run(*args, number=Decimal)
        witness, others = program.run(*args, number=mpmath.mpf)
        for decimal, other in zip([value, *slopes], [witness, *others], strict=True):
            assert abs(mpmath.mpf(str(decimal)) - other) <= mpmath.mpf("1e-46") * abs(other)
    assert float(value) == pytest.approx(program(*args)[0], rel=1e-14)


def test_high_precision_settles_that_a_difference_is_rounding():
    program = derive(lambda x: (x + 1.0) * (x + 1.0) - x * x - 2.0 * x - 1.0, inputs=[1.0])
    assert program(1e9 / 3.0)[0] != 0.0
    assert program.run(1e9 / 3.0, number=Fraction) == (0, 0)


def test_complex_steps():
    program, (numbers, x, y) = network()
    _, slopes = program(numbers, x, y)
    for i, slope in enumerate(slopes):
        stepped = [p + 1e-20j * (i == j) for j, p in enumerate(numbers)]
        assert program.run(stepped, x, y, number=complex)[0].imag / 1e-20 == pytest.approx(slope, rel=1e-13)


@pytest.mark.parametrize("number", [Fraction, Decimal, complex, mpmath.mpf])
def test_the_arm_that_is_not_taken_is_not_computed(number):
    program = derive(lambda x: where(x == 0.0, x + 2.0, 1.0 / x), inputs=[1.0])
    assert program.run(0, number=number) == (2, 1)
    assert program.run(2, number=number) == (number(1) / 2, number(-1) / 4)


def test_arrays_and_further_outputs():
    def f(W, x):
        h = W @ x
        return (h * h).sum(), {"h": h}

    program = derive(f, inputs=[np.eye(2), np.ones(2)])
    value, gradient, further = program.run(
        np.array([[0.5, 1.0], [0.0, 2.0]]), [1, Fraction(1, 2)], number=Fraction
    )
    assert (value, gradient) == (2, [[2, 1], [2, 1]])
    assert further == {"h": [1, 1]}


def test_deep_programs():
    def f(x):
        for k in range(length):
            x = x * 0.5 + 1.0 if k < 1_000 else x + 1.0
        return x

    length = how_many(5_000, exhaustive=20_000)
    assert derive(f, inputs=[0.5]).run(2, number=Fraction) == (length - 998, Fraction(1, 2**1_000))


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            lambda p: p.run(0.5, number=Fraction),
            ProgramError,
            r"Fraction has no sqrt, .* use number=decimal\.Decimal",
        ),
        (lambda p: p.run(0.5, number=int), ProgramError, "int"),
        (lambda p: p.run(number=Decimal), ShapeError, "was not given x"),
        (lambda p: p.run([0.5], number=Decimal), ShapeError, "must be one number"),
        (lambda p: p.run("0.5", number=Decimal), DataError, "x"),
        (lambda p: p.run(Fraction(1, 3), number=Decimal), ProgramError, "cannot hold exactly"),
        (lambda p: p.run(-1, number=Decimal), ProgramError, "sqrt has no value in Decimal"),
    ],
)
def test_refusals(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(derive(lambda x: exp(sqrt(x)), inputs=[0.5]))


def bent(x, y):
    return relu(log(x) * y - sqrt(y)) + exp(-x * y)


def test_random_programs_in_decimal_and_float():
    random = Random(0)
    for _ in range(20):
        a, b = random.uniform(0.5, 2.0), random.uniform(0.5, 2.0)
        program = derive(
            lambda x, y: relu(log(x) * y - sqrt(y)) + exp(-x * y), wrt=["x", "y"], inputs=[a, b]
        )
        value, slopes = program.run(a, b, number=Decimal)
        assert float(value) == pytest.approx(program(a, b)[0], rel=1e-14)
        assert [float(s) for s in slopes] == pytest.approx(program(a, b)[1], rel=1e-13)
