"""Where a gradient comes from, and where a number stops being finite."""

import contextvars
import json
import math
import random
import threading
import time

import numpy as np
import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, explain, explain_nonfinite, fit, graph, mse, no_grad, strict
from autograd_scratch.errors import DataError, NonFiniteError, RuleError
from autograd_scratch.ledger.paths import product
from autograd_scratch.wording import cut, equation, expression

INF, NAN = math.inf, math.nan


STEPS = (
    lambda a, b: a * b,
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a.tanh(),
    lambda a, b: b * 2.0,
)
RISKY_STEPS = (
    *STEPS,
    lambda a, b: a / b,
    lambda a, b: a.exp(),
    lambda a, b: a.sqrt(),
    lambda a, b: b.log(),
)


def random_graph(seed, size=9, steps=STEPS, starts=None):
    """Return the last node of a random graph, and all nodes, three leaves first."""
    rng = random.Random(seed)
    nodes = [Value(rng.choice(starts) if starts else rng.uniform(-2, 2), f"x{i}") for i in range(3)]
    for _ in range(size):
        nodes.append(rng.choice(steps)(rng.choice(nodes[-4:]), rng.choice(nodes)))
    return nodes[-1], nodes


def all_paths(loss, w):
    """Enumerate the paths by brute force: the factors of each, from the loss to w."""
    if loss is w:
        return [()]
    return [
        (partial, *rest)
        for parent, partial in zip(loss.parents, loss.partials)
        if isinstance(parent, Value)
        for rest in all_paths(parent, w)
    ]


def ledger_of_ab():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    return explain((a * b + a).named("c"), a)


# the ledger


def test_contributions_computed_by_hand():
    x, y = Value(3.0, "x"), Value(5.0, "y")
    product = x * y
    loss = product * product + 7.0 * x
    ledger = explain(loss, x)
    found = {
        (entry.consumer.primitive.name, entry.operand): (entry.upstream, entry.local, entry.amount)
        for entry in ledger.contributions
    }
    # d loss / d product = 2 * 15; d product / d x = 5
    assert found == {("mul", 0): (30.0, 5.0, 150.0), ("mul", 1): (1.0, 7.0, 7.0)}
    assert ledger.gradient == 157.0


def test_both_operands_of_a_square_contribute():
    x = Value(3.0)
    y = x * x
    entries = explain(y, x).contributions
    assert [(e.consumer, e.operand, e.upstream, e.local, e.amount) for e in entries] == [
        (y, 0, 1.0, 3.0, 3.0),
        (y, 1, 1.0, 3.0, 3.0),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_the_sum_is_the_gradient_of_backward_to_the_bit(seed):
    loss, nodes = random_graph(seed, size=40)
    for node in nodes:
        node.zero_grad()
    ledgers = [explain(loss, node) for node in nodes]
    assert not any(node.is_reached for node in nodes)
    loss.backward()
    for node, ledger in zip(nodes, ledgers):
        assert ledger.gradient.hex() == float(node.grad).hex()
        total = 1.0 if node is loss else 0.0
        for entry in ledger.contributions:
            assert entry.amount == entry.upstream * entry.local
            assert entry.upstream.hex() == float(entry.consumer.grad).hex()
            assert entry.consumer.parents[entry.operand] is node
            total += entry.amount
        assert total.hex() == ledger.gradient.hex()


def test_gradients_of_a_model_are_accounted_for():
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    loss = mse([model(x) for x in ([0.1, 0.2], [0.3, -0.4])], [0.0, 1.0])
    ledgers = [explain(loss, parameter) for parameter in model.parameters()]
    loss.backward()
    assert [ledger.gradient for ledger in ledgers] == [p.grad for p in model.parameters()]
    assert [len(ledger.contributions) for ledger in ledgers] == [2] * len(ledgers)
    assert "layers.0.neurons.0: w.0 * 0.1 + w.1 * 0.2 + b" in str(ledgers[0])


def test_no_grad_attribute_is_touched():
    x = Value(3.0)
    y = x * x
    y.backward()
    x.grad = 17.0
    explain(y * y, x)
    assert (x.grad, y.grad) == (17.0, 1.0)


@pytest.mark.parametrize("seed", range(40))
def test_heaviest_paths_are_those_of_brute_force(seed):
    loss, nodes = random_graph(seed)
    for w in nodes[:3]:
        expected = sorted((abs(math.prod(path)) for path in all_paths(loss, w)), reverse=True)
        for k in (1, 3, 50):
            ledger = explain(loss, w, paths=k)
            assert ledger.path_count == len(expected)
            assert [abs(path.product) for path in ledger.paths] == pytest.approx(expected[:k], rel=1e-12)
        assert math.fsum(path.product for path in explain(loss, w, paths=10**6).paths) == pytest.approx(
            ledger.gradient, rel=1e-9, abs=1e-12
        )


@pytest.mark.parametrize("seed", range(40))
def test_paths_with_zeros_infinities_and_nan(seed):
    rng = random.Random(seed)
    nodes = [Value(1.0, "w")]
    for _ in range(8):
        parents = (rng.choice(nodes[-3:]), rng.choice(nodes))
        partials = tuple(
            rng.choice([0.0, -0.0, 1.0, -2.0, 3.0, INF, -INF, NAN, 1e200, 1e-200]) for _ in "ab"
        )
        nodes.append(
            Value.made(ag.primitive(partials=lambda out, x, y: (1.0, 1.0))(max), 1.0, parents, partials)
        )

    def key(factors):
        finite = [abs(f) for f in factors if math.isfinite(f) and f]
        return (
            sum(f != f for f in factors),
            sum(abs(f) == INF for f in factors),
            -sum(f == 0.0 for f in factors),
            sum(map(math.log, finite)),
        )

    loss, w = nodes[-1], nodes[0]
    expected = sorted(map(key, all_paths(loss, w)), reverse=True)[:5]
    ledger = explain(loss, w, paths=5)
    found = [key(path.factors) for path in ledger.paths]
    assert [entry[:3] for entry in found] == [entry[:3] for entry in expected]
    assert [entry[3] for entry in found] == pytest.approx([entry[3] for entry in expected])
    assert str(ledger)
    assert ledger._repr_html_()
    for path in ledger.paths:
        assert path.nodes[0] is loss
        assert path.nodes[-1] is w
        for node, position, factor, below in zip(path.nodes, path.operands, path.factors, path.nodes[1:]):
            assert node.parents[position] is below
            assert node.partials[position] is factor


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ([], 1.0),
        ([2.0, -3.0], -6.0),
        ([1e200, 1e200], INF),
        ([-1e200, 1e200], -INF),
        ([1e200, 1e200, 1e-300], 1e100),
        ([1e-200, 1e-200], 0.0),
        ([5e-324, 0.5, 2.0], 5e-324),
        ([0.0, INF], NAN),
        ([NAN, 1.0], NAN),
        ([0.0, 1e300, 1e300], 0.0),
        ([-INF, 2.0], -INF),
    ],
)
def test_products_do_not_overflow_on_the_way(factors, expected):
    assert product(factors) == pytest.approx(expected, rel=1e-15, abs=0, nan_ok=True)


def test_equal_paths_come_in_the_order_of_operands():
    x = Value(1.0, "x")
    first, second = (x * 2.0).named("first"), (2.0 * x).named("second")
    for _ in range(3):
        assert [path.nodes[1] for path in explain(first + second, x).paths] == [first, second]


def test_a_deep_chain_is_explained_in_time_that_grows_with_its_length():
    def duration(depth):
        x = Value(1.0, "x")
        y = x
        for _ in range(depth // 2):
            y = (y + 1.0) * 0.5
        start = time.perf_counter()
        ledger = explain(y, x)
        text = str(ledger)
        taken = time.perf_counter() - start
        assert ledger.path_count == len(ledger.paths) == 1
        assert len(ledger.paths[0].factors) == depth
        assert f"... {depth - 6:,} more ..." in text
        assert max(map(len, text.splitlines())) < 400
        graph.release(y)
        return taken

    assert duration(100_000) < 60 * duration(10_000)


def test_more_paths_than_can_be_counted():
    x = Value(1.0, "x")
    y = x
    for _ in range(100):
        y = y + y
    ledger = explain(y, x)
    assert ledger.path_count == 2.0**100
    assert [path.product for path in ledger.paths] == [1.0] * 3
    assert len({path.operands for path in ledger.paths}) == 3
    assert ledger.gradient == 2.0**100
    assert "The 3 heaviest of about 1.27e+30 paths:" in str(ledger)
    for _ in range(1_000):
        y = y + y
    assert explain(y, x).path_count == INF


def test_a_deep_ledger_in_a_thread():
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y * 1.0
    counts = []
    thread = threading.Thread(target=lambda: counts.append(explain(y, x).path_count))
    thread.start()
    thread.join()
    graph.release(y)
    assert counts == [1.0]


def test_the_text_of_a_ledger():
    assert str(ledger_of_ab()).splitlines() == [
        "d c / d a = -2",
        "",
        "used in        operand  upstream  local  contribution",
        "-------------  -------  --------  -----  ------------",
        "c = a * b + a  2 of 2          1      1             1",
        "a * b          1 of 2          1     -3            -3",
        "-------------  -------  --------  -----  ------------",
        "sum                                                -2",
        "",
        "All paths, the heaviest first:",
        "  -3 = 1 * -3",
        "       c -> a * b -> a",
        "   1 = 1",
        "       c -> a",
    ]
    assert repr(ledger_of_ab()) == "<ledger: d c / d a = -2; print it>"


def test_points_of_numbers_are_below_one_another():
    x = Value(1.0, "x")
    rows = str(explain(x * 0.25 + x * 12.5 + x * -1e-7, x)).splitlines()[4:7]
    assert [row.split()[-1] for row in rows] == ["-1e-07", "12.5", "0.25"]
    assert rows[1].rindex(".") == rows[2].rindex(".") == rows[0].rindex("e")


def test_many_contributions_are_shown_by_the_largest():
    x = Value(1.0, "x")
    ledger = explain(ag.sum([x * float(i) for i in range(1_000)]), x)
    lines = str(ledger).splitlines()
    assert len(ledger.contributions) == 1_000
    assert len(lines) < 40
    assert any(line.startswith("980 smaller ones") and line.endswith("479710") for line in lines)
    assert ["sum", "499500"] in [line.split() for line in lines]


def test_a_ledger_as_data():
    data = json.loads(json.dumps(ledger_of_ab().to_dict()))
    assert data["gradient"] == -2.0
    assert data["contributions"][1] == {
        "consumer": "a * b",
        "operand": 0,
        "upstream": 1.0,
        "local": -3.0,
        "amount": -3.0,
        "origin": None,
    }
    assert data["paths"][0] == {"product": -3.0, "factors": [1.0, -3.0], "nodes": ["c", "a * b", "a"]}


def test_a_ledger_in_a_notebook_escapes_names():
    evil = Value(2.0, "<script>&")
    html = explain((evil * 3.0).named("<b>"), evil)._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;&amp;" in html
    assert html.count("<tr>") == 3
    assert "<script>" not in explain(Value(1.0, "<script>"), evil)._repr_html_()


@pytest.mark.parametrize("paths", [0, 1])
def test_as_many_paths_as_asked_for(paths):
    a = Value(2.0, "a")
    ledger = explain(a * a, a, paths=paths)
    assert len(ledger.paths) == paths
    assert ledger.path_count == 2
    assert ("The heaviest of 2 paths:" in str(ledger)) == bool(paths)
    assert ("<ol>" in ledger._repr_html_()) == bool(paths)


# where there is no path


def test_the_loss_itself():
    x = Value(3.0, "x")
    for node in (x, (x * x).named("y")):
        ledger = explain(node, node)
        assert (ledger.gradient, ledger.contributions, ledger.paths) == (1.0, (), ())
        assert "is the loss itself" in str(ledger)


def nothing_in_common(x):
    return Value(1.0, "z") * 2.0


def detached(x):
    return x.detach() * 2.0


def without_graph(x):
    with no_grad():
        y = x * 2.0
    return y * 3.0


def wholly_without_graph(x):
    with no_grad():
        return x * 2.0


def of_another_name(x):
    return Value(2.5, "x") * 2.0


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (nothing_in_common, "the loss was computed without it"),
        (detached, "leaf of the same name and number: detach()"),
        (without_graph, "uses a result of mul, 6, computed inside no_grad()"),
        (wholly_without_graph, "the loss was computed inside no_grad()"),
        (of_another_name, "another leaf of this name: was x assigned anew"),
        (lambda x: Value(1.0), "the loss is a leaf, computed from nothing"),
    ],
)
def test_why_there_is_no_path(make, reason):
    x = Value(3.0, "x")
    ledger = explain(make(x), x)
    assert (ledger.gradient, ledger.contributions, ledger.paths, ledger.path_count) == (0.0, (), (), 0)
    assert "No path leads from the loss to x" in str(ledger)
    assert reason in str(ledger)
    assert json.dumps(ledger.to_dict())


def test_swapped_arguments_are_noticed():
    x = Value(3.0, "x")
    y = (x * 2.0).named("y")
    for later in (y, y * y):
        assert "Write explain(w, loss)" in str(explain(x, later))
    assert "y is computed from x" in str(explain(x, y))


def test_a_result_of_no_grad_is_a_leaf_of_the_loss():
    with no_grad():
        u = Value(3.0) * 2.0
    assert explain(u * 5.0, u).gradient == 5.0


@pytest.mark.parametrize(
    ("loss", "w", "message"),
    [
        (1.0, Value(1.0), r"the loss in explain\(loss, w\) must be one Value, not 1.0 .*leave out \.data"),
        ([Value(1.0)], Value(1.0), r"must be one Value, .*add them up with autograd_scratch.sum"),
        ("loss", Value(1.0), r"must be one Value, not 'loss' \(str\)$"),
        (None, Value(1.0), "must be one Value, not None"),
        (Value(1.0), 2.0, r"not 2.0 \(float\); write w and not w.data"),
        (Value(1.0), "w", r"not a name, 'w' \(str\); write explain\(loss, w\)"),
        (Value(1.0), "layers.0.w.1", r"not a name, .*write explain\(loss, w\)"),
        (Value(1.0), [Value(1.0)], r"write \[explain\(loss, w\) for w in"),
        (Value(1.0), np.array([1.0]), r"write \[explain\(loss, w\) for w in"),
        (Value(1.0), MLP(1, [1]), r"write \[explain\(loss, p\) for p in model.parameters\(\)\]"),
        (Value(1.0), None, "must be the Value whose gradient is explained, not None"),
    ],
)
def test_wrong_arguments_are_told_what_to_write(loss, w, message):
    with pytest.raises(DataError, match=message):
        explain(loss, w)


@pytest.mark.parametrize("paths", [-1, 1.5, "3", None])
def test_wrong_numbers_of_paths(paths):
    with pytest.raises(DataError, match="paths must be a whole number"):
        explain(Value(1.0), Value(1.0), paths=paths)


@pytest.mark.parametrize("loss", [1.0, [Value(1.0)], "loss", None])
def test_explain_nonfinite_wants_a_loss(loss):
    with pytest.raises(DataError, match=r"the loss in explain_nonfinite\(loss\) must be one Value"):
        explain_nonfinite(loss)


# words


def test_formulas_have_the_parentheses_that_python_needs():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    cases = {
        "(a + b) * (a - b)": (a + b) * (a - b),
        "a * b + a": a * b + a,
        "a - (b - a)": a - (b - a),
        "(-a) ** 2": (-a) ** 2,
        "-a ** 2": -(a**2),
        "-3 * a": -3.0 * a,
        "tanh(a / 0.5)": (a / 0.5).tanh(),
        "(a + b) / 2": ag.mean(a, b),
        "a * 1 + b * 2 + a": ag.dot([a, b], [1.0, 2.0], a),
        "sum of 9 operands": ag.sum([a] * 9),
        "h + 1": (a * b).named("h") + 1.0,
    }
    assert {text: expression(node) for text, node in cases.items()} == {text: text for text in cases}
    for text, node in cases.items():
        if "sum" not in text and "tanh" not in text:
            assert eval(text, {"a": a.data, "b": b.data, "h": -6.0}) == pytest.approx(node.data)


def test_every_text_is_bounded_and_on_one_line():
    x = Value(1.0, "x" * 1_000 + "\n")
    node = x
    for _ in range(30):
        node = node * x + x
    wide = ag.dot([x] * 500, [x] * 500)
    for thing in (x, node, wide, node.named("y" * 500)):
        for text in (expression(thing), equation(thing)):
            assert len(text) <= 48
            assert text.isprintable()
    assert len(max(str(explain(node, x)).splitlines(), key=len)) < 400
    assert cut("abc", 3) == "abc"


def test_primitives_of_ones_own_are_told_as_they_are_written():
    odd = ag.primitive(partials=lambda out, x: (1.0,), source="<<{0}>>", name="odd")(lambda x: x)
    assert expression(odd(Value(1.0, "a"))) == "<<a>>"


# strict


def error_inside_strict(compute):
    with pytest.raises(NonFiniteError) as caught, strict():
        compute()
    assert not ag.modes.open_blocks
    return str(caught.value)


def test_strict_names_operation_operands_and_line():
    x = Value(1000.0, "x")
    message = error_inside_strict(lambda: 1.0 / (1.0 + x.exp()))
    assert message.splitlines()[0] == "exp(x) is inf, though x = 1000.0 is finite"
    assert "test_ledger.py:" in message
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
    assert "at test_ledger.py:" in message
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
    assert y.origin == f"test_ledger.py:{line + 3}"
    assert model_output.origin == f"test_ledger.py:{line + 4}"
    assert (x * 2.0).origin is None
    assert f"test_ledger.py:{line + 3}" in str(explain(y, x))


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


# explain_nonfinite


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
    assert "at test_ledger.py:" in str(explain_nonfinite(z))


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
