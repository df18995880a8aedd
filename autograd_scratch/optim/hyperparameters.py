"""Which numbers an optimizer may be given; the errors name it."""

import math
from collections.abc import Callable
from typing import Any

from ..errors import DataError, RangeError
from ..ieee import describe, real


class Setting:
    """A hyperparameter, which is checked whenever it is set: at the start, or between two steps.

    It is kept among the optimizer's attributes, where reading finds it.
    """

    def __init__(self, check: Callable[..., Any], *what: str) -> None:
        self._check = check
        self._what = what

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __set__(self, optimizer: object, number: Any) -> None:
        vars(optimizer)[self._name] = self._check(number, *self._what, optimizer)


def setting(check: Callable[..., Any], *what: str) -> Any:
    """Return a `Setting`, as an attribute of the kind that `check` gives.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(0.1)
    >>> optimizer.lr = "0.2"
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: the learning rate of SGD must be a real number, not '0.2' (str); \
write float('0.2') if the text comes from a file
    >>> optimizer.lr
    0.1
    """
    return Setting(check, *what)


def learning_rate(lr: Any, owner: object) -> float:
    """Return a learning rate, or say that it comes before the parameters."""
    if isinstance(lr, (list, tuple)) or hasattr(lr, "parameters"):
        name = type(owner).__name__
        raise DataError(
            f"the learning rate of {name} is one number, not {describe(lr)}; it comes before the "
            f"parameters: write {name}(0.1, model)"
        )
    return at_least_zero(lr, "learning rate", owner)


def at_least_zero(number: Any, what: str, owner: object) -> float:
    """Return a finite number that is not negative."""
    what = f"the {what} of {type(owner).__name__}"
    checked = real(number, what)
    if not 0.0 <= checked < math.inf:
        raise RangeError(f"{what} must be at least 0 and finite, not {checked}")
    return checked


def below_one(number: Any, what: str, owner: object) -> float:
    """Return the share of the old in a running mean: from 0 on, and below 1."""
    what = f"the {what} of {type(owner).__name__}"
    checked = real(number, what)
    if not 0.0 <= checked < 1.0:
        raise RangeError(f"{what} must be at least 0 and below 1, not {checked}")
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
