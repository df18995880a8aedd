"""What is looked at: a model, its data, and how it is to be trained."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import index
from typing import Any

from ..arrays.containers import entries
from ..ieee import whole
from ..nn.losses import LOSSES, Criterion
from ..nn.search import parameters_of
from ..optim import Optimizer
from ..rows import rows_of
from ..seeds import Seed, random_from
from ..training.asked import loss_by
from ..value import Value


@dataclass(frozen=True)
class Case:
    """What training would be given; `epochs` and `optimizer` are None where nobody has said."""

    model: Any
    inputs: list[Any]
    targets: list[Any]
    loss: Any
    optimizer: Optimizer | None = None
    epochs: int | None = None
    batch_size: int | None = None
    seed: int | None = None

    def but(self, **changes: Any) -> "Case":
        """Return the same case with something else in it."""
        return replace(self, **changes)

    @property
    def loss_of(self) -> Callable[[Any, Any], Any]:
        """The loss as a function of the outputs and targets of several rows."""
        return loss_by(self.loss)

    @property
    def loss_name(self) -> str:
        """What the loss is called."""
        if isinstance(self.loss, str):
            return self.loss
        if isinstance(self.loss, Criterion):
            return type(self.loss).__name__
        known = [name for name, function in LOSSES.items() if function is self.loss]
        return known[0] if known else str(getattr(self.loss, "__name__", "the loss"))

    @property
    def has_own_loss(self) -> bool:
        """Whether the loss is a function of a person's own."""
        return not isinstance(self.loss, (str, Criterion)) and self.loss not in LOSSES.values()

    @property
    def size_of_batch(self) -> int:
        """How many rows are in a batch."""
        return len(self.inputs) if self.batch_size is None else min(self.batch_size, len(self.inputs))

    @property
    def parameters(self) -> list[Value]:
        """The parameters that training may change."""
        return parameters_of(self.model)

    def rows(self, count: int) -> "Case":
        """Return the case of at most so many rows, spread over all of them, in order."""
        total = len(self.inputs)
        if count >= total:
            return self
        return self.chosen([i * total // count for i in range(count)])

    def chosen(self, numbers: Iterable[int]) -> "Case":
        """Return the case of the rows of some numbers."""
        chosen = [*numbers]
        return self.but(inputs=[self.inputs[i] for i in chosen], targets=[self.targets[i] for i in chosen])

    def parted(self) -> tuple["Case", "Case"]:
        """Return the case of three quarters of the rows, and that of the others."""
        total = range(len(self.inputs))
        return self.chosen(i for i in total if i % 4 != 3), self.chosen(total[3::4])


def case_of(
    loss: Any,
    model: Any,
    data: Iterable[Any],
    y: Iterable[Any] | None,
    optimizer: Optimizer | None,
    epochs: int | None,
    batch_size: int | None,
    seed: Seed,
) -> Case:
    """Return the case that a person gave, as `fit` would take it."""
    inputs, targets = rows_of(data, y, "lint")
    return Case(
        model,
        inputs,
        targets,
        loss,
        optimizer,
        None if epochs is None else whole(epochs, "epochs", 1),
        None if batch_size is None else whole(batch_size, "batch_size", 1),
        None if seed is None else _drawn(seed),
    )


def _drawn(seed: Any) -> int:
    """Return an int as a seed: itself, or what a generator would give, which is left where it is."""
    random = random_from(seed)
    if random is not seed:
        return index(seed)
    before = random.getstate()
    found: int = random.getrandbits(32)
    random.setstate(before)
    return found


def mean_of(numbers: Sequence[float]) -> float:
    """Return the mean of numbers, which may be as large as floats are.

    >>> mean_of([1e308, 1e308])
    1e+308
    """
    try:
        return math.fsum(numbers) / len(numbers)
    except OverflowError:
        return math.fsum(x / len(numbers) for x in numbers)


def deviation_of(numbers: Sequence[float]) -> float:
    """Return the standard deviation of numbers, which may be as large as floats are.

    >>> deviation_of([1.0, 3.0]), deviation_of([0.1] * 3)
    (1.0, 0.0)
    """
    if min(numbers) == max(numbers):
        return 0.0
    mean = mean_of(numbers)
    return math.hypot(*(x - mean for x in numbers)) / math.sqrt(len(numbers))


def numbers_in(thing: Any) -> list[float]:
    """Return the numbers of an input or a target, in order; what is none is left out.

    >>> numbers_in([[1, 2.5], 3])
    [1.0, 2.5, 3.0]
    """
    found = []
    for _, entry in entries(thing):
        try:
            found.append(float(entry.data if isinstance(entry, Value) else entry))
        except OverflowError:
            found.append(math.inf)
        except (TypeError, ValueError):
            continue
    return found
