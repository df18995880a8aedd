"""Graphs are freed in any stack: no way down a graph is long between two landings."""

import gc
import sys
from itertools import islice
from weakref import ref

import pytest
from threads import in_a_small_thread

import autograd_scratch as ag
from autograd_scratch import Value, derive, freeing, grad, graph, strict
from autograd_scratch.program.variables import Trace
from autograd_scratch.value import dot_rows

LENGTH = 1_000


def chain(step):
    """Return the function that builds a chain of a step, which gets the node so far and a leaf."""

    def build():
        leaf = Value(0.5)
        node = leaf
        for _ in range(LENGTH):
            node = step(node, leaf)
        return [node]

    return build


def with_others_between(node, leaf):
    others = [Value(1.0) * 2.0 for _ in range(freeing.HIGHEST)]  # the chain has every 201st node alone
    return node * others[0]


def rows():
    x, weights = [Value(0.5)] * 3, [Value(0.1)] * 3
    for _ in range(LENGTH):
        x = dot_rows([(weights, Value(0.0))] * 3, x)
    return x


def rows_of_weights():
    x, weights = [Value(0.5)] * 3, [Value(0.1)] * 3
    for _ in range(LENGTH):
        weights = dot_rows([(weights, Value(0.0))] * 3, x)
    return weights


def rows_of_biases():
    x, bias = [Value(0.5)] * 3, Value(0.1)
    for _ in range(LENGTH):
        (bias,) = dot_rows([([0.5 * Value(1.0)] * 3, bias)], x)
    return [bias]


def matrices():
    W, x = ag.values([[0.5, 0.1], [0.1, 0.5]]), ag.values([[0.5], [0.5]])
    for _ in range(LENGTH):
        x = W @ x
    return list(x.flat)


def swapped():
    a, b = Value(1.0), Value(2.0)
    for _ in range(LENGTH):
        a, b = b * 1.0, a + b
    return [a, b]


def checked():
    with strict():
        return chain(lambda node, leaf: node * leaf)()


BUILDS = {
    "unary": chain(lambda node, leaf: -node),
    "left": chain(lambda node, leaf: node * leaf),
    "right": chain(lambda node, leaf: leaf + node),
    "number on the left": chain(lambda node, leaf: 1.0 - node),
    "both": chain(lambda node, leaf: node * node),
    "function": chain(lambda node, leaf: ag.maximum(leaf, node)),
    "sum": chain(lambda node, leaf: ag.sum([leaf, 1.0, leaf, node])),
    "choice": chain(lambda node, leaf: ag.where(True, ag.hypot(node, leaf, leaf), leaf)),
    "others between": chain(with_others_between),
    "rows": rows,
    "rows of weights": rows_of_weights,
    "rows of biases": rows_of_biases,
    "matrices": matrices,
    "swapped": swapped,
    "strict": checked,
}


def longest_way(nodes):
    """Return how many nodes there are at most from one to the next landing below, and check the heights."""
    ways = {}
    for node in nodes:
        parents = [parent for parent in node.parents if parent.__class__ is node.__class__]
        assert node.height == 0 or all(parent.height < node.height for parent in parents)
        ways[node] = 1 if node.height == 0 else 1 + max((ways.get(p, 1) for p in parents), default=0)
    return max(ways.values())


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_no_way_down_is_long(build):
    nodes = graph.toposort(*build())
    assert len(nodes) >= LENGTH
    assert longest_way(nodes) <= freeing.HIGHEST + 1


def test_no_way_down_a_trace_is_long():
    trace = Trace()
    x = variable = trace.leaf("x")
    for _ in range(LENGTH):
        variable = variable * x
    assert longest_way(trace.variables) <= freeing.HIGHEST + 1


def test_traces_are_freed_at_once():
    trace = Trace()
    variable = trace.leaf("x")
    for _ in range(LENGTH):
        variable = variable + 1.0
    kept = ref(trace)
    del trace, variable
    assert kept() is None


@pytest.mark.skipif(not sys.getallocatedblocks(), reason="this Python does not count its blocks")
@pytest.mark.parametrize("kept", [0, 1, freeing.HIGHEST, LENGTH // 2])
def test_what_is_freed_is_what_nobody_has(kept):
    (node,) = chain(lambda node, leaf: node * leaf)()
    numbers = [other.data for other in graph.toposort(node)]
    inner = graph.toposort(node)[kept]
    gc.collect()
    before = sys.getallocatedblocks()
    del node
    assert sys.getallocatedblocks() < before - (LENGTH - kept) // 2  # Python keeps some for reuse
    assert [other.data for other in islice(graph.toposort(inner), kept + 1)] == numbers[: kept + 1]


def derived():
    def deep(x):
        for _ in range(2_000):
            x = x * 1.0 + 0.0
        return x

    return derive(deep, inputs=[3.0])(3.0), grad(deep)(3.0)


def test_functions_are_derived_in_a_small_thread():
    assert in_a_small_thread(derived) == ((3.0, 1.0), 1.0)
    gc.collect()
