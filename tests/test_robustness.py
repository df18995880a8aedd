"""What breaks engines: copies, aliases, reference cycles, and bits that differ from run to run.

Where a comment names a peer (micrograd 0.1, PyTorch 2.13, JAX 0.10), it says what that one does.
Nesting, strange numbers and threads are in test_nesting.py, depth and long runs in test_endurance.py.
"""

import copy
import cProfile
import gc
import math
import pickle
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise

import pytest

from autograd_scratch import (
    MLP,
    SGD,
    Module,
    Neuron,
    Value,
    compare,
    derive,
    draw,
    fit,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    mse,
    value_and_grad,
    vjp,
)
from autograd_scratch.datasets import XOR
from autograd_scratch.errors import GraphError

COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}
DEEP_COPIES = {name: COPIES[name] for name in ("deepcopy", "pickle")}


class Tied(Module):
    def __init__(self):
        self.first = Neuron(2, seed=1)
        self.again = self.first
        self.bias = self.first.b


def each_of(table):
    return pytest.mark.parametrize("duplicate", table.values(), ids=table.keys())


# copies


@each_of(DEEP_COPIES)
def test_a_leaf_that_is_there_twice_is_twice_there_in_the_copy(duplicate):
    x = Value(2.0, "x")
    first, second = duplicate([x, x])
    assert first is second
    assert first is not x


@each_of(COPIES)
def test_interior_nodes_are_not_copied_whatever_their_depth(duplicate):
    node = x = Value(2.0, "x")
    for _ in range(5_000):  # micrograd: RecursionError from a depth of 300 on
        node = node * 1.0
    with pytest.raises(GraphError, match=r"part of a graph and cannot be copied .* value\.detach\(\)"):
        duplicate(node)
    assert duplicate(node.detach()).data == duplicate(x).data == 2.0


@each_of(COPIES)
def test_gradients_that_are_graphs_are_not_copied_and_say_so(duplicate):
    x, w = Value(2.0, "x"), Value(3.0, "w")
    (x * w).backward(create_graph=True)
    with pytest.raises(
        GraphError, match=r"the gradient of Value\(data=2\.0, .*, name='x'\) .* zero_grad\(\)"
    ):
        duplicate(x)
    x.grad = x.grad.data
    assert duplicate(x).grad == 3.0
    w.zero_grad()


@each_of(DEEP_COPIES)
def test_copies_of_models_have_all_of_the_state_and_nothing_in_common(duplicate):
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    model.layers[0].freeze()
    model.layers[1].eval()
    model([1.0, 2.0]).backward()
    before = model.state_dict()
    twin = duplicate(model)
    assert repr(twin) == repr(model)
    assert twin.state_dict() == before
    for old, new in zip(model.parameters(frozen=True), twin.parameters(frozen=True), strict=True):
        assert (new.grad, new.name, new.name.path) == (old.grad, old.name, old.name.path)
        assert new is not old
    assert [m.frozen for m in twin.modules()] == [m.frozen for m in model.modules()]
    assert [m.training for m in twin.modules()] == [m.training for m in model.modules()]
    SGD(0.5).step(twin)
    assert model.state_dict() == before != twin.state_dict()


@each_of(DEEP_COPIES)
def test_shared_parameters_stay_shared_in_the_copy(duplicate):
    twin = duplicate(Tied())
    assert twin.first is twin.again
    assert twin.bias is twin.first.b
    assert len(twin.parameters()) == 3


@each_of(DEEP_COPIES)
def test_a_training_goes_on_from_a_copy_with_the_same_bits(duplicate):
    model = MLP(2, [3, 1], seed=0)
    optimizer = SGD(0.1, model, momentum=0.9)
    fit(model, XOR, optimizer=optimizer, epochs=3)
    twin, its_optimizer = duplicate((model, optimizer))
    fit(model, XOR, optimizer=optimizer, epochs=5)
    fit(twin, XOR, optimizer=its_optimizer, epochs=5)
    assert twin.state_dict() == model.state_dict()


# a gradient is nobody else


def test_the_gradient_of_a_leaf_is_not_another_leaf():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    (x * w).backward(create_graph=True)
    assert repr(x) == "Value(data=2.0, grad=Value(data=3.0), name='x')"
    w.data = 100.0
    assert (x.grad.data, w.grad.data) == (3.0, 2.0)
    slope = grad(lambda x: x * w)(2.0)
    w.data = 0.0
    assert slope.data == 100.0
    for leaf in (x, w):
        leaf.zero_grad()


@each_of(COPIES)
def test_gradients_that_a_user_ties_into_a_circle_are_shown_and_not_copied(duplicate):
    x, w = Value(2.0, "x"), Value(3.0)
    x.grad, w.grad = w, x
    assert repr(x) == "Value(data=2.0, grad=Value(data=3.0), name='x')"
    with pytest.raises(GraphError, match="neither can be copied"):
        duplicate(x)
    x.zero_grad()


def test_a_graph_of_gradients_is_refused_where_a_leaf_has_changed():
    x, w = Value(2.0, "x"), Value(3.0, "w")  # PyTorch through .data: the gradient of another function
    out = (x * w).sin()
    w.data = 5.0
    out.backward()
    assert x.grad == 3.0 * math.cos(6.0)
    with pytest.raises(GraphError, match=r"Value\(data=2\.0.*or Value\(data=5\.0.* has another number now"):
        out.backward(create_graph=True)


# cycles


def unreachable(work):
    """Run `work` without the garbage collector, and count what only it could free afterwards."""
    work()  # what is made once and kept is made now
    gc.collect()
    gc.disable()
    try:
        work()
        return gc.collect()
    finally:
        gc.enable()


def rosenbrock(v):
    return sum((1.0 - a) ** 2 + 100.0 * (b - a * a) ** 2 for a, b in pairwise(v))


def fails(*_):
    raise ZeroDivisionError


def train():
    model = MLP(2, [4, 1], activation="tanh", seed=0)
    optimizer = SGD(0.1, model, momentum=0.9)
    for _ in range(3):
        loss = mse([model(x) for x, _ in XOR], [y for _, y in XOR])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def raise_in_the_middle():
    x = Value(2.0)
    for work in (
        lambda: fails(x * x),
        lambda: grad(lambda y: fails(y * x))(3.0),
        lambda: hessian(lambda v: fails(rosenbrock(v)))([1.0, 2.0]),
        lambda: jvp(lambda y: grad(lambda z: fails(z * y))(y), 1.0, 1.0),
        lambda: copy.copy(x * x),
    ):
        with suppress(ZeroDivisionError, GraphError):
            work()


def backward_with_a_graph():
    x = Value(2.0)
    (x * x * x).backward(create_graph=True)
    slope = x.grad
    x.zero_grad()  # ends the one documented circle, of a leaf and its gradient
    slope.backward()


@pytest.mark.parametrize(
    "work",
    [
        train,  # micrograd: 4.6 MB a step
        raise_in_the_middle,
        backward_with_a_graph,
        lambda: Value(2.0).exp().backward(),
        lambda: value_and_grad(rosenbrock)([1.0, 2.0, 3.0]),
        lambda: hessian(rosenbrock)([1.0, 2.0, 3.0]),
        lambda: jacobian(lambda v: [v[0] * v[1], v[1].sin()])([1.0, 2.0]),
        lambda: jvp(rosenbrock, [1.0, 2.0], [1.0, 0.0]),
        lambda: hvp(rosenbrock, [1.0, 2.0], [1.0, 0.0]),
        lambda: vjp(rosenbrock, [1.0, 2.0])[1](1.0),
        lambda: grad(lambda x: x * grad(lambda y: x * y * y)(x))(Value(3.0)),
        lambda: grad(lambda x: (x * x, {"x": [x, x + 1.0]}), has_aux=True)(3.0),
        lambda: derive(rosenbrock, inputs=[[1.0, 2.0]], order=2)([1.0, 2.0]),
        lambda: derive(lambda w, x: (w * x).exp(), inputs=[1.0, 2.0]).sum(0.5, [1.0, 2.0]),
        lambda: fit(MLP(2, [2, 1], seed=0), XOR, optimizer=SGD(0.1), epochs=2, engine="derived"),
        lambda: compare(rosenbrock, {"v": [1.0, 2.0]}, {"v": [1.0, 2.0]}),
        lambda: draw(Value(2.0).exp()).source,
    ],
)
def test_nothing_is_left_to_the_garbage_collector(work):
    assert unreachable(work) == 0


# the same bits


PROGRAM = """
import autograd_scratch as ag
from autograd_scratch.datasets import moons
model = ag.MLP(2, [8, 8, 1], "tanh", seed=7)
ag.fit(model, moons(20, seed=7), optimizer=ag.SGD(0.1, momentum=0.9), epochs=20)
print(sorted(model.state_dict().items()))
f = lambda v: ag.logsumexp([x * y.sin() for x in v for y in v]) + ag.prod(v) / ag.hypot(v)
at = [0.1 * k + 0.7 for k in range(6)]
print(ag.grad(f)(at), ag.hessian(f)(at), ag.jvp(f, at, at), {x: ag.grad(f)(at)[0] for x in "abc"})
"""


def test_two_processes_compute_the_same_bits():
    outputs = {  # micrograd: 3 different results in 6 runs
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1_000


def test_a_profiler_at_work_is_left_alone():
    profile = cProfile.Profile()
    profile.enable()
    try:
        program = derive(lambda x: x * x, inputs=[3.0])
        report = compare(lambda w: w * w, at={"w": 3.0}, hand={"w": 6.0})
    finally:
        profile.disable()
    assert program(3.0) == (9.0, 6.0)
    assert report.verdict == "right"
