"""What a worker does with some rows of a step: their loss and its gradient, by Values or by derived code.

What that needs, the model and the data say, is a work; it comes to a worker once, and is held there by a
key. A call that lacks it says so, and is made again with it.
"""

import os
from array import array
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from itertools import islice
from math import isfinite
from operator import attrgetter
from threading import Lock
from typing import Any, NamedTuple, Protocol

from ... import modes
from ...arrays.containers import arrange, entries
from ...collector import without_collector
from ...nn.chance import Moment
from ...nn.losses import Loss
from ...nn.search import parameters_of
from ...node import forgetting, set_data
from ...program.derivation import has_numpy
from ...program.forms import plain
from ...program.program import Program
from ...program.rolled.program import RolledProgram
from ...program.table import Table
from ...program.wasm.rows import WasmRows
from ..asked import loss_by
from ..run import answers_in, check_loss

HELD = 4  # works in a process
_grad_of = attrgetter("_grad")


class Shard(NamedTuple):
    """Some rows of a step, by their numbers, and the numbers of the parameters before it.

    The loss of the rows counts as much as `share` says; `is_strict` says what `strict()` does.
    """

    step: int
    epoch: int
    rows: Sequence[int]
    share: float
    numbers: Any
    is_strict: bool = False


class Slopes(NamedTuple):
    """A loss, and its gradient by the parameters; `missed` are the places of those that it lacks."""

    loss: float
    numbers: Any
    missed: Sequence[int] = ()


class Work(Protocol):
    """What computes the loss of a shard, and its gradient."""

    def slopes(self, shard: Shard) -> Slopes: ...


_held: dict[str, Work] = {}
_lock = Lock()
_making = Lock()


def slopes_of(key: str, work: Work | None, shard: Shard) -> Slopes | int:
    """Return the loss of a shard and its gradient; where the work is lacking, the number of the process."""
    found = _holding(key, work)
    if found is None:
        return os.getpid()
    with modes.strict() if shard.is_strict else nullcontext():
        return found.slopes(shard)


def let_go(key: str) -> None:
    """Hold a work no longer, if it is held in this process."""
    with _lock:
        _held.pop(key, None)


def _holding(key: str, work: Work | None) -> Work | None:
    """Return the work of a key, held or given; those that were asked for last are held on to."""
    with _lock:
        found = _held.pop(key, work)
        if found is not None:
            _held[key] = found
            for oldest in [*_held][:-HELD]:
                del _held[oldest]
        return found


class EagerWork:
    """Calls a model and pulls its loss back, on copies of the model: one for each thread that does so."""

    def __init__(
        self,
        model: Any,
        inputs: Sequence[Any],
        targets: Sequence[Any],
        loss: str | Loss,
        seed: int,
        is_batch: bool,
    ) -> None:
        self._model = deepcopy(model)  # as it is now, whatever becomes of it
        self._inputs, self._targets = [*inputs], [*targets]
        self._loss = loss
        self._seed = seed
        self._is_batch = is_batch
        self._copies: list[Any] = []

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_copies": []}

    def loss(self, model: Any, shard: Shard) -> Any:
        """Return the loss of a shard, computed by a model that has its numbers."""
        rows = shard.rows
        moment = Moment(self._seed, shard.step, is_batch=self._is_batch)
        outputs = answers_in(moment, model, [self._inputs[i] for i in rows], rows, self._is_batch)
        loss = loss_by(self._loss)(outputs, [self._targets[i] for i in rows])
        check_loss(loss, shard.epoch)
        return loss

    def copy(self) -> Any:
        """Return a copy of the model."""
        return deepcopy(self._model)

    @without_collector
    def slopes(self, shard: Shard) -> Slopes:
        try:
            model, leaves = self._copies.pop()
        except IndexError:
            model = self.copy()
            leaves = parameters_of(model, frozen=True)
        any(map(set_data, leaves, shard.numbers))
        any(forgetting(leaves))
        loss = self.loss(model, shard)
        if shard.share < 1.0:
            loss = loss * shard.share
        loss.backward()
        numbers = array("d", map(_grad_of, leaves))
        missed = [i for i, leaf in enumerate(leaves) if not leaf.is_reached]
        self._copies.append((model, leaves))
        return Slopes(loss.data, numbers, missed)


class DerivedWork:
    """Runs the derived code of the loss of a row over some rows, in WebAssembly or by its Program.

    The Program's arguments are the parameters, perhaps the step, and the parts of a row, as in `examples`.
    """

    def __init__(
        self,
        program: Program,
        table: Table,
        examples: Mapping[str, Any],
        *,
        is_mean: bool,
        steps: bool,
        ran: str,
    ) -> None:
        self._program = program
        self._table = table
        self._examples = {key: plain(example) for key, example in examples.items()}
        self._is_mean = is_mean
        self._steps = steps
        self._in_wasm = ran == "wasm"
        self._is_finite = table.is_finite
        self._machine: WasmRows | None = None
        self._rows: list[Any] = []

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_machine": None, "_rows": []}

    @property
    def source(self) -> str:
        """The text of what runs."""
        return self.machine().text if self._in_wasm else self._program.loop_source

    def machine(self) -> WasmRows:
        """Return the module, which is made once."""
        with _making:
            self._machine = self._machine or WasmRows(self._program.name, self._program.equations)
            return self._machine

    @without_collector
    def slopes(self, shard: Shard) -> Slopes:
        step = [float(shard.step)] * self._steps
        found = self._by_wasm(shard.numbers, step, shard.rows) if self._in_wasm else None
        loss, slopes = found or self._by_program([*shard.numbers], step, shard.rows)
        share = shard.share / len(shard.rows) if self._is_mean else 1.0
        return Slopes(loss * share, array("d", [slope * share for slope in slopes]))

    def _by_wasm(
        self, numbers: Sequence[float], step: list[float], rows: Sequence[int]
    ) -> tuple[float, Sequence[float]] | None:
        """Return the sums that machine code gives; None where numbers are not finite."""
        if not self._is_finite:
            return None
        fixed = [numbers, *([step] if step else [])]
        (loss,), slopes = self.machine().sums(fixed, self._table.chosen(rows))
        return (loss, slopes) if isfinite(loss) and all(map(isfinite, slopes)) else None

    def _by_program(
        self, numbers: list[float], step: list[float], rows: Sequence[int]
    ) -> tuple[float, Sequence[float]]:
        """Return the sums that the Program gives, exactly where they are not finite."""
        if not self._rows:
            sizes = [len([*entries(example)]) for example in self._examples.values()]
            self._rows = [self._arranged(row, sizes) for row in self._table.rows()]
        program = self._program
        if isinstance(program, RolledProgram) and not has_numpy():
            program = program.scalar
        loss, slopes = program.sum(numbers, *step, [self._rows[i] for i in rows])
        return loss, slopes

    def _arranged(self, row: Sequence[float], sizes: Sequence[int]) -> tuple[Any, ...]:
        """Return the parts of a row, given its numbers, and how many of them are of each part."""
        rest = iter(row)
        parts = [[*islice(rest, size)] for size in sizes]
        return tuple(map(arrange, self._examples.values(), parts))
