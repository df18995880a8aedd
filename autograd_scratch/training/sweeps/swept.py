"""What a sweep has found: a row for each run, and what seeds make of each combination of settings."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple, overload

from ...elsewhere import named_elsewhere
from ...errors import DataError, MissingPackageError, look_up
from ...fragments import html_table, text
from ...signatures import call_forms
from ...tabular import text_table
from ...wording import apart, cut, number
from ..history.history import History
from ..history.metrics import is_rising

LOSS, HELD_OUT = "loss", "val_loss"
_LINES = 20  # of a table that is printed
_ERRORS = 3  # that are told below it
_CELL, _NOTE = 24, 108  # signs
_INSTEAD = {
    **dict.fromkeys(("best_params_", "best_params"), "write .best.settings"),
    **dict.fromkeys(("best_estimator_", "best_model"), "write .best.model"),
    **dict.fromkeys(("best_score_", "best_loss"), "write .best.loss"),
    **dict.fromkeys(("cv_results_", "results", "history", "df"), "write .rows, .data() or .frame()"),
    "best_seed": "write .best.seed",
    "best_history": "write .best.history",
    **dict.fromkeys(("mean", "std"), "write [(each.mean, each.spread) for each in found.summary()]"),
    **dict.fromkeys(("save", "to_csv"), "write .frame().to_csv('sweep.csv')"),
    "plot": "write for row in found: row.history.plot(label=row.name, ax=ax), or found.frame().plot()",
}
_OF_A_ROW = {
    **dict.fromkeys(("params", "config", "hyperparameters"), "write .settings"),
    **dict.fromkeys(
        ("val_loss", "accuracy", "val_accuracy"), "write .final('val_loss'), of the last epoch"
    ),
    **dict.fromkeys(("losses", "metrics"), "write .history, or .curves()"),
}


@named_elsewhere("a row of a sweep", _OF_A_ROW)
@dataclass(frozen=True, repr=False)
class SweepRow:
    """One run of a sweep: the settings of its combination, its seed, and what came of it.

    That is the `history` and the trained `model`; where the run failed both are None, and `error` says why.
    """

    settings: Mapping[str, Any]
    seed: int
    history: History | None = None
    model: Any = None
    error: Exception | None = None

    @property
    def loss(self) -> float:
        """The loss of the last epoch; nan where there is none."""
        return self.final(LOSS)

    @property
    def name(self) -> str:
        """Which run it is, as errors call it."""
        return run_name(self.settings, self.seed)

    def final(self, name: str) -> float:
        """Return the last number of the loss, or of a metric; nan where there is none."""
        seen = self.curves().get(name, ())
        return float(seen[-1]) if seen and isinstance(seen[-1], Real) else math.nan

    def curves(self) -> dict[str, Sequence[Any]]:
        """Return what the history has for each epoch, by name."""
        if self.history is None:
            return {}
        return {**self.history.metrics, LOSS: self.history.losses}

    def __repr__(self) -> str:
        told = f"failed: {_line(self.error)}" if self.error is not None else f"loss {number(self.loss)}"
        return f"<run of {self.name}: {told}>"


class Summary(NamedTuple):
    """What seeds make of a combination: how many of its runs ended in a number, and these numbers' spread.

    `spread` is the standard deviation, with n - 1; nan where there is one number. `best` is its best run.
    """

    settings: Mapping[str, Any]
    runs: int
    finished: int
    mean: float
    spread: float
    best: SweepRow


@call_forms("data", "frame", "ranked", "summary")
@named_elsewhere("a sweep", _INSTEAD)
class Sweep(Sequence[SweepRow]):
    """The runs of a sweep, in their order: for each combination of the grid all seeds.

    Printed, it is a table of the combinations, or of the seeds where there is one combination alone. Runs
    that did not finish, after Ctrl-C or in an error's `finished`, have no row; `planned` counts them, too.
    """

    def __init__(self, rows: Sequence[SweepRow], planned: int | None = None) -> None:
        self.rows = [*rows]
        self.planned = len(self.rows) if planned is None else planned

    @overload
    def __getitem__(self, place: int) -> SweepRow: ...
    @overload
    def __getitem__(self, place: slice) -> "Sweep": ...
    def __getitem__(self, place: int | slice) -> "SweepRow | Sweep":
        return Sweep(self.rows[place]) if isinstance(place, slice) else self.rows[place]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SweepRow]:
        return iter(self.rows)

    @property
    def interrupted(self) -> bool:
        """Whether some runs have not finished, as after Ctrl-C."""
        return len(self.rows) < self.planned

    @property
    def best(self) -> SweepRow:
        """The run whose last loss is least, that of held-out rows if there are some; see `ranked`."""
        return self.ranked()[0]

    def ranked(self, by: str | None = None, *, largest: bool | None = None) -> list[SweepRow]:
        """Return the runs from the best on: by the last "loss", "val_loss" or other metric; nan is last.

        Without a name it is the loss, that of held-out rows if there are some. The least is best, or the
        `largest`, which goes without saying for names such as "accuracy". A name that no run has is an
        UnknownNameError.
        """
        by, largest = self._ranking(by, largest)
        return sorted(self.rows, key=lambda row: _rank(row.final(by), largest))

    def summary(self, by: str | None = None, *, largest: bool | None = None) -> list[Summary]:
        """Return mean and spread over the seeds for each combination, in the order of the grid.

        That is of the numbers that `ranked` goes by.
        """
        by, largest = self._ranking(by, largest)
        found = []
        for rows in self._combinations():
            seen = [x for x in (row.final(by) for row in rows) if math.isfinite(x)]
            best = min(rows, key=lambda row: _rank(row.final(by), largest))
            found.append(Summary(rows[0].settings, len(rows), len(seen), _mean(seen), _spread(seen), best))
        return found

    def data(self) -> dict[str, list[Any]]:
        """Return a column for each setting of the grid, the seed, the last loss, each metric, and errors.

        A number that a run does not have is nan, and where there is no error, there is None.
        """
        columns: dict[str, list[Any]] = {
            key: [row.settings.get(key) for row in self.rows] for key in self._names()
        }

        def add(name: str, values: list[Any]) -> None:
            columns[apart(name, columns)] = values

        add("seed", [row.seed for row in self.rows])
        for name in self._numbers():
            add(name, [row.final(name) for row in self.rows])
        add("error", [None if row.error is None else _line(row.error) for row in self.rows])
        return columns

    def frame(self) -> Any:
        """Return `data` as a data frame of pandas, which is needed (MissingPackageError)."""
        try:
            import pandas
        except ImportError:
            raise MissingPackageError(
                "a frame needs pandas: pip install pandas. Without, .data() has the same columns"
            ) from None
        return pandas.DataFrame(self.data())

    def __repr__(self) -> str:
        return f"<sweep of {line_of(self)}>" if self.rows else "<sweep without finished runs>"

    def __str__(self) -> str:
        if not self.rows:
            return "no run has finished"
        header, rows, left = self._table()
        return "\n".join([line_of(self), *text_table(header, rows, None, left), *self._notes(rows)])

    def _repr_html_(self) -> str:
        if not self.rows:
            return "<p>no run has finished</p>"
        header, rows, left = self._table()
        more = "".join(f"<p>{text(line)}</p>" for line in self._notes(rows))
        return html_table(line_of(self), header, rows, None, left) + more

    def _table(self) -> tuple[list[str], list[list[str]], int]:
        """Return the header and the lines of a table, and how many of its columns are texts."""
        names = self._names()
        summaries = self.summary()
        if len(summaries) == 1:
            numbers = self._numbers()
            rows = self.rows[:_LINES]
            lines = [[str(row.seed), *(_told(row.final(name)) for name in numbers)] for row in rows]
            return ["seed", *numbers], lines, 0
        by, _ = self._ranking(None, None)
        header = [*names, "runs", f"mean {by}", "spread", "best", "seed"]
        lines = []
        for each in summaries[:_LINES]:
            few = each.finished < each.runs
            runs = f"{each.finished} of {each.runs}" if few else str(each.runs)
            numbers = [_told(x) for x in (each.mean, each.spread, each.best.final(by))]
            lines.append([*_cells(each.settings), runs, *numbers, str(each.best.seed)])
        return header, lines, len(names)

    def _notes(self, lines: Sequence[Any]) -> list[str]:
        """Return what stands below a table: how much is left out of it, and the first errors."""
        combinations = len(self._combinations())
        left = (combinations if combinations > 1 else len(self.rows)) - len(lines)
        notes = [f"... {left:,} more; .data() has them all"] if left > 0 else []
        failed = [row for row in self.rows if row.error is not None]
        notes += [cut(f"{row.name} failed: {_line(row.error)}", _NOTE) for row in failed[:_ERRORS]]
        more = len(failed) - _ERRORS
        return [*notes, f"... {more:,} more failed"] if more > 0 else notes

    def _names(self) -> list[str]:
        return [*dict.fromkeys(name for row in self.rows for name in row.settings)]

    def _numbers(self) -> list[str]:
        """Return the names of what the histories have: the loss, and then the metrics."""
        return [*dict.fromkeys([LOSS, *(name for row in self.rows for name in row.curves())])]

    def _combinations(self) -> list[list[SweepRow]]:
        """Return the rows of each combination; rows of one have the same dict of settings."""
        found: dict[int, list[SweepRow]] = {}
        for row in self.rows:
            found.setdefault(id(row.settings), []).append(row)
        return [*found.values()]

    def _ranking(self, by: str | None, largest: bool | None) -> tuple[str, bool]:
        """Return the name of the numbers by which runs are best, and whether the largest are."""
        if not self.rows:
            raise DataError("no run has finished, so that none is the best")
        known = self._numbers()
        by = (HELD_OUT if HELD_OUT in known else LOSS) if by is None else by
        look_up(by, dict.fromkeys(known), "number that runs have")
        return by, is_rising(by) if largest is None else largest


def line_of(found: Sweep, others: str = ", the others have not finished") -> str:
    """Return a line: how many runs there are, and which is the best.

    `others` tells of those that have no row.
    """
    count = f"{len(found):,} run{'s' * (len(found) != 1)}"
    if found.interrupted:
        count = f"{len(found):,} of {found.planned:,} runs{others}"
    failed = sum(row.error is not None for row in found)
    best = found.best
    by = HELD_OUT if HELD_OUT in best.curves() else LOSS
    told = f"{best.name}, {by} {number(best.final(by))}"
    return f"{count}{f', {failed:,} failed' if failed else ''}; best: {told}"


def run_name(settings: Mapping[str, Any], seed: int) -> str:
    """Return which run it is, for people.

    >>> run_name({"lr": 0.1, "hidden": 4}, 3)
    'lr=0.1, hidden=4, seed=3'
    """
    return ", ".join([*(f"{key}={_cell(each)}" for key, each in settings.items()), f"seed={seed}"])


def _cells(settings: Mapping[str, Any]) -> list[str]:
    return [_cell(each) for each in settings.values()]


def _cell(setting: Any) -> str:
    if isinstance(setting, float):
        return number(setting)
    name = getattr(setting, "__name__", None) if callable(setting) else None
    return cut(str(name or setting), _CELL)


def _line(fault: BaseException | None) -> str:
    if fault is None:
        return ""
    return f"{type(fault).__name__}: {(str(fault).splitlines() or [''])[0]}"


def _told(x: float) -> str:
    return "-" if x != x else number(x)


def _rank(x: float, largest: bool) -> tuple[bool, float]:
    return x != x, 0.0 if x != x else -x if largest else x


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(x / len(numbers) for x in numbers) if numbers else math.nan


def _spread(numbers: Sequence[float]) -> float:
    if len(numbers) < 2:
        return math.nan
    middle = _mean(numbers)
    return math.hypot(*(x - middle for x in numbers)) / math.sqrt(len(numbers) - 1)
