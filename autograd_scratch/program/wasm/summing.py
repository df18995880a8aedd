"""The module that adds value and derivatives up over rows.

`run()` goes through as many rows as a cell says, block by block, and adds to the sums; who calls it clears
these before the first rows, and may stop after any.
"""

from .blocks import add_load
from .module import Memory, Module, address
from .row_block import RowBlock
from .writing import INDEX

CELLS = ("rows", "data", "order", "is_shuffled")


class Summing:
    """The text of the module, and where what is in its memory.

    `sums` are where the sums of values begin, in bytes, and how many there are of each; or plain numbers.
    """

    def __init__(self, block: RowBlock) -> None:
        memory = self.memory = Memory()
        nests, self.rows = block.nests, block.rows
        begin = memory.size
        results = [result for result in nests.results if not isinstance(result, float)]
        memory.keep(results)
        self.cleared = slice(begin, memory.size)
        self.cells = {name: memory.room(INDEX) for name in CELLS}
        memory.keep_all(nests)
        self.fixed = [memory.offsets[array] for array in block.fixed]
        self.sums = [
            result if isinstance(result, float) else (memory.offsets[result], result.size)
            for result in nests.results
        ]
        module = Module(memory)
        module.add_nests("block", nests)
        add_load(module, memory, block, self.cells)
        self._add_run(module)
        self.text = module.text()

    def _add_run(self, module: Module) -> None:
        rows = f"(i32.load {address(self.cells['rows'])})"
        left = f"(i32.sub {rows} (local.get $start))"
        size = f"(i32.const {self.rows})"
        lines = [
            "(loop $next",
            f"  (call $load (local.get $start) (select {left} {size} (i32.lt_u {left} {size}))",
            "    (f64.const 1))",
            "  (call $block)",
            f"  (br_if $next (i32.lt_u (local.tee $start (i32.add (local.get $start) {size}))",
            f"    {rows})))",
        ]
        module.add("run", ' (export "run")', {"$start": "i32"}, lines)
