"""A recurrent network that predicts the next character: its Program beside a backward pass by hand."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from autograd_scratch import derive

from . import peers
from .ours import OURS
from .timing import Step, Work, repeated

ROUNDS = 25
SIZES = ((10, 16), (60, 100))  # characters, and units of the state
HAND = "NumPy, derived by hand"
PARAMETERS = ["Wx", "Wh", "Wy", "bh", "by"]


@cache
def numbers(characters: int, units: int) -> Any:
    """Return parameters, the characters of a text, one-hot, and the one after each."""
    np = peers.module("numpy")
    rng = np.random.default_rng(units)
    shapes = [(units, characters), (units, units), (characters, units)]
    weights = [rng.normal(size=shape) / shape[1] ** 0.5 for shape in shapes]
    text = rng.integers(characters, size=ROUNDS + 1)
    return [*weights, np.zeros(units), np.zeros(characters)], np.eye(characters)[text[:-1]], text[1:]


def loss_of(np: Any, characters: int, units: int) -> Callable[..., Any]:
    """Return the loss of a text, as people write it: round by round."""
    _, X, following = numbers(characters, units)

    def loss(Wx: Any, Wh: Any, Wy: Any, bh: Any, by: Any) -> Any:
        h = np.zeros(units)
        total = 0.0
        for t in range(ROUNDS):
            h = np.tanh(Wx @ X[t] + Wh @ h + bh)
            e = np.exp(Wy @ h + by)
            total = total - np.log(e[following[t]] / np.sum(e))
        return total

    return loss


def exact(characters: int, units: int) -> Step:
    return ours(characters, units)


def textbook(characters: int, units: int) -> Step:
    return ours(characters, units, style="textbook")


def ours(characters: int, units: int, **style: str) -> Step:
    parameters, _, _ = numbers(characters, units)
    loss = loss_of(peers.module("numpy"), characters, units)
    called = derive(loss, inputs=parameters, wrt=PARAMETERS, **style)
    return repeated(lambda: called(*parameters))


def by_hand(characters: int, units: int) -> Step:
    np = peers.module("numpy")
    parameters, X, following = numbers(characters, units)

    def step() -> Any:
        Wx, Wh, Wy, bh, by = parameters
        states, shares, total = {-1: np.zeros(units)}, {}, 0.0
        for t in range(ROUNDS):
            states[t] = np.tanh(Wx @ X[t] + Wh @ states[t - 1] + bh)
            e = np.exp(Wy @ states[t] + by)
            shares[t] = e / np.sum(e)
            total -= np.log(shares[t][following[t]])
        dWx, dWh, dWy, dbh, dby = map(np.zeros_like, parameters)
        later = np.zeros(units)
        for t in reversed(range(ROUNDS)):
            dy = shares[t].copy()
            dy[following[t]] -= 1
            dWy += np.outer(dy, states[t])
            dby += dy
            dz = (Wy.T @ dy + later) * (1 - states[t] ** 2)
            dWx += np.outer(dz, X[t])
            dWh += np.outer(dz, states[t - 1])
            dbh += dz
            later = Wh.T @ dz
        return total, (dWx, dWh, dWy, dbh, dby)

    return repeated(step)


def hips(characters: int, units: int) -> Step:
    autograd, np = peers.module("autograd"), peers.module("autograd.numpy")
    parameters, _, _ = numbers(characters, units)
    called = autograd.value_and_grad(loss_of(np, characters, units), argnum=(0, 1, 2, 3, 4))
    return repeated(lambda: called(*parameters))


def jax_jitted(characters: int, units: int) -> Step:
    jax = peers.jax()
    parameters, _, _ = numbers(characters, units)
    args = list(map(jax.numpy.array, parameters))
    loss = loss_of(jax.numpy, characters, units)
    called = jax.jit(jax.value_and_grad(loss, argnums=(0, 1, 2, 3, 4)))
    return repeated(lambda: jax.block_until_ready(called(*args)))


def torch_eager(characters: int, units: int) -> Step:
    torch = peers.torch()
    given, X, following = numbers(characters, units)
    parameters = [torch.tensor(p, requires_grad=True) for p in given]
    X, following = torch.tensor(X), torch.tensor(following)

    def step() -> Any:
        Wx, Wh, Wy, bh, by = parameters
        h, logits = torch.zeros(units, dtype=torch.float64), []
        for t in range(ROUNDS):
            h = torch.tanh(Wx @ X[t] + Wh @ h + bh)
            logits.append(Wy @ h + by)
        loss = torch.nn.functional.cross_entropy(torch.stack(logits), following, reduction="sum")
        return loss, torch.autograd.grad(loss, parameters)

    return repeated(step)


ENGINES: dict[str, Callable[[int, int], Step]] = {
    f"{OURS}, exact": exact,
    f"{OURS}, textbook": textbook,
    HAND: by_hand,
    "HIPS autograd": hips,
    "PyTorch, eager": torch_eager,
    "JAX, jitted": jax_jitted,
}

WORKS = tuple(
    Work(
        f"{ROUNDS} characters of {characters}, {units} units, a recurrent network: loss and gradients",
        {engine: partial(make, characters, units) for engine, make in ENGINES.items()},
        alone=tuple(ENGINES),
    )
    for characters, units in SIZES
)
