"""How a model and an optimizer are lent for a trial, and given back as they were, whatever happens."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

from ..nn.search import models_in, parameters_of
from ..nn.states import buffers_of, copied
from ..node import set_data, set_grad
from ..optim import Optimizer

Step = Callable[[], object]


@contextmanager
def borrowed(model: Any, optimizer: Optimizer | None = None) -> Iterator[None]:
    """Put back after the block: numbers, gradients, modes, buffers and attributes of a model, and chance.

    Of an optimizer, settings and memory. Leaves that the optimizer alone has are put back too.

    >>> from autograd_scratch import MLP, SGD, fit
    >>> model, optimizer = MLP(1, [1], seed=0), SGD(0.1, momentum=0.9)
    >>> before = model.state_dict()
    >>> with borrowed(model, optimizer):
    ...     history = fit(model, [([1.0], 5.0)], optimizer=optimizer, epochs=3)
    >>> model.state_dict() == before, optimizer.recall(model.parameters()[0])
    (True, (0, (0.0,)))
    """
    steps = [*_of_model(model, optimizer), *_of_optimizer(optimizer), *_of_chance()]
    try:
        yield
    finally:
        _carry_out(steps)


def _of_model(model: Any, optimizer: Optimizer | None) -> Iterator[Step]:
    """Yield what puts a model back to what it is now."""
    leaves = list(dict.fromkeys([*parameters_of(model, frozen=True), *held_by(optimizer)]))
    numbers, gradients = [leaf._data for leaf in leaves], [leaf._grad for leaf in leaves]
    yield lambda: any(map(set_data, leaves, numbers))
    yield lambda: any(map(set_grad, leaves, gradients))
    for buffer in buffers_of(model):
        yield partial(setattr, buffer, "held", copied(buffer.data))
    for part in models_in(model):
        attributes = getattr(part, "__dict__", {})
        for thing in attributes.values():
            if isinstance(thing, Random):
                yield partial(thing.setstate, thing.getstate())
        yield partial(_refill, attributes, dict(attributes))


def _refill(attributes: dict[str, Any], before: dict[str, Any]) -> None:
    """Let attributes be what they were; they are never gone in between."""
    attributes.update(before)
    for name in attributes.keys() - before.keys():
        del attributes[name]


def _of_optimizer(optimizer: Optimizer | None) -> Iterator[Step]:
    """Yield what puts an optimizer back: its settings, and what it remembers."""
    if optimizer is not None:
        kept = {"_memory": optimizer._memory, "_began": dict(optimizer._began)}
        yield partial(optimizer.restore, optimizer.scopes())
        yield partial(vars(optimizer).update, kept)


def _of_chance() -> Iterator[Step]:
    """Yield what puts the generators of Python and NumPy back."""
    yield partial(random.setstate, random.getstate())
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        yield partial(numpy.random.set_state, numpy.random.get_state())


def _carry_out(steps: list[Step]) -> None:
    """Do all steps, each of which may be done twice, also where Ctrl-C comes in between."""
    interrupted: KeyboardInterrupt | None = None
    while steps:
        try:
            while steps:
                steps[0]()
                del steps[0]
        except KeyboardInterrupt as fault:
            interrupted = fault
    if interrupted is not None:
        raise interrupted


def held_by(optimizer: Optimizer | None) -> list[Any]:
    """Return the parameters that an optimizer was given."""
    if optimizer is None:
        return []
    return [p for held in optimizer._groups if held.parameters is not None for p in held.all()]
