"""How a training run begins, by either engine, when what was asked for is checked."""

from ..errors import DataError, ShapeError, look_up
from .asked import Asked
from .former import Former
from .loops.derived import DerivedRun
from .loops.losses_of_rows import is_mean
from .pace import pace_of
from .run import Run
from .shards.derived import DerivedShards
from .shards.run import ShardedRun

ENGINES: dict[str, type[Run]] = {"eager": Run, "derived": DerivedRun}
SHARDED: dict[str, type[Run]] = {"eager": ShardedRun, "derived": DerivedShards}


def begun(asked: Asked) -> Run:
    """Return a run of which nothing is done; where there can be none, all is as it was."""
    former = asked.former or Former(asked.model, asked.optimizer, asked.schedule)
    try:
        engine = look_up(asked.engine, ENGINES if asked.executor is None else SHARDED, "engine")
        pace = pace_of(asked.schedule, asked.schedule_per, asked.optimizer, asked.epochs, asked.steps)
        run = engine(asked, pace)
        if asked.accumulate > 1 and asked.executor is None:
            run.adds_up = _adds_up(run)
        _try_held_out(run)
        return run
    except BaseException:
        former.restore()
        raise


def _try_held_out(run: Run) -> None:
    """Let a row that is held out say before anything is trained that it is of another form."""
    if run.asked.held_out is None:
        return
    inputs, targets = run.asked.held_out
    try:
        run.loss_of(run.answers_to(inputs[:1]), targets[:1])
    except (DataError, ShapeError) as fault:
        fault.add_note("this is of the first row that is held out by validation=")
        raise
    except Exception:  # a loss of one's own may need several rows
        return


def _adds_up(run: Run) -> bool:
    """Say whether the loss of rows is the sum of theirs; if it is not, batches count by their rows."""
    is_of_rows = None if run.is_mixed else is_mean(run)
    if is_of_rows is None and isinstance(run, DerivedRun):
        raise DataError(
            "the loss of a batch is not that of its rows, so that several batches are not one: leave "
            'accumulate out, or write engine="eager"'
        )
    return is_of_rows is False
