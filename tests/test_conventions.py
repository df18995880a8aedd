"""Values and partials at hard points: zeros, ties, poles, overflow, infinities, nan."""

import operator
from collections import defaultdict

import pytest
from conftest import close, load_reference

import autograd_scratch as ag
from autograd_scratch import Value

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


OF_NUMBERS = [name for name in RECORDS if hasattr(ag, name) and name != "smooth_l1"]


@pytest.mark.parametrize("name", sorted(OF_NUMBERS))
def test_numbers_give_numbers_at_hard_points_too(name):
    for record in RECORDS[name]:
        out = getattr(ag, name)(*map(float, record["args"]))
        assert type(out) is float
        assert close(out, float(record["value"])), record
