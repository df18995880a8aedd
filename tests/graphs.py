"""Random graphs of Values, small enough to be counted by hand, also with numbers that are not finite."""

import random

from autograd_scratch import Value

STEPS = (
    lambda a, b: a * b,
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a.tanh(),
    lambda a, b: b * 2.0,
)
RISKY_STEPS = (
    *STEPS,
    lambda a, b: a / b,
    lambda a, b: a.exp(),
    lambda a, b: a.sqrt(),
    lambda a, b: b.log(),
)


def random_graph(seed, size=9, steps=STEPS, starts=None):
    """Return the last node of a random graph, and all nodes, three leaves first."""
    rng = random.Random(seed)
    nodes = [Value(rng.choice(starts) if starts else rng.uniform(-2, 2), f"x{i}") for i in range(3)]
    for _ in range(size):
        nodes.append(rng.choice(steps)(rng.choice(nodes[-4:]), rng.choice(nodes)))
    return nodes[-1], nodes
