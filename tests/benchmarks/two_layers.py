"""A loss in NumPy, two layers of any width: its Program beside a backward pass by hand."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from autograd_scratch import derive

from . import peers
from .former import BEFORE, Former
from .ours import OURS
from .report import table
from .timing import Step, Work, measure, prepared, ratio, repeated

WIDTHS = (4, 16, 64, 256, 1024)
ROWS, INPUTS, CLASSES = 64, 8, 4
HAND = "NumPy, derived by hand"
PARAMETERS = ["W1", "b1", "W2", "b2"]


@cache
def numbers(width: int) -> Any:
    """Return parameters, inputs, and one-hot labels."""
    np = peers.module("numpy")
    rng = np.random.default_rng(width)
    parameters = [
        rng.normal(size=(INPUTS, width)) / INPUTS**0.5,
        rng.normal(size=width) / 10,
        rng.normal(size=(width, CLASSES)) / width**0.5,
        rng.normal(size=CLASSES) / 10,
    ]
    return parameters, rng.normal(size=(ROWS, INPUTS)), np.eye(CLASSES)[rng.integers(CLASSES, size=ROWS)]


def sigmoids(np: Any) -> Callable[..., Any]:
    """Two layers of sigmoids, and the mean of the squared errors, as tutorials have it."""

    def loss(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:
        a1 = 1 / (1 + np.exp(-(X @ W1 + b1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
        return np.mean((a2 - Y) ** 2)

    return loss


def sigmoids_by_hand(np: Any) -> Callable[..., Any]:
    def loss(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:
        a1 = 1 / (1 + np.exp(-(X @ W1 + b1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
        error = a2 - Y
        d2 = 2 / Y.size * error * a2 * (1 - a2)
        d1 = d2 @ W2.T * a1 * (1 - a1)
        return np.mean(error**2), (X.T @ d1, d1.sum(axis=0), a1.T @ d2, d2.sum(axis=0))

    return loss


def softmax(np: Any) -> Callable[..., Any]:
    """A layer of tanh, and a softmax classifier."""

    def loss(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:
        a1 = np.tanh(X @ W1 + b1)
        z2 = a1 @ W2 + b2
        e = np.exp(z2 - np.max(z2, axis=1, keepdims=True))
        p = e / np.sum(e, axis=1, keepdims=True)
        return -np.sum(Y * np.log(p)) / len(X)

    return loss


def softmax_by_hand(np: Any) -> Callable[..., Any]:
    def loss(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:
        a1 = np.tanh(X @ W1 + b1)
        z2 = a1 @ W2 + b2
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        d2 = (p - Y) / len(X)
        d1 = d2 @ W2.T * (1 - a1**2)
        loss = -(Y * np.log(p)).sum() / len(X)
        return loss, (X.T @ d1, d1.sum(axis=0), a1.T @ d2, d2.sum(axis=0))

    return loss


LOSSES = {
    "sigmoids, mean squared error": (sigmoids, sigmoids_by_hand),
    "tanh, softmax, cross-entropy": (softmax, softmax_by_hand),
}


def ours(name: str, width: int, **style: str) -> Step:
    parameters, X, Y = numbers(width)
    args = [*parameters, X, Y]
    called = derive(LOSSES[name][0](peers.module("numpy")), inputs=args, wrt=PARAMETERS, **style)
    return repeated(lambda: called(*args))


def exact(name: str, width: int) -> Step:
    return ours(name, width)


def textbook(name: str, width: int) -> Step:
    return ours(name, width, style="textbook")


def by_hand(name: str, width: int) -> Step:
    parameters, X, Y = numbers(width)
    called = LOSSES[name][1](peers.module("numpy"))
    return repeated(lambda: called(*parameters, X, Y))


def hips(name: str, width: int) -> Step:
    autograd, np = peers.module("autograd"), peers.module("autograd.numpy")
    parameters, X, Y = numbers(width)
    called = autograd.value_and_grad(LOSSES[name][0](np), argnum=(0, 1, 2, 3))
    return repeated(lambda: called(*parameters, X, Y))


def jax_jitted(name: str, width: int) -> Step:
    jax = peers.jax()
    parameters, X, Y = numbers(width)
    args = list(map(jax.numpy.array, [*parameters, X, Y]))
    called = jax.jit(jax.value_and_grad(LOSSES[name][0](jax.numpy), argnums=(0, 1, 2, 3)))
    return repeated(lambda: jax.block_until_ready(called(*args)))


def torch_eager(name: str, width: int) -> Step:
    torch = peers.torch()
    given, X, Y = numbers(width)
    parameters = [torch.tensor(p, requires_grad=True) for p in given]
    X, Y = torch.tensor(X), torch.tensor(Y)

    def step() -> Any:
        W1, b1, W2, b2 = parameters
        if name.startswith("tanh"):
            p = torch.softmax(torch.tanh(X @ W1 + b1) @ W2 + b2, 1)
            loss = -(Y * torch.log(p)).sum() / ROWS
        else:
            loss = ((torch.sigmoid(torch.sigmoid(X @ W1 + b1) @ W2 + b2) - Y) ** 2).mean()
        return loss, torch.autograd.grad(loss, parameters)

    return repeated(step)


ENGINES: dict[str, Callable[[str, int], Step]] = {
    f"{OURS}, exact": exact,
    f"{OURS}, textbook": textbook,
    HAND: by_hand,
    "HIPS autograd": hips,
    "PyTorch, eager": torch_eager,
    "JAX, jitted": jax_jitted,
}


LARGEST_BEFORE = 4  # with an equation for each number a wider one takes minutes to derive


def work(name: str, width: int) -> Work:
    return Work(
        f"{ROWS} rows, {INPUTS}-{width}-{CLASSES}, {name}: loss and gradients",
        {engine: partial(make, name, width) for engine, make in ENGINES.items()},
        alone=tuple(ENGINES) if width > LARGEST_BEFORE else (),
    )


WORKS = tuple(work(name, width) for name in LOSSES for width in WIDTHS)


def show(former: Former | None = None) -> list[str]:
    missing = []
    for name in LOSSES:
        print(f"### A loss in NumPy of {ROWS} rows, {INPUTS}-n-{CLASSES}, {name}: a call\n")
        columns = []
        for width in WIDTHS:
            each = work(name, width)
            steps, absent = prepared(former.beside(each) if former else each)
            missing += absent
            columns.append(measure(steps))
        engines = list(columns[0])
        table(
            ["n", *map(str, WIDTHS)],
            [[engine, *(str(times.get(engine, "")) for times in columns)] for engine in engines],
        )
        for engine in engines:
            if engine.startswith((OURS, BEFORE)) and HAND in engines:
                shares = [ratio(times[engine], times[HAND]) for times in columns if engine in times]
                print(f"- {engine} / {HAND}: {', '.join(f'{share:.2f}' for share in shares)}.")
        print(flush=True)
    return missing
