"""The layer `LSTM`, of PyTorch's name and weights, and a linear one: steps of training, with Adam."""

import random
from functools import cache, partial
from typing import Any

from autograd_scratch import Adam, fit
from autograd_scratch.nn import LSTM, Linear, Module

from . import peers
from .ours import COMPILED, DERIVED, EAGER, PYTHON, WASM, training
from .timing import Step, Work

INPUTS, UNITS, ROUNDS = 8, 16, 20
SIZES = (1, 32)  # sequences in a batch
LR = 0.01
CHECKED = 3


class Network(Module):
    def __init__(self) -> None:
        self.lstm = LSTM(INPUTS, UNITS, seed=0)
        self.head = Linear(UNITS, 1, seed=1)

    def forward(self, x: Any) -> Any:
        output, _ = self.lstm(x)
        return self.head(output[-1])


@cache
def numbers(rows: int) -> tuple[Any, Any]:
    """Return sequences, and the target of each."""
    draw = partial(random.Random(0).uniform, -1.0, 1.0)
    return [[[draw() for _ in range(INPUTS)] for _ in range(ROUNDS)] for _ in range(rows)], [
        [draw()] for _ in range(rows)
    ]


def ours(rows: int, **engine: str) -> Step:
    sequences, targets = numbers(rows)

    def train(epochs: int) -> Any:
        model = Network()
        history = fit(model, sequences, targets, optimizer=Adam(LR), epochs=epochs, **engine)
        return history.losses, [*model.state_dict().values()]

    return training(train, marginal=True, checked=CHECKED)


def torch_module(rows: int) -> Step:
    torch = peers.torch()
    sequences, targets = (torch.tensor(part, dtype=torch.float64) for part in numbers(rows))
    state = {key: torch.tensor(x, dtype=torch.float64) for key, x in Network().state_dict().items()}
    kinds = {"lstm": torch.nn.LSTM(INPUTS, UNITS, batch_first=True), "head": torch.nn.Linear(UNITS, 1)}

    def train(epochs: int) -> Any:
        model = torch.nn.ModuleDict(kinds).double()
        model.load_state_dict(state)
        optimizer, losses = torch.optim.Adam(model.parameters(), lr=LR), []
        for _ in range(epochs):
            output, _ = model["lstm"](sequences)
            loss = ((model["head"](output[:, -1]) - targets) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses, [p.tolist() for p in model.state_dict().values()]

    return training(train, checked=CHECKED)


WORKS = tuple(
    Work(
        f"LSTM of {INPUTS} inputs, {UNITS} units, {ROUNDS} steps, {rows} sequence{'s' * (rows > 1)}, Adam: "
        "a step of training",
        {
            **({EAGER: partial(ours, rows)} if rows == 1 else {}),
            DERIVED: partial(ours, rows, **PYTHON),
            WASM: partial(ours, rows, **COMPILED),
            "PyTorch, its LSTM": partial(torch_module, rows),
        },
        tolerance=1e-7,
    )
    for rows in SIZES
)
