"""Objects of every kind that a notebook shows, plain ones and very large ones, and hostile names."""

import math
import random

import numpy as np

from autograd_scratch import MLP, SGD, Module, Value, compare, derive, draw, explain, fit, steps, values
from autograd_scratch.datasets import XOR
from autograd_scratch.training import History

HOSTILE = "</script><b id=\"x\" onclick='y'>&amp;|{}<>\n# \u202eabc\x1b[31m"
X = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([1.0, 1.0, 0.0])
AT = {"W": np.array([[0.5, -1.0], [1.0, 0.5]]), "v": np.array([1.0, -0.5])}


def loss(W, v):
    h = np.tanh(X @ W)
    return np.mean((h @ v - Y) ** 2)


def backward(W, v):
    h = np.tanh(X @ W)
    dp = 2 * (h @ v - Y) / len(Y)
    dz = np.outer(dp, v)
    return {"v": h.T @ dp, "W": X.T @ dz}


class Own(Module):
    """A model with an array, a list and a single parameter of its own, and a part that is frozen."""

    def __init__(self):
        self.W = values(np.zeros((3, 2)), "W")
        self.layer = MLP(2, [1], seed=0).freeze()
        self.scale = Value(0.5, HOSTILE)
        self.by_name = {HOSTILE: MLP(1, [1], seed=0)}


class Told(MLP):
    """A model that says itself what it is."""

    def __repr__(self):
        return "a model that tells itself"


class Many(Module):
    """A model of very many modules, no two alike."""

    def __init__(self):
        self.layers = [MLP(1, [size], seed=0) for size in range(1, 201)]


def trained(**settings):
    model = MLP(2, [2, 1], activation="sigmoid", output="sigmoid", seed=0)
    return fit(model, XOR, optimizer=SGD(5.0), **settings)


def account(uses, paths=3, name="w"):
    """Explain a leaf that is used so many times."""
    w = Value(0.5, name)
    total = w * 1.0
    for i in range(1, uses):
        total = total + w * float(i)
    return explain(total, w, paths=paths)


def long_program(lines):
    """Derive a recorded loss of some so many lines, no two of which are alike."""
    chance = random.Random(0)
    known = x, y = [Value(0.5, "x"), Value(0.25, "y")]
    for i in range(lines // 5):
        function = chance.choice(["sin", "cos", "tanh", "exp"])
        known = [*known[-8:], getattr(chance.choice(known[-8:]) * chance.random(), function)() * known[-1]]
        known[-1] = known[-1] + known[-2] * float(i)
    return derive(known[-1], wrt=x, inputs=[y])


def long_table(rows):
    """Tell the steps of a function of so many lines."""
    body = "\n    ".join(
        f"x{i + 1} = np.{'sin' if i % 3 else 'cos'}(x{i}) + {i}.5" for i in range(rows // 2)
    )
    scope = {"np": np}
    exec(f"def written(x0):\n    {body}\n    return x{rows // 2}.sum()", scope)
    return steps(scope["written"], [np.ones(3)])


def drawn():
    c = (Value(2.0, "a") * Value(-3.0, HOSTILE)).tanh()
    c.backward()
    return draw(c)


def wrong():
    report = compare(loss, AT, backward)
    assert report.verdict == "wrong"
    return report


OBJECTS = {
    "value": lambda: Value(2.0, "a") * 3.0,
    "value with a hostile name": lambda: Value(2.0, HOSTILE),
    "value of 10,000 nodes": lambda: sum((Value(1.0) for _ in range(10_000)), Value(0.0)),
    "module": lambda: MLP(2, [4, 1], activation="tanh", seed=0),
    "module of one's own": Own,
    "module that tells itself": lambda: Told(2, [1]),
    "module of 100,000 parameters": lambda: MLP(100, [500, 100, 10], seed=0),
    "module of many modules": Many,
    "program": lambda: derive(lambda x, y: (x * y).sin(), inputs=[0.5, 0.25]),
    "program of arrays": lambda: derive(loss, wrt=["W", "v"], inputs=[*AT.values()]),
    "program of 5,000 lines": lambda: long_program(5_000),
    "ledger": lambda: account(3),
    "ledger without paths": lambda: account(2, paths=0),
    "ledger without contributions": lambda: explain(x := Value(1.0, HOSTILE), x),
    "ledger of 1,000 uses": lambda: account(1_000, 1_000, HOSTILE),
    "wrong report": wrong,
    "right report": lambda: compare(lambda x: x * x, {"x": 3.0}, {"x": 6.0}),
    "report of many blocks": lambda: compare(
        lambda **xs: sum(x * x for x in xs.values()),
        {f"x{i}": 1.0 for i in range(40)},
        {f"x{i}": 1.0 + i % 2 for i in range(40)},
    ),
    "history": lambda: trained(epochs=20),
    "history of derived code": lambda: trained(epochs=2_000, engine="derived", backend="python"),
    "history with metrics": lambda: trained(
        epochs=5, metrics={HOSTILE: "mse", "gap": lambda p, t: math.nan}
    ),
    "history with gaps": lambda: History([1.0, math.nan, 3.0, math.inf, math.inf, 2.0, -math.inf]),
    "history of nan": lambda: History([math.nan]),
    "history of nothing": History,
    "step table": lambda: steps(loss, AT),
    "step table of 1,000 rows": lambda: long_table(1_000),
    "drawing": drawn,
}
CONTAINERS = {
    "list of drawings": lambda: [drawn(), drawn()],
    "list of histories": lambda: [History([1.0, 0.5]), History([1.0])],
    "tuple": lambda: (wrong(), account(2), steps(loss, AT), long_program(10)),
}
