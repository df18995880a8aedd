"""`fit`: a training run, from what is asked for to what it has seen."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, suppress
from os import PathLike
from typing import Any

from ..errors import AutogradError, DataError
from ..ieee import describe
from ..nn.batches import training
from ..nn.losses import Loss
from ..optim import LRScheduler, Optimizer
from ..rows import taken_as_pairs
from ..seeds import Seed
from ..signatures import call_form
from .asked import Model, asked, told
from .beginning import begun
from .callbacks.checkpoints import Checkpoint, Keeping, agreeing, checkpoint_of, resumed
from .callbacks.progress import Progress, how_far, progress_of
from .callbacks.protocol import Callbacks, Training
from .following import Following, ended_early
from .history.history import History
from .history.metrics import metrics_by
from .pace import check_monitored

_CALLED_EACH_EPOCH = (
    "fit calls on_epoch with the number of an epoch and its loss: write "
    "on_epoch=lambda epoch, loss: print(epoch, loss)"
)


@call_form("fit(model, X, y, optimizer=SGD(lr=0.1), epochs=100)")
def fit(
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
    metrics: Mapping[str, Any] | Sequence[Any] | None = None,
    on_epoch: Callable[[int, float], Any] | None = None,
    callbacks: Sequence[Any] = (),
    progress: bool = False,
    checkpoint: Checkpoint | str | PathLike[str] | None = None,
    resume: bool | None = None,
    engine: str = "eager",
    backend: str | None = None,
    executor: Executor | None = None,
    shards: int | None = None,
    timeout: float | None = None,
) -> History:
    """Train `model` on `data` for a number of epochs, each of which goes through all rows once.

    `data` holds pairs (inputs, target); or, in `fit(model, X, y, ...)`, the inputs alone, and `y` the
    target of each. The loss, by name or as a function of outputs and targets, is minimized: on all rows
    at once, or on batches of `batch_size` rows. With a `seed` rows come in an order that follows from it
    and from the number of the epoch, counted over calls with one optimizer: 3 epochs and 3 more are 6.
    With `accumulate` a step is made of the gradients of so many batches; with `clip_grad_norm=1.0` its
    gradient is shortened to that norm, if it is longer, as the function of that name does it, on every
    engine. An optimizer that was given some of the model's parameters trains these alone. What is frozen as
    training begins stays as it is, and what is not is trained to the end: callbacks may not change that.

    The history has the mean of the losses of an epoch's steps, each before the step. `metrics` are
    "accuracy", names of losses and functions of outputs and targets, which are plain numbers, in a list or
    by names of their own; they are of the outputs before an epoch. `validation` is a share of the rows to
    be held out, any with a seed, else the last ones, which is refused where the data are sorted by class;
    or rows of their own in the form of the data. What is measured of them, after an epoch, is in
    `history.metrics["val_loss"]`, and `val_` before other names.

    `callbacks` look on, and may stop the training: `EarlyStopping(patience=10)`, or a `Callback` of your
    own. `on_epoch` is called with the number of each epoch, from 0 on, and its loss; if it returns True the
    training stops. With `progress` a terminal or notebook shows how far it is; a pipe or file does not.
    Ctrl-C ends the training after the step that goes on: what is returned then has the epochs up to it, and
    `history.stopped` says so.

    With `checkpoint="run.json"`, or a `Checkpoint`, the run is written into a file every half minute and at
    its end, also at Ctrl-C; an error in a callback leaves the file as it was the last time. With
    `resume=True` it goes on from there, if the file is there, up to `epochs` in all, with the same bits as
    if it had never stopped, in the middle of an epoch too; model, optimizer, schedule, callbacks and all
    settings are to be made as they were made first. A file that does not fit is a ModelFileError, and
    nothing is changed.

    A `schedule` such as StepLR(step_size=30) sets the learning rate, and takes a step after each epoch, a
    ReduceLROnPlateau with what it monitors; a OneCycleLR, or any with `schedule_per="batch"`, after each
    batch. One without an optimizer begins anew in each call; one that was made for the optimizer goes on
    where it is.

    A model is called with the inputs of one row, or, where its layers count the axes of a batch as PyTorch
    does (`Flatten()`, `BatchNorm1d(4)`) or its class has `wants_batch = True`, with those of a batch, in a
    list or array. Steps are made in training mode, but for parts that are in eval mode while the model is
    not; metrics tell what the model answers after `eval()`, and at the end all modes are as they were. What
    `Dropout` leaves out follows from `seed`, or from its own, and from the steps that the optimizer has
    counted.

    With `engine="derived"` the whole loop is generated code, hundreds of times as fast, with the same
    results to 1e-12 or so. Where the loss is no mean or sum over the rows, as with weights of classes, or
    the rows of a batch are mixed, as by `BatchNorm1d`, batches are recorded whole, which takes its time for
    large ones. The data, the loss and the model are read once: what is frozen is a constant, of what
    `on_epoch` changes only parameters and the optimizer's settings count, and a parameter that only some
    rows reach is stepped in every batch. Much work is done by machine code, little by Python, or NumPy
    where there are arrays: that depends on the numbers of operations, rows and epochs alone. `backend` asks
    for one: "python" for the latter, "wasm" for WebAssembly, which from equal initial weights makes equal
    bits on every machine, or "numba", if that is installed. Who looks at epochs or steps makes code stop
    for each; that changes no bit.

    An `executor` of `concurrent.futures`, or of its kind, computes the steps: their rows are cut into 8
    `shards`, or as many as are asked for, whose gradients are added in order, and the optimizer steps here.
    The results are the same bits with any executor and any number of workers, and those without one to
    1e-12 or so. The loss is a mean or a sum over the rows, and no rows are mixed. Model, data and loss are
    read once and sent to each worker once, then parameters and numbers of rows; of what callbacks change,
    parameters and the optimizer's settings count. On Values processes are quicker from steps of some 5 ms
    on: `ProcessPoolExecutor(4)`, or Dask's `client.get_executor(pure=False)`, which takes lambdas, too, and
    brings other machines; threads are not. Machine code is quicker in threads, `ThreadPoolExecutor(4)`,
    where a step has 10,000 rows or more; of less, one loop without an executor is. A step takes at least
    0.1 ms for each shard, and a microsecond or three for each parameter. What is lost with a worker that
    dies is tried again, if the executor still takes calls; if not, or if a step takes more than `timeout`
    seconds, there is an ExecutorError, and all is as the last step left it.

    A loss that is not finite ends the training with NonFiniteError, which says where it comes from; the
    parameters are left as the last finite step made them. What ends a training has the history up to it as
    its `history`. The garbage collector pauses during a step: graphs need none.

    >>> from autograd_scratch import MLP, SGD
    >>> from autograd_scratch.datasets import XOR
    >>> model = MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=0)
    >>> history = fit(model, XOR, loss="mse", optimizer=SGD(5.0), epochs=1_000, engine="derived")
    >>> [round(model(x), 1) for x, _ in XOR]
    [0.0, 1.0, 1.0, 0.0]
    """
    watched = metrics_by(metrics, loss)
    lookers = Callbacks(callbacks)
    if on_epoch is not None and not callable(on_epoch):
        raise DataError(
            "on_epoch is a function of an epoch's number and its loss, such as lambda epoch, loss: "
            f"print(epoch, loss), not {describe(on_epoch)}"
        )
    what = asked(
        model,
        data,
        y,
        loss=loss,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        accumulate=accumulate,
        seed=seed,
        validation=validation,
        schedule=schedule,
        schedule_per=schedule_per,
        clip_grad_norm=clip_grad_norm,
        engine=engine,
        backend=backend,
        executor=executor,
        shards=shards,
        timeout=timeout,
    )
    names = [*watched, *(["val_loss", *(f"val_{name}" for name in watched)] if what.held_out else [])]
    check_monitored(schedule, ["loss", *names])
    kept, state = checkpoint_of(checkpoint, resume)
    if kept is not None and state is not None:
        what = agreeing(kept.path, what, state)
    settings = what.settings  # before the schedule sets some
    with taken_as_pairs(what.inputs, y), training(model), closing(begun(what)) as run:
        history = History(
            run.losses,
            {name: [] for name in names},
            source=run.source,
            backend=run.ran,
            settings=settings,
        )
        shown = progress_of(how_far, progress)
        keeping = Keeping(kept)
        calls = on_epoch and told(on_epoch, _CALLED_EACH_EPOCH)
        following = Following(run, history, watched, lookers, calls, shown, keeping)
        if kept is not None and state is not None:
            resumed(kept.path, state, following)
        _followed(following, keeping, shown)
        return history


def _followed(following: Following, keeping: Keeping, shown: Progress[Training]) -> None:
    """Go along with a run to its end, and keep it also where something ends it before that."""
    undisturbed = following.run.undisturbed
    try:
        with undisturbed.listening(), undisturbed:
            is_interrupted = _interrupted(following, keeping, shown)
            keeping.write(following)
            following.end()
            if not is_interrupted:
                undisturbed.forget()  # a Ctrl-C that came when there was nothing left to end
    except BaseException as fault:
        with suppress(AttributeError):
            fault.history = following.history  # type: ignore[attr-defined]
        raise


def _interrupted(following: Following, keeping: Keeping, shown: Progress[Training]) -> bool:
    """Go along with a run until all epochs are done, or somebody stops it; say whether Ctrl-C did."""
    run, history = following.run, following.history
    try:
        with run.undisturbed.heard():
            following.follow()
    except KeyboardInterrupt as fault:
        history.stopped = ended_early(fault, run)
        if sys.stderr is not None:
            words = f"fit: {history.stopped}; the model and the history are as they were then\n"
            sys.stderr.write(words)
        return True
    except BaseException as fault:
        history.stopped = ended_early(fault, run)
        with suppress(AutogradError):  # a full disk is told, if that is what it is about
            keeping.write(following)
        raise
    finally:
        shown.close(following.training)
    return False
