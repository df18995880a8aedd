"""A training run for others to run, a page say: the module that `fit` runs, and what it begins with."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import NamedTuple

from ..nn.batches import training
from ..optim import Optimizer
from .asked import Asked
from .beginning import begun
from .loops.derived import DerivedRun
from .loops.wasm_machine import Recipe


class Planned(NamedTuple):
    """A run that has not begun, its recipe, and its settings in words."""

    run: DerivedRun
    recipe: Recipe
    settings: str


def recipe_of(asked: Asked) -> Planned:
    """Return what `fit(..., engine="derived", backend="wasm")` would run that is asked for the same.

    Nothing of model, optimizer and schedule is changed. What `fit` refuses is refused here, and so is what
    it would leave to Values, which others do not have.

    >>> from autograd_scratch import MLP, SGD
    >>> from autograd_scratch.datasets import XOR
    >>> from autograd_scratch.training.asked import asked
    >>> recipe_of(asked(MLP(2, [4, 1], seed=0), XOR, optimizer=SGD(0.5), epochs=10)).settings
    'mse, SGD(lr=0.5)'
    """
    settings = asked.settings
    schedule = copy(asked.schedule)  # which may take note of how many steps there will be
    with _unchanged(asked.optimizer), training(asked.model):
        run = begun(replace(asked, engine="derived", backend="wasm", schedule=schedule))
        assert isinstance(run, DerivedRun)
        return Planned(run, run.recipe(), settings)


@contextmanager
def _unchanged(optimizer: Optimizer) -> Iterator[None]:
    """Leave an optimizer as it was, whatever a schedule sets."""
    scopes, began = optimizer.scopes(), dict(optimizer._began)
    try:
        yield
    finally:
        optimizer.restore(scopes)
        optimizer._began = began
