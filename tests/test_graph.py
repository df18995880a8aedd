"""The walks: order, linear cost, and taking graphs apart."""

import autograd_scratch as ag
from autograd_scratch import Value, graph
from autograd_scratch.edges import Edges


class Plain(Edges):
    """A node of another kind: the walks need parents and partials, and no Value."""

    def __init__(self, *parents, partials=()):
        self.connect(parents, partials)


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


def test_release_keeps_numbers_and_gradients():
    x = Value(1.0)
    middle = x * 1.0
    out = middle + 0.0
    out.backward()
    graph.release(out)
    assert (out.parents, middle.parents, middle.partials) == ((), (), ())
    assert (out.data, out.grad, x.grad) == (1.0, 1.0, 1.0)


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
