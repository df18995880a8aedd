"""What a schedule is: settings of an optimizer as a function of how many steps were taken.

Each schedule says with one method, `rate`, what the learning rate is after so many steps, in a group that
began with another. All else is here once. In a loop of your own:

    >>> from autograd_scratch import SGD, Value
    >>> from autograd_scratch.optim.lr_scheduler import ExponentialLR
    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.5)
    >>> schedule = ExponentialLR(optimizer, gamma=0.5)
    >>> for epoch in range(3):
    ...     optimizer.zero_grad(); (w * w).backward(); optimizer.step(); schedule.step()
    >>> schedule.get_last_lr(), optimizer.lr
    ([0.0625], 0.0625)
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import wraps
from inspect import signature
from typing import Any, Self

from ...elsewhere import named_elsewhere
from ...errors import DataError, ShapeError, refuse_class
from ...ieee import describe
from ...primitives.arguments import is_row
from ...signatures import call_forms
from ...tab import hiding
from ..arguments import told_settings
from ..groups import Group
from ..hyperparameters import at_least_zero
from ..optimizer import Optimizer
from ..plain import fitted
from . import states

Columns = list[dict[str, list[Any]]]  # of each group: of a setting, by its name, one for each step

INSTEAD = {
    "get_lr": "the learning rates are schedule.get_last_lr()",
}


@hiding("ahead", "began", "expects", "known", "moved_on", "rate", "read")
@named_elsewhere("a schedule", INSTEAD)
@call_forms("load_state_dict", "state_dict", "step")
class LRScheduler(ABC):
    """The base of all schedules, also of your own: what a learning rate is after so many steps.

    With an optimizer it sets the learning rate of each group, from that with which the group began, at once
    and at each `step()`. Without one it is for `fit(..., schedule=...)`, which knows the optimizer. The
    learning rates go by the count of steps, `last_epoch`, alone.
    """

    is_for_batches = False  # whether fit takes a step of it after each batch, or after each epoch

    def __init_subclass__(cls: Any, **options: Any) -> None:
        super().__init_subclass__(**options)
        call_forms("__init__", "step")(cls)
        if "__init__" in vars(cls):
            cls.__init__ = _after_its_optimizer(cls.__init__)

    def __init__(self, optimizer: Optimizer | None = None) -> None:
        self.optimizer: Optimizer | None = None
        self.last_epoch = 0
        self.base_lrs: list[float] = []
        self._last: list[dict[str, Any]] = []
        if optimizer is not None:
            self._begin(optimizer)

    @abstractmethod
    def rate(self, base: float, step: int, group: int) -> float:
        """Return the learning rate after some steps, of a group by its number, which began with `base`."""

    def step(self) -> None:
        """Go on by one step, and set what the optimizer takes the next one with."""
        for group, last in zip(self._groups(), self._last):
            for name, setting in last.items():
                if group[name] != setting:
                    raise DataError(
                        f"{name!r} was set to {group[name]} after this {type(self).__name__} had set it "
                        f"to {setting}, which its next step would undo: it goes by the count of steps. "
                        "Make a new schedule, or one of several, SequentialLR"
                    )
        self.moved_on(1)

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group."""
        return [group["lr"] for group in self._groups()]

    def state_dict(self) -> dict[str, Any]:
        """Return arguments and how far it has come as plain data, which JSON writes, to go on from.

        The optimizer has a state of its own, and functions, such as an `lr_lambda`, are not kept.
        """
        return states.state_of(self)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave, in a schedule with the same arguments, and set its optimizer.

        Raises StateError, and changes nothing, if it does not fit.
        """
        groups = self._groups() if self.optimizer is not None else ()
        changes = fitted(self, states.changes, state)
        if groups:
            fitted(self, LRScheduler._set_to, changes[0][1]["_last"])
        any(map(dict.update, *zip(*changes)))

    def read(self, name: str, given: Any) -> Any:
        """Return what an attribute becomes by a state that has `given` for it, which may be anything."""
        return states.read(self, name, given)

    def began(self, optimizer: Optimizer, steps: int | None = None) -> Self:
        """Return this schedule at its beginning, for an optimizer, and `steps` if it is known how many."""
        other = copy(self)
        other.last_epoch = 0
        if steps is not None:
            other.expects(steps)
        other._begin(optimizer)
        return other

    def ahead(self, start: int, count: int) -> Columns:
        """Return the settings after `start` steps, and after each further one."""
        steps, owner = range(start, start + count), self._owner()
        return [
            {"lr": [at_least_zero(self.rate(base, i, group), "learning rate", owner) for i in steps]}
            for group, base in enumerate(self.base_lrs)
        ]

    def known(self) -> int | None:
        """Return for how many steps the settings are known beforehand; None if for all."""
        return None

    def moved_on(self, steps: int, metrics: Sequence[float] = ()) -> None:
        """Go on by some steps, with what was measured at each if that counts, and set the optimizer."""
        self.last_epoch += steps
        self._set()

    def _begin(self, optimizer: Optimizer) -> None:
        if not hasattr(optimizer, "lr"):
            raise DataError(f"{type(optimizer).__name__} has no `lr` that a schedule could set")
        self.optimizer = optimizer
        self.base_lrs = optimizer.began_with()
        self._set()

    def expects(self, steps: int) -> None:
        """Take note of how many steps are to be taken, the first ones included."""
        return

    def _set(self) -> None:
        columns = self.ahead(self.last_epoch, 1)
        self._last = [{name: column[0] for name, column in own.items()} for own in columns]
        self._set_to(self._last)

    def _set_to(self, settings: Sequence[Mapping[str, Any]]) -> None:
        self._owner().set_by_schedule(settings)

    def _groups(self) -> Sequence[Group]:
        groups = self._owner().param_groups
        if len(groups) != len(self.base_lrs):
            raise DataError(
                f"the optimizer has {len(groups)} groups, and had {len(self.base_lrs)} when this "
                f"{type(self).__name__} began; make a new schedule after add_param_group"
            )
        return groups

    def _owner(self) -> Optimizer:
        if self.optimizer is None:
            name = type(self).__name__
            raise DataError(
                f"this {name} has no optimizer: write {name}(optimizer, ...), or give it to "
                "fit(..., schedule=...), which has one"
            )
        return self.optimizer

    def _each(self, name: str) -> list[Any]:
        """Return of an attribute, which may be a list with one for each group, that of each group."""
        given, count = getattr(self, name), len(self.base_lrs)
        if not isinstance(given, list):
            return [given] * count
        if len(given) != count:
            raise ShapeError(
                f"the {name} of {type(self).__name__} is for {len(given)} groups; the optimizer has {count}"
            )
        return given

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(told_settings(self, never='optimizer'))})"


def _after_its_optimizer(init: Callable[..., None]) -> Callable[..., None]:
    """Let a constructor look at the optimizer first, if one is given."""

    @wraps(init)
    def constructor(self: Any, *given: Any, **settings: Any) -> None:
        optimizer = given[0] if given else settings.get("optimizer")
        refuse_class(optimizer, "model, lr=0.1")
        if optimizer is not None and not isinstance(optimizer, Optimizer):
            name, (_, _, *others) = type(self).__name__, signature(init).parameters
            needed = "".join(f"{other}=..." for other in others[:1])
            raise DataError(
                f"the optimizer of {name} is one such as SGD(model, lr=0.1), not {describe(optimizer)}; "
                f"for fit, which knows the optimizer, write {name}({needed})"
            )
        init(self, *given, **settings)

    return constructor


def each_of(given: Any, what: str, owner: object) -> float | list[float]:
    """Return a number that is not negative, or a list of them, one for each group."""
    if is_row(given):
        return [at_least_zero(number, what, owner) for number in given]
    return at_least_zero(given, what, owner)
