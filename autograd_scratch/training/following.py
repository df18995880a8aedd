"""How a run is gone along with: what is measured, who looks on, and when it ends."""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any
from weakref import proxy

from .. import modes
from ..errors import DataError, NonFiniteError
from ..nn.search import is_module, models_by_path
from .callbacks.checkpoints import Keeping
from .callbacks.progress import Progress
from .callbacks.protocol import Callbacks, Training
from .history.history import History
from .history.metrics import Metric, measured
from .run import Run, Watcher, numbers

_GLANCE = 0.1  # seconds between two looks at a run of which only the progress is shown, about


class Following(Watcher):
    """Goes along with a run to its end, or until somebody stops it.

    What is measured before an epoch is kept in `before` until the epoch has ended.
    """

    def __init__(
        self,
        run: Run,
        history: History,
        metrics: Mapping[str, Metric],
        callbacks: Callbacks,
        on_epoch: Callable[[int, float], Any] | None,
        progress: Progress[Training],
        keeping: Keeping,
    ) -> None:
        self.run = run
        self.history = history
        self.callbacks = callbacks
        self.before: dict[str, float] = {}
        self.training = Training(run.model, run.optimizer, history, run.asked.epochs, run.asked.steps)
        self.metrics = metrics
        self._on_epoch = on_epoch
        self._progress = progress
        self._keeping = keeping
        self._at_once = 1
        held_out = run.asked.held_out
        self._looks_at_epochs = bool(metrics or held_out or on_epoch or callbacks.look_at("epoch"))
        modules = models_by_path(run.model) if callbacks.look_at("train", "epoch", "batch") else ()
        self._frozen = [(path, each, each.frozen) for path, each in modules if is_module(each)]
        self._takes_steps = callbacks.look_at("batch") or keeping.counts_steps
        run.watcher = proxy(self)  # no circle

    def follow(self) -> None:
        """Go on to the end of the last epoch."""
        run, callbacks = self.run, self.callbacks
        self.training.epoch, self.training.batch = max(0, run.epoch - (not run.taken)), run.taken
        self._call("on_train_begin")
        self._keeping.begin(self)
        while run.epoch < run.asked.epochs and not callbacks.stopped_by:
            if not run.taken:
                self._begin()
            if not callbacks.stopped_by:
                self._go_on()
        if callbacks.stopped_by:
            self.history.stopped = f"stopped by {callbacks.stopped_by} in epoch {self.training.epoch}"

    def end(self) -> None:
        """Let those who look on say what is to be done at the end."""
        self._call("on_train_end")

    def stepped(self, loss: float) -> None:
        run = self.run
        self.training.epoch, self.training.batch, self.training.loss = run.epoch, run.taken, loss
        answered = run.answered if self.metrics else None
        if answered is not None:
            self.before = self._of(answered, run.targets)
        self._call("on_batch_end")
        self._keeping.stepped(self)
        self._progress.show(self.training)

    def measured(self) -> dict[str, float]:
        run, seen = self.run, self.history.metrics
        found = dict(self.before)
        if run.asked.held_out is not None:
            inputs, targets = run.asked.held_out
            answers = run.answers_to(inputs)
            with modes.no_grad():  # of Values, as in a step: it may ask for what numbers do not have
                found["val_loss"] = measured(run.loss_of, "loss", answers, targets)
            of_them = self._of(numbers(answers), targets)
            found |= {f"val_{name}": number for name, number in of_them.items()}
        for name, number in found.items():
            seen[name].append(number)
        return found

    def ended(self) -> None:
        run, training = self.run, self.training
        training.epoch, training.batch, training.loss = run.epoch - 1, 0, run.losses[-1]
        if self._on_epoch is not None and self._on_epoch(training.epoch, training.loss) is True:
            self.callbacks.stopped_by = "on_epoch"
        self._call("on_epoch_end")
        self._keeping.ended(self)
        self._progress.show(training)

    def _call(self, name: str) -> None:
        self.callbacks.call(name, self.training)

    def _begin(self) -> None:
        """Look at the epoch that comes."""
        run, training = self.run, self.training
        training.epoch, training.batch = run.epoch, 0
        self._call("on_epoch_begin")
        self._check_frozen()
        if self.metrics and run.answered is None:
            self.before = self._of(run.outputs(), run.targets)

    def _check_frozen(self) -> None:
        """Refuse to go on where a callback has frozen a part of the model, or unfrozen one."""
        for path, module, was_frozen in self._frozen:
            if module.frozen != was_frozen:
                raise DataError(
                    f"fit trains what was not frozen as it began, and {path[:-1] or 'the model'} was "
                    f"{'un' * was_frozen}frozen in a callback: have it return True, which ends the "
                    "training, and go on with another fit(...) and the same optimizer"
                )

    def _step_by_step(self) -> None:
        """Take the steps that the epoch has before it, or those before somebody stops it."""
        run, training = self.run, self.training
        for step, rows in run.ahead():
            training.epoch, training.batch = run.epoch, run.taken
            self._call("on_batch_begin")
            if not self.callbacks.stopped_by:
                run.step(step, rows)
            if self.callbacks.stopped_by:
                return
        run.end()

    def _go_on(self) -> None:
        """Go on for one epoch if somebody looks at each, else for as many as a glance lasts, or for all."""
        run = self.run
        left = run.asked.epochs - run.epoch
        if self._takes_steps:
            self._step_by_step()
        elif self._looks_at_epochs:
            run.epochs(1)
        elif not (self._progress.is_shown or self._keeping.is_on):
            run.epochs(left)
        else:
            start = monotonic()
            run.epochs(min(left, self._at_once))
            self._at_once = (
                self._at_once * 2 if monotonic() - start < _GLANCE else max(1, self._at_once // 2)
            )

    def _of(self, outputs: Sequence[Any], targets: Sequence[Any]) -> dict[str, float]:
        return {name: measured(metric, name, outputs, targets) for name, metric in self.metrics.items()}


def ended_early(fault: BaseException, run: Run) -> str:
    """Return in words why a run has ended in the middle, for its history.

    >>> from types import SimpleNamespace
    >>> ended_early(KeyboardInterrupt(), SimpleNamespace(epoch=3, taken=0))
    'interrupted in epoch 3'
    """
    why = "interrupted" if isinstance(fault, KeyboardInterrupt) else "stopped"
    if isinstance(fault, NonFiniteError):
        why = "not finite"
    step = f", after {run.taken} of its steps" if run.taken else ""
    return f"{why} in epoch {run.epoch}{step}"
