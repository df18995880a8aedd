"""The module that trains: epochs, batches and blocks of rows are loops in it.

Its memory begins with the state: the parameters, what the optimizer remembers of them, the count of steps,
and where in the epoch it is. Then come the settings, and at the end, where memory may grow, the rows of the
data set and the order of the rows in each epoch. `run()` goes on from there for as many blocks as a
cell says, and notes whether all numbers of the state are finite. Who calls it may stop after any block.
Settings that a schedule sets are taken from rows of numbers, one for each batch or each epoch.

A batch is cut into blocks of equally many rows. What a last block lacks are copies of a row that count 0.
A batch whose rows are mixed is one block, and a last, smaller one another.
"""

from dataclasses import dataclass

from ..nests.loops import Array, Nests
from .blocks import add_load
from .module import Memory, Module, address
from .row_block import RowBlock
from .writing import FLOAT, INDEX

LOSSES = 4096  # epochs in one call, at most
CELLS = (  # whole numbers that say where it is
    *("rows", "batch_size", "begin", "end", "start", "epoch", "batches"),
    *("data", "order", "is_shuffled", "is_loaded", "blocks", "is_finite"),
)


NAMES = ("", "_of_rest")  # of the blocks
SCHEDULE = "schedule"  # the cell that says where the next numbers are that a schedule sets


@dataclass
class Parts:
    """What a module for training is made of.

    Blocks add the loss and the gradient of their rows to the arrays of these, `update` takes a step; of two
    blocks the second is for a last, smaller batch. `carried` is what a block finds and leaves, beside that,
    and `now` where it finds the count of steps, from 1 on.
    """

    blocks: list[RowBlock]
    update: Nests
    state: list[Array]
    settings: list[Array]
    step: Array
    loss: Array
    slopes: Array
    moving: int  # parameters: the state may have one entry more
    is_mean: bool
    carried: list[Array]
    now: list[Array]
    scheduled: int = 0  # of the settings, at the beginning
    per_batch: bool = False  # they change with each batch, and not with each epoch


class Training:
    """The text of the module, and where what is in its memory."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        memory = self.memory = Memory()
        memory.keep([*parts.state, *parts.carried, *parts.now, parts.step])
        self.total = memory.room(FLOAT)
        cells = (*CELLS, SCHEDULE) if parts.scheduled else CELLS
        self.cells = {name: memory.room(INDEX) for name in cells}
        self.carried = slice(0, memory.size)  # from step to step
        memory.keep(parts.settings)
        begin = memory.size
        self.given = slice(0, begin)  # what a call begins with
        memory.keep([parts.loss, parts.slopes])
        self._sums = slice(begin, memory.size)
        self.losses = memory.room(FLOAT * LOSSES)
        for block in parts.blocks:
            for own, array in zip(block.nests.results, (parts.loss, parts.slopes)):
                if isinstance(own, Array):
                    memory.offsets[own] = memory.offsets[array]
            memory.keep_all(block.nests)
        memory.keep_all(parts.update)
        self.state = [memory.offsets[array] for array in parts.state]
        self.settings = [memory.offsets[array] for array in parts.settings]
        self.step = memory.offsets[parts.step]
        self.left = [(memory.offsets[array], array.size) for array in parts.carried]
        self.moving = parts.state[0].size
        module = Module(memory)
        for name, block in zip(NAMES, parts.blocks):
            module.add_nests(f"block{name}", block.nests)
        module.add_nests("update", parts.update)
        for name, block in zip(NAMES, parts.blocks):
            add_load(module, memory, block, self.cells, f"load{name}")
        self._add_run(module)
        self.text = module.text()

    def blocks(self, rows: int, batch_size: int) -> int:
        """Return how many blocks an epoch has."""
        own, rest = divmod(rows, batch_size)
        size = self._parts.blocks[0].rows
        return own * -(-batch_size // size) + -(-rest // size)

    def _cell(self, name: str) -> str:
        return f"(i32.load {address(self.cells[name])})"

    def _store(self, name: str, value: str) -> str:
        return f"(i32.store {address(self.cells[name])} {value})"

    def _counted(self, name: str) -> str:
        return self._store(name, f"(i32.add {self._cell(name)} (i32.const 1))")

    def _float(self, offset: int) -> str:
        return f"(f64.load {address(offset)})"

    def _add_run(self, module: Module) -> None:
        """Add the function that goes on for some blocks."""
        parts = self._parts
        step, loss = self.step, self.memory.offsets[parts.loss]
        size = "(i32.sub (local.get $end) (local.get $begin))"
        left = "(i32.sub (local.get $end) (local.get $start))"
        share = f"(f64.div (f64.const 1) (f64.convert_i32_u {size}))" if parts.is_mean else "(f64.const 1)"
        rows = f"(i32.const {parts.blocks[0].rows})"
        moved = f"(i32.add {self._cell('order')} (i32.mul {self._cell('rows')} (i32.const {INDEX})))"
        mean = f"(f64.div {self._float(self.total)} (f64.convert_i32_u {self._cell('batches')}))"
        epoch = f"(i32.shl {self._cell('epoch')} (i32.const 3))"
        following = f"(f64.add {self._float(step)} (f64.const 1))"
        taken = [self._taken()] if parts.scheduled else []
        lines = [
            *(f"(local.set ${name} {self._cell(name)})" for name in ("begin", "end", "start", "blocks")),
            "(loop $next",
            "  (if (i32.eq (local.get $start) (local.get $begin)) (then",
            f"    (memory.fill (i32.const {self._sums.start}) (i32.const 0)",
            f"      (i32.const {self._sums.stop - self._sums.start}))))",
            *(
                "  (if (i32.eq (local.get $start) (local.get $begin)) (then (f64.store "
                f"{address(self.memory.offsets[now])} {following})))"
                for now in parts.now
            ),
            *self._added(f"(select {left} {rows} (i32.lt_u {left} {rows})) {share}", size),
            f"  (local.set $start (i32.add (local.get $start) {rows}))",
            "  (if (i32.ge_u (local.get $start) (local.get $end)) (then",
            f"    (f64.store {address(step)} {following})",
            *map(self._scheduled, range(parts.scheduled)),
            "    (call $update)",
            *(f"    {line}" for line in taken if parts.per_batch),
            f"    (f64.store {address(self.total)}",
            f"      (f64.add {self._float(self.total)} {self._float(loss)}))",
            f"    {self._counted('batches')}",
            "    (local.set $start (local.get $end))",
            f"    (if (i32.eq (local.get $end) {self._cell('rows')}) (then",
            f"      (f64.store {address(self.losses, epoch)} {mean})",
            f"      {self._counted('epoch')}",
            *(f"      {line}" for line in taken if not parts.per_batch),
            f"      {self._store('batches', '(i32.const 0)')}",
            f"      (f64.store {address(self.total)} (f64.const 0))",
            f"      (if {self._cell('is_shuffled')} (then {self._store('order', moved)})",
            f"        (else {self._store('is_loaded', self._fits())}))",
            "      (local.set $start (i32.const 0))))",
            "    (local.set $begin (local.get $start))",
            f"    (local.set $end (i32.add (local.get $start) {self._cell('batch_size')}))",
            f"    (if (i32.gt_u (local.get $end) {self._cell('rows')}) (then",
            f"      (local.set $end {self._cell('rows')})))))",
            "  (br_if $next (local.tee $blocks (i32.sub (local.get $blocks) (i32.const 1)))))",
            *(self._store(name, f"(local.get ${name})") for name in ("begin", "end", "start")),
            *(line for array in parts.state for line in self._checked(array, parts.moving)),
            *(line for array in parts.carried for line in self._checked(array, array.size)),
            self._store("is_finite", "(i64x2.all_true (f64x2.eq (local.get $all) (v128.const f64x2 0 0)))"),
        ]
        kinds = {**dict.fromkeys(("$begin", "$end", "$start", "$blocks", "$i"), "i32"), "$all": "v128"}
        module.add("run", ' (export "run")', kinds, lines)

    def _scheduled(self, i: int) -> str:
        """Write that a setting is what the schedule says next."""
        number = f"(f64.load {address(FLOAT * i, self._cell(SCHEDULE))})"
        return f"    (f64.store {address(self.settings[i])} {number})"

    def _taken(self) -> str:
        """Write that the numbers of a schedule are used up which all settings have."""
        row = f"(i32.const {FLOAT * self._parts.scheduled})"
        return self._store(SCHEDULE, f"(i32.add {self._cell(SCHEDULE)} {row})")

    def _added(self, given: str, size: str) -> list[str]:
        """Return the lines that load a block, and add its loss and gradient up."""
        calls = [
            [
                f"  (if (i32.eqz {self._cell('is_loaded')}) (then",
                f"    (call $load{name} (local.get $start)",
                f"      {given})))",
                f"  (call $block{name})",
            ]
            for name, _ in zip(NAMES, self._parts.blocks)
        ]
        if len(calls) == 1:
            return calls[0]
        is_rest = f"(i32.eq {size} (i32.const {self._parts.blocks[1].rows}))"
        return [f"  (if {is_rest} (then", *calls[1], "  ) (else", *calls[0], "  ))"]

    def _checked(self, array: Array, count: int) -> list[str]:
        """Return the lines that add up the entries of an array times 0, which is 0 if they are finite."""
        begin = self.memory.offsets[array]

        def added(entries: str) -> str:
            zeros = f"(f64x2.mul {entries} (v128.const f64x2 0 0))"
            return f"(local.set $all (f64x2.add (local.get $all) {zeros}))"

        own = f"(v128.load {address(begin, '(local.get $i)')})"
        last = f"(v128.load64_splat {address(begin + FLOAT * (count - 1))})"
        return [
            f"(local.set $i (i32.const {count // 2 * 16}))",
            f"(loop $check{begin} (if (local.get $i) (then",
            "  (local.set $i (i32.sub (local.get $i) (i32.const 16)))",
            f"  {added(own)}",
            f"  (br $check{begin}))))",
            *([added(last)] if count % 2 else []),
        ]

    def _fits(self) -> str:
        """Write whether all rows are one block, which stays as it is loaded."""
        rows = self._cell("rows")
        fits = f"(i32.le_u {rows} (i32.const {self._parts.blocks[0].rows}))"
        return f"(i32.and {fits} (i32.ge_u {self._cell('batch_size')} {rows}))"
