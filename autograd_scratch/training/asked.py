"""What is asked for in a training run, checked before anything is changed."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from hashlib import sha256
from numbers import Real
from operator import index
from random import Random
from typing import Any, Protocol, TypeVar, cast

from .. import optim
from ..arrays.containers import entries
from ..elsewhere import look_up_elsewhere
from ..errors import AutogradError, DataError, RangeError, look_up, refuse_class
from ..ieee import describe, real, whole
from ..nn.elsewhere import LOSSES as LOSSES_ELSEWHERE
from ..nn.losses import LOSSES, Criterion, Loss, of_batches
from ..nn.search import is_model, nothing_to_train, parameters_of
from ..optim import LRScheduler, Optimizer
from ..optim.clipping import limit_of
from ..rows import rows_of
from ..seeds import Seed, random_from
from ..value import Value
from ..wording import cut
from .executing import checked_executor
from .former import Former
from .holding_out import Rows, is_rows, others, refuse_sorted, share_of, split

BACKENDS = dict.fromkeys(("python", "wasm", "numba"), True)
SHARDS = 8  # of a step that an executor computes, without saying
_TOLD = 5_000  # rows of a digest
_SETTINGS = 80  # signs, in which a title has room

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_CALLED_WITH_LISTS = (
    "fit calls a loss with two lists, the outputs of the rows and their targets: write "
    "loss=lambda outputs, targets: mean([(p - t) ** 2 for p, t in zip(outputs, targets)])"
)


class Model(Protocol):
    """What can be fitted: a module, or what else is called with inputs and has parameters."""

    def __call__(self, x: Any, /) -> Any: ...
    def parameters(self) -> Iterable[Value]: ...


@dataclass(frozen=True)
class Asked:
    """A training run as it was asked for: what is trained, on what, how and how long.

    A step is made of `accumulate` batches of `batch_size` rows. `seed` is what layers draw by, and rows
    are shuffled by if `is_shuffled`; it follows from `told_seed`, if that was a number. `held_out` are rows
    that are not trained on, a `share` of the `given` ones if that was asked for. `former` is how all was
    before a run that is resumed. An executor computes steps in `shards`, each in `timeout` seconds.
    """

    model: Model
    inputs: Sequence[Any]
    targets: Sequence[Any]
    loss: str | Loss
    optimizer: Optimizer
    trained: list[Value]
    epochs: int
    batch_size: int
    accumulate: int
    seed: int
    is_shuffled: bool
    told_seed: int | None
    held_out: Rows | None
    given: Rows
    share: float | None
    schedule: LRScheduler | None
    schedule_per: str | None
    engine: str
    backend: str | None
    former: Former | None = None
    clip_grad_norm: float | None = None
    executor: Executor | None = None
    shards: int = 0
    timeout: float | None = None

    @property
    def loss_of(self) -> Loss:
        """The loss as a function of outputs and targets."""
        return loss_by(self.loss)

    @property
    def of_a_step(self) -> int:
        """How many rows a step is made of, but for a last one perhaps."""
        return min(self.batch_size * self.accumulate, len(self.inputs))

    @property
    def steps(self) -> int:
        """The number of steps in an epoch."""
        return -(-len(self.inputs) // self.of_a_step)

    @cached_property
    def told_rows(self) -> str:
        """The number of the rows, and a digest of them, or of some thousand where they are more."""
        return _told_rows((self.inputs, self.targets))

    @cached_property
    def told_held_out(self) -> str:
        """The number of the rows that are held out, and a digest of them."""
        return "none" if self.held_out is None else _told_rows(self.held_out)

    @property
    def settings(self) -> str:
        """The name of the loss, if it has one, the optimizer and the schedule with their settings."""
        clipped = None if self.clip_grad_norm is None else f"clip_grad_norm={self.clip_grad_norm}"
        parts = [loss_name(self.loss), self.optimizer, self.schedule, clipped]
        return cut(", ".join(str(part) for part in parts if part is not None), _SETTINGS)


def asked(
    model: Model,
    data: Iterable[Any],
    y: Iterable[Any] | None = None,
    *,
    loss: str | Loss = "mse",
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    accumulate: int = 1,
    seed: Seed = None,
    validation: Any = None,
    schedule: LRScheduler | None = None,
    schedule_per: str | None = None,
    clip_grad_norm: float | None = None,
    engine: str = "eager",
    backend: str | None = None,
    executor: Executor | None = None,
    shards: int | None = None,
    timeout: float | None = None,
) -> Asked:
    """Return what `fit` is asked for by the same arguments; what it refuses is refused here."""
    trained = trained_by(model, optimizer)
    rows: Rows = rows_of(data, y)
    epochs = whole(epochs, "epochs")
    size = None if batch_size is None else whole(batch_size, "batch_size", 1)
    if whole(accumulate, "accumulate", 1) > 1 and size is None:
        raise DataError("accumulate is how many batches make a step: write batch_size=... with it")
    if backend is not None and look_up(backend, BACKENDS, "backend") and engine != "derived":
        raise DataError(f'backend="{backend}" compiles derived code: write engine="derived" with it')
    loss_by(loss)
    shards, timeout = _shared(executor, shards, timeout)
    max_norm = None if clip_grad_norm is None else limit_of(clip_grad_norm, "clip_grad_norm")
    number = random_from(seed).getrandbits(48)
    given, held_out = rows, None
    share = None if validation is None or is_rows(validation) else share_of(validation, len(rows[0]))
    if share is not None:
        rows, held_out = split(rows, share, None if seed is None else number)
        if seed is None:
            refuse_sorted(rows[1], held_out[1])
    elif validation is not None:
        held_out = others(validation, is_pairs=y is None)
    inputs, targets = rows
    return Asked(
        model=model,
        inputs=inputs,
        targets=targets,
        loss=loss,
        optimizer=optimizer,
        trained=trained,
        epochs=epochs,
        batch_size=min(size or len(inputs), len(inputs)),
        accumulate=accumulate,
        seed=number,
        is_shuffled=seed is not None,
        told_seed=None if seed is None or isinstance(seed, Random) else index(seed),
        held_out=held_out,
        given=given,
        share=share,
        schedule=schedule,
        schedule_per=schedule_per,
        engine=engine,
        backend=backend,
        clip_grad_norm=max_norm,
        executor=executor,
        shards=shards,
        timeout=timeout,
    )


def trained_by(model: Any, optimizer: Any) -> list[Value]:
    """Return the parameters that are to be trained: the model's, or of these the optimizer's own."""
    refuse_class(model)
    if not callable(model) or not is_model(model):
        raise DataError(
            "a model is called with inputs and has parameters(), as an MLP or a Module of your own, not "
            f"{describe(model)}"
        )
    trained = parameters_of(model)
    if not trained:
        raise nothing_to_train(model)
    refuse_class(optimizer, "lr=0.1")
    if not isinstance(optimizer, Optimizer):
        alike = _optimizer_called(optimizer)
        raise DataError(f"the optimizer must be one such as {alike}(lr=0.1), not {describe(optimizer)}")
    return optimizer.chosen_among(trained)


def _optimizer_called(name: Any) -> str:
    """Return the name of the optimizer that a text such as "adam" stands for; SGD's for all else."""
    kinds = {key.lower(): key for key, kind in vars(optim).items() if isinstance(kind, type)}
    return kinds.get(name.lower(), "SGD") if isinstance(name, str) else "SGD"


def loss_by(loss: Any) -> Loss:
    """Return the function of outputs and targets that is a loss, which may be asked for by its name."""
    if not callable(loss) and not isinstance(loss, str):
        raise DataError(
            "a loss is a name, such as 'mse', or a function of outputs and targets, such as mse itself and "
            f"not what it gives; here it is {describe(loss)}"
        )
    refuse_class(loss, "")
    found = loss if callable(loss) else look_up_elsewhere(loss, LOSSES, "loss", LOSSES_ELSEWHERE)
    is_ours = isinstance(found, Criterion) or found in LOSSES.values()
    return of_batches(found) if is_ours else told(found, _CALLED_WITH_LISTS)


def loss_name(loss: str | Loss) -> str | None:
    """Return the name of a loss, and its settings; None for one that has none."""
    words = repr(loss) if isinstance(loss, Criterion) else "<lambda>"
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", words)
    return None if name == "<lambda>" else name


def told(function: FunctionT, note: str) -> FunctionT:
    """Let a function that somebody wrote tell, where it fails, with what it is called."""

    @wraps(function)
    def called(*args: Any) -> Any:
        try:
            return function(*args)
        except TypeError as fault:
            if not isinstance(fault, AutogradError):
                fault.add_note(note)
            raise

    return cast(FunctionT, called)


def with_seed(asked: Asked, seed: int) -> Asked:
    """Return what is asked for with another seed, by which rows may be held out too."""
    if asked.share is None or not asked.is_shuffled:
        return replace(asked, seed=seed)
    (inputs, targets), held_out = split(asked.given, asked.share, seed)
    return replace(asked, seed=seed, inputs=inputs, targets=targets, held_out=held_out)


def _shared(executor: Any, shards: Any, timeout: Any) -> tuple[int, float | None]:
    """Return into how many shards steps are cut, 0 without an executor, and how long each may take."""
    if checked_executor(executor) is None:
        for name, given in {"shards": shards, "timeout": timeout}.items():
            if given is not None:
                raise DataError(
                    f"{name} is for steps that an executor computes: write executor=... with it"
                )
        return 0, None
    if timeout is not None and not real(timeout, "timeout") > 0.0:
        raise RangeError(f"timeout is the time for a step, in seconds and more than 0, not {timeout}")
    return SHARDS if shards is None else whole(shards, "shards", 1), timeout


def _told_rows(rows: Rows) -> str:
    inputs, targets = rows
    found = sha256()
    for i in range(0, len(inputs), -(-len(inputs) // _TOLD)):
        for thing in (inputs[i], targets[i]):
            found.update(" ".join(_told(entry) for _, entry in entries(thing)).encode(errors="replace"))
    return f"{len(inputs)} rows {found.hexdigest()[:16]}"


def _told(entry: Any) -> str:
    """Return what tells an entry of a row from others, in other processes too."""
    if isinstance(entry, Real):
        return repr(real(entry, "a number of the rows"))
    words: Any = type(entry).__repr__
    return type(entry).__name__ if words is object.__repr__ else repr(entry)
