"""The work that is timed, written once for every engine with micrograd's names."""

import random
from itertools import pairwise

from autograd_scratch.datasets import moons


def readme_graph(engine):
    """Build and differentiate the graph of micrograd's README, some 30 operations."""

    def step():
        a, b = engine.Value(-4.0), engine.Value(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        return g.data

    return step


def unfused_network(engine):
    """A 2-16-16-1 network on one point, a node a product and a sum: some 1,000 operations."""
    rng = random.Random(0)
    sizes = [2, 16, 16, 1]
    layers = [
        [[engine.Value(rng.uniform(-1, 1)) for _ in range(nin + 1)] for _ in range(nout)]
        for nin, nout in pairwise(sizes)
    ]
    x = [engine.Value(0.5), engine.Value(-0.25)]

    def step():
        h = x
        for layer in layers:
            h = [sum((w * v for w, v in zip(ws, h)), ws[-1]).relu() for ws in layer]
        out = h[0] * h[0]
        out.backward()
        return out.data

    return step


def moons_step(engine):
    """A step of micrograd's demo: MLP(2, [16, 16, 1]), 100 points, hinge loss, L2, descent."""
    points = moons(100, seed=1)
    random.seed(1337)  # micrograd draws from the module's own generator
    model = engine.MLP(2, [16, 16, 1])

    def step():
        inputs = [list(map(engine.Value, x)) for x, _ in points]
        scores = list(map(model, inputs))
        losses = [(1 + -y * score).relu() for (_, y), score in zip(points, scores)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
        return loss.data

    return step


WORKLOADS = {
    "micrograd's README graph, build and backward": (readme_graph, 300),
    "2-16-16-1, one point, unfused, build and backward": (unfused_network, 30),
    "micrograd's moons step, MLP(2, [16, 16, 1]), 100 points": (moons_step, 3),
}
