"""A module that trains, its memory, and how it is called: in slices, so that Ctrl-C is heard."""

import math
from array import array
from collections.abc import Sequence
from itertools import chain, takewhile
from typing import NamedTuple

from ...program.table import Table
from ...program.wasm.effort import SLICE, loading, nanoseconds
from ...program.wasm.engine import Instance
from ...program.wasm.training import LOSSES, SCHEDULE, Parts, Training
from ...program.wasm.writing import FLOAT, INDEX
from .numbers import Begun, Trained
from .tuning import Tuning

SHUFFLED = 100_000  # rows in the orders of all epochs of a call
SCHEDULED = 20_000  # steps of a call, if a schedule sets something for each


class Recipe(NamedTuple):
    """A module that trains, for others to run: places in its memory are in bytes.

    `memory` is what it has before the first epoch, at some places; the first `kept` bytes say how far it
    is, and nothing else changes from epoch to epoch but the losses. Those of a call are at `losses`, at
    most `at_once`, from the number in the cell "epoch" on. A call runs the blocks that the cell "blocks"
    says, and leaves in "is_finite" whether it was all well. `numbers` are where the parameters are that
    move, and then what modules carry.
    """

    text: str
    size: int
    memory: list[tuple[int, bytes]]
    kept: int
    cells: dict[str, int]
    losses: int
    at_once: int
    blocks: int  # of an epoch
    numbers: list[int]


class Machine:
    """A module that trains, and its memory with the rows of the data set."""

    def __init__(
        self,
        parts: Parts,
        tuning: Tuning,
        table: Table,
        batch_size: int,
    ) -> None:
        rows = len(table)
        self.tuning = tuning
        self.layout = Training(parts)
        self.blocks = self.layout.blocks(rows, batch_size)  # of an epoch
        block = parts.blocks[0]
        effort = nanoseconds(block.nests) + nanoseconds(parts.update) + loading(block.rows, table.width)
        self._at_once = max(1, int(SLICE / effort))  # blocks
        self.epochs = max(1, self._at_once // self.blocks)  # of a slice
        data = self.layout.memory.size
        orders = data + FLOAT * len(table.numbers)
        schedule = -(-(orders + INDEX * max(SHUFFLED, rows)) // FLOAT) * FLOAT
        batches = -(-rows // batch_size) if parts.per_batch and parts.scheduled else 1
        steps = max(batches, SCHEDULED // batches * batches)
        self.most = steps // batches  # epochs, as far as a schedule can be told
        self._instance = Instance(self.layout.text, schedule + FLOAT * steps * parts.scheduled)
        self._instance.write(data, table.numbers)
        self._cells = dict.fromkeys(self.layout.cells, 0) | {
            "rows": rows,
            "batch_size": batch_size,
            "end": batch_size,
            "data": data,
            "order": orders,
        }
        if parts.scheduled:
            self._cells[SCHEDULE] = schedule

    def begin(
        self,
        orders: Sequence[Sequence[int]] | None,
        numbers: Sequence[float],
        begun: Begun,
        settings: Sequence[float],
    ) -> None:
        """Write what a call begins with."""
        instance, layout = self._instance, self.layout
        steps, states, carried, schedule = begun
        for place, column in zip(layout.state, [numbers, *zip(*states)]):
            instance.write(place, column)
        groups = self.tuning.groups(layout.moving)
        columns = [*([number] for number in settings), *groups]
        for place, column in zip(layout.settings[len(schedule) :], columns, strict=True):
            instance.write(place, column)
        if schedule:
            instance.write(self._cells[SCHEDULE], [*chain.from_iterable(zip(*schedule))])
        for place, _ in layout.left:
            instance.write(place, carried)
        instance.write(layout.step, [float(steps)])
        instance.write(layout.total, [0.0])
        for name, cell in self._cells.items():
            self._set(name, cell)
        if orders is not None:
            self._set("is_shuffled", 1)
            begin = self._cells["order"] // INDEX
            entries = array("I", chain.from_iterable(orders))
            instance.whole[begin : begin + len(entries)] = memoryview(entries)

    def recipe(self) -> Recipe:
        """Return the module and its memory, as a call began."""
        layout, cells, whole = self.layout, self._cells, self._instance.bytes
        parts = [layout.given, slice(cells["data"], cells["order"])]
        if SCHEDULE in cells:
            parts.append(slice(cells[SCHEDULE], len(whole)))
        numbers = [(layout.state[0], layout.moving), *layout.left]
        return Recipe(
            text=layout.text,
            size=len(whole),
            memory=[(part.start, bytes(whole[part]).rstrip(b"\0")) for part in parts],
            kept=layout.carried.stop,
            cells=layout.cells,
            losses=layout.losses,
            at_once=LOSSES,
            blocks=self.blocks,
            numbers=[place + FLOAT * i for place, count in numbers for i in range(count)],
        )

    def run(self, epochs: int) -> None:
        """Train for some epochs, slice by slice, as long as all is finite."""
        instance, layout = self._instance, self.layout
        done = 0
        while done < epochs:
            count = min(self.epochs, epochs - done)
            before = bytes(instance.bytes[layout.carried])
            is_finite = self._has_run(count * self.blocks)
            losses = instance.read(layout.losses + FLOAT * done, count)
            if not is_finite or not all(map(math.isfinite, losses)):
                # a loss is that before a step, so the last finite one may be of a step that is not
                finite = sum(1 for _ in takewhile(math.isfinite, losses)) - 1
                instance.bytes[layout.carried] = before
                if finite <= 0 or not self._has_run(finite * self.blocks):
                    instance.bytes[layout.carried] = before
                return
            done += count

    def run_step(self, rows: int) -> float | None:
        """Take a step on some rows, the first in their order; return its loss, None if it is not finite."""
        self._set("end", rows)
        if not self._has_run(self.layout.blocks(rows, rows)):
            return None
        is_epoch = rows == self._cells["rows"]
        (loss,) = self._instance.read(self.layout.losses if is_epoch else self.layout.total, 1)
        return loss

    def _has_run(self, blocks: int) -> bool:
        """Go on for some blocks, in calls that are short; say whether the state is finite."""
        while blocks:
            count = min(blocks, self._at_once)
            self._set("blocks", count)
            self._instance.run()
            if not self._cell("is_finite"):
                return False
            blocks -= count
        return True

    def _cell(self, name: str) -> int:
        return int(self._instance.whole[self.layout.cells[name] // INDEX])

    def _set(self, name: str, number: int) -> None:
        self._instance.whole[self.layout.cells[name] // INDEX] = number

    def reached(self, parameters: int) -> Trained | None:
        """Return where it is, with the losses of the epochs; None if some number is not finite."""
        instance, layout = self._instance, self.layout
        losses = instance.read(layout.losses, self._cell("epoch"))
        numbers, *memory = (instance.read(place, parameters) for place in layout.state)
        steps, total = (instance.read(place, 1)[0] for place in (layout.step, layout.total))
        carried = [number for place in layout.left for number in instance.read(*place)]
        if not all(map(math.isfinite, chain(losses, numbers, carried, [total], *memory))):
            return None
        remembered = list(zip(*memory)) if memory else [()] * len(numbers)
        return Trained(losses, numbers, remembered, int(steps), carried, (total, self._cell("batches")))
