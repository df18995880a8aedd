"""What a graph of four times the size costs: four times the calls of functions, and no more.

Calls are counted, not seconds: they are the same on every machine. A search through a list of Values shows,
since each comparison is a call.
"""

import copy
import sys

import pytest

import autograd_scratch as ag
from autograd_scratch import MLP, SGD, Adam, Value, derive, draw, explain, grad, graph, hvp, jvp, vjp
from autograd_scratch.datasets import XOR


def calls(work):
    """Count the calls of functions, Python's own included."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def deep(x, size):
    for _ in range(size):
        x = x * 1.01 + 0.1
    return x.sin()


def shared(x, size):
    """Double a number by two paths, so that the number of paths doubles too."""
    for _ in range(size):
        x = (x + x) * 0.5
    return x


def wide(x, size):
    return ag.sum([x * x for _ in range(size)])


def of_many(xs):
    return ag.dot(xs, [*reversed(xs)])


def leaves(size):
    return [Value(0.1 * i) for i in range(size)]


def network(size):
    return MLP(2, [size, 1], "tanh", seed=0)


def trained(size, optimizer):
    model = network(size)
    for _ in range(2):
        loss = ag.mse([model(x) for x, _ in XOR], [y for _, y in XOR])
        loss.backward()
        optimizer.step(model)


def clipped(parameters):
    of_many(parameters).backward()
    ag.clip_grad_norm(parameters, 1.0)


def backward(function):
    function(Value(0.5)).backward()


def backward_with_a_graph(function):
    x = Value(0.5)
    function(x).backward(create_graph=True)
    x.zero_grad()


def backward_twice(function):
    loss = function(Value(0.5))
    loss.backward()
    loss.backward()


def walked(function):
    x = Value(0.5)
    out = function(x)
    order = graph.toposort(out)
    graph.pull_back(order, {out: 1.0})
    graph.push_forward(order, {x: 1.0})
    graph.release(out)


def explained(function):
    x = Value(0.5, "x")
    str(explain(function(x), x))


USES = {
    "backward": backward,
    "backward with a graph": backward_with_a_graph,
    "backward twice": backward_twice,
    "walks": walked,
    "explain": explained,
    "grad": lambda function: grad(function)(0.5),
    "grad of grad": lambda function: grad(grad(function))(0.5),
    "grad of a gradient's use": lambda function: grad(lambda x: x * grad(lambda y: function(y) * x)(x))(
        0.5
    ),
    "hvp": lambda function: hvp(function, 0.5, 1.0),
    "jvp": lambda function: jvp(function, 0.5, 1.0),
    "vjp": lambda function: vjp(function, 0.5)[1](1.0),
    "draw": lambda function: draw(function(Value(0.5, "x"))).source,
    "derive": lambda function: derive(function, inputs=[0.5])(0.5),
    "repr": lambda function: repr(function(Value(0.5))),
}


@pytest.mark.parametrize("function", [deep, shared, wide])
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_graphs(use, function):
    def cost(size):
        return calls(lambda: use(lambda x: function(x, size)))

    assert cost(200) < 5 * cost(50)


OF_MANY = {
    "grad": lambda size: grad(of_many)([0.1] * size),
    "backward": lambda size: of_many(leaves(size)).backward(),
    "derive": lambda size: derive(of_many, inputs=[[0.1] * size])([0.1] * size),
    "explain": lambda size: explain(of_many(xs := leaves(size)), xs[0]),
    "draw": lambda size: draw(of_many(leaves(size))).source,
    "zero_grad": lambda size: network(size).zero_grad(),
    "parameters": lambda size: network(size).parameters(),
    "state_dict": lambda size: network(size).load_state_dict(network(size).state_dict()),
    "repr": lambda size: repr(network(size)),
    "deepcopy": lambda size: copy.deepcopy(network(size)),
    "SGD": lambda size: trained(size, SGD(0.1, momentum=0.9)),
    "Adam": lambda size: trained(size, Adam(0.1)),
    "clipping": lambda size: clipped(leaves(size)),
}


@pytest.mark.parametrize("use", OF_MANY.values(), ids=OF_MANY)
def test_numbers_of_parameters(use):
    small, large = calls(lambda: use(50)), calls(lambda: use(200))
    assert large < 5 * small
