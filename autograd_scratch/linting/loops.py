"""What a loss tells that a loop of a person's own has computed: nothing is run again."""

import math
from collections.abc import Iterator
from typing import Any

from ..nn.search import found, parameters_of
from ..node import NOT_YET
from ..optim import Optimizer
from ..value import Value
from .case import Case
from .findings import Finding
from .layers import check_layers, dead_relus, saturated
from .outputs import check_terms
from .reading import Look, look_at
from .settings import check_setup


def check_loss(loss: Value, model: Any, optimizer: Optimizer | None) -> list[Finding]:
    """Return what the graph of a loss, and the gradients that are there, tell of a model."""
    if not math.isfinite(loss.data):
        told = "Print explain_nonfinite(loss), which says where that comes from."
        return [Finding("loss not finite", "the loss", f"It is {loss.data}.", told)]
    seen = look_at(loss, [], [], found(model, frozen=True))
    case = Case(model, [], [], loss, optimizer)
    idle = [each.finding for each in [*dead_relus(seen), *saturated(seen)] if each.share >= 0.5]
    fixed = [*check_setup(case), *check_terms(seen), *check_layers(case, seen)]
    return [*fixed, *idle, *_added_up(loss, model, seen)]


def _added_up(loss: Value, model: Any, seen: Look) -> Iterator[Finding]:
    """Say so where gradients are not those of this loss alone, although its backward pass was run."""
    if loss._grad is NOT_YET:
        return
    ratios = []
    for p in parameters_of(model):
        own = seen.adjoints.get(p)
        if own and p._grad is not NOT_YET and math.isfinite(own) and math.isfinite(p.grad):
            ratios.append(p.grad / own)
    off = [ratio for ratio in ratios if abs(ratio - 1.0) > 1e-6]
    are_shortened = all(0.0 <= ratio <= 1.0 + 1e-6 for ratio in ratios)  # clipped
    if not off or len(off) < 0.5 * len(ratios) or are_shortened:
        return
    typical = sorted(off, key=abs)[len(off) // 2]
    yield Finding(
        "gradients added up",
        "the parameters",
        f"{len(off)} of {len(ratios)} gradients are not those of this loss; the median is {typical:.3g} "
        "times its own.",
        "Call optimizer.zero_grad(), or model.zero_grad(), before each backward pass.",
    )
