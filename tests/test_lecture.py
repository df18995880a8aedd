"""Code in the manner of micrograd's notebooks and its author's lectures, with the import changed alone."""

import math
import random

import pytest
from graphviz import Digraph

from autograd_scratch import MLP, SGD, Adam, Neuron, Value, draw, fit
from autograd_scratch.nn import Module

RECORD = "{ %s | data %.4f | grad %.4f }"


def walked(root):
    """Return nodes and edges as the lecture's `trace` finds them."""
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def drawn(root):
    """Draw as the lecture's `draw_dot` does: a record a value, an ellipse an operation."""
    dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
    nodes, edges = walked(root)
    for n in nodes:
        uid = str(id(n))
        dot.node(name=uid, label=RECORD % (n.label, n.data, n.grad), shape="record")
        if n._op:
            dot.node(name=uid + n._op, label=n._op)
            dot.edge(uid + n._op, uid)
    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2._op)
    return dot.source


def in_order(root):
    """Return the nodes below `root`, each after those that it is computed from."""
    topo, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            topo.append(v)

    build(root)
    return topo


def a_neuron(activate=Value.tanh):
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.881373587019543, label="b")
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    o = activate(n)
    o.label = "o"
    return o, {leaf.label: leaf for leaf in (x1, x2, w1, w2, b)}


EXPECTED = {"x1": -1.5, "x2": 0.5, "w1": 1.0, "w2": 0.0, "b": 0.5}  # as PyTorch has them: tanh' is 1/2 here


@pytest.mark.parametrize(
    "activate",
    [
        Value.tanh,
        lambda n: ((2 * n).exp() - 1) / ((2 * n).exp() + 1),
        lambda n: (n.exp() - (-n).exp()) / (n.exp() + (-n).exp()),
    ],
)
def test_a_neuron_three_ways(activate):
    for sweep in ("backward", "in order"):
        o, leaves = a_neuron(activate)
        if sweep == "backward":
            o.backward()
        else:
            o.grad = 1.0
            for node in reversed(in_order(o)):
                node._backward()
        assert o.data == pytest.approx(math.sqrt(0.5), rel=1e-12)
        assert {name: leaf.grad for name, leaf in leaves.items()} == pytest.approx(EXPECTED, abs=1e-12)


def test_gradients_written_by_hand_go_on_from_there():
    a, b = Value(2.0), Value(-3.0)
    e = a * b
    e.grad = -2.0
    e._backward()
    assert (a.grad, b.grad) == (6.0, -4.0)
    a._backward()  # a leaf has nothing to hand on
    for p in (a, b):
        p.data += 0.01 * p.grad
    assert (a * b).data < e.data  # against the gradient of -2 above it


def test_the_lectures_drawing():
    o, _ = a_neuron()
    o.backward()
    nodes, edges = walked(o)
    assert (len(nodes), len(edges)) == (10, 9)
    source = drawn(o)
    for text in ("{ x1 | data 2.0000 | grad -1.5000 }", "{ o | data 0.7071 | grad 1.0000 }", "label=tanh"):
        assert text in source
    neuron, inputs = Neuron(2), [Value(1.0), Value(-2.0)]
    assert {*inputs, *neuron.parameters()} < walked(neuron(inputs))[0]


class Unit:
    def __init__(self, nin, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(rng.uniform(-1, 1))

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class Network:
    def __init__(self, nin, nouts):
        rng, sizes = random.Random(5), [nin, *nouts]
        self.layers = [[Unit(n, rng) for _ in range(m)] for n, m in zip(sizes, nouts)]

    def __call__(self, x):
        for layer in self.layers:
            x = [unit(x) for unit in layer]
        return x[0] if len(x) == 1 else x

    def parameters(self):
        return [p for layer in self.layers for unit in layer for p in unit.parameters()]


class ModuleNetwork(Network, Module):
    pass


XS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
YS = [1.0, -1.0, -1.0, 1.0]


def loss_of(model):
    return sum((model(x) - y) ** 2 for x, y in zip(XS, YS))


def by_hand(model):
    for _ in range(30):
        loss = loss_of(model)
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.1 * p.grad


def with_moments(model):
    for p in model.parameters():
        p.m, p.v = 0.0, 0.0
    for t in range(1, 31):
        for p in model.parameters():
            p.grad = None
        loss_of(model).backward()
        for p in model.parameters():
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.95 * p.v + 0.05 * p.grad**2
            p.data -= 0.1 * (p.m / (1 - 0.9**t)) / ((p.v / (1 - 0.95**t)) ** 0.5 + 1e-8)


def with_an_optimizer(model):
    optimizer = Adam(0.1, model)
    for _ in range(30):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()


def with_fit(model):
    fit(model, zip(XS, YS), optimizer=SGD(0.3), epochs=30)


def with_fit_derived(model):
    fit(model, zip(XS, YS), optimizer=SGD(0.3), epochs=30, engine="derived")


@pytest.mark.parametrize("make", [Network, ModuleNetwork, lambda *sizes: MLP(*sizes, "tanh", seed=1)])
@pytest.mark.parametrize("train", [by_hand, with_moments, with_an_optimizer, with_fit, with_fit_derived])
def test_training(make, train):
    model = make(3, [4, 4, 1])
    assert len(model.parameters()) == 41
    before = loss_of(model).data
    train(model)
    assert loss_of(model).data < 0.2 * before
    assert "data" in draw(model, XS[0]).source


def test_a_derivative_is_what_a_bump_measures():
    def expression(bumped="", h=1e-6):
        a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
        leaves = {"a": a, "b": b, "c": c, "f": f}
        if bumped:
            leaves[bumped].data += h
        return (a * b + c) * f, leaves

    output, leaves = expression()
    output.backward()
    for name, leaf in leaves.items():
        assert (expression(name)[0].data - output.data) / 1e-6 == pytest.approx(leaf.grad, rel=1e-6)
