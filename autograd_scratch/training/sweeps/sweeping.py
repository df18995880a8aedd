"""Training over and over: one model for each seed, and each combination of a grid of settings."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import product
from typing import Any

from ...errors import DataError, ExecutorError
from ...ieee import describe, whole
from ...nn.search import parameters_of
from ...rows import rows_of
from ...signatures import call_form
from ..callbacks.progress import HowFar, progress_of
from ..executing import Fault, checked_executor, execute
from .runs import Task, Trained, begun, model_of, run
from .shares import SEED, check_build, shared_out
from .swept import Sweep, SweepRow, line_of, run_name

_A_GRID = 'grid={"lr": [0.1, 1.0], "hidden": [2, 4]}'


@call_form(
    "sweep(lambda seed, hidden: MLP(2, [hidden, 1], seed=seed), data, seeds=range(8), "
    'grid={"hidden": [2, 4], "lr": [0.1, 1.0]}, optimizer=SGD, epochs=100)'
)
def sweep(
    build: Callable[..., Any],
    data: Iterable[Any],
    y: Iterable[Any] | None = None,
    *,
    seeds: Iterable[int] = (0,),
    grid: Mapping[str, Iterable[Any]] | None = None,
    executor: Executor | None = None,
    timeout: float | None = None,
    retries: int = 1,
    progress: bool = False,
    **settings: Any,
) -> Sweep:
    """Train a model for each combination of a grid of settings and each seed, and compare what comes out.

    `build(seed=...)` makes a new model, or a model and its optimizer. `grid` has for each setting the
    values to try, and all others are given by name, as to `fit`. Each goes to all who take one of its name:
    to `build`, as `hidden` here; to `fit`, as `epochs`, `loss` or `engine`; to the optimizer, as `lr`. That
    is a class, an optimizer without parameters, of which each run has a copy, or a function, such as
    `lambda model, lr: SGD(model.layers[1], lr)`. What nobody takes is a CallError. `fit` draws batches,
    dropout and a share of rows to be held out from the same seed; with `seed=` from that one, so that all
    runs hold out the same rows.

    With `progress` a terminal or notebook shows how many runs are done, and the best of them.

    A run that fails is a row with its error; if all fail, the first one's error is raised. At Ctrl-C, what
    has not begun is cancelled, and the rows of what has finished are returned, if there are some.

    Runs are made here one after the other, or by an `executor` of `concurrent.futures` or of the same kind:
    `ThreadPoolExecutor(4)`, whose threads run at the same time where machine code trains
    (`engine="derived", backend="wasm"`); `ProcessPoolExecutor(4)`; `client.get_executor(pure=False)` of
    Dask; or `MPIPoolExecutor()` of MPI. Processes, but for Dask's, take functions that are at the top
    of a module, and the file that is run needs `if __name__ == "__main__":`. The rows are the same to the
    last bit. Where NumPy trains, workers are best given one thread each: set the environment's
    OMP_NUM_THREADS=1 before they begin.

    What is lost with a worker that dies is tried `retries` times again, if the executor still takes calls.
    `timeout` are the seconds for all together; what has begun then is not stopped, only not waited for. An
    ExecutorError, or ExecutorTimeoutError, names the runs that are missing, and has the others as
    `finished`, a Sweep. Without a timeout an executor that has no workers is waited for without end.

    >>> from autograd_scratch import MLP, SGD
    >>> from autograd_scratch.datasets import XOR
    >>> def build(seed, hidden):
    ...     return MLP(2, [hidden, 1], "tanh", seed=seed)
    >>> found = sweep(build, XOR, seeds=range(3), grid={"hidden": [2, 4], "lr": [0.01, 0.1]},
    ...               optimizer=SGD, epochs=100, engine="derived")
    >>> len(found), found.best.settings, [round(each.mean, 2) for each in found.summary()]
    (12, {'hidden': 4, 'lr': 0.1}, [0.23, 0.17, 0.25, 0.13])
    """
    check_build(build)
    executor = checked_executor(executor)
    drawn = _seeds(seeds)
    combinations = _combinations(grid, settings)
    inputs, targets = rows_of(data, y, "sweep")
    rows, apart = ([*zip(inputs, targets)], None) if y is None else (inputs, targets)
    tasks = [Task(build, rows, apart, shared_out(build, {**settings, **own})) for own in combinations]
    _try_out(tasks[0], drawn[0])
    calls = [(task, seed) for task in tasks for seed in drawn]
    made = [(own, seed) for own in combinations for seed in drawn]
    found: dict[int, Any] = {}

    def finished() -> Sweep:
        return Sweep([_row(*made[i], *calls[i], found[i]) for i in sorted(found)], len(calls))

    def how_far(found: Mapping[int, Any]) -> HowFar:
        rows = [_row_alone(*made[i], came) for i, came in found.items()]
        words = line_of(Sweep(rows, len(calls)), others="") if rows else f"0 of {len(calls):,} runs"
        return HowFar(len(rows), len(calls), words)

    shown = progress_of(how_far, progress)
    is_collecting = gc.isenabled()
    try:
        execute(
            executor,
            run,
            calls,
            timeout=timeout,
            retries=retries,
            found=found,
            names=[run_name(*each) for each in made],
            keeps_faults=True,
            look=lambda: shown.show(found),
        )
    except KeyboardInterrupt:
        if not found:
            raise
    except ExecutorError as fault:
        fault.finished = finished()
        raise
    finally:
        shown.close(found)
        if is_collecting:
            gc.enable()  # threads that pause it at the same time may have left it off
    result = finished()
    _raise_if_all_failed(result)
    return result


def _row(settings: Mapping[str, Any], seed: int, task: Task, _: int, came: Trained | Fault) -> SweepRow:
    row = _row_alone(settings, seed, came)
    return row if isinstance(came, Fault) else replace(row, model=model_of(came, task, seed))


def _row_alone(settings: Mapping[str, Any], seed: int, came: Trained | Fault) -> SweepRow:
    """Return the row of a run, without its model."""
    if isinstance(came, Fault):
        return SweepRow(settings, seed, error=came.error)
    return SweepRow(settings, seed, came.history)


def _raise_if_all_failed(found: Sweep) -> None:
    errors = [row.error for row in found if row.error is not None]
    if len(errors) == found.planned:
        if len(errors) > 1:
            errors[0].add_note(
                f"so it is with {found[0].name}, and all {len(errors):,} runs of the sweep failed"
            )
        raise errors[0]


def _seeds(seeds: Any) -> list[int]:
    """Return the seeds, each of which there is once."""
    if not isinstance(seeds, Iterable) or isinstance(seeds, (str, bytes, Mapping)):
        example = f"range({seeds})" if isinstance(seeds, int) and seeds > 0 else "range(8)"
        raise DataError(f"seeds are whole numbers, of which one model each is made: write seeds={example}")
    found = [whole(seed, "a seed") for seed in seeds]
    if not found:
        raise DataError("there are no seeds, and so nothing to train: write seeds=range(8)")
    twice = [seed for i, seed in enumerate(found) if seed in found[:i]]
    if twice:
        raise DataError(
            f"seed {twice[0]} is there twice, and would train the same model again: leave one out"
        )
    return found


def _combinations(grid: Any, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the combinations of a grid, the last setting changing first."""
    if grid is None:
        grid = {}
    if not isinstance(grid, Mapping) or not all(isinstance(name, str) for name in grid):
        raise DataError(
            f"a grid is a dict of lists, the values of each setting: {_A_GRID}, not {describe(grid)}"
        )
    columns = {name: _values(name, values) for name, values in grid.items()}
    for name in columns:
        if name in settings:
            raise DataError(f"{name} is in the grid, and is given by {name}=, too: leave one of them out")
    for name, values in [*settings.items(), *columns.items()]:
        if any(isinstance(each, Iterator) for each in (values if name in columns else [values])):
            raise DataError(
                f"{name} can be gone through once, and each run needs it: write list(...) around it"
            )
    if SEED in columns:
        raise DataError("seeds are given apart from the grid: write seeds=range(8)")
    return [dict(zip(columns, values)) for values in product(*columns.values())]


def _values(name: str, values: Any) -> list[Any]:
    """Return the values of a setting, each of which there is once."""
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes, Mapping)):
        raise DataError(f"the grid has a list of values for each setting: write {name!r}: [{values!r}]")
    found = [*values]
    if not found:
        raise DataError(
            f"the grid has no values for {name!r}: leave it out, or write some, as in {_A_GRID}"
        )
    if _has_twins(found):
        raise DataError(f"the grid has a value of {name!r} twice: leave one of {describe(found)} out")
    return found


def _has_twins(values: Sequence[Any]) -> bool:
    plain = [each for each in values if isinstance(each, (str, int, float, bool, tuple, type(None)))]
    return len({(type(each), repr(each)) for each in plain}) < len(plain)


def _try_out(task: Task, seed: int) -> None:
    """Make models before anything is trained: they are others each time, and equal for equal seeds."""
    model, optimizer = begun(task, seed)
    again, other = begun(task, seed)
    if model is again or optimizer is other:
        what = "model" if model is again else "optimizer"
        raise DataError(
            f"build gives the same {what} each time, and each run needs a new one: make it in build"
        )
    if _numbers(model) != _numbers(again):
        raise DataError(
            f"build gives other weights each time for seed={seed}, so that no run could be repeated: give "
            "the seed to all that draws numbers, MLP(2, [4, 1], seed=seed)"
        )


def _numbers(model: Any) -> list[str]:
    return [repr(p.data) for p in parameters_of(model, frozen=True)]
