"""Programs of very many equations: no recursion, no limit of Python's compiler, linear growth."""

import math

import pytest
from conftest import how_many, long
from test_program import agree, eager, floats

import autograd_scratch as ag
from autograd_scratch import Value, derive, where
from autograd_scratch.errors import ProgramError
from autograd_scratch.program import record as room


def chain(length):
    """Return a function of `length` operations, one after the other."""

    def function(x):
        for i in range(length // 2):
            x = x.sin() + 0.1 if i % 3 else x * 1.01 - 0.2
        return x

    return function


LONG = how_many(200, exhaustive=1_000)


def fractions(x):
    for _ in range(LONG // 3):
        x = 1.0 / (1.0 + x)
    return x


def compared(x):
    for i in range(LONG // 3):
        x = where((x > 0.1 * i) & (x < i), x + 0.01, x - 0.001)
    return x


def combined(x):
    condition = x > 0
    for i in range(500):
        condition = (condition & (x < 10 + i)) | (x == i)
    return where(condition, x, 2.0 * x)


def nested_in_the_first_arm(x):
    y = 2.0 * x
    for i in range(LONG):
        y = where(x > i, y * 1.001, x.sin() * i)
    return y


def nested_in_the_second_arm(x):
    y = ag.log(x)
    for i in range(LONG):
        y = where(x > i, ag.sqrt(x - i) + y, where(x < -i, y, 1.0 / x))
    return y


def nested_by_its_own_value(x):
    for _ in range(LONG):
        x = where(x > 0.5, x * 1.001, x.sin())
    return x


def of_corners(x):
    for _ in range(LONG):
        x = abs(x) - 0.01
    return x


def of_relus(x):
    for _ in range(LONG):
        x = ag.relu(-x) - 0.01 * x + ag.max(x, 0.5)
    return x


DEEP = [
    fractions,
    compared,
    combined,
    nested_in_the_first_arm,
    nested_in_the_second_arm,
    nested_by_its_own_value,
    of_corners,
    of_relus,
]


@pytest.mark.parametrize("function", DEEP)
def test_deep_functions(function):
    program = derive(function, inputs=[0.7])
    for point in (0.3, -0.7, 7.25, 500.5, 2_000.0):
        value, slope = program(point)
        assert agree((value, [slope]), eager(function, [point]), 1e-10)


WIDE = {
    "sum": lambda xs: ag.sum([x * x for x in xs]),
    "mean": lambda xs: ag.mean([x.exp() for x in xs]),
    "dot": lambda xs: ag.dot(xs, [*reversed(xs)], 1.0),
    "prod": lambda xs: ag.prod([1.0 + 0.001 * x for x in xs]),
    "max": lambda xs: ag.max(xs),
    "logsumexp": lambda xs: ag.logsumexp(xs),
    "norm": lambda xs: ag.norm(xs),
    "a sum by hand": lambda xs: sum(xs, 0.0) * 2.0,
    "a sum of choices": lambda xs: ag.sum([where(x > 0, x, x * x) for x in xs]),
}


@pytest.mark.parametrize("size", [201, 601, long(2_000)])
@pytest.mark.parametrize("name", WIDE)
def test_wide_functions(name, size):
    function = WIDE[name]
    at = [math.sin(i) for i in range(size)]
    program = derive(function, inputs=[at])
    value, slopes = eager(function, [at])
    assert agree(program(at), (value, slopes), 1e-12)
    assert all(len(text) < 20_000 for text in program.source.splitlines())


@pytest.mark.parametrize("name", ["sum", "dot"])
def test_many_terms(name):
    at = [math.sin(i) for i in range(how_many(2_000, exhaustive=10_000))]
    assert agree(derive(WIDE[name], inputs=[at])(at), eager(WIDE[name], [at]), 1e-12)


def test_very_many_operations_deep():
    function = chain(how_many(5_000, exhaustive=100_000))
    program = derive(function, inputs=[0.5])
    value, slope = program(0.3)
    x = Value(0.3)
    loss = function(x)
    loss.backward()
    assert value == loss.data
    assert slope == pytest.approx(x.grad, rel=1e-10)
    assert all(map(math.isnan, floats(program(math.inf))))


@pytest.mark.parametrize("function", [chain(10), fractions, compared], ids=lambda f: f.__name__)
def test_equations_and_source_grow_as_the_function_does(function):
    def repeated(times):
        def whole(x):
            for _ in range(times):
                x = function(x)
            return x

        program = derive(whole, inputs=[0.5])
        return len(program.equations.equations), len(program.source)

    (few, short), (many, long) = repeated(2), repeated(8)
    assert many < 4.5 * few
    assert long < 5 * short


def test_nests_grow_linearly():
    def size(depth):
        def function(x):
            y = 2.0 * x
            for i in range(depth):
                y = where(x > i, y * 1.001, x.sin() * i + x)
            return y

        program = derive(function, inputs=[0.5])
        return len(program.equations.equations), len(program.source)

    shallow = how_many(25, exhaustive=100)
    (few, short), (many, long) = size(shallow), size(8 * shallow)
    assert many < 9 * few
    assert long < 11 * short


def test_a_program_too_large_to_be_worth_compiling_says_so(monkeypatch):
    assert room.LARGEST >= 100_000
    monkeypatch.setattr(room, "LARGEST", 1_000)
    program = derive(chain(1_000), inputs=[0.5], order=2)  # of which loops stay written out
    count = len(program.equations.equations)
    message = rf"has {count:,} equations, {count / 1_000:.1f} times as many as are worth .*1,000"
    for use in (lambda: program.source, lambda: program(0.5), lambda: program.save("x.py")):
        with pytest.raises(ProgramError, match=message):
            use()
