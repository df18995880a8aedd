"""Which numbers an optimizer may be given; the errors name it."""

import math
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

from ..errors import AttributeNameError, DataError, RangeError
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
        vars(optimizer)[self._name] = self._check(number, *self._what, optimizer)


class Elsewhere:
    """A name that other libraries have for what is called in another way here."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, optimizer: object, owner: type) -> Any:
        if optimizer is None:
            return self
        raise AttributeNameError(f"an optimizer has no {self._name}: {self._where}")

    def __set__(self, optimizer: object, thing: Any) -> None:
        self.__get__(optimizer, type(optimizer))


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
    try:
        first, second = betas
    except (TypeError, ValueError):
        name = type(owner).__name__
        raise DataError(
            f"the betas of {name} are two numbers, such as (0.9, 0.999), not {describe(betas)}"
        ) from None
    return below_one(first, "first beta", owner), below_one(second, "second beta", owner)
