"""Networks trained by `fit`, many rows at once, beside NumPy by hand: an epoch of each."""

import random
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from autograd_scratch import MLP
from autograd_scratch.datasets import moons
from autograd_scratch.training.orders import order_of

from . import peers
from .ours import COMPILED, COMPILED_BY_NUMBA, DERIVED, EAGER, NUMBA, PYTHON, WASM, fitting, training
from .timing import Step, Work
from .xor_start import weights

LR = 0.1
SMALL, LARGE = (100, 16), (1_000, 64)  # points, and the width of both hidden layers
ROWS, BATCH, SEED = 320, 32, 7
CHECKED = 3  # epochs


def tanh_net(width: int = SMALL[1]) -> MLP:
    return MLP(2, [width, width, 1], "tanh", "tanh", seed=1337)


def classifier() -> MLP:
    return MLP(64, [16, 10], "tanh", seed=0)


@cache
def start(fresh: Callable[..., MLP], *sizes: int) -> list[Any]:
    return weights(fresh(*sizes))


@cache
def pictures() -> list[tuple[list[float], int]]:
    """Return made-up pictures of 8 by 8 points, with their classes."""
    draw = random.Random(0)
    return [([draw.random() for _ in range(64)], draw.randrange(10)) for _ in range(ROWS)]


def ours_on_moons(points: int, width: int, **engine: str) -> Step:
    fresh = partial(tanh_net, width)
    return fitting(fresh, moons(points, seed=1), "mse", LR, weights, CHECKED, **engine)


def numpy_on_moons(points: int, width: int) -> Step:
    np = peers.module("numpy")
    data = moons(points, seed=1)
    x, y = np.array([x for x, _ in data]), np.array([[y] for _, y in data])

    def train(epochs: int) -> Any:
        W1, b1, W2, b2, W3, b3 = map(np.array, start(tanh_net, width))
        losses = []
        for _ in range(epochs):
            a1 = np.tanh(x @ W1 + b1)
            a2 = np.tanh(a1 @ W2 + b2)
            a3 = np.tanh(a2 @ W3 + b3)
            error = a3 - y
            losses.append((error**2).mean())
            d3 = 2 / len(x) * error * (1 - a3**2)
            d2 = d3 @ W3.T * (1 - a2**2)
            d1 = d2 @ W2.T * (1 - a1**2)
            W3 -= LR * (a2.T @ d3)
            b3 -= LR * d3.sum(axis=0)
            W2 -= LR * (a1.T @ d2)
            b2 -= LR * d2.sum(axis=0)
            W1 -= LR * (x.T @ d1)
            b1 -= LR * d1.sum(axis=0)
        return losses, [W1, b1, W2, b2, W3, b3]

    return training(train, checked=CHECKED)


def torch_on_moons(points: int, width: int) -> Step:
    torch = peers.torch()
    data = moons(points, seed=1)
    x = torch.tensor([x for x, _ in data], dtype=torch.float64)
    y = torch.tensor([[y] for _, y in data], dtype=torch.float64)

    def train(epochs: int) -> Any:
        parameters = [
            torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in start(tanh_net, width)
        ]
        W1, b1, W2, b2, W3, b3 = parameters
        losses = []
        for _ in range(epochs):
            a2 = torch.tanh(torch.tanh(x @ W1 + b1) @ W2 + b2)
            loss = ((torch.tanh(a2 @ W3 + b3) - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                for p in parameters:
                    p -= LR * p.grad
                    p.grad = None
            losses.append(loss.item())
        return losses, parameters

    return training(train, checked=CHECKED)


def ours_on_pictures(**engine: Any) -> Step:
    options = {"batch_size": BATCH, "seed": SEED, **engine}
    return fitting(classifier, pictures(), "cross_entropy", LR, weights, CHECKED, **options)


def numpy_on_pictures() -> Step:
    """In the order in which `fit` shuffles."""
    np = peers.module("numpy")
    X, T = np.array([x for x, _ in pictures()]), np.array([t for _, t in pictures()])

    def train(epochs: int) -> Any:
        W1, b1, W2, b2 = map(np.array, start(classifier))
        losses = []
        for epoch in range(epochs):
            order = order_of(random.Random(SEED).getrandbits(48), epoch, len(X))
            total = 0.0
            for first in range(0, len(X), BATCH):
                rows = order[first : first + BATCH]
                x, t = X[rows], T[rows]
                each = np.arange(len(x))
                a1 = np.tanh(x @ W1 + b1)
                z2 = a1 @ W2 + b2
                e = np.exp(z2 - z2.max(axis=1, keepdims=True))
                p = e / e.sum(axis=1, keepdims=True)
                total += -np.log(p[each, t]).mean()
                d2 = p
                d2[each, t] -= 1
                d2 /= len(x)
                d1 = d2 @ W2.T * (1 - a1**2)
                W2 -= LR * (a1.T @ d2)
                b2 -= LR * d2.sum(axis=0)
                W1 -= LR * (x.T @ d1)
                b1 -= LR * d1.sum(axis=0)
            losses.append(total / (len(X) // BATCH))
        return losses, [W1, b1, W2, b2]

    return training(train, checked=CHECKED)


def torch_on_pictures() -> Step:
    torch = peers.torch()
    X = torch.tensor([x for x, _ in pictures()], dtype=torch.float64)
    T = torch.tensor([t for _, t in pictures()])

    def train(epochs: int) -> Any:
        parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in start(classifier)]
        W1, b1, W2, b2 = parameters
        losses = []
        for epoch in range(epochs):
            order = order_of(random.Random(SEED).getrandbits(48), epoch, len(X))
            total = 0.0
            for first in range(0, len(X), BATCH):
                rows = order[first : first + BATCH]
                scores = torch.tanh(X[rows] @ W1 + b1) @ W2 + b2
                loss = torch.nn.functional.cross_entropy(scores, T[rows])
                loss.backward()
                with torch.no_grad():
                    for p in parameters:
                        p -= LR * p.grad
                        p.grad = None
                total += loss.item()
            losses.append(total / (len(X) // BATCH))
        return losses, parameters

    return training(train, checked=CHECKED)


def jax_on_pictures() -> Step:
    """A jitted step for each batch."""
    jax = peers.jax()
    np = jax.numpy
    X, T = np.array([x for x, _ in pictures()]), np.array([t for _, t in pictures()])

    @jax.jit
    def step(parameters: Any, x: Any, t: Any) -> Any:
        def loss_of(parameters: Any) -> Any:
            W1, b1, W2, b2 = parameters
            scores = jax.nn.log_softmax(np.tanh(x @ W1 + b1) @ W2 + b2)
            return -np.take_along_axis(scores, t[:, None], 1).mean()

        loss, gradient = jax.value_and_grad(loss_of)(parameters)
        return [p - LR * g for p, g in zip(parameters, gradient)], loss

    def train(epochs: int) -> Any:
        parameters = list(map(np.array, start(classifier)))
        losses = []
        for epoch in range(epochs):
            order = order_of(random.Random(SEED).getrandbits(48), epoch, len(X))
            total = 0.0
            for first in range(0, len(X), BATCH):
                rows = np.array(order[first : first + BATCH])
                parameters, loss = step(parameters, X[rows], T[rows])
                total += float(loss)
            losses.append(total / (len(X) // BATCH))
        return losses, parameters

    return training(train, checked=CHECKED)


def engines(fit: Callable[..., Step], **peer: Callable[[], Step]) -> dict[str, Callable[[], Step]]:
    named = {"numpy": "NumPy, derived by hand", "torch": "PyTorch, eager", "jax": "JAX, a jitted step"}
    return {
        EAGER: fit,
        DERIVED: partial(fit, **PYTHON),
        WASM: partial(fit, **COMPILED),
        NUMBA: partial(fit, **COMPILED_BY_NUMBA),
        **{named[name]: make for name, make in peer.items()},
    }


def on_moons(points: int, width: int) -> Work:
    return Work(
        f"MLP 2-{width}-{width}-1, tanh, mean squared error, {points:,} points: an epoch of fit",
        engines(
            partial(ours_on_moons, points, width),
            numpy=partial(numpy_on_moons, points, width),
            torch=partial(torch_on_moons, points, width),
        ),
    )


WORKS = (
    on_moons(*SMALL),
    on_moons(*LARGE),
    Work(
        f"MLP 64-16-10, cross-entropy, {ROWS} rows in shuffled batches of {BATCH}: an epoch of fit",
        engines(ours_on_pictures, numpy=numpy_on_pictures, torch=torch_on_pictures, jax=jax_on_pictures),
        alone=(NUMBA,),
    ),
)
