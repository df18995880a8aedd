"""A training run as WebAssembly: blocks of rows, batches and epochs are loops in one module."""

import math
from array import array
from collections.abc import Sequence
from itertools import chain, takewhile

from ..optim import Optimizer, State
from ..program.record import Recording
from ..program.table import Table
from ..program.updates import Setting, others_of, setting_of, settings_in_use
from ..program.wasm.blocks import block_rows
from ..program.wasm.effort import SLICE, loading, nanoseconds
from ..program.wasm.engine import Instance
from ..program.wasm.operations import NoFormError
from ..program.wasm.training import LOSSES, Parts, Training
from ..program.wasm.writing import FLOAT, INDEX
from ..value import Value
from .block_parts import parts_of
from .numbers import Trained

SHUFFLED = 100_000  # rows in the orders of all epochs of a call


class WasmLoop:
    """The loop over epochs as a module; a call of it goes on for some blocks of rows.

    The recording may have one parameter more than are moving: two are computed at once.
    """

    backend = "wasm"

    def __init__(
        self,
        recording: Recording,
        moving: Sequence[Value],
        table: Table,
        optimizer: Optimizer,
        is_mean: bool,
        batch_size: int,
    ) -> None:
        self.moving = moving
        self._recording = recording
        self._optimizer = optimizer
        self._is_mean = is_mean
        self._table = table
        self._batch_size = min(batch_size, len(table))
        self._running: _Machine | None = None
        self._failed = 0  # how often numbers were not finite
        self._last = self._made()

    def _machine(self) -> "_Machine":
        """Return the module for what the optimizer is set to; its numbers may be any, but for 0."""
        settings = self._last.settings
        if others_of(self._optimizer, settings) != self._last.others or not all(self._numbers_of(settings)):
            self._last = self._made()
        return self._last

    def _made(self) -> "_Machine":
        settings = settings_in_use(self._optimizer, self.moving[0])
        try:
            return self._made_with(settings)
        except NoFormError:
            if not settings:
                raise
            return self._made_with([])  # what has no form may be of settings alone: then it is a number

    def _made_with(self, settings: Sequence[Setting]) -> "_Machine":
        rows = block_rows(self._batch_size)
        parts = parts_of(self._recording, self._optimizer, self.moving, settings, rows, self._is_mean)
        others = others_of(self._optimizer, settings)
        return _Machine(parts, settings, others, self._table, self._batch_size)

    def _numbers_of(self, settings: Sequence[Setting]) -> list[float]:
        return [setting_of(self._optimizer, setting) for setting in settings]

    def source(self) -> str:
        """Return the text of the module."""
        return self._machine().layout.text

    def at_once(self, is_shuffled: bool) -> int:
        """Return how many epochs a call takes."""
        return min(LOSSES, max(1, SHUFFLED // len(self._table))) if is_shuffled else LOSSES

    @property
    def redone(self) -> int:
        """How many epochs others do next: one at first, then twice as many, up to those of a slice."""
        return int(min(self._last.epochs, 2 ** max(0, self._failed - 1)))

    def run(
        self, epochs: int, orders: Sequence[Sequence[int]] | None, steps: int, states: Sequence[State]
    ) -> Trained | None:
        """Return what some epochs give, each with its order of the rows, as long as all is finite."""
        machine = self._machine()
        machine.begin(
            orders,
            [parameter._data for parameter in self.moving],
            [*states, states[-1]],  # the last of one that does not count
            steps,
            self._numbers_of(machine.settings),
        )
        self._running = machine
        done = machine.run(epochs)
        self._failed += done < epochs
        found = machine.reached(len(self.moving), done)
        self._running = None
        return found

    def reached(self) -> Trained | None:
        """Return how far a call has come that was interrupted; None where that is nowhere."""
        return self._running.reached(len(self.moving), 0) if self._running else None


class _Machine:
    """A module that trains, and its memory with the rows of the data set."""

    def __init__(
        self,
        parts: Parts,
        settings: Sequence[Setting],
        others: str,
        table: Table,
        batch_size: int,
    ) -> None:
        rows = len(table)
        self.settings = settings
        self.others = others
        self.layout = Training(parts)
        self.blocks = self.layout.blocks(rows, batch_size)  # of an epoch
        effort = (
            nanoseconds(parts.block.nests)
            + nanoseconds(parts.update)
            + loading(parts.block.rows, table.width)
        )
        self._at_once = max(1, int(SLICE / effort))  # blocks
        self.epochs = max(1, self._at_once // self.blocks)  # of a slice
        data = self.layout.memory.size
        orders = data + FLOAT * len(table.numbers)
        self._instance = Instance(self.layout.text, orders + INDEX * max(SHUFFLED, rows))
        self._instance.write(data, table.numbers)
        self._cells = dict.fromkeys(self.layout.cells, 0) | {
            "rows": rows,
            "batch_size": batch_size,
            "end": batch_size,
            "data": data,
            "order": orders,
        }

    def begin(
        self,
        orders: Sequence[Sequence[int]] | None,
        numbers: Sequence[float],
        states: Sequence[State],
        steps: int,
        settings: Sequence[float],
    ) -> None:
        """Write what a call begins with."""
        instance, layout = self._instance, self.layout
        for place, column in zip(layout.state, [numbers, *zip(*states)]):
            instance.write(place, column)
        for place, number in zip(layout.settings, settings):
            instance.write(place, [number])
        instance.write(layout.step, [float(steps)])
        instance.write(layout.total, [0.0])
        for name, cell in self._cells.items():
            instance.whole[layout.cells[name] // INDEX] = cell
        if orders is not None:
            instance.whole[layout.cells["is_shuffled"] // INDEX] = 1
            begin = self._cells["order"] // INDEX
            entries = array("I", chain.from_iterable(orders))
            instance.whole[begin : begin + len(entries)] = memoryview(entries)

    def run(self, epochs: int) -> int:
        """Train for some epochs, slice by slice, as long as all is finite; return how many that are."""
        instance, layout = self._instance, self.layout
        done = 0
        while done < epochs:
            count = min(self.epochs, epochs - done)
            before = bytes(instance.bytes[layout.carried])
            is_finite = self._has_run(count)
            losses = instance.read(layout.losses + FLOAT * done, count)
            if not is_finite or not all(map(math.isfinite, losses)):
                finite = (
                    sum(1 for _ in takewhile(math.isfinite, losses)) - 1
                )  # a loss is that before a step
                instance.bytes[layout.carried] = before
                if finite > 0 and self._has_run(finite):
                    return done + finite
                instance.bytes[layout.carried] = before
                return done
            done += count
        return done

    def _has_run(self, epochs: int) -> bool:
        """Train for some epochs, in calls that are short; say whether the state is finite."""
        left = epochs * self.blocks
        blocks, is_finite = (self.layout.cells[name] // INDEX for name in ("blocks", "is_finite"))
        while left:
            count = min(left, self._at_once)
            self._instance.whole[blocks] = count
            self._instance.run()
            if not self._instance.whole[is_finite]:
                return False
            left -= count
        return True

    def reached(self, parameters: int, epochs: int) -> Trained | None:
        """Return where it is, with the losses of some epochs; None if some number is not finite."""
        instance, layout = self._instance, self.layout
        losses = instance.read(layout.losses, epochs)
        numbers, *memory = (instance.read(place, parameters) for place in layout.state)
        (steps,) = instance.read(layout.step, 1)
        if not all(map(math.isfinite, chain(losses, numbers, *memory))):
            return None
        return Trained(losses, numbers, list(zip(*memory)) if memory else [()] * len(numbers), int(steps))
