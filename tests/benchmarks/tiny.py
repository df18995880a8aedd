"""The two tiny graphs that the literature measures: build and backward, or a prepared function's call."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

import autograd_scratch
from autograd_scratch import Value

from . import peers
from .ours import DERIVED, EAGER, eager, program
from .timing import Step, Work, repeated

Graph = Callable[[Any, Any, Callable[[Any], Any]], Any]


def seven(a: Any, b: Any, relu: Callable[[Any], Any]) -> Any:
    """The first example of BurTorch (arXiv 2503.13795)."""
    c = a + b
    d = a * b + b**3
    e = c - d
    f = e**2
    return f / 2.0


def readme(a: Any, b: Any, relu: Callable[[Any], Any]) -> Any:
    """The graph of micrograd's README."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


def ours(graph: Graph, start: tuple[float, float]) -> Step:
    return _built(Value, graph, start)


def micrograd(graph: Graph, start: tuple[float, float]) -> Step:
    return _built(peers.micrograd().Value, graph, start)


def _built(value: Any, graph: Graph, start: tuple[float, float]) -> Step:
    def step() -> Any:
        a, b = value(start[0]), value(start[1])
        g = graph(a, b, value.relu)
        g.backward()
        return g.data, a.grad, b.grad

    return repeated(step)


def derived(graph: Graph, start: tuple[float, float]) -> Step:
    a, b = Value(start[0], "a"), Value(start[1], "b")
    return program(graph(a, b, Value.relu), [a, b])


def torch_eager(graph: Graph, start: tuple[float, float]) -> Step:
    torch = peers.torch()

    def step() -> Any:
        a, b = (torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in start)
        g = graph(a, b, torch.relu)
        g.backward()
        return g, a.grad, b.grad

    return repeated(step)


def hips(graph: Graph, start: tuple[float, float]) -> Step:
    autograd, np = peers.module("autograd"), peers.module("autograd.numpy")
    together = autograd.value_and_grad(lambda ab: graph(*ab, lambda x: np.maximum(x, 0.0)))
    return repeated(lambda: together(start))


def jax_jitted(graph: Graph, start: tuple[float, float]) -> Step:
    jax = peers.jax()
    together = jax.jit(jax.value_and_grad(lambda a, b: graph(a, b, jax.nn.relu), argnums=(0, 1)))
    a, b = map(jax.numpy.float64, start)

    def step() -> Any:
        g, gradient = together(a, b)
        return g.block_until_ready(), gradient

    return repeated(step)


def casadi(graph: Graph, start: tuple[float, float]) -> Step:
    casadi = peers.module("casadi")
    a, b = casadi.SX.sym("a"), casadi.SX.sym("b")
    g = graph(a, b, lambda x: casadi.fmax(x, 0))
    function = casadi.Function("g", [a, b], [g, casadi.gradient(g, a), casadi.gradient(g, b)])
    return repeated(lambda: function(*start))


def unfused(engine: Callable[[], Any]) -> Step:
    """Return the Step of a 2-16-16-1 network on one point, written with a node a product and a sum."""
    value, rng = engine(), Random(1)
    layers = [
        [[value(rng.uniform(-1, 1)) for _ in range(nin + 1)] for _ in range(nout)]
        for nin, nout in pairwise([2, 16, 16, 1])
    ]
    leaves = [p for layer in layers for row in layer for p in row]

    def build() -> Any:
        h = [value(0.5), value(-0.25)]
        for layer in layers:
            h = [sum((w * v for w, v in zip(ws, h)), ws[-1]).relu() for ws in layer]
        return h[0] * h[0]

    if value is Value:
        return eager(build, leaves)

    def step() -> Any:
        for p in leaves:
            p.grad = 0
        out = build()
        out.backward()
        return out

    return repeated(step, lambda out: (out.data, [p.grad for p in leaves]))


ENGINES = {
    EAGER: ours,
    DERIVED: derived,
    "micrograd": micrograd,
    "HIPS autograd": hips,
    "PyTorch, eager": torch_eager,
    "JAX, a jitted call": jax_jitted,
    "CasADi, a prepared function": casadi,
}
WORKS = (
    Work(
        "BurTorch's seven operations: value and gradients",
        {name: partial(make, seven, (-41.0, 2.0)) for name, make in ENGINES.items()},
    ),
    Work(
        "The graph of micrograd's README: value and gradients",
        {name: partial(make, readme, (-4.0, 2.0)) for name, make in ENGINES.items()},
    ),
    Work(
        "MLP 2-16-16-1, one point, a node a product and a sum: build and backward",
        {
            EAGER: partial(unfused, lambda: autograd_scratch.Value),
            "micrograd": partial(unfused, lambda: peers.micrograd().Value),
        },
    ),
)
