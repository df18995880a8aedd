"""Which numbers an optimizer may be given; the errors name it."""

import math
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

from ..errors import DataError, RangeError
from ..ieee import describe, real
from .arguments import right_form

T = TypeVar("T")


class Setting(Generic[T]):
    """A hyperparameter, which is checked whenever it is set: at the start, or between two steps.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.1)
    >>> optimizer.lr = "0.2"
    Traceback (most recent call last):
    autograd_scratch.errors.DataError: the learning rate of SGD must be a real number, not '0.2' (str); \
write float('0.2') if the text comes from a file
    >>> optimizer.lr
    0.1
    """

    def __init__(self, check: Callable[..., T], *what: str) -> None:
        self._check = check
        self._what = what

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, optimizer: None, owner: type) -> Self: ...
    @overload
    def __get__(self, optimizer: object, owner: type) -> T: ...
    def __get__(self, optimizer: object, owner: type) -> Self | T:
        if optimizer is None:
            return self
        number: T = vars(optimizer)[self._name]
        return number

    def __set__(self, optimizer: object, number: Any) -> None:
        if any(self._name in held.own for held in vars(optimizer).get("_groups", ())):
            raise DataError(
                f"groups of this {type(optimizer).__name__} have a setting {self._name!r} of their own: "
                f"write optimizer.param_groups[0][{self._name!r}] = {number!r}, or go through all groups"
            )
        vars(optimizer)[self._name] = self._check(number, *self._what, optimizer)


def learning_rate(lr: Any, owner: object) -> float:
    """Return a learning rate, or say that there must be one."""
    if lr is None:
        raise DataError(f"{type(owner).__name__} needs a learning rate: {right_form(owner)}")
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
    first, second = _pair(betas, "betas", (0.9, 0.999), owner)
    return below_one(first, "first beta", owner), below_one(second, "second beta", owner)


def pair_of_etas(etas: Any, owner: object) -> tuple[float, float]:
    """Return the factors by which step sizes shrink and grow."""
    shorter, longer = _reals(etas, "etas", (0.5, 1.2), owner)
    if not 0.0 < shorter < 1.0 < longer < math.inf:
        raise RangeError(
            f"the etas of {type(owner).__name__} shrink steps and make them longer, as (0.5, 1.2) do, not "
            f"{(shorter, longer)}"
        )
    return shorter, longer


def pair_of_sizes(sizes: Any, owner: object) -> tuple[float, float]:
    """Return the least and the largest step size."""
    least, largest = _reals(sizes, "step sizes", (1e-6, 50.0), owner)
    if not 0.0 <= least <= largest < math.inf:
        raise RangeError(
            f"the step sizes of {type(owner).__name__} are the least and the largest, as (1e-06, 50.0), "
            f"not {(least, largest)}"
        )
    return least, largest


def _reals(pair: Any, what: str, example: tuple[float, float], owner: object) -> tuple[float, float]:
    what, called = f"{what} of {type(owner).__name__}", _pair(pair, what, example, owner)
    return real(called[0], f"the first of the {what}"), real(called[1], f"the second of the {what}")


def _pair(pair: Any, what: str, example: tuple[float, float], owner: object) -> tuple[Any, Any]:
    try:
        first, second = pair
    except (TypeError, ValueError):
        name = type(owner).__name__
        raise DataError(
            f"the {what} of {name} are two numbers, such as {example}, not {describe(pair)}"
        ) from None
    return first, second
