"""This engine, in all the ways in which it runs."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autograd_scratch import SGD, Value, derive, fit

from .peers import module
from .timing import Step, repeated

OURS = "autograd_scratch"
EAGER, DERIVED = f"{OURS}, eager", f"{OURS}, derived"
NUMBA, WASM = f"{DERIVED}, numba", f"{DERIVED}, WebAssembly"
PYTHON, COMPILED_BY_NUMBA, COMPILED = (  # arguments of fit
    {"engine": "derived", "backend": backend} for backend in ("python", "numba", "wasm")
)


def training(train: Callable[[int], Any], per: int = 1, marginal: bool = False, checked: int = 100) -> Step:
    """Return the Step of `train`, a function of the number of epochs, which returns losses and weights.

    It starts from the same weights each time. Compared are the last loss and the weights after `checked`
    epochs. With `per` it always trains for so many in one call.
    """

    def run(n: int) -> None:
        for _ in range(n):
            train(per)

    def answer() -> Any:
        losses, weights = train(checked)
        return losses[-1], weights

    return Step(train if per == 1 else run, answer, per, marginal)


def fitting(
    fresh: Callable[[], Any],
    data: Any,
    loss: Any,
    lr: float,
    weights: Callable[[Any], Any],
    checked: int = 100,
    **engine: str,
) -> Step:
    """Return the Step that fits a `fresh()` model, by the eager engine or, `engine="derived"`, another one.

    Deriving and compiling are not counted: what they cost is in the workload that begins from nothing.
    """
    if engine.get("backend") == "numba":
        module("numba")

    def train(epochs: int) -> Any:
        model = fresh()
        history = fit(model, data, loss=loss, optimizer=SGD(lr), epochs=epochs, **engine)
        return history.losses, weights(model)

    return training(train, marginal=True, checked=checked)


def without_collector(make: Callable[..., Step]) -> Callable[..., Step]:
    """Return `make` with the garbage collector off during its steps."""

    def maker(*args: Any) -> Step:
        step = make(*args)

        def run(n: int) -> None:
            gc.disable()
            try:
                step.run(n)
            finally:
                gc.enable()

        return replace(step, run=run)

    return maker


def program(loss: Value, wrt: Sequence[Value], inputs: Sequence[Value] = ()) -> Step:
    """Return the Step that calls the Program of a recorded loss, for its value and gradient."""
    called = derive(loss, wrt=list(wrt), inputs=list(inputs))
    at, rest = [p.data for p in wrt], [x.data for x in inputs]
    return repeated(lambda: called(at, *rest))


def eager(build: Callable[[], Value], wrt: Sequence[Value]) -> Step:
    """Return the Step that builds a loss and goes back through it."""

    def step() -> Value:
        for p in wrt:
            p.zero_grad()
        loss = build()
        loss.backward()
        return loss

    return repeated(step, lambda loss: (loss.data, [p.grad for p in wrt]))
