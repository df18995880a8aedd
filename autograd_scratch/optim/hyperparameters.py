"""Which numbers an optimizer may be given; the errors name it."""

import math
from typing import Any

from ..errors import DataError
from ..ieee import describe, real


def learning_rate(lr: Any, owner: object) -> float:
    """Return a learning rate, or say that it comes before the parameters."""
    if isinstance(lr, (list, tuple)) or hasattr(lr, "parameters"):
        raise DataError(f"the learning rate comes first: write {type(owner).__name__}(0.1, model)")
    return at_least_zero(lr, "learning rate", owner)


def at_least_zero(number: Any, what: str, owner: object) -> float:
    """Return a finite number that is not negative."""
    what = f"the {what} of {type(owner).__name__}"
    checked = real(number, what)
    if not 0.0 <= checked < math.inf:
        raise DataError(f"{what} must be at least 0 and finite, not {checked}")
    return checked


def below_one(number: Any, what: str, owner: object) -> float:
    """Return the share of the old in a running mean: from 0 on, and below 1."""
    what = f"the {what} of {type(owner).__name__}"
    checked = real(number, what)
    if not 0.0 <= checked < 1.0:
        raise DataError(f"{what} must be at least 0 and below 1, not {checked}")
    return checked


def pair_of_betas(betas: Any, owner: object) -> tuple[float, float]:
    """Return the shares of the old in the running means of gradients and of their squares."""
    try:
        first, second = betas
    except (TypeError, ValueError):
        name = type(owner).__name__
        raise DataError(
            f"the betas of {name} are two numbers, such as (0.9, 0.999), not {describe(betas)}"
        ) from None
    return below_one(first, "first beta", owner), below_one(second, "second beta", owner)
