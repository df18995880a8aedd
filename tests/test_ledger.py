"""Where a gradient comes from."""

import json
import math
import random
import threading

import numpy as np
import pytest
from graphs import random_graph
from test_growth import calls

import autograd_scratch as ag
from autograd_scratch import MLP, Value, explain, explain_nonfinite, graph, mse, no_grad
from autograd_scratch.errors import DataError
from autograd_scratch.ledger.paths import product

INF, NAN = math.inf, math.nan


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


def test_a_deep_chain_is_explained_by_calls_that_grow_with_its_length():
    def cost(depth):
        x = Value(1.0, "x")
        y = x
        for _ in range(depth // 2):
            y = (y + 1.0) * 0.5
        count = calls(lambda: str(explain(y, x)))
        ledger = explain(y, x)
        text = str(ledger)
        assert ledger.path_count == len(ledger.paths) == 1
        assert len(ledger.paths[0].factors) == depth
        assert f"... {depth - 6:,} more ..." in text
        assert max(map(len, text.splitlines())) < 400
        graph.release(y)
        return count

    assert cost(20_000) < 12 * cost(2_000)


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


@pytest.mark.parametrize("odd", [math.nan, math.inf])
def test_what_is_not_finite_is_among_the_largest(odd):
    x = Value(1.0, "x")
    ledger = explain(ag.sum([*[x * float(i) for i in range(1_000)], x * Value(odd, "odd")]), x)
    assert any(line.startswith("x * odd ") and str(odd) in line for line in str(ledger).splitlines())


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


def test_names_are_those_of_variables():
    W, b = [Value(1.0), Value(2.0)], Value(4.0, "own")
    h = W[0] * 3.0 + W[1] * W[0]
    loss = h * b
    names = locals()
    ledger = explain(loss, W[0], names=names)
    told = str(ledger)
    assert told.startswith("d loss / d W[0] = 20\n")
    assert "W[1] * W[0]" in told
    assert "loss -> h -> W[0] * 3 -> W[0]" in told
    assert "loss -&gt; h" in ledger._repr_html_()
    data = ledger.to_dict()
    assert (data["loss"], data["w"]) == ("loss", "W[0]")
    assert data["paths"][0]["nodes"] == ["loss", "h", "W[0] * 3", "W[0]"]
    assert str(explain(loss, b, names=names)).startswith("d loss / d own = 5\n")
    assert W[0].name is None
    assert str(explain(W[0], b, names=names)).endswith("W[0] is a leaf, computed from nothing.")


def test_a_ledger_keeps_no_other_variables():
    w = Value(1.0)
    assert explain(w * 2.0, w, names={"w": w, "other": Value(2.0)}).names == {w: "w"}


def test_names_are_a_mapping():
    w = Value(1.0)
    with pytest.raises(DataError, match="names are a mapping such as locals"):
        explain(w * 2.0, w, names=["w"])
