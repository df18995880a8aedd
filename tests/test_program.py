"""Derived programs agree with the reference numbers and with eager, wherever they are called."""

import functools
import math
from collections import namedtuple
from random import Random

import numpy as np
import pytest
from conftest import close
from test_conventions import RECORDS, function_called
from test_expressions import one_of_each_expression, random_graph, relative_to_largest, run
from test_models import LOSS, MODELS, assert_close, build, flat

import autograd_scratch as ag
from autograd_scratch import MLP, Value, derive, exp, grad, log, primitive, sqrt, value_and_grad, where
from autograd_scratch.errors import AutogradError, DataError, GraphError, ProgramError, TracingError
from autograd_scratch.program.forms import leaves, plain

INF, NAN = math.inf, math.nan


def floats(tree):
    """Return the numbers of a result, which are plain floats, or in arrays of them."""
    found = leaves(plain(tree))
    assert all(type(number).__name__ in ("float", "float64") for number in found), tree
    return [float(number) for number in found]


def agree(derived, known, tolerance=1e-13):
    known = [x.data if isinstance(x, Value) else x for x in leaves(plain(known))]
    return all(close(x, y, tolerance) for x, y in zip(floats(derived), known, strict=True))


def eager(function, arguments):
    """Return the value of a function of several arguments, and its derivatives by all of them."""
    return value_and_grad(lambda given: function(*given))(list(arguments))


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_convention(name):
    function, count = function_called(name), len(RECORDS[name][0]["args"])
    traced = derive(function, wrt=[*range(count)], inputs=[0.7, 0.4, 0.3][:count])
    for record in RECORDS[name]:
        point = [float(x) for x in record["args"]]
        given = [Value(x) for x in point]
        recorded = derive(function(*given), wrt=given)
        expected = [float(number) for number in (record["value"], *record["grads"])]
        assert agree(traced(*point), expected), record
        assert agree(recorded(point), expected), record


@one_of_each_expression
def test_expression(case):
    program = derive(lambda x: run(case["prog"], x), inputs=[[0.5] * len(case["x"])], order=2)
    value, slopes, rows = program(case["x"])
    assert value == pytest.approx(case["f"], rel=1e-13)
    assert relative_to_largest(slopes, case["g"], 1e-12)
    upper = [entry for i, row in enumerate(rows) for entry in row[i:]]
    if any(case["H"]):
        assert relative_to_largest(upper, case["H"], 1e-11)
    else:
        assert upper == pytest.approx(case["H"], abs=1e-14)
    assert rows == [list(column) for column in zip(*rows)]


@pytest.mark.parametrize("seed", range(100))
def test_random_graph(seed):
    at = [Random(seed).uniform(-2.0, 2.0) for _ in range(4)]
    given = [Value(x) for x in at]
    out = random_graph(Random(seed), given, 60)
    out.backward()
    value, slopes = derive(out, wrt=given)(at)
    assert value == out.data
    assert max(abs(a - x.grad) for a, x in zip(slopes, given)) <= 1e-13 * max(abs(x.grad) for x in given)


@pytest.mark.parametrize("reference", MODELS, ids=lambda m: m["name"])
def test_model(reference):
    model = build(reference)
    inputs = [[Value(x) for x in row] for row in reference["X"]]
    loss = LOSS[reference["loss"]]([model(x) for x in inputs], reference["Y"])
    program = derive(loss, wrt=[model.parameters(), inputs], name=reference["name"])
    value, (slopes, by_inputs) = program([ag.data(model.parameters()), reference["X"]])
    assert value == pytest.approx(reference["mean"]["loss"], rel=1e-13)
    assert_close(slopes, flat(reference["mean"]["grads"]), 1e-12)
    assert_close(leaves(by_inputs), leaves(reference["mean"]["grad_X"]), 1e-12)


def used_outside_too(x):
    logarithm = log(x)
    return where(x > 0, logarithm, 0.0) + where(x > 1, logarithm * logarithm, 0.0) + 0.0 * (x > 2)


def condition_after_its_arm(x):
    logarithm = log(x)
    is_positive = x > 0
    return where(is_positive, logarithm, x)


def scaled_in_no_grad(x, y):
    with ag.no_grad():
        scale = ag.maximum(abs(x), abs(y)) + 1.0
    return x * y / scale


def deep_choice(x):
    y = 2.0 * x
    for i in range(20):
        y = where(x > i, where(y > 0, log(y), 1.0 / (y - 1.0)), sqrt(x) * y)
    return y


@primitive(partials=lambda out, x, y: (2.0 * x * y, x * x))
def squared_times(x, y):
    return x * x * y


model = MLP(2, [3, 1], "relu", seed=3)
ONE = [(x,) for x in (-2.0, -1.0, -0.0, 0.0, 1e-300, 0.3, 0.5, 1.0, 2.5, 1e200, -1e200, INF, -INF, NAN)]
TWO = [(x, y) for x in (-2.0, 0.0, 0.5, 2.0, INF) for y in (-1.0, -0.0, 0.5, 2.0, 710.0)]
FUNCTIONS = {
    "log where": (lambda x: where(x > 0, log(x), 0.0), ONE),
    "sqrt where": (lambda x: where(x >= 0, sqrt(x), -x), ONE),
    "1 / x where": (lambda x: where(x != 0, 1.0 / x, 0.0), ONE),
    "used outside too": (used_outside_too, ONE),
    "condition after its arm": (condition_after_its_arm, ONE),
    "an arm outside": (lambda x: where(x > 0, 1.0, 2.0) * log(x) + where(x > 0, log(x), 0.0), ONE),
    "deep choice": (deep_choice, ONE),
    "nested where": (
        lambda x, y: where(x > 0, where(y > 0, log(x * y), sqrt(x)), where(y > 0, exp(y), x * y)),
        TWO,
    ),
    "and, or, not": (lambda x, y: where((x > 0) & ((y > 1) == 0) | (x == y), x * y, log(y)), TWO),
    "conditions as numbers": (lambda x, y: (x > y) * x + (y >= 0.5) * y, TWO),
    "abs, max, min, clamp": (
        lambda x, y: abs(x) * ag.max(x, y) + ag.min(x, y, 0.5) * ag.clamp(x, -1, 1),
        TWO,
    ),
    "relu": (lambda x, y: ag.relu(x) * ag.relu(y - 0.5) + ag.relu(ag.relu(x) - 1.0), TWO),
    "activations": (lambda x, y: ag.gelu(x) * ag.elu(y) + ag.silu(x) * ag.leaky_relu(x) + ag.mish(y), TWO),
    "powers": (lambda x, y: x**y + x**2 + x**-3 + 2.0**y, TWO),
    "a gradient": (lambda x: grad(lambda u: where(u > 0, u**3, -u * u))(x), ONE[:-3]),
    "a Hessian": (lambda x, y: ag.hessian(lambda u: u[0] ** 2 * u[1] ** 3)([x, y])[0][1], TWO[:-5]),
    "the sign of zero": (lambda x, y: 1.0 / -(x - y), TWO),
    "detach": (lambda x, y: x * y.detach() + x.detach() * x, TWO),
    "no_grad": (scaled_in_no_grad, TWO),
    "a primitive of one's own": (lambda x, y: squared_times(x, y) * y, TWO[:-5]),
    "a model": (lambda x, y: model([x, y]), TWO),
    "softmax": (lambda x, y: ag.softmax([x, y, 1.0])[0] + ag.logsumexp([x, y]), TWO),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_traced_once_and_called_everywhere(name):
    function, points = FUNCTIONS[name]
    for start in ((0.7, 0.3), (-1.5, 3.0)):
        program = derive(function, wrt=[*range(len(points[0]))], inputs=start[: len(points[0])])
        for point in points:
            assert agree(program(*point), eager(function, point)), point


@pytest.mark.parametrize("name", ["nested where", "relu", "powers", "softmax", "a model", "activations"])
def test_second_derivatives_of_a_traced_function(name):
    function, _ = FUNCTIONS[name]
    program = derive(function, wrt=[0, 1], inputs=[0.7, 0.3], order=2)
    for point in [(0.4, 0.3), (0.2, 2.0), (1.5, -0.7)]:
        known = leaves(ag.hessian(lambda at: function(*at))(list(point)))
        known = [x.data if isinstance(x, Value) else x for x in known]
        assert relative_to_largest(floats(program(*point)[2]), known, 1e-12)


Line = namedtuple("Line", "w b")
W = np.array([[0.5, -2.0], [1.5, 0.25]])
FORMS = {
    "lists": (lambda p, x: p[0] * x[0] + p[1] * x[1], ([1.0, 2.0], [3.0, 4.0])),
    "tuples": (lambda p, x: p[0] * x, ((1.0, 2.0), 3.0)),
    "a namedtuple": (lambda line, x: line.w * x + line.b, (Line(1.0, 2.0), 3.0)),
    "a dict": (lambda p, x: p["w"] * x + p["b"], ({"w": 1.0, "b": 2.0}, 3.0)),
    "odd keys": (
        lambda p: p["a'b\n"] * p[""] * p[1, 2] * p[0],
        ({"a'b\n": 1.5, "": 2.0, (1, 2): 3.0, 0: 4.0},),
    ),
    "all at once": (
        lambda p, q: p[0]["w"][1] * q[0] + p[1][0] * p[2],
        ([{"w": (2.0, 5.0)}, [1.0], 7.0], [3.0]),
    ),
    "empty ones": (lambda p, x: p[0] * x, ([2.0, [], {"a": ()}], 3.0)),
    "arrays": (lambda W, x: ((W @ x) ** 2).sum(), (W, np.array([0.5, -1.0]))),
    "arrays in a dict": (lambda p: (p["W"] @ p["b"]).sum(), ({"W": W, "b": W[0]},)),
    "an array of no axis": (lambda x: x * x, (np.array(2.0),)),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_of_arguments(name):
    function, arguments = FORMS[name]
    program = derive(function, wrt=[*range(len(arguments))], inputs=list(arguments))
    value, slopes = program(*arguments)
    known = eager(function, [plain(a) if name == "an array of no axis" else a for a in arguments])
    assert agree((value, slopes), known)
    for slope, argument in zip(slopes, arguments, strict=True):
        assert getattr(slope, "shape", ()) == getattr(argument, "shape", ())
        assert isinstance(slope, tuple) == isinstance(argument, tuple)
        if isinstance(argument, dict):
            assert list(slope) == list(argument)


def by_keyword(x, *, scale):
    return x * scale


def of_many(first, *rest):
    return first * rest[0] + rest[1]


class Doubling:
    def __call__(self, x):
        return x * 2.0

    def method(self, x):
        return x * 3.0


@pytest.mark.parametrize(
    ("function", "inputs", "wrt", "expected"),
    [
        (by_keyword, {"x": 2.0, "scale": 3.0}, "scale", (6.0, 2.0)),
        (of_many, [2.0, 3.0, 4.0], ["first", "rest1"], (10.0, (3.0, 1.0))),
        (lambda x, y=5.0: x * y, [2.0], None, (10.0, 5.0)),
        (lambda **given: given["a"] * given["b"], {"a": 2.0, "b": 3.0}, "b", (6.0, 2.0)),
        (lambda x, y: x * y, [2.0, 3.0], -1, (6.0, 2.0)),
        (Doubling(), [2.0], None, (4.0, 2.0)),
        (Doubling().method, [2.0], None, (6.0, 3.0)),
        (functools.partial(lambda a, b: a * b * b, 2.0), [3.0], None, (18.0, 12.0)),
        (functools.partial(by_keyword, scale=4.0), [2.0], None, (8.0, 4.0)),
        (ag.square, [3.0], None, (9.0, 6.0)),
        (ag.relu, 2.0, None, (2.0, 1.0)),
        (lambda x: 3.0, [2.0], None, (3.0, 0.0)),
        (lambda x, y: y * y, [2.0, 3.0], [0, 1], (9.0, (0.0, 6.0))),
        (lambda x: x, [2.0], None, (2.0, 1.0)),
        (lambda: 3.0, [], None, (3.0, [])),
        (lambda x: x > 1, [2.0], None, (1.0, 0.0)),
        (lambda x: np.array(x * x), [2.0], None, (4.0, 4.0)),
        (lambda x: (x * x, {"h": x + 1, "n": 3, "t": (x, [x])}), [2.0], None,
         (4.0, 4.0, {"h": 3.0, "n": 3.0, "t": (2.0, [2.0])})),
    ],
)  # fmt: skip
def test_ways_of_calling_a_function(function, inputs, wrt, expected):
    program = derive(function, wrt=wrt, inputs=inputs)
    if isinstance(inputs, dict):
        result = program(**inputs)
    else:
        result = program(*inputs) if isinstance(inputs, list) else program(inputs)
    assert result == expected
    assert len(floats(result)) == len(floats(expected))


@pytest.mark.parametrize("name", ["tanh", "exp", "sigmoid", "gelu", "abs", "silu", "hypot", "erf", "gamma"])
def test_functions_of_the_package_themselves(name):
    function = getattr(ag, name)
    at = [0.5, 0.25] if name == "hypot" else [0.5]
    program = derive(function, wrt=[*range(len(at))], inputs=at)
    for point in (at, [-2.0] * len(at), [-0.0] * len(at)):
        assert agree(program(*point), eager(function, point))


def test_closures_over_values_are_frozen_or_asked_for():
    c, d = Value(3.0, "c"), Value(5.0)
    frozen = derive(lambda x: x * c + d, inputs=[2.0])
    asked = derive(lambda x: x * c + d, wrt=[c, d], inputs=[2.0])
    c.data = 7.0
    assert frozen(2.0) == (11.0, 3.0)
    assert frozen(4.0) == (17.0, 3.0)
    assert asked([7.0, 1.0], 2.0) == (15.0, [2.0, 1.0])
    by_x = derive(lambda w, x: w * x * c, inputs=[1.0, 2.0])
    assert by_x.sum(2.0, [1.0, 3.0]) == (56.0, 28.0)
    same_name = derive(Value(2.0, "x") * (x := Value(4.0, "x")), inputs=[x])
    assert same_name([2.0], 4.0) == (8.0, [4.0])


def test_a_recorded_loss_keeps_its_branches():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    loss = w * x if x > 0 else w
    assert derive(loss, wrt=w, inputs=[x])(3.0, -1.0) == (-3.0, -1.0)
    h = w * w
    assert derive(h * x, wrt=[h, x])([5.0, 7.0]) == (35.0, [7.0, 5.0])
    assert derive(h * x, wrt=w, inputs={"x": x}, outputs={"h": h})(3.0, 2.0) == (18.0, 12.0, {"h": 9.0})
    assert derive(x, wrt=x)(9.0) == (9.0, 1.0)
    assert derive(w * 2, wrt=[w, Value(1.0)])([4.0, 1.0]) == (8.0, [2.0, 0.0])
    assert derive(w * x)([1.0, 2.0]) == (2.0, [2.0, 1.0])


v = Value(2.0, "v")
REFUSED = [
    (lambda: derive(lambda x: x if x > 0 else -x, inputs=[1.0]), TracingError, r"where\(x > 0, x, -x\)"),
    (lambda: derive(lambda x: None, inputs=[1.0]), TracingError, "returned None"),
    (lambda: derive(lambda x: [x, x], inputs=[1.0]), TracingError, "returns one number"),
    (lambda: derive(lambda x: math.gcd(x, 2), inputs=[1.0]), TracingError, "nodes of a trace cannot"),
    (lambda: derive(lambda x: x), AutogradError, r"missing a required argument: 'x'"),
    (lambda: derive(lambda x: x, inputs=[1.0, 2.0]), AutogradError, "too many positional arguments"),
    (lambda: derive(lambda x: x, inputs=["1"]), DataError, "x must be a real number, not '1'"),
    (lambda: derive(lambda x: x, inputs=[1.0], wrt="y"), ProgramError, "wrt says 'y'.* arguments are x"),
    (lambda: derive(lambda x: x, inputs=[1.0], wrt=3), ProgramError, "wrt says 3"),
    (lambda: derive(lambda x: x, inputs=[1.0], outputs={}), ProgramError, "return loss, {'h': h}"),
    (lambda: derive(v * v, order=3), ProgramError, "the order is 0 .* not 3"),
    (lambda: derive(v * v, inputs=[1.0]), DataError, "make it a Value first, or derive a function"),
    (lambda: derive(v * v, wrt=[1.0]), DataError, r"wrt\[0\] is 1\.0"),
    (lambda: derive(3.0), DataError, "a plain number has no graph"),
    (lambda: derive(ag.no_grad()(lambda: v * v)()), GraphError, r"computed inside no_grad\(\)"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "error", "message"), REFUSED)
def test_what_cannot_be_derived(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()
