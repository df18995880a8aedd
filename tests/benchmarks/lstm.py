"""An LSTM of 16 units over 20 steps, on 16 sequences: a step of training, with Adam."""

import random
from functools import cache, partial
from typing import Any

from autograd_scratch import Adam, Module, Value, dot, fit, sigmoid, tanh

from . import peers
from .ours import COMPILED, DERIVED, PYTHON, WASM, training
from .timing import Step, Work

UNITS, ROUNDS, ROWS = 16, 20, 16
LR = 0.01
CHECKED = 3


@cache
def numbers() -> tuple[list[list[float]], list[float], list[list[float]], list[float]]:
    """Return the weights of all gates, a row a unit, those of the output, sequences, and targets."""
    draw = partial(random.Random(0).uniform, -0.25, 0.25)
    gates = [[draw() for _ in range(2 + UNITS)] for _ in range(4 * UNITS)]
    sequences = [[4.0 * draw() for _ in range(ROUNDS)] for _ in range(ROWS)]
    return gates, [draw() for _ in range(UNITS + 1)], sequences, [sum(row) / ROUNDS for row in sequences]


class Network(Module):
    """Of each gate a row: its weight for the input, those for the state, and its bias."""

    def __init__(self) -> None:
        gates, output, _, _ = numbers()
        self.gates = [list(map(Value, row)) for row in gates]
        self.output = list(map(Value, output))

    def forward(self, sequence: Any) -> Value:
        h: list[Any] = [0.0] * UNITS
        c: list[Any] = [0.0] * UNITS
        for x in sequence:
            z = [dot(row[:-1], [x, *h], row[-1]) for row in self.gates]
            i, f, o = (list(map(sigmoid, z[k * UNITS : (k + 1) * UNITS])) for k in range(3))
            g = list(map(tanh, z[3 * UNITS :]))
            c = [keep * own + take * new for keep, own, take, new in zip(f, c, i, g)]
            h = [out * tanh(own) for out, own in zip(o, c)]
        return dot(self.output[:-1], h, self.output[-1])

    def weights(self) -> list[Any]:
        return [[[p.data for p in row] for row in self.gates], [p.data for p in self.output]]


def ours(**engine: str) -> Step:
    _, _, sequences, targets = numbers()

    def train(epochs: int) -> Any:
        model = Network()
        history = fit(model, sequences, targets, optimizer=Adam(LR), epochs=epochs, **engine)
        return history.losses, model.weights()

    return training(train, marginal=True, checked=CHECKED)


def torch_eager() -> Step:
    torch = peers.torch()
    gates, output, sequences, targets = (torch.tensor(part, dtype=torch.float64) for part in numbers())

    def train(epochs: int) -> Any:
        W, w = gates.clone().requires_grad_(), output.clone().requires_grad_()
        optimizer, losses = torch.optim.Adam([W, w], lr=LR), []
        for _ in range(epochs):
            h = c = torch.zeros(ROWS, UNITS, dtype=torch.float64)
            for t in range(ROUNDS):
                z = torch.cat([sequences[:, t : t + 1], h], 1) @ W[:, :-1].T + W[:, -1]
                i, f, o = torch.sigmoid(z[:, : 3 * UNITS]).chunk(3, 1)
                c = f * c + i * torch.tanh(z[:, 3 * UNITS :])
                h = o * torch.tanh(c)
            loss = ((h @ w[:-1] + w[-1] - targets) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses, [W.tolist(), w.tolist()]

    return training(train, checked=CHECKED)


def torch_module() -> Step:
    """With PyTorch's own LSTM, which has two biases: one of them stays 0."""
    torch = peers.torch()
    gates, output, sequences, targets = (torch.tensor(part, dtype=torch.float64) for part in numbers())
    order = [*range(2 * UNITS), *range(3 * UNITS, 4 * UNITS), *range(2 * UNITS, 3 * UNITS)]
    back = [order.index(k) for k in range(4 * UNITS)]

    def train(epochs: int) -> Any:
        lstm, w = torch.nn.LSTM(1, UNITS, batch_first=True).double(), output.clone().requires_grad_()
        with torch.no_grad():
            lstm.weight_ih_l0.copy_(gates[order, :1])
            lstm.weight_hh_l0.copy_(gates[order, 1:-1])
            lstm.bias_ih_l0.copy_(gates[order, -1])
            lstm.bias_hh_l0.zero_().requires_grad_(False)
        own = [lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0, w]
        optimizer, losses = torch.optim.Adam(own, lr=LR), []
        for _ in range(epochs):
            _, (h, _) = lstm(sequences[:, :, None])
            loss = ((h[0] @ w[:-1] + w[-1] - targets) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        W = torch.cat([own[0], own[1], own[2][:, None]], 1)[back]
        return losses, [W.tolist(), w.tolist()]

    return training(train, checked=CHECKED)


WORKS = (
    Work(
        f"LSTM of {UNITS} units, {ROUNDS} steps, {ROWS} sequences, Adam: a step of training",
        {
            DERIVED: partial(ours, **PYTHON),
            WASM: partial(ours, **COMPILED),
            "PyTorch, eager": torch_eager,
            "PyTorch, its LSTM": torch_module,
        },
        tolerance=1e-7,
    ),
)
