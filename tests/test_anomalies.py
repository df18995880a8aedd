"""Where a number stops being finite: at once inside strict(), and afterwards."""

import contextvars
import math
import threading

import pytest
from graphs import RISKY_STEPS, random_graph

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, explain, explain_nonfinite, fit, graph, no_grad, strict
from autograd_scratch.errors import NonFiniteError, RuleError

INF, NAN = math.inf, math.nan


def error_inside_strict(compute):
    with pytest.raises(NonFiniteError) as caught, strict():
        compute()
    assert not ag.modes.open_blocks
    return str(caught.value)


def test_strict_names_operation_operands_and_line():
    x = Value(1000.0, "x")
    message = error_inside_strict(lambda: 1.0 / (1.0 + x.exp()))
    assert message.splitlines()[0] == "exp(x) is inf, though x = 1000.0 is finite"
    assert "test_anomalies.py:" in message
    assert "1.0 / (1.0 + x.exp())" in message
    assert "logsumexp" in message


ZERO, ONE, TWO = Value(0.0, "o"), Value(1.0, "i"), Value(2.0, "t")
BIG, SMALL = Value(1e200, "big"), Value(1e-200, "small")


@pytest.mark.parametrize(
    ("compute", "told", "advice"),
    [
        (
            lambda: ZERO.log(),
            "log(o) is -inf, though o = 0.0 is finite",
            "binary_cross_entropy_with_logits",
        ),
        (lambda: (-TWO).log(), "log(-t) is nan, though -t = -2.0 is finite", "defined from 0 to inf"),
        (lambda: ZERO / ZERO, "o / o is nan, though o = 0.0 is finite", "0 / 0 has no value"),
        (lambda: 1.0 / ZERO, "1 / o is inf", "division by 0"),
        (lambda: ZERO.sqrt(), "the local derivative of sqrt(o) by o is inf", "infinitely steep at 0: add"),
        (lambda: ZERO**0.5, "the local derivative of o ** 0.5 by o is inf", "infinitely steep at 0: add"),
        (lambda: ZERO**0.25, "local derivative of o ** 0.25 by o is inf", "infinitely steep at 0: add"),
        (lambda: (ZERO * ZERO + ZERO * ZERO).sqrt(), "by o * o + o * o is inf", "hypot, norm"),
        (lambda: (-TWO) ** 0.5, "(-t) ** 0.5 is nan", "no real power"),
        (lambda: (-TWO) ** TWO, "the local derivative of (-t) ** t by t is nan", "as a plain number"),
        (lambda: ZERO**-1, "o ** (-1) is inf", "divides by 0"),
        (lambda: BIG * BIG, "big * big is inf, though big = 1e+200 is finite", "the largest float"),
        (
            lambda: ag.dot([BIG, BIG], [BIG, -BIG]),
            "is nan, though big = 1e+200, -big = -1e+200 are",
            "inf - inf",
        ),
        (lambda: (ONE * 1e-10) / SMALL, "the local derivative of i * 1e-10 / small by small is -inf", ""),
    ],
)
def test_strict_finds_and_advises(compute, told, advice):
    message = error_inside_strict(compute)
    assert told in message
    assert advice in message
    assert "at test_anomalies.py:" in message
    assert len(message.splitlines()) == 2 + bool(advice)


def test_strict_is_silent_where_all_is_finite():
    x = Value(0.5, "x")
    with strict():
        strictly = (x.exp().log() + x.sigmoid() + abs(Value(0.0))) ** 2
        strictly.backward()
    expected = x.grad
    x.zero_grad()
    ((x.exp().log() + x.sigmoid() + abs(Value(0.0))) ** 2).backward()
    assert x.grad == expected


def test_infinities_of_the_users_own_are_let_through():
    endless = Value(INF, "endless")
    with strict():
        results = [endless * 0.0, Value(1.0) * INF, endless - endless, Value(NAN) + 1.0, ag.min(ONE, INF)]
        results[0].backward()
    assert [math.isfinite(r.data) for r in results] == [False] * 4 + [True]


def test_a_partial_by_a_constant_is_no_concern():
    p = Value(0.0, "p")
    with strict():
        loss = ag.binary_cross_entropy(p, 1.0)  # by the target it is infinite, and the target is a number
    assert loss.data == 100.0


def test_strict_remembers_lines():
    x = Value(1.0)
    with strict():
        y = x * 2.0
        model_output = MLP(1, [1])([x])
    line = test_strict_remembers_lines.__code__.co_firstlineno
    assert y.origin == f"test_anomalies.py:{line + 3}"
    assert model_output.origin == f"test_anomalies.py:{line + 4}"
    assert (x * 2.0).origin is None
    assert f"test_anomalies.py:{line + 3}" in str(explain(y, x))


def test_strict_and_no_grad_nest_in_both_orders():
    x = Value(2.0)
    with strict(), no_grad():
        assert (x * x).parents == ()
        assert ZERO.sqrt().data == 0.0  # there is no derivative, so none is infinite
        with pytest.raises(NonFiniteError, match=r"log\(o\) is -inf, though o = 0.0"):
            ZERO.log()
        with no_grad(), strict():
            assert (x * x).parents == ()
    with no_grad(), strict():
        assert (x * x).parents == ()
        with pytest.raises(NonFiniteError):
            ag.dot([BIG], [BIG])
    with strict():
        with no_grad():
            pass
        assert (x * x).parents == (x, x)
        assert (x * x).origin is not None


def test_strict_decorates_and_closes_after_errors():
    @strict()
    def logarithm(x):
        """Take it."""
        return x.log()

    assert logarithm.__doc__ == "Take it."
    assert logarithm(Value(1.0)).data == 0.0
    for _ in range(2):
        with pytest.raises(NonFiniteError):
            logarithm(ZERO)
    assert ZERO.log().data == -INF
    with pytest.raises(RuleError, match=r"strict\(\) cannot decorate steps"):

        @strict()
        def steps():
            yield


def test_strict_is_of_one_thread_and_of_one_context():
    results = []
    with strict():
        thread = threading.Thread(target=lambda: results.append(ZERO.log().data))
        thread.start()
        thread.join()
        results.append(contextvars.Context().run(lambda: ZERO.log().data))
    assert results == [-INF, -INF]


def overflowing_sweep():
    """Return a chain of finite values and partials, the gradient of whose first two is infinite."""
    w = Value(1e-300, "w")
    a = w * 1e-20
    b = a * 1e300
    return w, a, b, b * 1e300


def test_backward_inside_strict_writes_nothing_that_is_not_finite():
    nodes = overflowing_sweep()
    assert all(math.isfinite(number) for node in nodes for number in (node.data, *node.partials))
    nodes[2].backward()
    before = [(node.grad, node.is_reached) for node in nodes]
    told = r"gradient of w \* 1e-20 overflows at .*: upstream 1e\+300 times local derivative 1e\+300 is inf"
    with pytest.raises(NonFiniteError, match=told + r"(?s:.*)No gradient was written"), strict():
        nodes[3].backward()
    assert [(node.grad, node.is_reached) for node in nodes] == before
    nodes[3].backward()
    assert nodes[0].grad == INF


def test_backward_inside_strict_of_sums_and_of_old_gradients():
    x = Value(1e-300, "x")
    many = x * 1e308 + x * 1e308
    with (
        strict(),
        pytest.raises(NonFiniteError, match=r"gradient of x overflows: 1e\+308 \+ 1e\+308, added"),
    ):
        many.backward()
    assert not x.is_reached
    once = x * 1e308
    with strict():
        once.backward()
        with pytest.raises(NonFiniteError, match=r"gradient of x overflows: 1e\+308 \+ 1e\+308, added"):
            once.backward()
    assert x.grad == 1e308


def test_backward_inside_strict_of_a_graph_from_outside():
    o = Value(0.0, "o")
    root = o.sqrt() * 2.0
    with strict(), pytest.raises(NonFiniteError, match=r"local derivative of sqrt\(o\) by o is inf"):
        root.backward()
    assert not o.is_reached


def test_the_first_operation_is_found():
    x = Value(1000.0, "x")
    e = x.exp()
    finding = explain_nonfinite(ag.log(e) - e / e)
    assert (finding.kind, finding.node, finding.operand, finding.found) == ("value", e, None, INF)
    assert "exp(x) is inf, though x = 1000.0 is finite" in str(finding)
    assert "not recorded; compute it again inside strict()" in str(finding)
    assert "logsumexp" in finding.advice


def test_the_line_is_told_where_it_was_recorded():
    with strict():
        y = Value(1.0, "x") * 1e300
    y._data = 1e300
    finding = explain_nonfinite(y * y)
    assert finding.kind == "value"
    with strict():
        x, endless = Value(0.0, "x"), Value(INF, "endless")
        z = x * endless
    assert "at test_anomalies.py:" in str(explain_nonfinite(z))


def test_a_partial_is_found_where_all_values_are_finite():
    a, b = Value(0.0, "a"), Value(0.0, "b")
    length = (a * a + b * b).sqrt()
    finding = explain_nonfinite(length * 2.0)
    assert (finding.kind, finding.node, finding.operand, finding.found) == ("partial", length, 0, INF)
    assert "hypot" in finding.advice


def test_a_product_in_the_sweep_is_found():
    _, a, b, loss = overflowing_sweep()
    finding = explain_nonfinite(loss)
    assert (finding.kind, finding.node, finding.operand, finding.found) == ("product", b, 0, INF)
    assert "upstream 1e+300 times local derivative 1e+300 is inf" in finding.what
    loss.backward()
    assert a.grad == INF


def test_a_sum_in_the_sweep_is_found():
    w = Value(1e-300, "w")
    first, second = w * 1e308, w * 1e308
    finding = explain_nonfinite(first + second)
    assert (finding.kind, finding.node, finding.operand) == ("sum", first, 0)
    assert "the gradient of w overflows: 1e+308 + 1e+308" in finding.what


@pytest.mark.parametrize("number", [INF, -INF, NAN])
def test_what_came_in_is_named(number):
    q = Value(number, "q")
    y = q * 0.0
    finding = explain_nonfinite(y + 1.0)
    assert (finding.kind, finding.node, finding.operand) == ("input", y, 0)
    assert f"the leaf q came in as {number}" in str(finding)
    assert ("0 * inf" in str(finding)) == (number == number)
    assert "a constant came in as" in str(explain_nonfinite(Value(0.0) * number))
    assert explain_nonfinite(q).what == f"the leaf q is {number}"


def test_differences_of_infinities_are_named():
    finding = explain_nonfinite(Value(INF, "p") - Value(INF, "q"))
    assert "the leaf p came in as inf" in str(finding)
    assert "inf - inf has no value" in str(finding)


def test_a_result_of_no_grad_that_came_in():
    with no_grad():
        u = ZERO.log()
    assert "inside no_grad() or released" in str(explain_nonfinite(u * 2.0))
    assert "inside no_grad() or released" in str(explain_nonfinite(u))


def test_an_infinity_that_does_no_harm():
    x = Value(1.0, "x")
    assert explain_nonfinite(ag.min(x, INF) * 2.0).kind == "nothing"


def test_all_finite():
    x = Value(1.0, "x")
    finding = explain_nonfinite(x * 2.0)
    assert (finding.kind, finding.node, finding.advice) == ("nothing", None, "")
    assert str(finding).startswith("all finite: x * 2")
    assert explain_nonfinite(x).kind == "nothing"


def test_own_primitives_get_no_advice_that_is_not_about_them():
    mine = ag.primitive(partials=lambda out, x, y: (1.0, 1.0), name="exp")(lambda x, y: INF)
    finding = explain_nonfinite(mine(Value(1.0, "x"), Value(2.0, "y")))
    assert (finding.kind, finding.advice) == ("value", "")


@pytest.mark.parametrize("seed", range(60))
def test_findings_on_random_graphs_are_true(seed):
    loss, _ = random_graph(seed, 8, RISKY_STEPS, [0.0, 1.0, -2.0, 800.0, 1e200, 1e-200])
    finding = explain_nonfinite(loss)
    loss.backward()
    order = graph.toposort(loss)
    below = {loss, *order, *(p for node in order for p in node.parents if isinstance(p, Value))}
    numbers = [node.data for node in below] + [node.grad for node in below]
    numbers += [partial for node in below for partial in node.partials]
    assert (finding.kind == "nothing") == all(map(math.isfinite, numbers))
    if finding.kind == "value":
        assert not math.isfinite(finding.node.data)
        assert all(math.isfinite(p.data) for p in finding.node.parents if isinstance(p, Value))
    if finding.kind in ("partial", "product", "sum"):
        assert all(math.isfinite(node.data) for node in below)


def test_a_deep_graph_is_searched():
    x = Value(1.0, "x")
    y = x.log() * 0.0
    y = y.log()
    for _ in range(100_000):
        y = y * 1.0
    assert explain_nonfinite(y).what.startswith("log(")
    graph.release(y)


def test_fit_says_where_the_loss_stopped_being_finite():
    with pytest.raises(
        NonFiniteError, match=r"the loss is inf in epoch \d+(?s:.*) is inf, though .* finite"
    ):
        fit(MLP(1, [1], weights=[[[1.0]]]), [([1e30], 0.0)], optimizer=SGD(1e3), epochs=100)


def test_strict_lets_a_gradient_be_added_to_one_that_is_a_node():
    x = Value(3.0)
    with strict():
        y = x * x
        y.backward(create_graph=True)
        y.backward(create_graph=True)
    assert x.grad.data == 12.0
    with strict():
        (x * x).backward()
    assert x.grad.data == 18.0
