"""Two Hessians: Rosenbrock's function in ten dimensions, and the loss of the XOR network by its 17 weights.

A function takes a vector and the module that has its `exp`, and uses operators otherwise.
"""

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import autograd_scratch
from autograd_scratch import derive, hessian
from autograd_scratch.datasets import XOR

from . import peers
from .ours import DERIVED, EAGER
from .timing import Step, Work, repeated

Function = Callable[[Any, Any], Any]


def rosenbrock(x: Any, np: Any) -> Any:
    return sum(100.0 * (x[i + 1] - x[i] * x[i]) ** 2 + (1.0 - x[i]) ** 2 for i in range(9))


def xor_loss(p: Any, np: Any) -> Any:
    """The loss of 2-4-1 sigmoids by all parameters, sample by sample."""

    def sigmoid(z: Any) -> Any:
        return 1.0 / (1.0 + np.exp(-z))

    total = 0.0
    for (x1, x2), y in XOR:
        h = [sigmoid(x1 * p[j] + x2 * p[4 + j] + p[8 + j]) for j in range(4)]
        total = total + (sigmoid(sum(p[12 + j] * h[j] for j in range(4)) + p[16]) - y) ** 2
    return total / 4.0


def xor_loss_at_once(p: Any, np: Any) -> Any:
    """The same, with matrices: how it is written where each operation has its price."""
    x, y = np.array([x for x, _ in XOR]), np.array([y for _, y in XOR])
    h = 1.0 / (1.0 + np.exp(-(x @ p[:8].reshape(2, 4) + p[8:12])))
    return ((1.0 / (1.0 + np.exp(-(h @ p[12:16] + p[16]))) - y) ** 2).mean()


def rosenbrock_at_once(x: Any, np: Any) -> Any:
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def start(size: int) -> list[float]:
    draw = Random(0)
    return [draw.uniform(-1.0, 1.0) for _ in range(size)]


def ours(scalar: Function, arrays: Function, size: int) -> Step:
    x = start(size)
    return repeated(lambda: hessian(lambda x: scalar(x, autograd_scratch))(x))


def derived(scalar: Function, arrays: Function, size: int) -> Step:
    x = start(size)
    called = derive(lambda x: scalar(x, autograd_scratch), inputs=[x], order=2)
    return repeated(lambda: called(x), lambda answer: answer[-1])


def hips(scalar: Function, arrays: Function, size: int) -> Step:
    autograd, np = peers.module("autograd"), peers.module("autograd.numpy")
    x, of = np.array(start(size)), autograd.hessian(lambda x: arrays(x, np))
    return repeated(lambda: of(x))


def torch_eager(scalar: Function, arrays: Function, size: int) -> Step:
    torch = peers.torch()
    torch.array = partial(torch.tensor, dtype=torch.float64)
    x = torch.array(start(size))
    return repeated(lambda: torch.autograd.functional.hessian(lambda x: arrays(x, torch), x))


def jax_jitted(scalar: Function, arrays: Function, size: int) -> Step:
    jax = peers.jax()
    x, of = jax.numpy.array(start(size)), jax.jit(jax.hessian(lambda x: arrays(x, jax.numpy)))
    return repeated(lambda: of(x).block_until_ready())


def casadi(scalar: Function, arrays: Function, size: int) -> Step:
    casadi = peers.module("casadi")
    symbols = casadi.SX.sym("x", size)
    of = casadi.Function("hessian", [symbols], [casadi.hessian(scalar(symbols, casadi), symbols)[0]])
    x = casadi.DM(start(size))
    return repeated(lambda: of(x), lambda answer: answer.full())


def by_hand(scalar: Function, arrays: Function, size: int) -> Step:
    """Rosenbrock's alone, as a formula."""
    np = peers.module("numpy")
    x = np.array(start(size))

    def step() -> Any:
        diagonal = np.zeros(size)
        diagonal[:-1] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
        diagonal[1:] += 200.0
        beside = np.diag(-400.0 * x[:-1], 1)
        return np.diag(diagonal) + beside + beside.T

    return repeated(step)


ENGINES = {
    EAGER: ours,
    DERIVED: derived,
    "HIPS autograd": hips,
    "PyTorch, eager": torch_eager,
    "JAX, jitted": jax_jitted,
    "CasADi, a prepared function": casadi,
}
WORKS = (
    Work(
        "The Hessian of Rosenbrock's function in 10 dimensions",
        {
            name: partial(make, rosenbrock, rosenbrock_at_once, 10)
            for name, make in {**ENGINES, "NumPy, derived by hand": by_hand}.items()
        },
    ),
    Work(
        "The Hessian of the XOR network's loss by its 17 parameters",
        {name: partial(make, xor_loss, xor_loss_at_once, 17) for name, make in ENGINES.items()},
    ),
)
