"""Values and partials at hard points: zeros, ties, poles, overflow, infinities, nan."""

import math
import operator
from collections import defaultdict
from decimal import Decimal

import pytest
from conftest import close, load_reference

import autograd_scratch as ag
from autograd_scratch import Value
from autograd_scratch.errors import RangeError
from autograd_scratch.primitives import sum_

NAMED_OTHERWISE = {  # tests/reference/README.md says which name stands for what
    "add": operator.add,
    "div": operator.truediv,
    "floordiv": operator.floordiv,
    "gelu_erf": ag.gelu,
    "gelu_tanh": lambda x: ag.gelu(x, approximate="tanh"),
    "hinge": lambda x: ag.relu(1 - x),
    "logsigmoid": ag.log_sigmoid,
    "logsumexp3": ag.logsumexp,
    "max_reduce3": ag.max,
    "mod": operator.mod,
    "mul": operator.mul,
    "mul_zero": lambda x: x * 0.0,
    "neg": operator.neg,
    "norm2_lib": ag.norm,
    "pow": operator.pow,
    "prod3": ag.prod,
    "smooth_l1": lambda x: ag.smooth_l1(x, 0.0),
    "sub": operator.sub,
    "where_const_nan_other": lambda x: ag.where(x > 0, x, float("nan")),
    "where_log_double": lambda x: ag.where(x > 0, ag.log(ag.where(x > 0, x, 1.0)), 0.0),
    "where_log_naive": lambda x: ag.where(x > 0, ag.log(x), 0.0),
    "where_sqrt_naive": lambda x: ag.where(x > 0, ag.sqrt(x), 0.0),
}
PARAMETRIZED = {
    "pow_const": lambda exponent: lambda x: x ** number(exponent),
    "const_pow": lambda base: lambda x: number(base) ** x,
    "clamp": lambda bounds: lambda x: ag.clamp(x, *map(float, bounds.split(","))),
    "softmax3": lambda i: lambda *logits: ag.softmax(logits)[int(i)],
    "log_softmax3": lambda i: lambda *logits: ag.log_softmax(logits)[int(i)],
    "cross_entropy3": lambda target: lambda *logits: ag.cross_entropy(logits, int(target[-1])),
    "bce_with_logits": lambda target: lambda x: ag.binary_cross_entropy_with_logits(x, float(target[7:])),
}


def number(text):
    return float(text) if "." in text else int(text)


def function_called(name):
    stem, _, parameter = name.rstrip("]").partition("[")
    if stem in PARAMETRIZED:
        return PARAMETRIZED[stem](parameter)
    return NAMED_OTHERWISE.get(name) or getattr(ag, name)


RECORDS = defaultdict(list)
for record in load_reference("conventions"):
    RECORDS[record["fn"]].append(record)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_convention(name):
    for record in RECORDS[name]:
        arguments = [Value(float(x)) for x in record["args"]]
        out = function_called(name)(*arguments)
        out.backward()
        assert close(out.data, float(record["value"])), record
        for argument, expected in zip(arguments, record["grads"], strict=True):
            assert close(argument.grad, float(expected)), (record, argument.grad)


OF_NUMBERS = [name for name in RECORDS if name in ag.__all__ and name != "smooth_l1"]


@pytest.mark.parametrize("name", sorted(OF_NUMBERS))
def test_numbers_give_numbers_at_hard_points_too(name):
    for record in RECORDS[name]:
        out = getattr(ag, name)(*map(float, record["args"]))
        assert type(out) is float
        assert close(out, float(record["value"])), record


NAN, INF = math.nan, math.inf
HARD_POINTS = [  # a function, its arguments, value and gradient
    (ag.sign, [NAN], NAN, [NAN]),
    (lambda x: x**0, [NAN], 1.0, [NAN]),
    (lambda x: x**0, [INF], 1.0, [0.0]),
    (lambda x: 1**x, [NAN], 1.0, [0.0]),
    *((ag.atan2, [y, x], math.atan2(y, x), [0.0, 0.0]) for y in (INF, -INF) for x in (INF, -INF)),
    (ag.clamp, [0.0, NAN, 1.0], NAN, [NAN] * 3),
    (ag.clamp, [0.0, -1.0, NAN], NAN, [NAN] * 3),
    (ag.clamp, [NAN, -1.0, 1.0], NAN, [NAN] * 3),
    (lambda x: ag.clamp(x, max=NAN), [0.0], NAN, [NAN]),
    (lambda x: ag.clamp(x, -1.0, 1.0), [1.0], 1.0, [1.0]),
    (ag.hard_tanh, [0.0, NAN, 1.0], NAN, [NAN] * 3),
    (ag.hard_tanh, [0.0, -1.0, NAN], NAN, [NAN] * 3),
    (lambda x: ag.hard_tanh(x, NAN, 1.0), [0.0], NAN, [NAN]),
    (lambda x: ag.max(x, 1.0), [NAN], NAN, [1.0]),
    (lambda x: x / 0.0, [2.0], INF, [INF]),
    (lambda x: ag.log(x, 1.0), [0.5], -INF, [INF]),
    (lambda x: x % 0.0, [2.0], NAN, [1.0]),
]


@pytest.mark.parametrize(("function", "at", "value", "gradient"), HARD_POINTS)
def test_hard_points_are_the_same_in_every_reader(function, at, value, gradient):
    every = tuple(range(len(at)))
    leaves = [Value(x) for x in at]
    out = function(*leaves)
    out.backward()
    again = [Value(x) for x in at]
    function(*again).backward(create_graph=True)
    units = [tuple(float(i == j) for j in every) for i in every]
    found = [
        (out.data, [leaf.grad for leaf in leaves]),
        (out.data, [leaf.grad.data for leaf in again]),
        ag.value_and_grad(function, every)(*at),
        (out.data, [ag.jvp(function, tuple(at), unit)[1] for unit in units]),
        ag.derive(function, every, [0.25, 0.5, 0.75][: len(at)])(*at),
    ]
    for number, slopes in found:
        assert close(number, value)
        assert all(map(close, slopes, gradient)), slopes


def test_number_types_have_nan_too():
    nan = Decimal("NaN")
    for function in (
        lambda x: ag.max(x, 1.0),
        lambda x: ag.min(x, 1.0),
        lambda x: ag.clamp(x, -1.0, 1.0),
        abs,
    ):
        assert ag.derive(function, inputs=[0.5], order=0).run(nan, number=Decimal).is_nan()
    assert ag.derive(lambda x: 1**x, inputs=[0.5], order=0).run(nan, number=Decimal) == 1


@pytest.mark.parametrize(
    "refused",
    [
        lambda x: ag.smooth_l1(x, 0.0, beta=-1.0),
        lambda x: ag.smooth_l1(x, 0.0, beta=NAN),
        lambda x: ag.smooth_l1(x, 0.0, beta=Value(-1.0)),
        lambda x: ag.celu(x, 0.0),
        lambda x: ag.celu(x, Value(0.0)),
        lambda x: ag.binary_cross_entropy(x + 1.0, 1.0),
        lambda x: ag.binary_cross_entropy(-x, 1.0),
        lambda x: ag.binary_cross_entropy(x, 2.0),
        lambda x: ag.binary_cross_entropy([x, x], [0.0, -1.0]),
        lambda x: ag.binary_cross_entropy_with_logits(x, 1.5),
        lambda x: ag.binary_cross_entropy_with_logits(x, Value(-0.5)),
    ],
)
def test_settings_and_targets_without_a_meaning_are_refused(refused):
    for x in (0.5, Value(0.5)):
        with pytest.raises(RangeError, match="must"):
            refused(x)


@pytest.mark.parametrize(
    ("function", "right", "wrong"),
    [
        (lambda x, beta: ag.smooth_l1(x, 0.0, beta), [0.5, 1.0], [0.5, -1.0]),
        (ag.celu, [-1.0, 1.0], [-1.0, 0.0]),
        (ag.celu, [1.0, 1.0], [1.0, 0.0]),
        (ag.binary_cross_entropy, [0.5, 1.0], [0.5, 2.0]),
        (ag.binary_cross_entropy, [0.5, 1.0], [1.5, 1.0]),
        (ag.binary_cross_entropy_with_logits, [0.5, 1.0], [0.5, -1.0]),
    ],
)
def test_in_a_program_they_give_nan(function, right, wrong):
    program = ag.derive(function, (0, 1), right)
    assert all(map(math.isfinite, [program(*right)[0], *program(*right)[1]]))
    assert all(map(math.isnan, [program(*wrong)[0], *program(*wrong)[1]]))


def test_a_sum_is_that_of_ieee_754_from_left_to_right():
    terms = [1e16, 1.0, -1e16]
    ones = [1.0, 1.0, 1.0]
    for reader in (lambda f: f(terms), lambda f: f([*map(Value, terms)]).data, lambda f: derived(f)(terms)):
        assert reader(sum_) == 0.0
        assert reader(ag.mean) == 0.0
        assert reader(lambda v: ag.dot(v, ones)) == 0.0
        assert reader(lambda v: ag.dot(v, ones, 0.5)) == 0.5
    assert [math.copysign(1.0, sum_([-0.0, -0.0])), sum_([]), ag.dot([], [])] == [-1.0, 0.0, 0.0]
    assert math.copysign(1.0, derived(ag.sum)([-0.0] * 3)) == -1.0


def derived(function):
    return ag.derive(function, inputs=[[0.5, 1.0, 2.0]], order=0)
