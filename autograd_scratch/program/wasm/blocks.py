"""Blocks of rows: how long they are, and the function that brings one where its nests read it."""

from collections.abc import Mapping

from ..nests.loops import AddTo, Read, Write, statements
from .module import Memory, Module, address
from .row_block import Column, RowBlock
from .writing import FLOAT

MOST = 128  # rows
ROUND = 4  # of which there is a multiple
FEW = 2  # which are a block as they are


def block_rows(batch: int) -> int:
    """Return how many rows a block has, for batches of so many: equally many in each, or a few more.

    >>> block_rows(1), block_rows(4), block_rows(100), block_rows(130), block_rows(1_000)
    (1, 4, 100, 68, 128)
    """
    if batch <= FEW:
        return batch
    blocks = -(-batch // MOST)
    return -(-batch // (blocks * ROUND)) * ROUND


def add_load(
    module: Module, memory: Memory, block: RowBlock, cells: Mapping[str, int], name: str = "load"
) -> None:
    """Add the function that loads a block: from which row on, how many, and what each counts.

    What is missing are copies of the last row that count 0.
    """
    rows = block.rows
    width = FLOAT * sum(column.size for column in block.columns)
    count = "(i32.sub (local.get $count) (i32.const 1))"
    row = f"(select (local.get $row) {count} (i32.le_u (local.get $row) {count}))"
    lines = [
        f"(local.set $place (i32.add (local.get $start) {row}))",
        f"(if (i32.load {address(cells['is_shuffled'])}) (then",
        f"  (local.set $place (i32.load (i32.add (i32.load {address(cells['order'])})",
        "    (i32.shl (local.get $place) (i32.const 2)))))))",
        f"(local.set $from (i32.add (i32.load {address(cells['data'])})",
        f"  (i32.mul (local.get $place) (i32.const {width}))))",
    ]
    begin = 0
    read = {s.place.array for s in statements(block.nests.body) if isinstance(s, (Read, Write, AddTo))}
    for column in block.columns:
        if column.array in read:
            is_along = block.nests.strides[column.array][0] == 1  # the rows are next to each other
            lines += _copied(column, memory.offsets[column.array], begin, rows, is_along)
        begin += FLOAT * column.size
    share = "(f64.const 0) (i32.lt_u (local.get $row) (local.get $count))"
    if block.shares is not None:
        place = address(memory.offsets[block.shares], "(local.get $to)")
        lines.append(f"(f64.store {place} (select (local.get $share) {share}))")
    lines.append(f"(local.set $to (i32.add (local.get $to) (i32.const {FLOAT})))")
    body = [
        "(loop $rows",
        *(f"  {line}" for line in lines),
        "  (br_if $rows (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 1)))",
        f"    (i32.const {rows}))))",
    ]
    kinds = dict.fromkeys(("$row", "$place", "$from", "$to", "$i", "$target"), "i32")
    module.add(name, " (param $start i32) (param $count i32) (param $share f64)", kinds, body)


def _copied(column: Column, offset: int, begin: int, rows: int, is_along: bool) -> list[str]:
    """Return the lines that copy what a row has for a column."""
    entry = rows if is_along else 1
    to = "(local.get $to)" if is_along else f"(i32.mul (local.get $to) (i32.const {column.size}))"
    if column.size == 1:
        number = f"(f64.load {address(begin, '(local.get $from)')})"
        return [f"(f64.store {address(offset, to)} {number})"]
    label = f"$column{begin}"
    return [
        f"(local.set $i (i32.const {column.size}))",
        f"(local.set $target {to})",
        f"(loop {label}",
        f"  (f64.store {address(offset, '(local.get $target)')}",
        f"    (f64.load {address(begin, '(local.get $from)')}))",
        f"  (local.set $target (i32.add (local.get $target) (i32.const {FLOAT * entry})))",
        f"  (local.set $from (i32.add (local.get $from) (i32.const {FLOAT})))",
        f"  (br_if {label} (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))",
        f"(local.set $from (i32.sub (local.get $from) (i32.const {FLOAT * column.size})))",
    ]
