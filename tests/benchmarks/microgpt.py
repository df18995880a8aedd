"""A training step of a transformer of microgpt's size: build the loss of a name, and go back through it.

One layer, 16 wide, 4 heads, 27 tokens, 8 positions: as in A. Karpathy's microgpt (2026). Its engine's
design is written here after it (four slots, a node an operation, a recursive sort), and so is its model,
which also runs on our Values as it stands. Ours in its own words has a node for a sum of products.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

from autograd_scratch import Value, cross_entropy, dot, mean, softmax

from .ours import EAGER, without_collector
from .timing import Step, Work, repeated

WIDTH, HEADS, VOCABULARY, POSITIONS = 16, 4, 27, 8
SHAPES = {
    "tokens": (VOCABULARY, WIDTH),
    "positions": (POSITIONS, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "out": (WIDTH, WIDTH),
    "up": (4 * WIDTH, WIDTH),
    "down": (WIDTH, 4 * WIDTH),
    "logits": (VOCABULARY, WIDTH),
}
END = VOCABULARY - 1
NAME = [END, *(ord(letter) - ord("a") for letter in "charlie"), END]

Vector = list[Any]
State = dict[str, list[Vector]]


class Node:
    """A number in the design of microgpt's engine."""

    __slots__ = ("children", "data", "grad", "local_grads")

    def __init__(self, data: float, children: Any = (), local_grads: Any = ()) -> None:
        self.data = data
        self.grad = 0
        self.children = children
        self.local_grads = local_grads

    def __add__(self, other: Any) -> "Node":
        other = other if isinstance(other, Node) else Node(other)
        return Node(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Any) -> "Node":
        other = other if isinstance(other, Node) else Node(other)
        return Node(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, other: float) -> "Node":
        return Node(self.data**other, (self,), (other * self.data ** (other - 1),))

    def log(self) -> "Node":
        return Node(math.log(self.data), (self,), (1 / self.data,))

    def exp(self) -> "Node":
        return Node(math.exp(self.data), (self,), (math.exp(self.data),))

    def relu(self) -> "Node":
        return Node(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> "Node":
        return self * -1

    def __radd__(self, other: Any) -> "Node":
        return self + other

    def __sub__(self, other: Any) -> "Node":
        return self + (-other)

    def __rmul__(self, other: Any) -> "Node":
        return self * other

    def __truediv__(self, other: Any) -> "Node":
        return self * other**-1

    def backward(self) -> None:
        order, visited = [], set()

        def visit(node: Node) -> None:
            if node not in visited:
                visited.add(node)
                for child in node.children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1
        for node in reversed(order):
            for child, local_grad in zip(node.children, node.local_grads):
                child.grad += local_grad * node.grad


def published_linear(x: Vector, rows: list[Vector]) -> Vector:
    return [sum(w * v for w, v in zip(row, x)) for row in rows]


def published_softmax(logits: Vector) -> Vector:
    top = max(logit.data for logit in logits)
    powers = [(logit - top).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def published_norm(x: Vector) -> Vector:
    scale = (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5
    return [v * scale for v in x]


def published_mix(shares: Vector, rows: list[Vector]) -> Vector:
    return [sum(share * row[j] for share, row in zip(shares, rows)) for j in range(len(rows[0]))]


def published_loss(losses: list[tuple[Vector, int]]) -> Any:
    terms = [-published_softmax(logits)[target].log() for logits, target in losses]
    return (1 / len(terms)) * sum(terms)


def linear(x: Vector, rows: list[Vector]) -> Vector:
    return [dot(row, x) for row in rows]


def norm(x: Vector) -> Vector:
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [v * scale for v in x]


def mix(shares: Vector, rows: list[Vector]) -> Vector:
    return [dot(shares, column) for column in zip(*rows)]


def loss(losses: list[tuple[Vector, int]]) -> Any:
    return mean([cross_entropy(logits, target) for logits, target in losses])


def gpt(
    state: State,
    linear: Callable[[Vector, list[Vector]], Vector],
    softmax: Callable[[Vector], Vector],
    norm: Callable[[Vector], Vector],
    mix: Callable[[Vector, list[Vector]], Vector],
    loss: Callable[[list[tuple[Vector, int]]], Any],
    name: Sequence[int] = NAME,
) -> Any:
    """Return the loss of a name, letter by letter, in the words given."""
    keys: list[Vector] = []
    values: list[Vector] = []
    losses = []
    size = WIDTH // HEADS
    for position, (token, target) in enumerate(pairwise(name)):
        x = norm([t + p for t, p in zip(state["tokens"][token], state["positions"][position])])
        normed = norm(x)
        query = linear(normed, state["query"])
        keys.append(linear(normed, state["key"]))
        values.append(linear(normed, state["value"]))
        attended: Vector = []
        for head in range(0, WIDTH, size):
            part = slice(head, head + size)
            scores = [score / size**0.5 for score in linear(query[part], [key[part] for key in keys])]
            attended += mix(softmax(scores), [value[part] for value in values])
        x = [v + w for v, w in zip(linear(attended, state["out"]), x)]
        hidden = [v.relu() for v in linear(norm(x), state["up"])]
        x = [v + w for v, w in zip(linear(hidden, state["down"]), x)]
        losses.append((linear(x, state["logits"]), target))
    return loss(losses)


PUBLISHED = (published_linear, published_softmax, published_norm, published_mix, published_loss)
FUSED = (linear, softmax, norm, mix, loss)


def step_of(number: Callable[[float], Any], words: Any) -> Step:
    """Return the Step that builds the loss of `number`s in these words, and goes back."""
    draw = Random(42).gauss
    state: State = {
        name: [[number(draw(0.0, 0.08)) for _ in range(nin)] for _ in range(nout)]
        for name, (nout, nin) in SHAPES.items()
    }
    parameters = [p for matrix in state.values() for row in matrix for p in row]

    def step() -> Any:
        for p in parameters:
            p.grad = 0
        out = gpt(state, *words)
        out.backward()
        return out

    return repeated(step, lambda out: (out.data, [p.grad for p in parameters]))


WORKS = (
    Work(
        "A transformer of microgpt's size, a name of 8 steps, 4,064 parameters: build and backward",
        {
            EAGER: partial(step_of, Value, FUSED),
            f"{EAGER}, microgpt's code as it stands": partial(step_of, Value, PUBLISHED),
            "microgpt's engine": partial(step_of, Node, PUBLISHED),
            "microgpt's engine, garbage collector off": partial(
                without_collector(step_of), Node, PUBLISHED
            ),
        },
    ),
)
