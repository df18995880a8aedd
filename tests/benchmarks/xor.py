"""XOR, 2-4-1 sigmoids, mean squared error, descent on all four samples at once.

Every engine is a function that trains from the same weights for a number of epochs, and returns the loss of
each epoch, and the weights: two matrices [in][out] and two rows of biases, as the tutorials have them.
"""

import math
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from autograd_scratch.datasets import XOR
from autograd_scratch.program.compilation import compiled_by_numba
from autograd_scratch.program.wasm import engine as engine_of_wasm

from . import peers, xor_compiled
from .ours import (
    COMPILED,
    COMPILED_BY_NUMBA,
    DERIVED,
    EAGER,
    NUMBA,
    PYTHON,
    WASM,
    fitting,
    training,
)
from .timing import Step, Work, repeated
from .xor_start import LOOP, LR, X, Y, fresh, start, weights


def ours(**engine: str) -> Step:
    return fitting(fresh, XOR, "mse", LR, weights, **engine)


def numpy_by_hand() -> Step:
    """As a tutorial writes it."""
    np = peers.module("numpy")
    x, y = np.array(X), np.array(Y)

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    def train(epochs: int) -> Any:
        W1, b1, W2, b2 = map(np.array, start())
        losses = []
        for _ in range(epochs):
            a1 = sigmoid(x @ W1 + b1)
            a2 = sigmoid(a1 @ W2 + b2)
            losses.append(np.mean((a2 - y) ** 2))
            d2 = 2 * (a2 - y) / len(x) * a2 * (1 - a2)
            d1 = d2 @ W2.T * a1 * (1 - a1)
            W2 -= LR * (a1.T @ d2)
            b2 -= LR * d2.sum(axis=0)
            W1 -= LR * (x.T @ d1)
            b1 -= LR * d1.sum(axis=0)
        return losses, [W1, b1, W2, b2]

    return training(train)


def micrograd() -> Step:
    """With its own layers, and a sigmoid written in the way of its relu: it has neither that nor exp."""
    engine = peers.micrograd()

    def sigmoid(z: Any) -> Any:
        out = engine.Value(1 / (1 + math.exp(-z.data)), (z,), "sigmoid")

        def _backward() -> None:
            z.grad += out.data * (1 - out.data) * out.grad

        out._backward = _backward
        return out

    def train(epochs: int) -> Any:
        layers = [engine.Layer(2, 4, nonlin=False), engine.Layer(4, 1, nonlin=False)]
        for layer, own in zip(layers, fresh().layers):
            for neuron, like in zip(layer.neurons, own.neurons):
                neuron.w, neuron.b = [engine.Value(w.data) for w in like.w], engine.Value(like.b.data)
        parameters = [p for layer in layers for p in layer.parameters()]
        losses = []
        for _ in range(epochs):
            predictions = [sigmoid(layers[1](list(map(sigmoid, layers[0](x))))) for x in X]
            loss = sum((p - y) ** 2 for p, (y,) in zip(predictions, Y)) / len(Y)
            for p in parameters:
                p.grad = 0
            loss.backward()
            for p in parameters:
                p.data -= LR * p.grad
            losses.append(loss.data)
        return losses, weights(SimpleNamespace(layers=layers))

    return training(train)


def torch_eager() -> Step:
    torch = peers.torch()
    x, y = (torch.tensor(numbers, dtype=torch.float64) for numbers in (X, Y))

    def train(epochs: int) -> Any:
        parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in start()]
        W1, b1, W2, b2 = parameters
        losses = []
        for _ in range(epochs):
            a2 = torch.sigmoid(torch.sigmoid(x @ W1 + b1) @ W2 + b2)
            loss = ((a2 - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                for p in parameters:
                    p -= LR * p.grad
                    p.grad = None
            losses.append(loss.item())
        return losses, parameters

    return training(train)


def hips() -> Step:
    autograd, np = peers.module("autograd"), peers.module("autograd.numpy")
    x, y = np.array(X), np.array(Y)

    def loss_of(parameters: Any) -> Any:
        W1, b1, W2, b2 = parameters
        a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
        a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
        return np.mean((a2 - y) ** 2)

    value_and_grad = autograd.value_and_grad(loss_of)

    def train(epochs: int) -> Any:
        parameters = [np.array(p) for p in start()]
        losses = []
        for _ in range(epochs):
            loss, gradient = value_and_grad(parameters)
            parameters = [p - LR * g for p, g in zip(parameters, gradient)]
            losses.append(loss)
        return losses, parameters

    return training(train)


def from_nothing(make: Any) -> Step:
    """Return the Step that makes a trainer and trains with it, all of it counted."""
    make()(2)  # what is missing, is missed here; and imports are not counted

    def answer() -> Any:
        losses, weights = make()(LOOP)
        return losses[-1], weights

    return replace(repeated(lambda: make()(LOOP)), answer=answer, once=True)


def _fit_from_nothing(**engine: str) -> Any:
    compiled_by_numba.cache_clear()
    engine_of_wasm.binary.cache_clear()
    engine_of_wasm._compiled.cache_clear()
    return fitting(fresh, XOR, "mse", LR, weights, **engine).run


WORKS = (
    Work(
        "XOR 2-4-1, an epoch: value, gradient, update",
        {
            EAGER: ours,
            DERIVED: partial(ours, **PYTHON),
            WASM: partial(ours, **COMPILED),
            NUMBA: partial(ours, **COMPILED_BY_NUMBA),
            "NumPy, derived by hand": numpy_by_hand,
            "micrograd": micrograd,
            "HIPS autograd": hips,
            "PyTorch, eager": torch_eager,
            "JAX, a jitted step called from Python": xor_compiled.jax_called,
            "JAX, fori_loop of 10,000 epochs": xor_compiled.jax_loop,
            "the same, which keeps the last loss only": partial(xor_compiled.jax_loop, keeps_losses=False),
            "CasADi, a function called from Python": xor_compiled.casadi_called,
            "CasADi, mapaccum of 10,000 epochs": xor_compiled.casadi_loop,
            "C by hand, gcc -O3 (the limit)": xor_compiled.c,
        },
    ),
    Work(
        "XOR 2-4-1, 10,000 epochs from nothing: record, derive, compile, train",
        {
            DERIVED: partial(from_nothing, partial(_fit_from_nothing, **PYTHON)),
            WASM: partial(from_nothing, partial(_fit_from_nothing, **COMPILED)),
            NUMBA: partial(from_nothing, partial(_fit_from_nothing, **COMPILED_BY_NUMBA)),
            "NumPy, derived by hand": partial(from_nothing, lambda: numpy_by_hand().run),
            "JAX, fori_loop": partial(from_nothing, xor_compiled.jax_trainer),
            "CasADi, mapaccum": partial(from_nothing, xor_compiled.casadi_trainer),
        },
        tolerance=1e-6,
    ),
)
