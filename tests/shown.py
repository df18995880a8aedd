"""Objects of every kind that a notebook shows, plain ones and very large ones, and hostile names."""

import math
import random
from collections.abc import Callable
from typing import Any, NamedTuple

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
        self.layers = [MLP(1, [size], seed=0) for size in range(1, 61)]


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
    c = (Value(2.0, "a") * Value(-3.0, HOSTILE)).tanh().named(HOSTILE)
    c.backward()
    return draw(c)


def wrong():
    report = compare(loss, AT, backward)
    assert report.verdict == "wrong"
    return report


class Shown(NamedTuple):
    """How an object is made, a text that is seen of it, and whether a hostile name is among its texts."""

    make: Callable[[], Any]
    says: str
    is_hostile: bool = False


OBJECTS = {
    "value": Shown(lambda: Value(2.0, "a") * 3.0, "Value(data=6.0)"),
    "value with a hostile name": Shown(lambda: Value(2.0, HOSTILE), "Value(data=2.0, name=", True),
    "value of 10,000 nodes": Shown(
        lambda: sum((Value(1.0) for _ in range(10_000)), Value(0.0)), "Value(data=10000.0)"
    ),
    "module": Shown(lambda: MLP(2, [4, 1], activation="tanh", seed=0), "neurons.0 to 3"),
    "module of one's own": Shown(Own, "W (3, 2), scale", True),
    "module that tells itself": Shown(lambda: Told(2, [1]), "a model that tells itself"),
    "module of 100,000 parameters": Shown(lambda: MLP(100, [500, 100, 10], seed=0), "101,610"),
    "module of many modules": Shown(Many, "... 80 more"),
    "program": Shown(lambda: derive(lambda x, y: (x * y).sin(), inputs=[0.5, 0.25]), "d_x = cos(t1) * y"),
    "program of arrays": Shown(lambda: derive(loss, wrt=["W", "v"], inputs=[*AT.values()]), "dv = t2 @ h"),
    "program of 5,000 lines": Shown(lambda: long_program(5_000), "4,437 more lines; print(program.source)"),
    "ledger": Shown(lambda: account(3), "All paths, the heaviest first:"),
    "ledger without paths": Shown(lambda: account(2, paths=0), "d loss / d w = 2"),
    "ledger without contributions": Shown(
        lambda: explain(x := Value(1.0, HOSTILE), x), "This is the loss itself", True
    ),
    "ledger of 1,000 uses": Shown(lambda: account(1_000, 100, HOSTILE), "980 smaller ones", True),
    "wrong report": Shown(wrong, "the derivative of an activation is left out"),
    "right report": Shown(lambda: compare(lambda x: x * x, {"x": 3.0}, {"x": 6.0}), "to the last bit"),
    "report of many blocks": Shown(
        lambda: compare(
            lambda **xs: sum(x * x for x in xs.values()),
            {f"x{i}": 1.0 for i in range(40)},
            {f"x{i}": 1.0 + i % 2 for i in range(40)},
        ),
        "20 of 40 blocks",
    ),
    "history": Shown(lambda: trained(epochs=20), "The loss in epochs 0 to 19"),
    "history of derived code": Shown(
        lambda: trained(epochs=2_000, engine="derived", backend="python"), "on a logarithmic scale"
    ),
    "history with metrics": Shown(
        lambda: trained(epochs=5, metrics={HOSTILE: "mse", "gap": lambda p, t: math.nan}), "gap", True
    ),
    "history with gaps": Shown(
        lambda: History([1.0, math.nan, 3.0, math.inf, math.inf, 2.0, -math.inf]), "4 are not finite"
    ),
    "history of nan": Shown(lambda: History([math.nan]), "No loss is a finite number."),
    "history of nothing": Shown(History, "0 epochs"),
    "step table": Shown(lambda: steps(loss, AT), "dot(h, v) over 2 terms"),
    "step table of 1,000 rows": Shown(lambda: long_table(1_000), "... 801 more"),
    "drawing": Shown(drawn, "", True),  # an image and its words
    "list of drawings": Shown(lambda: [drawn(), drawn()], "<drawing of 4 boxes"),
    "list of histories": Shown(
        lambda: [History([1.0, 0.5]), History([1.0])], "<history of 2 epochs, loss 1 to 0.5>"
    ),
    "tuple": Shown(
        lambda: (wrong(), account(2), steps(loss, AT), long_program(10)), "<report: wrong: 1 of 2 blocks"
    ),
}
