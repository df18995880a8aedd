"""The walks: order, depth, linear cost, and taking graphs apart."""

import gc
import threading

import pytest

import autograd_scratch as ag
from autograd_scratch import Value, graph


class Plain:
    """A node of another kind: the walks need parents and partials, and no Value."""

    def __init__(self, *parents, partials=()):
        self.parents = parents
        self.partials = partials


def chain(length):
    x = Value(1.0, "x")
    node = x
    for _ in range(length):
        node = node * 1.0 + 0.0
    return x, node


def test_parents_come_before_consumers_and_each_once():
    a = Value(2.0)
    b = a * a
    c = b * b + b
    order = graph.toposort(c)
    assert [node.primitive.name for node in order] == ["mul", "mul", "add"]
    assert order == [b, c.parents[0], c]


def test_operands_are_walked_from_left_to_right():
    a, b, c = Value(1.0) * 1, Value(2.0) * 1, Value(3.0) * 1
    total = a * b + c
    assert graph.toposort(total) == [a, b, total.parents[0], c, total]


def test_several_roots_share_one_order():
    a = Value(2.0)
    shared = a * 3.0
    one, two = shared + 1.0, shared + 2.0
    assert graph.toposort(one, two) == [shared, one, two]
    assert graph.toposort(one, one) == [shared, one]
    assert graph.toposort(a) == []
    assert graph.toposort() == []


def test_any_node_will_do():
    leaf = Plain()
    square = Plain(leaf, leaf, partials=(3.0, 3.0))
    scaled = Plain(square, 2.0, partials=(2.0, 9.0))
    assert graph.pull_back(graph.toposort(scaled), {scaled: 1.0}) == {scaled: 1.0, square: 2.0, leaf: 12.0}
    assert graph.push_forward([square, scaled], {leaf: 0.5}) == {leaf: 0.5, square: 3.0, scaled: 6.0}


def test_multiplying_by_the_constant_one_is_left_out():
    leaf = Plain()
    shifted = Plain(leaf, 5.0, partials=(1.0, 1.0))
    cotangent = object()  # no arithmetic is possible with it
    assert graph.pull_back(graph.toposort(shifted), {shifted: cotangent})[leaf] is cotangent
    assert graph.push_forward([shifted], {leaf: cotangent})[shifted] is cotangent


def test_a_tangent_that_is_structurally_zero_is_absent():
    x, y = Value(0.0), Value(2.0)
    inf_slope = x.sqrt()
    out = inf_slope + y
    assert graph.push_forward(graph.toposort(out), {y: 1.0}) == {y: 1.0, out: 1.0}


@pytest.mark.parametrize("length", [100_000])
def test_deep_chains(length):
    x, out = chain(length)
    out.backward()
    assert x.grad == 1.0
    assert len(graph.toposort(out)) == 2 * length
    assert graph.pull_back(graph.toposort(out), {out: 1.0})[x] == 1.0
    assert graph.push_forward(graph.toposort(out), {x: 1.0})[out] == 1.0


def test_deep_chain_in_a_small_thread():
    failures = []

    def work():
        x, out = chain(50_000)
        out.backward()
        if x.grad != 1.0:
            failures.append(x.grad)
        graph.release(out)

    old = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old)
    assert failures == []


def test_release_keeps_numbers_and_gradients():
    x, out = chain(3)
    middle = out.parents[0]
    out.backward()
    graph.release(out)
    assert (out.parents, middle.parents, middle.partials) == ((), (), ())
    assert (out.data, out.grad, x.grad) == (1.0, 1.0, 1.0)


def test_graphs_have_no_cycles():
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        _, out = chain(1_000)
        out.backward()
        assert len(gc.get_objects()) - before > 2_000
        del out, _
        assert len(gc.get_objects()) - before < 20
    finally:
        gc.enable()


def test_wide_sums_cost_no_more_than_their_terms():
    terms = [Value(1.0) * 1.0 for _ in range(200_000)]
    assert graph.toposort(ag.sum(terms))[:-1] == terms


def test_shared_subgraphs_cost_no_more_than_their_nodes():
    x = Value(1.0)
    doubled = x
    for _ in range(200):  # 2**200 paths, 200 nodes
        doubled = doubled + doubled
    assert len(graph.toposort(doubled)) == 200
    doubled.backward()
    assert x.grad == 2.0**200
