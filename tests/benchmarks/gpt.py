"""The GPT of the demo, a name a step: beside microgpt's engine, which takes the same steps.

What derived code costs before its first step, to be recorded, derived and compiled, is counted in.
"""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograd_scratch import datasets

from .microgpt import PUBLISHED, Node, State, gpt
from .ours import WASM, training, without_collector
from .timing import Step, Work

DEMO = runpy.run_path(str(Path(__file__).parents[2] / "demos" / "gpt.py"))
NAMES = datasets.names(1_000, seed=0)  # an epoch of the demo
FEW = 10  # names, which take microgpt's engine as long
CHECKED = 3
LR, FIRST, SECOND, EPS = 0.01, 0.85, 0.99, 1e-8  # as the demo has them


def fresh() -> Any:
    return DEMO["GPT"](width=16, heads=4, seed=0)


def ours() -> Step:
    def train(steps: int) -> Any:
        model = fresh()
        history = DEMO["trained"](model, NAMES[:steps], epochs=1)
        return history.losses, [*model.state_dict().values()]

    return replace(training(train, per=len(NAMES), checked=CHECKED), once=True)


def microgpts() -> Step:
    start = fresh().state_dict()

    def train(steps: int) -> Any:
        arrays = {key: [[*map(Node, row)] for row in rows] for key, rows in start.items()}
        parameters = [p for rows in arrays.values() for row in rows for p in row]
        m, v = [0.0] * len(parameters), [0.0] * len(parameters)
        losses = []
        for step, name in enumerate(NAMES[:steps]):
            loss = gpt(state_of(arrays), *PUBLISHED, [DEMO["LETTERS"].index(x) for x in f".{name}."])
            loss.backward()
            losses.append(loss.data)
            lr = LR * (1 - step / steps)
            for i, p in enumerate(parameters):
                m[i] = FIRST * m[i] + (1 - FIRST) * p.grad
                v[i] = SECOND * v[i] + (1 - SECOND) * p.grad**2
                mean, square = m[i] / (1 - FIRST ** (step + 1)), v[i] / (1 - SECOND ** (step + 1))
                p.data -= lr * mean / (square**0.5 + EPS)
                p.grad = 0
        return [sum(losses) / steps], [[[p.data for p in row] for row in rows] for rows in arrays.values()]

    return training(train, per=FEW, checked=CHECKED)


def state_of(arrays: dict[str, Any]) -> State:
    """Return the matrices of the demo's model by the names that they have here."""
    stacked = arrays["attention.in_proj_weight"]
    width = len(stacked) // 3
    return {
        "tokens": arrays["letters.weight"],
        "positions": arrays["positions.weight"],
        "query": stacked[:width],
        "key": stacked[width : 2 * width],
        "value": stacked[2 * width :],
        "out": arrays["attention.out_proj.weight"],
        "up": arrays["network.0.weight"],
        "down": arrays["network.2.weight"],
        "logits": arrays["logits.weight"],
    }


WORKS = (
    Work(
        f"An epoch of the demo of a GPT, {len(NAMES):,} names, 4,192 parameters: a training step",
        {
            f"{WASM}, compiling included": ours,
            "microgpt's engine": microgpts,
            "microgpt's engine, garbage collector off": without_collector(microgpts),
        },
    ),
)
