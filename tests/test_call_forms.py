"""Names and call forms: those of `math`, of PyTorch, and of Python's own functions."""

import math

import numpy as np
import pytest
from conftest import close

import autograd_scratch as ag
from autograd_scratch import Value, no_grad, values
from autograd_scratch.errors import CallError, DataError, RangeError, RuleError, ShapeError

OF_MATH = """
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh degrees dist erf erfc exp
exp2 expm1 fabs floor fmod fsum gamma hypot lgamma log log10 log1p log2 pow prod radians
remainder sin sinh sqrt tan tanh trunc
"""
ARGUMENTS = {
    "acosh": (1.5,),
    "atan2": (0.5, -0.25),
    "copysign": (0.5, -0.25),
    "dist": ([0.5, 2.0], [1.5, -1.0]),
    "fmod": (-7.5, 2.0),
    "fsum": ([0.1] * 10,),
    "hypot": (0.5, 2.0, -3.0),
    "pow": (0.5, 2.5),
    "prod": ([0.5, 2.0, -3.0],),
    "remainder": (7.5, 2.0),
}


@pytest.mark.parametrize("name", OF_MATH.split())
def test_every_function_of_math_gives_what_math_gives(name):
    arguments = ARGUMENTS.get(name, (0.5,))
    assert getattr(ag, name)(*arguments) == getattr(math, name)(*arguments)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda x: ag.log(x, 10.0), math.log(2.0, 10.0)),
        (lambda x: ag.clamp(x, min=3.0), 3.0),
        (lambda x: ag.clamp(x, max=1.0), 1.0),
        (lambda x: ag.clip(x, -1.0, 1.0), 1.0),
        (lambda x: ag.gelu(x, approximate="tanh"), 1.9545976940877752),
        (lambda x: ag.elu(-x, alpha=0.5), 0.5 * math.expm1(-2.0)),
        (lambda x: ag.celu(-x, alpha=0.5), 0.5 * math.expm1(-4.0)),
        (lambda x: ag.leaky_relu(-x, negative_slope=0.5), -1.0),
        (lambda x: ag.hardtanh(x, min_val=-1.5, max_val=1.5), 1.5),
        (lambda x: ag.hardsigmoid(x), 5.0 / 6.0),
        (lambda x: ag.hardswish(x), 10.0 / 6.0),
        (lambda x: ag.logsigmoid(-x), -2.1269280110429727),
        (lambda x: ag.smooth_l1_loss(x, 0.0, beta=4.0), 0.5),
        (lambda x: ag.mse_loss(x, 0.0), 4.0),
        (lambda x: ag.binary_cross_entropy_with_logits(logit=x, target=1.0), 0.1269280110429725),
        (lambda x: ag.softmax([x, 2.0], dim=0)[1], 0.5),
        (lambda x: ag.log_softmax((x, 2.0), dim=-1)[0], -math.log(2.0)),
        (lambda x: ag.norm([x, -1.0], p=1), 3.0),
        (lambda x: ag.norm(x, -1.0, p=math.inf), 2.0),
        (lambda x: ag.norm([x, 2.0], p=3), 16.0 ** (1 / 3)),
        (lambda x: ag.round(x * 0.28, 1), 0.6),
        (lambda x: ag.round(x * 0.28, decimals=1), 0.6),
        (lambda x: ag.sum([x, 1.0], 4.0), 7.0),
        (lambda x: ag.sum([x, 1.0], start=4.0), 7.0),
        (lambda x: ag.sum(x, 1.0, 4.0), 7.0),
        (lambda x: ag.prod([x, 3.0], start=2.0), 12.0),
        (lambda x: ag.max(y for y in (x, 1.0)), 2.0),
        (lambda x: ag.mean(np.array([x, 1.0])), 1.5),
        (lambda x: ag.cross_entropy([x, 2.0], np.int64(1)), math.log(2.0)),
        (lambda x: ag.cross_entropy([[x, 2.0], [x, 2.0]], [1, 0]), math.log(2.0)),
        (lambda x: ag.sumprod([x, 1.0], [3.0, 4.0]), 10.0),
    ],
)
def test_call_form(call, expected):
    assert close(call(2.0), expected)
    assert type(call(2.0)) is float
    out = call(Value(2.0))
    assert close(out.data, expected)
    out.backward()


def test_nothing_adds_up_as_in_math():
    assert (ag.sum([]), ag.prod([]), ag.fsum([]), ag.hypot(), ag.norm([]), ag.sumprod([], [])) == (
        0,
        1,
        0,
        0,
        0,
        0,
    )


METHODS = """
exp exp2 expm1 log log2 log10 log1p sqrt rsqrt cbrt square reciprocal sin cos tan asin acos atan
sinh cosh tanh asinh atanh degrees radians erf erfc gamma lgamma digamma sinc sign step round
floor ceil trunc sigmoid log_sigmoid softplus softsign hard_sigmoid hard_swish relu relu6 selu
silu mish leaky_relu elu celu gelu hard_tanh abs
"""


@pytest.mark.parametrize("name", METHODS.split())
def test_a_method_is_the_function(name):
    x = Value(0.5)
    out = getattr(x, name)()
    assert (out.data, out.primitive) == (getattr(ag, name)(0.5), getattr(ag, name)(x).primitive)


def test_methods_of_two_refuse_what_is_no_number():
    assert Value(3.0).hypot(4).data == 5.0
    assert Value(1.0).atan2(Value(1.0)).data == math.pi / 4
    for name in ("hypot", "atan2", "maximum", "minimum", "fmod", "copysign", "logaddexp"):
        with pytest.raises(DataError, match="argument 2"):
            getattr(Value(1.0), name)([1.0, 2.0])


def test_backward_as_in_pytorch():
    x = Value(3.0)
    (x * x).backward(2.0, retain_graph=True)
    assert x.grad == 12.0
    x.zero_grad()
    (x * x).backward(gradient=Value(0.5), create_graph=True)
    assert x.grad.data == 3.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ag.atan2(1.0), CallError, r"atan2 lacks 'x'. It is called as atan2\(y, x\)"),
        (lambda: ag.exp(Value(1.0), 2.0), CallError, "exp takes 1 argument, and was given 2"),
        (lambda: ag.exp([1.0, 2.0]), DataError, r"take a list entry by entry, \[exp\(x\) for x in xs\]"),
        (
            lambda: ag.maximum([1.0, 2.0], 0.0),
            DataError,
            r"argument 1 of maximum .* list entry by entry, or make an array",
        ),
        (lambda: Value(1.0).minimum([0.0]), DataError, r"argument 2 of minimum .* list entry by entry"),
        (lambda: ag.logaddexp(1.0, "2"), DataError, "argument 2 of logaddexp must be a real number"),
        (lambda: ag.mean(values([[1.0, 2.0]])), DataError, r"in one row, those of an array as z.ravel\(\)"),
        (
            lambda: ag.softmax([[1.0, 2.0], [3.0]]),
            ShapeError,
            r"write \[softmax\(row\) for row in logits\]",
        ),
        (
            lambda: ag.softmax([1.0], dim=1),
            ShapeError,
            r"no dim 1 here: the axes of shape \(1,\) are 0 to 0",
        ),
        (lambda: ag.softmax([1.0], dim="x"), DataError, "the dim of softmax is a whole number"),
        (lambda: ag.softmax({0: 1.0}), DataError, "takes a row of numbers"),
        (lambda: ag.softmax([]), ShapeError, "softmax of nothing"),
        (lambda: ag.logsumexp(np.empty((1, 0)), dim=1), ShapeError, "logsumexp of nothing"),
        (lambda: ag.maximum(values([1.0, 2.0]), np.ones(3)), ShapeError, r"\(2,\), \(3,\) do not fit"),
        (lambda: ag.mean([]), ShapeError, "mean of nothing"),
        (lambda: ag.dist([1.0], [1.0, 2.0]), ShapeError, "not of 1 and 2 coordinates"),
        (lambda: ag.cross_entropy([1.0, 2.0], 2), ShapeError, "counted from 0 to 1"),
        (
            lambda: ag.cross_entropy([1.0, 2.0], 0.5),
            DataError,
            "the right class, a whole number",
        ),
        (lambda: ag.gelu(1.0, approximate="tahn"), ValueError, "did you mean 'tanh'"),
        (lambda: ag.primitive(lambda x: x), RuleError, "write @primitive"),
        (
            lambda: ag.primitive(partials=lambda x: (1.0,))(lambda x: x),
            RuleError,
            "the answer and its arguments",
        ),
        (lambda: ag.check_primitive(ag.gelu), DataError, "takes a primitive, not"),
        (lambda: ag.gradcheck(None, 1.0), DataError, "measured of a function"),
        (lambda: ag.vjp(3.0, 1.0), DataError, "vjp takes a function"),
        (
            lambda: ag.grad(lambda x, y: x * y, argnums=(0, 0))(1.0, 2.0),
            ShapeError,
            "the same argument twice",
        ),
        (lambda: ag.grad(lambda x: x, argnums="x")(1.0), DataError, "argnums is a whole number"),
    ],
)
def test_what_is_wrong_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_step_inside_no_grad_keeps_the_leaves_of_an_array():
    W = values([[0.5, -0.3], [0.2, 0.7]], "W")
    leaves = list(W.flat)
    x = np.array([1.0, 2.0])
    first = None
    for _ in range(3):
        slope = ag.grad(lambda x, W=W: np.tanh(x @ W).sum())(x)
        ((slope**2).sum() + np.tanh(x @ W).sum()).backward()
        first = W.grad if first is None else first
        np.testing.assert_array_equal(W.grad, first)  # nothing adds up from step to step
        with no_grad():
            W -= 0.0 * W.grad
    assert all(map(lambda a, b: a is b, W.flat, leaves))
    assert W[0, 1].name == "W[0, 1]"
    W.zero_grad()
    assert not any(leaf.is_reached for leaf in leaves)


def test_a_closure_over_a_result_of_no_grad_counts():
    w = Value(2.0)
    with no_grad():
        w = w - 0.0
    assert isinstance(ag.grad(lambda x: w * x**3)(1.0), Value)


def test_a_dict_of_another_kind_stays_one():
    from collections import OrderedDict, defaultdict

    assert type(ag.grad(lambda d: d["a"] * 2.0)(OrderedDict(a=1.0))) is OrderedDict
    assert ag.grad(lambda d: d["a"] + 3.0 * len(d["none"]))(defaultdict(list, a=1.0))["a"] == 1.0


@pytest.mark.parametrize("of", [lambda v: ag.cross_entropy(v, 0), ag.logsumexp, lambda v: ag.softmax(v)[0]])
def test_second_derivatives_through_softmax_cost_in_proportion_to_the_logits(of):
    def edges(size):
        gradient = ag.grad(lambda v: of(v))([Value(0.1 * (i % 7)) for i in range(size)])
        total = ag.sum([g * g for g in gradient])
        return sum(len(node.parents) for node in ag.graph.toposort(total))

    assert edges(200) < 2.5 * edges(100)


def test_rules_are_total_through_closures_and_local_helpers():
    def made():
        from math import exp, sin

        def helper(x, *, k=1.0):
            return exp(k * x)

        @ag.primitive(partials=lambda out, x: (ag.cos(x) + helper(0.0 * x),), name="mixed")
        def mixed(x):
            return sin(x) + helper(x)

        return mixed

    mixed = made()
    assert mixed(1e4) == math.inf
    assert math.isnan(mixed(math.inf))


def test_partials_that_are_integers_serve_higher_orders_too():
    p = ag.primitive(partials=lambda out, x: (1,))(lambda x: x)
    assert (ag.grad(p)(2.0), ag.grad(ag.grad(p))(2.0)) == (1.0, 0.0)
    ag.check_primitive(p)


def test_a_rule_may_call_itself():
    def tower(n, x):
        return math.exp(x) if n == 0 else tower(n - 1, x)

    towering = ag.primitive(partials=lambda out, x: (out,), name="towering")(lambda x: tower(5, x))
    assert towering(1e4) == math.inf


def test_norms_at_the_origin_are_flat():
    for p in (1, 1.5, 2, 3, math.inf):
        assert ag.grad(lambda v, p=p: ag.norm(v, p=p))([0.0, 0.0]) == [0.0, 0.0]
    with pytest.raises(RangeError, match="the p of norm must be at least 1"):
        ag.norm([1.0], p=0.5)


def test_second_derivatives_of_improbable_classes_keep_their_digits():
    second = ag.hessian(lambda v: ag.cross_entropy(v, 3))([5.0, 5.0, 5.0, -30.0])
    expected = -7.0056852e-17  # - p0 p3, in 60-digit arithmetic
    assert second[3][0] == pytest.approx(expected, rel=1e-7)
    assert second[0][3] == pytest.approx(second[3][0], rel=1e-12)
    softly = ag.hessian(lambda v: ag.softmax(v)[0])([40.0, 40.0, 0.0])
    assert softly[0][0] == pytest.approx(5.3104e-19, rel=1e-3)


def test_gradients_of_an_array_keep_their_graph():
    W = values([1.0, 2.0])
    (W**3).sum().backward(create_graph=True)
    slope = W.grad
    loss = W.sum() + (slope**2).sum()
    W.zero_grad()
    loss.backward()
    np.testing.assert_allclose(W.grad, [37.0, 289.0])  # 1 + 36 x ** 3


@pytest.mark.parametrize(
    "step",
    [
        lambda W, new: W.__setitem__(slice(None), new),
        lambda W, new: W.__setitem__(..., new),
        lambda W, new: [W.__setitem__(i, x) for i, x in enumerate(new)],
        lambda W, new: W.__setitem__([0, 1], new),
        lambda W, new: np.add(new, 0.0 * W, out=W),
    ],
)
def test_numbers_written_into_parameters_inside_no_grad_stay_parameters(step):
    W = values([1.0, 2.0], "W")
    leaves = list(W)
    (W**2).sum().backward()
    with no_grad():
        step(W, np.array([0.5, 0.75]))
    assert [a is b for a, b in zip(W, leaves, strict=True)] == [True, True]
    (W**2).sum().backward()
    np.testing.assert_array_equal(W.grad, [1.0, 1.5])


def test_an_array_is_filled_in_place_inside_no_grad():
    W = values([1.0, 2.0], "W")
    leaves = list(W)
    with no_grad():
        W.fill(0.5)
    assert [a is b for a, b in zip(W, leaves, strict=True)] == [True, True]
    assert ag.data(W).tolist() == [0.5, 0.5]


def test_parameters_moved_within_an_array_are_not_tied():
    W = values([1.0, 2.0, 3.0])
    with no_grad():
        W[1:] = W[:-1]
    assert [w.data for w in W] == [1.0, 1.0, 2.0]
    assert len(set(W)) == 3
