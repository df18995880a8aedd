"""Whether the loss of a batch is that of its rows: their mean, or their sum."""

import math
from collections.abc import Sequence
from itertools import cycle
from random import Random
from typing import Any

from ... import modes
from ...arrays.containers import arrange, entries
from ...arrays.conversion import number_of
from ...errors import AutogradError
from ...value import Value
from ..run import Run
from .moved import moved

TRIED = 200  # rows on which a loss is tried
ASKED = 50_000  # parameters of all models that are asked then, if these are more than FEW
FEW = 8


def is_mean(run: Run) -> bool | None:
    """Say whether a batch's loss is the mean of its rows' losses, or their sum; None of any other.

    It is tried on some hundred rows if there are many, with what the model gives now, scaled at random,
    thrice: they may agree by chance once. What a large model gives for a few rows is taken for others.
    """
    if run.batch_size == 1:  # whatever the loss is, it is that of one row
        _loss(run, run.outputs([0]), run.targets[:1])
        return True
    random = Random(0)
    rows = _tried(run.targets)
    actual = run.outputs(rows[: max(FEW, ASKED // len(run.leaves))])
    targets = [run.targets[i] for i in rows]
    is_mean = is_sum = True
    for lowest in (1.0, 0.8, 0.5):
        outputs = [_scaled(x, lowest, random) for _, x in zip(targets, cycle(actual))]
        with moved(run.leaves, random):  # a penalty may be 0 where they are
            try:
                whole = _loss(run, outputs, targets)
            except AutogradError:
                _loss(run, run.outputs(), run.targets)  # which counts the rows as they are
                raise
            each = [_loss(run, [o], [t]) for o, t in zip(outputs, targets)]
        if math.isfinite(whole) and not all(map(math.isfinite, each)):
            is_mean = is_sum = False
        elif math.isfinite(whole):
            scale = 1e-9 * math.fsum(map(abs, each))
            total = math.fsum(each)
            is_sum = is_sum and abs(whole - total) <= scale
            is_mean = is_mean and abs(whole - total / len(each)) <= scale / len(each)
    return is_mean if is_mean or is_sum else None


def _tried(targets: Sequence[Any]) -> list[int]:
    """Return rows to try a loss on: some hundred, and one of each class, as each may have a weight."""
    chosen = dict.fromkeys(range(0, len(targets), max(1, -(-len(targets) // TRIED))))
    first: dict[str, int] = {}
    for i, target in enumerate(targets):
        labels = [entry for _, entry in entries(target)]
        if len(labels) != 1 or len(first) > TRIED:
            return [*chosen]
        first.setdefault(repr(labels[0]), i)
    return sorted({*chosen, *first.values()})


def _loss(run: Run, outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    with modes.no_grad():
        loss = run.loss_of(list(outputs), list(targets))
    return number_of(loss, "the loss")


def _scaled(output: Any, lowest: float, random: Random) -> Any:
    """Return an output as Values, scaled at random; zeros, which would stay some, are any other number."""
    factor = random.uniform(lowest, 1.0)
    numbers = (x if x is None else factor * x or random.uniform(0.0, 0.5) for _, x in entries(output))
    return arrange(output, [x if x is None else Value(x) for x in numbers])
