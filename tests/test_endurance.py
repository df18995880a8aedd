"""Graphs a million operations deep, and ten thousand steps of training; without --exhaustive some fewer.

Where a comment names a peer, the number is where it stops.
"""

import gc
import sys
import tracemalloc
from math import sin

import pytest
from conftest import how_many
from threads import in_a_small_thread

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Value, fit, grad, graph, hessian, hvp, mse
from autograd_scratch.datasets import XOR, moons

DEEP = how_many(50_000, exhaustive=1_000_000)
STEPS = how_many(500, exhaustive=10_000)


@pytest.fixture
def collector_off():
    """Most of the time would be the garbage collector's, which finds nothing."""
    gc.disable()
    yield
    gc.enable()


def chained(x, length):
    for _ in range(length):
        x = x * 1.0
    return x


def in_the_main_thread(work):
    return work()


everywhere = pytest.mark.parametrize("place", [in_the_main_thread, in_a_small_thread])


def test_a_very_deep_graph_is_walked_in_all_directions_and_shown(collector_off):  # micrograd: 997
    x = Value(1.0, "x")
    out = chained(x, DEEP)

    def walk():
        x.zero_grad()
        out.backward()
        order = graph.toposort(out)
        pulled, pushed = graph.pull_back(order, {out: 3.0})[x], graph.push_forward(order, {x: 2.0})[out]
        return x.grad, pulled, pushed, repr(out)

    expected = 1.0, 3.0, 2.0, "Value(data=1.0, grad=1.0)"
    assert in_the_main_thread(walk) == expected
    assert in_a_small_thread(walk) == expected


def test_a_very_deep_graph_lives_and_is_freed_in_a_small_thread(collector_off):
    def live():
        x = Value(1.0, "x")
        before = sys.getallocatedblocks()
        out = chained(x, DEEP)
        out.backward()
        del out
        return x.grad, sys.getallocatedblocks() - before < 10_000

    assert in_a_small_thread(live) == (1.0, True)


@pytest.mark.skipif(not sys.getallocatedblocks(), reason="this Python does not count its blocks")
def test_a_very_deep_graph_is_freed_by_itself_at_once(collector_off):
    out = chained(Value(1.0), DEEP)
    before = sys.getallocatedblocks()
    del out
    assert sys.getallocatedblocks() < before - 2 * DEEP + 1_000  # a node and its number


@everywhere
def test_very_deep_functions_are_differentiated(place, collector_off):
    assert place(lambda: grad(lambda x: chained(x, DEEP))(3.0)) == 1.0


@everywhere
def test_second_derivatives_of_deep_functions(place, collector_off):
    def wave(x):  # the identity, by a hundred thousand operations
        for _ in range(DEEP // 20):
            x = (x + 1.0) - 1.0
        return x.sin()

    # each addition rounds: 0.5 and 1.5 are exact, so nothing is lost
    assert place(lambda: hvp(wave, 0.5, 1.0)) == -sin(0.5)

    def product(x, y):
        for _ in range(DEEP // 200):
            x, y = y * 1.0, x * 1.0
        return x * y * y

    assert place(lambda: hessian(product, (0, 1))(2.0, 3.0)) == ((0.0, 6.0), (6.0, 4.0))


@pytest.mark.skipif(sys.platform == "emscripten", reason="no stack for freeing a deep cycle")
def test_gradients_of_a_deep_graph_are_graphs_too(collector_off):
    x = Value(2.0)
    chained(x * x * x, 100_000).backward(create_graph=True)
    slope = x.grad
    x.zero_grad()
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)


def growth(step, steps, measure):
    """Return by how much some steps have grown a measure, once the first ones are done."""
    for _ in range(100):
        step()
    gc.collect()  # empties the interpreter's own stocks of tuples and floats too
    before = measure(), len(gc.get_objects())
    for _ in range(steps):
        step()
    assert len(gc.get_objects()) - before[1] < 20
    assert gc.collect() == 0  # there was nothing that only the collector could free
    return measure() - before[0]


def test_thousands_of_steps_of_training_leave_nothing_behind(collector_off):  # micrograd: 4.6 MB a step
    model = MLP(2, [2, 1], activation="tanh", seed=0)
    optimizer = SGD(0.01, model, momentum=0.9)

    def step():
        loss = mse([model(x) for x, _ in XOR], [y for _, y in XOR])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert growth(step, STEPS, sys.getallocatedblocks) < 100  # of some hundred blocks a step


def test_fit_and_transforms_leave_nothing_behind(collector_off):
    model, data = MLP(2, [4, 1], "tanh", seed=0), moons(5, seed=0)
    optimizer = SGD(0.01)

    def step():
        fit(model, data, optimizer=optimizer, epochs=1)
        hessian(lambda v: v[0].exp() * v[1] + model(v))([0.5, 2.0])
        hvp(lambda v: v[0].exp() * v[1], [0.5, 2.0], [1.0, 0.0])

    tracemalloc.start()
    try:
        assert growth(step, STEPS // 20, lambda: tracemalloc.get_traced_memory()[0]) < 20_000  # bytes
    finally:
        tracemalloc.stop()


def test_very_many_terms_are_added_and_shared_out(collector_off):
    terms = [Value(1.0) for _ in range(100_000)]
    total = sum(terms)  # micrograd: RecursionError from 1,000 on
    (total + ag.sum(terms) + ag.logsumexp(terms)).backward()
    assert {term.grad for term in terms} == {2.0 + 1.0 / len(terms)}
