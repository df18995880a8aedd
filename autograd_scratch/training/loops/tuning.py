"""Which settings of an optimizer are arguments of derived code, and which are written into it.

Numbers are arguments where no `if` of an update is on them, so that other ones compile nothing. Those that
a schedule sets have to be, and change from step to step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import ProgramError
from ...optim import Optimizer
from ...program.updates import Setting, numbers_of, others_of, settings_in_use, with_settings
from ...value import Value


@dataclass(frozen=True)
class Tuning:
    """All that an optimizer is set to, but for the numbers that are arguments.

    Of these some are constant during a call, and some are scheduled. `places` says for each parameter which
    of the optimizer's variants steps it.
    """

    constant: tuple[Setting, ...]
    scheduled: tuple[Setting, ...]
    places: tuple[int, ...]
    others: str

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All numbers that are arguments."""
        return (*self.constant, *self.scheduled)

    def groups(self, size: int) -> list[list[float]]:
        """Return for each of `size` parameters whose it is, if they are of several groups."""
        places = [*map(float, self.places), *[0.0] * (size - len(self.places))]
        return [places] if len({*self.places}) > 1 else []


class Tuner:
    """Says how an optimizer is set now; of what a schedule sets there is a sample in `scheduled`.

    To `max_norm`, if there is one, gradients are shortened before a step.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        moving: Sequence[Value],
        scheduled: Mapping[Setting, float],
        max_norm: float | None = None,
    ) -> None:
        self.optimizer = optimizer
        self.max_norm = max_norm
        self._moving = moving
        self._scheduled = scheduled

    def tuning(self, former: Tuning | None = None) -> Tuning:
        """Return how the optimizer is set, which is as before if only arguments have changed, none to 0."""
        if former is not None and former == self._with(former.constant) and all(self.numbers(former)):
            return former
        found = settings_in_use(with_settings(self.optimizer, self._scheduled), self._moving)
        for setting in self._scheduled if self._moving else ():
            if setting not in found:
                raise ProgramError(
                    f"{type(self.optimizer).__name__}.update uses {setting[1]!r} as derived code cannot, "
                    'in an `if` perhaps, and the schedule changes it; write engine="eager"'
                )
        return self._with(tuple(setting for setting in found if setting not in self._scheduled))

    def written(self) -> Tuning:
        """Return how the optimizer is set, with all numbers that no schedule sets as part of that."""
        return self._with(())

    def numbers(self, tuning: Tuning) -> list[float]:
        """Return what those arguments are now that are constant during a call."""
        return numbers_of(self.optimizer, tuning.constant)

    def _with(self, constant: tuple[Setting, ...]) -> Tuning:
        scheduled = (*self._scheduled,)
        places = (*self.optimizer.places(self._moving),)
        return Tuning(constant, scheduled, places, others_of(self.optimizer, (*constant, *scheduled)))
