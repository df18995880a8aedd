"""What trains in a page: the module that `fit` runs, and all that goes with it, as data for JSON.

All weights of a model, in one order, are the parameters as `parameters_of(model, frozen=True)` has them,
each once, and then the numbers of its buffers. Places are offsets in bytes. What is `packed` is deflated,
and then base64.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from struct import pack
from typing import Any
from zlib import compress

from ...arrays.containers import entries
from ...errors import MissingPackageError, RangeError
from ...ieee import describe, whole
from ...nn import Module
from ...nn.losses import Loss
from ...nn.parameter import Parameter
from ...nn.search import parameters_of
from ...nn.shapes import as_lists
from ...nn.states import Buffer, buffers_of, entries_of
from ...optim import LRScheduler, Optimizer
from ...program.wasm.engine import binary
from ...program.wasm.operations import NoFormError
from ...rows import taken_as_pairs
from ...training.asked import Model, asked
from ...training.recipes import Planned, recipe_of
from ...value import Value
from .boundary import boundary_of

CONSTANT = -1  # the place of what does not move
MOST_EPOCHS = 1_000_000  # whose losses a page keeps
MOST_BYTES = 10_000_000  # of the data of a page


def training_of(
    model: Model,
    data: Iterable[Any],
    y: Iterable[Any] | None = None,
    *,
    loss: str | Loss = "mse",
    optimizer: Optimizer,
    epochs: int = 2_000,
    batch_size: int | None = None,
    schedule: LRScheduler | None = None,
    schedule_per: str | None = None,
    level: float | None = None,
) -> dict[str, Any]:
    """Return what trains a model in a page, as `fit(..., engine="derived", backend="wasm")` does.

    Each epoch goes through the rows in their order. Of a model of two inputs the page draws the boundary,
    at a `level` as `plot_boundary` takes it. What `fit` refuses, or what code alone cannot do, is refused;
    nothing is changed of what is given.
    """
    if whole(epochs, "epochs", 1) > MOST_EPOCHS:
        raise RangeError(f"a page trains for at most {MOST_EPOCHS:,} epochs, not {describe(epochs)}")
    what = asked(
        model,
        data,
        y,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        schedule=schedule,
        schedule_per=schedule_per,
    )
    try:
        with taken_as_pairs(what.inputs, y):
            planned = recipe_of(what)
    except MissingPackageError as fault:
        raise MissingPackageError(
            "a page that trains needs wasmtime to be written: pip install wasmtime; or draw without data"
        ) from fault
    except NoFormError as fault:
        lacks = str(fault).partition("; ")[0]
        raise NoFormError(f"{lacks}, and a page trains with nothing else; draw without data") from fault
    run, recipe = planned.run, planned.recipe
    memory = [(place, packed(content)) for place, content in recipe.memory]
    size = sum(len(content) for _, content in memory)
    if size > MOST_BYTES:
        raise RangeError(
            f"the rows would make a page of {size:,} bytes, and at most {MOST_BYTES:,} are taken: give "
            "some of the rows"
        )
    weights = _Weights(model)
    boundary, lacks = boundary_of(run, weights.parameters, weights.buffers, _level(loss, level))
    if boundary is not None:
        boundary |= {key: packed(boundary[key]) for key in ("module", "points", "classes")}
    return {
        "about": planned.settings,
        "epochs": run.asked.epochs,
        "batches": run.asked.steps,
        "module": packed(binary(recipe.text)),
        "size": recipe.size,
        "memory": memory,
        "kept": recipe.kept,
        "cells": {name: recipe.cells[name] for name in ("epoch", "blocks", "is_finite")},
        "losses": recipe.losses,
        "most": recipe.at_once,
        "blocks": recipe.blocks,
        "weights": packed(doubles(weights.numbers)),
        "places": packed(pack(f"<{len(weights.numbers)}i", *weights.places(planned))),
        "entries": weights.entries,
        "loads": isinstance(model, Module),
        "boundary": boundary,
        "lacks": lacks,
    }


class _Weights:
    """All weights of a model, and its state in terms of them: path, shape and where the numbers are.

    That is the first one's number, or the number of each where they do not follow one another.
    """

    def __init__(self, model: Any) -> None:
        is_module = isinstance(model, Module)
        state: dict[str, Any] = entries_of(model) if is_module else {}
        held = [leaf for entry in state.values() for leaf in _leaves(entry)]
        self.parameters = [*dict.fromkeys([*parameters_of(model, frozen=True), *held])]
        self.buffers = buffers_of(model)
        self._of_buffers = {(id(b.module), b.name): _numbers(b) for b in self.buffers}
        self.numbers = [p.data for p in self.parameters]
        order = {p: i for i, p in enumerate(self.parameters)}
        self._firsts: dict[tuple[int, str], int] = {}
        for key, numbers in self._of_buffers.items():
            self._firsts[key] = len(self.numbers)
            self.numbers += numbers
        self._order = order
        if is_module:
            self.entries = [self._entry(path, entry) for path, entry in state.items()]
        else:
            own = [order[p] for p in parameters_of(model)]
            self.entries = [_entry("", [len(own)], own)]

    def places(self, planned: Planned) -> list[int]:
        """Return where in memory each number is, as far as it moves."""
        found = [CONSTANT] * len(self.numbers)
        moving = [self._order[p] for p in planned.run.moving]
        carried = [
            self._firsts[id(b.module), b.name] + i
            for b in planned.run.carried
            for i, _ in enumerate(_numbers(b))
        ]
        rest = len(planned.recipe.numbers) - len(carried)  # which may have one parameter more
        for i, place in zip(moving, planned.recipe.numbers):
            found[i] = place
        for i, place in zip(carried, planned.recipe.numbers[rest:]):
            found[i] = place
        return found

    def _entry(self, path: str, entry: Value | Parameter | Buffer) -> list[Any]:
        if isinstance(entry, Buffer):
            first = self._firsts[id(entry.module), entry.name]
            _, shape = as_lists(entry.data, path)
            return _entry(path, shape, [*range(first, first + len(_numbers(entry)))])
        shape = entry.shape if isinstance(entry, Parameter) else ()
        return _entry(path, shape, [self._order[leaf] for leaf in _leaves(entry)])


def _entry(path: str, shape: Sequence[int], indices: list[int]) -> list[Any]:
    first = indices[0] if indices else 0
    follow = indices == [*range(first, first + len(indices))]
    return [path, [*shape], first if follow else indices]


def _leaves(entry: Any) -> list[Value]:
    if isinstance(entry, Parameter):
        return [*entry.leaves]
    return [entry] if isinstance(entry, Value) else []


def _numbers(buffer: Buffer) -> list[float]:
    return [float(number) for _, number in entries(buffer.data)]


def _level(loss: Any, level: float | None) -> float | None:
    """Return the output that divides two classes: 0 for logits, if nobody says another one."""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    return 0.0 if level is None and "logits" in name.lower() else level


def doubles(numbers: Sequence[float]) -> bytes:
    """Return numbers as little-endian floats of 64 bits."""
    return pack(f"<{len(numbers)}d", *numbers)


def packed(content: bytes) -> str:
    """Return bytes as text for JSON."""
    return b64encode(compress(content, 9)).decode()
