"""The XOR network from which all engines start."""

from functools import cache
from typing import Any

from autograd_scratch import MLP
from autograd_scratch.datasets import XOR

LR = 0.5
LOOP = 10_000  # epochs
X, Y = [list(x) for x, _ in XOR], [[y] for _, y in XOR]


def fresh() -> MLP:
    return MLP(2, [4, 1], "sigmoid", "sigmoid", seed=42)


@cache
def start() -> list[Any]:
    return weights(fresh())


def weights(model: Any) -> list[Any]:
    """Return what a model of ours or micrograd's holds, as the tutorials arrange it: W1, b1, W2, b2, ..."""
    arranged: list[Any] = []
    for layer in model.layers:
        columns = [[w.data for w in neuron.w] for neuron in layer.neurons]
        arranged.append(list(map(list, zip(*columns))))
        arranged.append([neuron.b.data for neuron in layer.neurons])
    return arranged
