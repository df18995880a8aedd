"""A learning rate that rises once and falls far, and a momentum that does the contrary."""

from collections.abc import Callable, Sequence
from typing import Any

from ...errors import DataError, RangeError, look_up
from ...ieee import whole
from ..groups import with_settings
from ..hyperparameters import at_least_zero
from ..optimizer import Optimizer
from .portable import half_cosine
from .scheduler import Columns, LRScheduler, each_of

ANNEALING: dict[str, Callable[[float, float, float, float], float]] = {
    "cos": lambda start, end, part, length: end + (start - end) * half_cosine(part, length),
    "linear": lambda start, end, part, length: start + (end - start) * (part / length),
}
RATES = ((0, 1), (1, 2))  # from which to which of the lowest, the highest, and the last, in each phase
MOMENTA = ((1, 0), (0, 1))  # of base_momentum and max_momentum
RATES_OF_THREE = ((0, 1), (1, 0), (0, 2))
MOMENTA_OF_THREE = ((1, 0), (0, 1), (1, 1))

Numbers = float | Sequence[float]


class OneCycleLR(LRScheduler):
    """The learning rate rises from max_lr / div_factor to `max_lr`, and falls far below, in one cycle.

    It rises during `pct_start` of the `total_steps`; these are `epochs` times `steps_per_epoch` if they are
    not given, and in `fit` all that it takes if nothing is. Then it falls to what it was at first, divided
    by `final_div_factor`: as a cosine, or "linear"; with `three_phase` first as long as it rose. Meanwhile
    the momentum, or the first beta, falls from `max_momentum` to `base_momentum` and rises again, whatever
    the optimizer had, unless `cycle_momentum` is False. For groups, `max_lr` and the momenta may be lists.

    `fit` takes a step of it after each batch. More than `total_steps` steps are a RangeError; after just so
    many the learning rate stays what it was before the last, where PyTorch's goes on.

    L. N. Smith, N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning
    Rates", 2017.

    >>> from autograd_scratch import SGD
    >>> optimizer = SGD(lr=0.5)
    >>> schedule = OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
    >>> for _ in range(2): schedule.step()
    >>> optimizer.lr, optimizer.momentum
    (1.0, 0.85)
    """

    is_for_batches = True

    def __init__(
        self,
        optimizer: Optimizer | None = None,
        max_lr: Numbers | None = None,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Numbers = 0.85,
        max_momentum: Numbers = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        if total_steps is None and epochs is not None and steps_per_epoch is not None:
            total_steps = whole(epochs, "epochs", 1) * whole(steps_per_epoch, "steps_per_epoch", 1)
        self.max_lr = each_of(max_lr, "max_lr", self)
        self.total_steps = None if total_steps is None else whole(total_steps, "total_steps", 1)
        self.pct_start = at_least_zero(pct_start, "pct_start", self)
        if self.pct_start > 1.0:
            raise RangeError(f"the pct_start of OneCycleLR is a share of 1, not {self.pct_start}")
        look_up(anneal_strategy, ANNEALING, "anneal_strategy")
        self.anneal_strategy = anneal_strategy
        self.cycle_momentum = cycle_momentum
        self.base_momentum = each_of(base_momentum, "base_momentum", self)
        self.max_momentum = each_of(max_momentum, "max_momentum", self)
        self.div_factor = _divisor(div_factor, "div_factor", self)
        self.final_div_factor = _divisor(final_div_factor, "final_div_factor", self)
        self.three_phase = three_phase
        super().__init__(optimizer)

    def rate(self, base: float, step: int, group: int) -> float:
        rate: float = self.ahead(step, 1)[group]["lr"][0]
        return rate

    def ahead(self, start: int, count: int) -> Columns:
        total = self._check(start + count - 1)
        rates, momenta = (RATES_OF_THREE, MOMENTA_OF_THREE) if self.three_phase else (RATES, MOMENTA)
        anneal = ANNEALING[self.anneal_strategy]
        places = [self._place(step, total) for step in range(start, start + count)]

        def between(levels: Sequence[float], phases: Sequence[tuple[int, int]]) -> list[float]:
            ends = [(levels[first], levels[last]) for first, last in phases]
            return [anneal(*ends[phase], part, length) for phase, part, length in places]

        columns: Columns = []
        peaks, lows, highs = map(self._each, ("max_lr", "base_momentum", "max_momentum"))
        for group, peak, low, high in zip(self._groups(), peaks, lows, highs):
            least = peak / self.div_factor
            own: dict[str, list[Any]] = {"lr": between((least, peak, least / self.final_div_factor), rates)}
            if self.cycle_momentum:
                column = between((low, high), momenta)
                if "betas" in group:
                    own["betas"] = [(momentum, *group["betas"][1:]) for momentum in column]
                else:
                    own["momentum"] = column
            columns.append(own)
        return columns

    def _begin(self, optimizer: Optimizer) -> None:
        if self.cycle_momentum and not (hasattr(optimizer, "betas") or hasattr(optimizer, "momentum")):
            raise DataError(
                f"{type(optimizer).__name__} has no momentum that could go up and down: write "
                "OneCycleLR(..., cycle_momentum=False)"
            )
        super()._begin(optimizer)
        for group, low in zip(self._groups(), self._each("base_momentum") if self.cycle_momentum else ()):
            name = "betas" if "betas" in group else "momentum"
            with_settings(optimizer, {name: (low, *group[name][1:]) if name == "betas" else low})

    def read(self, name: str, given: Any) -> Any:
        found = super().read(name, given)
        if name == "last_epoch" and self.total_steps is not None:
            self._check(found)
        return found

    def expects(self, steps: int) -> None:
        self.total_steps = max(steps, 1) if self.total_steps is None else self.total_steps
        self._check(steps)

    def _check(self, steps: int) -> int:
        """Return how many steps there are in all, or say that these are too many."""
        if self.total_steps is None:
            raise DataError(
                "OneCycleLR needs to know how many steps are to be taken: write OneCycleLR(optimizer, "
                "max_lr=0.1, total_steps=epochs * batches)"
            )
        if steps > self.total_steps:
            raise RangeError(
                f"step {steps:,} is too much for a OneCycleLR of total_steps={self.total_steps}; give it "
                "all steps that are to be taken, total_steps = epochs * batches"
            )
        return self.total_steps

    def _place(self, step: int, total: int) -> tuple[int, float, float]:
        """Return in which phase a step is, how far from its beginning, and how long the phase is."""
        rise = self.pct_start * total
        ends = [rise - 1.0, *([2.0 * rise - 2.0] if self.three_phase else []), total - 1.0]
        phase = next((i for i, end in enumerate(ends[:-1]) if step <= end), len(ends) - 1)
        start = ends[phase - 1] if phase else 0.0
        length = ends[phase] - start
        return (phase, min(step - start, length), length) if length > 0.0 else (phase, 1.0, 1.0)


def _divisor(number: Any, what: str, owner: object) -> float:
    divisor = at_least_zero(number, what, owner)
    if divisor == 0.0:
        raise RangeError(f"the {what} of {type(owner).__name__} must be above 0")
    return divisor
