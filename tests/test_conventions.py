"""Values and partials at hard points: zeros, ties, poles, overflow, infinities, nan."""

import operator
from collections import defaultdict

import pytest
from conftest import close, load_reference

import autograd_scratch as ag
from autograd_scratch import Value
from autograd_scratch.nn import binary_cross_entropy_with_logits
from autograd_scratch.primitives import piecewise

FUNCTIONS = {
    "abs": abs,
    "add": operator.add,
    "cos": ag.cos,
    "div": operator.truediv,
    "exp": ag.exp,
    "hinge": lambda x: ag.relu(1 - x),
    "leaky_relu": ag.leaky_relu,
    "log": ag.log,
    "max_reduce3": ag.max,
    "maximum": ag.max,
    "minimum": ag.min,
    "mul": operator.mul,
    "mul_zero": lambda x: x * 0.0,
    "neg": operator.neg,
    "pow": operator.pow,
    "reciprocal": lambda x: 1.0 / x,
    "relu": ag.relu,
    "sigmoid": ag.sigmoid,
    "sign": piecewise.sign,
    "sin": ag.sin,
    "softplus": ag.softplus,
    "sqrt": ag.sqrt,
    "square": lambda x: x**2,
    "sub": operator.sub,
    "tanh": ag.tanh,
}
PARAMETRIZED = {
    "pow_const": lambda exponent: lambda x: x**exponent,
    "const_pow": lambda base: lambda x: base**x,
    "bce_with_logits": lambda target: lambda x: binary_cross_entropy_with_logits(x, target),
}


def function_called(name):
    stem, _, parameter = name.rstrip("]").partition("[")
    if stem in PARAMETRIZED:
        text = parameter.removeprefix("target=")
        return PARAMETRIZED[stem](float(text) if "." in text else int(text))
    return FUNCTIONS.get(name)


RECORDS = defaultdict(list)
for record in load_reference("conventions"):
    if function_called(record["fn"]):
        RECORDS[record["fn"]].append(record)


def test_most_functions_are_here():
    assert len(RECORDS) >= 45


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_convention(name):
    for record in RECORDS[name]:
        arguments = [Value(float(x)) for x in record["args"]]
        out = function_called(name)(*arguments)
        out.backward()
        assert close(out.data, float(record["value"])), record
        for argument, expected in zip(arguments, record["grads"], strict=True):
            assert close(argument.grad, float(expected)), (record, argument.grad)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "relu", "sin"])
def test_numbers_give_numbers_at_hard_points_too(name):
    for record in RECORDS[name]:
        (x,) = map(float, record["args"])
        assert type(FUNCTIONS[name](x)) is float
        assert close(FUNCTIONS[name](x), float(record["value"])), record
