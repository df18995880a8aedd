"""Networks on data: micrograd's moons demo, and one sample of digits; also how both grow."""

import random
from dataclasses import replace
from functools import cache, partial
from typing import Any

from autograd_scratch import MLP, Value, cross_entropy, mean, relu
from autograd_scratch.datasets import moons

from . import peers, xor
from .ours import (
    COMPILED,
    COMPILED_BY_NUMBA,
    DERIVED,
    EAGER,
    NUMBA,
    PYTHON,
    WASM,
    eager,
    fitting,
    program,
    training,
    without_collector,
)
from .timing import Step, Times, Work, ratio, repeated
from .xor_start import weights

LR = 0.1
CHECKED = 3  # epochs: micrograd takes a second for each
RULER = "for scale: an XOR epoch in NumPy, derived by hand"


def hinge(outputs: Any, targets: Any) -> Any:
    return mean([relu(1.0 - t * o) for o, t in zip(outputs, targets)])


HIDDEN = [16, 16]


def demo() -> MLP:
    """Return the network of micrograd's demo."""
    return MLP(2, [*HIDDEN, 1], seed=1337)


@cache
def start() -> list[Any]:
    return weights(demo())


def ours_on_moons(points: int, **engine: str) -> Step:
    return fitting(demo, moons(points, seed=1), hinge, LR, weights, CHECKED, **engine)


def micrograd_on_moons(points: int) -> Step:
    engine = peers.micrograd()
    data = moons(points, seed=1)

    def train(epochs: int) -> Any:
        model, losses = engine.MLP(2, [*HIDDEN, 1]), []
        for layer, own in zip(model.layers, demo().layers):
            for neuron, like in zip(layer.neurons, own.neurons):
                neuron.w, neuron.b = [engine.Value(w.data) for w in like.w], engine.Value(like.b.data)
        for _ in range(epochs):
            scores = [model(list(map(engine.Value, x))) for x, _ in data]
            terms = [(1 + -y * score).relu() for score, (_, y) in zip(scores, data)]
            loss = sum(terms) * (1.0 / len(terms))
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= LR * p.grad
            losses.append(loss.data)
        return losses, weights(model)

    return training(train, checked=CHECKED)


def numpy_on_moons(points: int) -> Step:
    """All points at once, derived by hand."""
    np = peers.module("numpy")
    data = moons(points, seed=1)
    x, y = np.array([x for x, _ in data]), np.array([[y] for _, y in data])

    def train(epochs: int) -> Any:
        W1, b1, W2, b2, W3, b3 = map(np.array, start())
        losses = []
        for _ in range(epochs):
            h1 = np.maximum(0, x @ W1 + b1)
            h2 = np.maximum(0, h1 @ W2 + b2)
            margins = 1 - y * (h2 @ W3 + b3)
            losses.append(np.maximum(0, margins).mean())
            d3 = -y * (margins > 0) / len(x)
            d2 = d3 @ W3.T * (h2 > 0)
            d1 = d2 @ W2.T * (h1 > 0)
            W3 -= LR * (h2.T @ d3)
            b3 -= LR * d3.sum(axis=0)
            W2 -= LR * (h1.T @ d2)
            b2 -= LR * d2.sum(axis=0)
            W1 -= LR * (x.T @ d1)
            b1 -= LR * d1.sum(axis=0)
        return losses, [W1, b1, W2, b2, W3, b3]

    return training(train, checked=CHECKED)


def torch_on_moons(points: int) -> Step:
    """All points at once."""
    torch = peers.torch()
    data = moons(points, seed=1)
    x = torch.tensor([x for x, _ in data], dtype=torch.float64)
    y = torch.tensor([[y] for _, y in data], dtype=torch.float64)

    def train(epochs: int) -> Any:
        parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in start()]
        W1, b1, W2, b2, W3, b3 = parameters
        losses = []
        for _ in range(epochs):
            scores = torch.relu(torch.relu(x @ W1 + b1) @ W2 + b2) @ W3 + b3
            loss = torch.relu(1 - y * scores).mean()
            loss.backward()
            with torch.no_grad():
                for p in parameters:
                    p -= LR * p.grad
                    p.grad = None
            losses.append(loss.item())
        return losses, parameters

    return training(train, checked=CHECKED)


def sample(hidden: int) -> tuple[list[float], int]:
    """Return a made-up picture of 8 by 8 points, and its class."""
    draw = random.Random(hidden).random
    return [draw() for _ in range(64)], 3


def classifier(hidden: int) -> MLP:
    return MLP(64, [hidden, 10], "tanh", seed=0)


def loss_and_gradient(model: MLP, loss: float, gradient: list[float]) -> Any:
    """Arrange a gradient as the weights of the model are arranged."""
    for p, g in zip(model.parameters(), gradient, strict=True):
        p.data = g
    return loss, weights(model)


def classifier_eager(hidden: int) -> Step:
    model, (x, target) = classifier(hidden), sample(hidden)
    step = eager(lambda: cross_entropy(model(x), target), model.parameters())
    return Step(step.run, lambda: loss_and_gradient(classifier(hidden), *step.answer()))


def classifier_derived(hidden: int) -> Step:
    model, (x, target) = classifier(hidden), sample(hidden)
    inputs = [Value(entry, f"x{i}") for i, entry in enumerate(x)]
    step = program(cross_entropy(model(inputs), target), model.parameters(), inputs)
    return Step(step.run, lambda: loss_and_gradient(classifier(hidden), *step.answer()))


def classifier_numpy(hidden: int) -> Step:
    """Derived by hand."""
    np = peers.module("numpy")
    W1, b1, W2, b2 = map(np.array, weights(classifier(hidden)))
    x, target = sample(hidden)
    x = np.array(x)

    def step() -> Any:
        h = np.tanh(x @ W1 + b1)
        z = h @ W2 + b2
        e = np.exp(z - z.max())
        p = e / e.sum()
        loss = -np.log(p[target])
        p[target] -= 1
        d1 = (W2 @ p) * (1 - h**2)
        return loss, [np.outer(x, d1), d1, np.outer(h, p), p]

    return repeated(step)


def classifier_torch(hidden: int) -> Step:
    torch = peers.torch()
    parameters = [
        torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in weights(classifier(hidden))
    ]
    x, target = sample(hidden)
    x, target = torch.tensor(x, dtype=torch.float64), torch.tensor(target)
    W1, b1, W2, b2 = parameters

    def step() -> Any:
        loss = torch.nn.functional.cross_entropy(torch.tanh(x @ W1 + b1) @ W2 + b2, target)
        return loss, torch.autograd.grad(loss, parameters)

    return repeated(step)


def classifier_jax(hidden: int) -> Step:
    jax = peers.jax()
    parameters = list(map(jax.numpy.array, weights(classifier(hidden))))
    x, target = sample(hidden)
    x = jax.numpy.array(x)

    @jax.jit
    @jax.value_and_grad
    def derived(parameters: Any) -> Any:
        W1, b1, W2, b2 = parameters
        return -jax.nn.log_softmax(jax.numpy.tanh(x @ W1 + b1) @ W2 + b2)[target]

    def step() -> Any:
        loss, gradient = derived(parameters)
        return loss.block_until_ready(), gradient

    return repeated(step)


def ruler() -> Step:
    return replace(xor.numpy_by_hand(), answer=None)


def epochs_of_xor(times: dict[str, Times]) -> str:
    shares = {name: ratio(times[name], times[RULER]) for name in (EAGER, DERIVED) if name in times}
    listed = "; ".join(f"{name}, {share:.2g}" for name, share in shares.items())
    return f"In XOR epochs of the NumPy derived by hand: {listed}."


MOONS = {
    EAGER: ours_on_moons,
    DERIVED: partial(ours_on_moons, **PYTHON),
    WASM: partial(ours_on_moons, **COMPILED),
    NUMBA: partial(ours_on_moons, **COMPILED_BY_NUMBA),
    "NumPy, derived by hand": numpy_on_moons,
    "micrograd": micrograd_on_moons,
    "micrograd, garbage collector off": without_collector(micrograd_on_moons),
    "PyTorch, eager": torch_on_moons,
}
CLASSIFIER = {
    EAGER: classifier_eager,
    DERIVED: classifier_derived,
    "NumPy, derived by hand": classifier_numpy,
    "PyTorch, eager": classifier_torch,
    "JAX, jitted": classifier_jax,
}
MOONS_WORKS = (
    Work(
        "micrograd's moons demo, MLP 2-16-16-1, hinge loss, 100 points: an epoch",
        {name: partial(make, 100) for name, make in MOONS.items()},
    ),
)
DIGITS_WORKS = (
    Work(
        "Digits-sized MLP 64-16-10, cross-entropy, one sample: value and all 1,210 gradients",
        {**{name: partial(make, 16) for name, make in CLASSIFIER.items()}, RULER: ruler},
        remark=epochs_of_xor,
    ),
)
