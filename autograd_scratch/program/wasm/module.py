"""Modules: what stands where in memory, and the functions around loop nests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from struct import pack
from typing import Any

from ..layout import indented
from ..nests.loops import AddTo, Array, Nests, Read, Write, statements
from .operations import function_text
from .writing import FLOAT, INDEX, Writer

PAGE = 65536
ALIGNED = 16


@dataclass
class Memory:
    """Where arrays, tables and cells begin, in bytes."""

    size: int = 0
    offsets: dict[Array, int] = field(default_factory=dict)
    tables: dict[tuple[int, ...], int] = field(default_factory=dict)
    data: list[tuple[int, bytes]] = field(default_factory=list)

    def room(self, size: int) -> int:
        """Return where some further bytes begin."""
        begin = self.size
        self.size += -(-size // ALIGNED) * ALIGNED
        return begin

    def keep(self, arrays: Iterable[Array]) -> None:
        """Give arrays their places, one after the other, but for those that have one."""
        for array in arrays:
            if array not in self.offsets:
                self.offsets[array] = self.room(FLOAT * array.size)

    def keep_together(self, arrays: Iterable[Array]) -> None:
        """Give arrays their places, without gaps."""
        for array in dict.fromkeys(arrays):
            self.offsets[array] = self.size
            self.size += FLOAT * array.size
        self.size = -(-self.size // ALIGNED) * ALIGNED

    def keep_all(self, nests: Nests) -> None:
        """Give all arrays and tables of some nests their places."""
        self.keep(nests.arrays)
        for array, numbers in nests.tables.items():
            self.data.append((self.offsets[array], pack(f"<{len(numbers)}d", *numbers)))
        for statement in statements(nests.body):
            table = statement.place.table if isinstance(statement, (Read, Write, AddTo)) else None
            if table is not None and table not in self.tables:
                self.tables[table] = self.room(INDEX * len(table))
                entries = [FLOAT * entry for entry in table]
                self.data.append((self.tables[table], pack(f"<{len(entries)}i", *entries)))


class Module:
    """The text of a module, function by function."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._called: dict[str, None] = {}
        self._functions: list[str] = []

    def add_nests(self, name: str, nests: Nests, export: str = "") -> None:
        """Add the function of some nests."""
        writer = Writer(self._memory.offsets, self._memory.tables)
        lines = list(writer.lines(nests.body))
        self._called |= writer.called
        self.add(name, export, writer.locals, lines)

    def add(self, name: str, head: str, kinds: dict[str, str], lines: Sequence[str]) -> None:
        """Add a function of such locals and lines; `head` has its export, parameters and results."""
        own = [f"(local {local} {kind})" for local, kind in kinds.items()]
        text = [f"(func ${name}{head}", *indented([*own, *lines])]
        self._functions.append("\n".join(text) + ")")

    def text(self) -> str:
        """Return the text of the module."""
        memory = self._memory
        pages = -(-memory.size // PAGE)
        parts = [
            f'(memory (export "memory") {pages})',
            *(f'(data (i32.const {offset}) "{_escaped(content)}")' for offset, content in memory.data),
            *map(function_text, self._called),
            *self._functions,
        ]
        return "\n".join(["(module", *indented("\n".join(parts).splitlines())]) + ")\n"


def _escaped(content: bytes) -> str:
    return "".join(f"\\{byte:02x}" for byte in content)


def address(offset: int, text: str = "(i32.const 0)") -> Any:
    """Write where something is."""
    return f"offset={offset} {text}" if offset else text
