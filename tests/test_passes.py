"""The checker's backward passes: one by one and many at once, held against plain textbook ones."""

import random
import subprocess
import sys

import numpy as np
import pytest

from autograd_scratch import values
from autograd_scratch.checking.passes import numbering, rounding, table
from autograd_scratch.checking.passes.activations import regions
from autograd_scratch.checking.passes.columns import Columns
from autograd_scratch.checking.passes.forward import Forward, observed
from autograd_scratch.checking.passes.rounding import rounding_of
from autograd_scratch.checking.passes.table import Extra, Table, extra
from autograd_scratch.checking.passes.ways import Ways


def drawn(rng, count, most):
    """Return edges of a graph of nodes with up to so many parents, which may be the same."""
    edges = []
    for i in range(count):
        parents = [
            rng.randrange(max(0, i - 30), i) if rng.random() < 0.8 else rng.randrange(i)
            for _ in range(rng.randrange(most + 1) if i > 3 else 0)
        ]
        edges.append(tuple((parent, rng.choice((0.0, 1.0, rng.uniform(-2, 2)))) for parent in parents))
    return edges


def changed(rng, edges, heights):
    """Return other edges for some nodes, none of which leads upwards, and fixed adjoints."""
    edits, nodes = {}, range(len(edges))
    for i in rng.sample(nodes, rng.randrange(min(len(edges), 6))):
        lower = [node for node in nodes[:i] if heights[node] < heights[i]]
        edits[i] = rng.choice(
            (
                tuple((parent, rng.uniform(-1, 1)) for parent, _ in edges[i]),
                edges[i][1:],
                (),
                (*edges[i], *((parent, 2.0) for parent in lower[-2:])),
                tuple((rng.choice(lower), slope) for _, slope in edges[i]),
            )
        )
    return edits, {i: rng.uniform(-1, 1) for i in rng.sample(nodes, rng.randrange(3))}


def swept(edges, seeds, edits, fixed):
    """Return adjoints by paths: d loss / d node is the sum over its users; and the sizes of the terms.

    Of an edge that is gone the term is there, and gone.
    """
    every = [(*own, *edits.get(i, ())) for i, own in enumerate(edges)]
    edges = [edits.get(i, own) for i, own in enumerate(edges)]
    adjoints, sizes = [0.0] * len(edges), [0.0] * len(edges)
    for i in reversed(range(len(edges))):
        terms = [adjoints[j] * d for j in range(i + 1, len(edges)) for p, d in edges[j] if p == i]
        terms.append(seeds.get(i, 0.0))
        adjoints[i] = fixed.get(i, sum(terms))
        sizes[i] = sum(sizes[j] * abs(d) for j in range(i + 1, len(edges)) for p, d in every[j] if p == i)
        sizes[i] = max(sizes[i], abs(adjoints[i]))
    return np.array(adjoints), np.array(sizes)


@pytest.mark.parametrize("seed", range(40))
def test_many_passes_at_once_are_as_one_by_one(seed, monkeypatch):
    rng = random.Random(seed)
    if seed % 2:
        monkeypatch.setattr("autograd_scratch.checking.passes.flow._TOGETHER", 8)
        monkeypatch.setattr("autograd_scratch.checking.passes.columns._NUMBERS", 500)
        monkeypatch.setattr("autograd_scratch.checking.passes.flow._FILLED", 1)
    edges = drawn(rng, rng.randrange(4, 90), rng.choice((1, 2, 3, 30)))
    heights = Ways(edges).heights
    assert all(heights[parent] < heights[i] for i, own in enumerate(edges) for parent, _ in own)
    many = [changed(rng, edges, heights) for _ in range(rng.randrange(12))]
    seeds = {len(edges) - 1: 1.0, rng.randrange(len(edges)): 0.5}
    columns = Columns(Table.of(edges), heights)
    changes = [(extra(edges, edits), fixed) for edits, fixed in many]
    found = columns.sweeps(changes, seeds)
    assert found.shape == (len(edges), len(many))
    for column, (edits, fixed) in zip(found.T, many):
        expected, sizes = swept(edges, seeds, edits, fixed)
        one = table.swept([edits.get(i, own) for i, own in enumerate(edges)], seeds, fixed)
        assert (abs(column - expected) <= 1e-13 * sizes).all()
        assert (abs(column - one) <= 1e-13 * sizes).all()
    some = [len(edges) - 1, -1, 0, 0]
    expected = [found[i] if i >= 0 else np.zeros(len(many)) for i in some]
    assert np.array_equal(columns.sweeps(changes, seeds, some), expected)
    partials = columns.flow.placed([slope for own in edges for _, slope in own])[:, None]
    spread = np.random.default_rng(seed).normal(size=(len(edges), 3))
    for column, own in zip(columns.flow.added(partials, spread).T, spread.T):
        expected, sizes = swept(edges, dict(enumerate(own)), {}, {})
        assert (abs(column - expected) <= 1e-13 * sizes).all()


def test_nothing_times_infinity_is_nothing():
    edges = [(), (), ((0, np.inf), (1, 1.0)), ((2, 0.0), (1, 2.0)), ((3, 1.0),)]
    columns = Columns(Table.of(edges), Ways(edges).heights)
    infinite = Extra([3], [1], [np.inf])
    found = columns.sweeps([(Extra(), {}), (infinite, {}), (infinite, {3: 0.0})], {4: 1.0})
    assert found.T.tolist() == [[0, 2, 0, 1, 1], [0, np.inf, 0, 1, 1], [0, 0, 0, 0, 1]]


def loss(W, b, v):
    h = np.tanh(X @ W + b)
    h = np.where(h > 0, h, 0.1 * h) + np.maximum(h, 0.3)
    return ((h @ v) ** 2).mean() + 0.1 * (W * W).sum()


X = np.random.default_rng(0).normal(size=(6, 3))
AT = {"W": X[:3, :3] + 0.1, "b": X[4] * 0.1, "v": X[5]}


def forward_pass(loss=loss):
    arguments = {name: values(array, name) for name, array in AT.items()}
    result, observer = observed(loss, arguments, {})
    return Forward(result, arguments, observer)


def test_a_large_graph_in_arrays_is_as_a_small_one_in_lists(monkeypatch):
    small = forward_pass()
    monkeypatch.setattr(numbering, "_MANY", 0)
    large = forward_pass()
    assert isinstance(large.edges, Table)
    assert not isinstance(small.edges, Table)
    assert [*large.edges] == small.edges
    assert large.adjoints == pytest.approx(small.adjoints, rel=1e-13)
    for name in ("levels", "masks", "sources", "reached"):
        assert getattr(large, name) == getattr(small, name)
    assert [*large.consumers] == small.consumers
    assert large.heights == small.heights
    edits = {i: small.edges[i][:1] for i in range(30, 60)} | {70: ((2, 5.0), (3, 6.0), (1, 0.5), (1, 1.0))}
    assert [*large.edited(edits).edges] == small.edited(edits).edges
    assert large.edited(edits).adjoints == pytest.approx(small.edited(edits).adjoints, rel=1e-13)
    assert large.edited(edits).adjoints != large.adjoints


def test_masks_of_many_blocks():
    blocks = [(k % 5,) for k in range(130)]
    edges = [(), (), (), (), (), ((0, 1.0), (3, 1.0)), ((5, 1.0), (4, 1.0))]
    expected = Ways(edges).masks(blocks)
    assert Ways(Table.of(edges)).masks(blocks) == expected
    assert expected[5] == expected[0] | expected[3]


def test_an_edge_that_leads_upwards_is_gone_along():
    forward = forward_pass()
    heights = forward.heights
    user, used = next((i, k) for i in range(forward.loss) for k in range(i) if 0 < heights[i] < heights[k])
    many = [(Extra([user], [used], [3.0]), {user: 1.5}), (Extra(), {used: 2.0})]
    assert not forward.columns.fits(many[0][0])
    found = forward.sweeps(many)
    for k, (more, fixed) in enumerate(many):
        assert found[:, k] == pytest.approx(forward.sweep(more, None, fixed))


def test_without_numpy_many_passes_are_lists(monkeypatch):
    forward = forward_pass()
    many = [(forward.changed({forward.loss: ()}), {}), (Extra(), {3: 2.0})]
    expected = forward.sweeps(many, [0, -1, 3]).tolist()
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert table.numpy_if_there() is None
    assert forward.sweeps(many, [0, -1, 3]) == [pytest.approx(row) for row in expected]


def normalized(W, b, v):
    h = np.tanh(X @ W)
    h = (h - h.mean(axis=0)) / np.sqrt(h.var(axis=0) + 1e-5) * v + b
    e = np.exp(h - h.max(axis=1, keepdims=True))
    return -np.log(e / e.sum(axis=1, keepdims=True))[:, 0].mean() + (X @ W @ v).std()


@pytest.mark.parametrize("loss", [loss, normalized])
def test_to_first_order_rounding_does_what_it_does_in_passes_that_are_run_anew(loss, monkeypatch):
    forward = forward_pass(loss)
    found = []
    for edges in (10**9, 0):
        monkeypatch.setattr(rounding, "_SOME_EDGES", edges)
        found.append([rounding_of(forward, regions(forward), seed) for seed in range(8)])
    assert np.allclose(*(np.array(each[0].sizes) for each in found), rtol=1e-12)
    anew, first = (np.mean([each.bars for each in draws], axis=0) for draws in found)
    assert np.array_equal(anew == 0.0, first == 0.0)
    ratio = first[anew > 0.0] / anew[anew > 0.0]
    assert 0.2 < ratio.min() <= ratio.max() < 5.0
    assert 0.8 < np.median(ratio) < 1.25


def test_without_numpy_a_mistake_is_found_in_a_graph_of_any_size():
    program = """
import sys
sys.modules["numpy"] = None
from autograd_scratch import compare, tanh
from autograd_scratch.checking.passes import numbering, rounding
numbering._MANY = rounding._SOME_EDGES = 0
from math import tanh as number
points = [0.1, -0.7, 0.4, 1.3]
loss = lambda w, b: sum(tanh(w * x + b) ** 2 for x in points)
found = [2.0 * number(0.5 * x - 0.3) for x in points]
hand = {"w": sum(d * x for d, x in zip(found, points)), "b": sum(found)}
report = compare(loss, {"w": 0.5, "b": -0.3}, hand)
print(report.verdict, report.mistakes[0].kind)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout.split() == ["wrong", "derivative_missing"], run.stderr
