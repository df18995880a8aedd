"""The text of loop nests in Python: one function on a flat memory of floats, as numba likes it best.

All arrays stand one after the other in `memory`, the entries of index tables in `tables`, so that every
index is a number of whole numbers that the compiler knows: no array has to be made, passed or told apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...primitives import Primitive
from ...primitives.arithmetic import add
from ...primitives.reductions import max_p, min_p, prod_p
from ..expressions import ATOM, CHOICE, MATH, Text, constant, largest, written
from ..layout import indented
from ..naming import RESERVED, Names, identifier
from ..nests.loops import (
    AddTo,
    Array,
    Axis,
    Let,
    Local,
    Loop,
    Nests,
    Operand,
    Place,
    Read,
    Statement,
    Update,
    Write,
    operands,
    statements,
)
from ..nests.repeating import Epochs
from ..source import LIMITS, Source
from ..statements import DEEPEST, LONGEST, name_in_source

MEMORY, TABLES, LOSSES = "memory", "tables", "losses"
PLUS = "plus"  # the sum of two, in which order does not count


@dataclass(frozen=True)
class Layout:
    """Where each array begins in memory, how long that is, and what stands in the tables of indices."""

    offsets: dict[Array, int]
    size: int
    tables: tuple[int, ...]
    begins: dict[tuple[int, ...], int]


def laid_out(nests: Nests) -> Layout:
    """Return where arrays and tables stand."""
    offsets: dict[Array, int] = {}
    size = 0
    for array in nests.arrays:
        offsets[array] = size
        size += array.size
    begins: dict[tuple[int, ...], int] = {}
    entries: list[int] = []
    for statement in statements(nests.body):
        table = statement.place.table if isinstance(statement, (Read, Write, AddTo)) else None
        if table is not None and table not in begins:
            begins[table] = len(entries)
            entries += table
    return Layout(offsets, size, tuple(entries), begins)


def loop_source(name: str, nests: Nests, layout: Layout, plus: str | None = PLUS) -> Source:
    """Write the function that computes all results in memory.

    Sums call `plus`, by which a compiler knows that their order is free; None writes operators.
    """
    writer = LoopWriter(layout, plus)
    body = list(writer.lines(nests.body)) or ["pass"]
    return writer.finished(identifier(name), body)


def epochs_source(name: str, epochs: Epochs, layout: Layout, plus: str | None = PLUS) -> Source:
    """Write the function that trains: one epoch for each entry of `losses`.

    To each of these it adds the losses of the epoch's batches, one by one.
    """
    writer = LoopWriter(layout, plus)
    epoch, total = writer.names.new("epoch"), writer.names.new("total")
    batch = writer.axis(epochs.batches)
    loss = writer.place(Place(epochs.loss))
    in_batch = [*writer.lines(epochs.nests.body), f"{total} += {loss}"]
    if epochs.count is not None:
        in_batch.insert(0, f"{writer.place(Place(epochs.count))} += 1.0")
    in_epoch = [
        f"{total} = {LOSSES}[{epoch}]",
        f"for {batch} in range({epochs.batches.size}):",
        *indented(in_batch),
    ]
    in_epoch.append(f"{LOSSES}[{epoch}] = {total}")
    body = [f"for {epoch} in range(len({LOSSES})):", *indented(in_epoch)]
    return writer.finished(identifier(name), body, (MEMORY, TABLES, LOSSES))


class LoopWriter:
    """Writes statements in Python."""

    def __init__(self, layout: Layout, plus: str | None = None) -> None:
        self.layout = layout
        self.plus = plus
        self.names = Names([*MATH.values(), *LIMITS, MEMORY, TABLES, LOSSES, PLUS])
        self.functions: dict[Primitive, str] = {}
        self._texts: dict[Local, Text] = {}
        self._axes: dict[Axis, str] = {}

    def finished(
        self, name: str, body: Sequence[str], arguments: Sequence[str] = (MEMORY, TABLES)
    ) -> Source:
        """Return the source of a function with this body."""
        function = name
        while function in {*MATH.values(), *RESERVED, *LIMITS, *self.functions.values()}:
            function = f"derived_{function}"
        code = "\n".join([f"def {function}({', '.join(arguments)}):", *indented(body)]) + "\n"
        called = {text: primitive for primitive, text in self.functions.items()}
        from_math = {text for text, primitive in called.items() if primitive in MATH}
        from_math |= LIMITS & {*re.findall(r"\w+", code)}
        listed = ", ".join(sorted(from_math))
        return Source(
            imports=f"from math import {listed}\n\n\n" if listed else "",
            code=code,
            function=function,
            functions=frozenset(
                from_math | ({self.plus} if self.plus and f"{self.plus}(" in code else set())
            ),
            primitives=tuple((t, p) for t, p in called.items() if p not in MATH),
            constants=(),
            missing=(),
        )

    def lines(self, body: Sequence[Statement]) -> Iterator[str]:
        """Yield the lines of some statements; what is used once is written where it is used."""
        uses: dict[Local, int] = {}
        for statement in statements(body):
            for operand in operands(statement):
                if isinstance(operand, Local):
                    uses[operand] = uses.get(operand, 0) + 1
        yield from self._lines(body, uses)

    def _lines(self, body: Sequence[Statement], uses: dict[Local, int]) -> Iterator[str]:
        here = {o for s in body for o in operands(s) if isinstance(o, Local)}
        changed = {s.place.array for s in statements(body) if isinstance(s, (Write, AddTo))}
        changing = {s.target for s in statements(body) if isinstance(s, Update)}
        for statement in body:
            if isinstance(statement, Loop):
                axis = self.axis(statement.axis)
                yield f"for {axis} in range({statement.axis.size}):"
                yield from indented(self._lines(statement.body, uses))
            elif isinstance(statement, (Read, Let)):
                target = statement.target
                if isinstance(statement, Read):
                    text = Text(self.place(statement.place), ATOM)
                    is_free = statement.place.array not in changed
                else:
                    text = self._written(statement)
                    is_free = changing.isdisjoint(o for o in statement.operands if isinstance(o, Local))
                is_free = is_free and target not in changing and statement.target in here
                if is_free and uses.get(target) == 1 and self._fits(text):
                    self._texts[target] = text
                elif target in uses or not isinstance(statement, Read):
                    yield f"{self._named(target)} = {text.text}"
            elif isinstance(statement, Update):
                yield self._update(statement)
            elif isinstance(statement, Write):
                yield f"{self.place(statement.place)} = {self.text(statement.value).text}"
            elif isinstance(statement, AddTo):
                yield f"{self.place(statement.place)} += {self.text(statement.value).text}"

    @staticmethod
    def _fits(text: Text) -> bool:
        return len(text.text) <= LONGEST and text.depth <= DEEPEST

    def text(self, operand: Operand) -> Text:
        """Return how an operand is written."""
        return self._texts[operand] if isinstance(operand, Local) else constant(operand)

    def _named(self, local: Local) -> str:
        if local not in self._texts:
            name = self.names.new(local.name) if local.name else self.names.numbered("t")
            self._texts[local] = Text(name, ATOM)
        return self._texts[local].text

    def axis(self, axis: Axis) -> str:
        """Return the name of the index of a loop."""
        if axis not in self._axes:
            self._axes[axis] = self.names.numbered("i")
        return self._axes[axis]

    def _written(self, statement: Let) -> Text:
        args = [self.text(operand) for operand in statement.operands]
        if statement.primitive is None:
            return args[0]
        if statement.primitive in _EXTREMES and len(args) == 2:
            t, x = (arg.inside(ATOM) for arg in args)
            depth = 1 + max(arg.depth for arg in args)
            return Text(_EXTREMES[statement.primitive].format(t=t, x=x), CHOICE, depth)
        return written(statement.primitive, args, self._function)

    def _function(self, primitive: Primitive) -> str:
        if primitive not in self.functions:
            self.functions[primitive] = MATH.get(primitive) or self.names.new(name_in_source(primitive))
        return self.functions[primitive]

    def place(self, place: Place) -> str:
        """Return how an entry of an array is written."""
        offset = self.layout.offsets[place.array] + place.offset
        parts = self._index(place.strides)
        if place.table is not None:
            index = self._index(place.table_strides)
            begin = self.layout.begins[place.table] + place.table_offset
            parts.append(f"{TABLES}[{_sum(index, begin)}]")
        return f"{MEMORY}[{_sum(parts, offset)}]"

    def _index(self, strides: Sequence[tuple[Axis, int]]) -> list[str]:
        return [self.axis(a) if step == 1 else f"{step} * {self.axis(a)}" for a, step in strides]

    def _update(self, statement: Update) -> str:
        target, value = self._named(statement.target), self.text(statement.value)
        primitive = statement.primitive
        if primitive is add:
            plus = self.plus
            return f"{target} = {plus}({target}, {value.text})" if plus else f"{target} += {value.text}"
        if primitive is prod_p:
            return f"{target} *= {value.text}"
        return f"{target} = {_EXTREMES[primitive].format(t=target, x=value.inside(ATOM))}"


# nan counts for more than all numbers, but for Python's max
_EXTREMES: dict[Any, str] = {
    largest: "{x} if {x} > {t} else {t}",
    max_p: "{t} if {x} <= {t} else {x} if {t} <= {x} else {t} + {x}",
    min_p: "{t} if {t} <= {x} else {x} if {x} <= {t} else {t} + {x}",
}


def _sum(parts: list[str], offset: int) -> str:
    if offset or not parts:
        parts = [str(offset), *parts]
    return " + ".join(parts)
