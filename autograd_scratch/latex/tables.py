"""Tables of plain numbers that nobody named: each gets a letter that is no name, and is told what it is."""

import operator
from collections.abc import Callable, Mapping, Sequence
from math import isfinite, prod
from typing import Any, NamedTuple

from .formulas import Typesetter
from .lines import Line
from .pieces import indicator
from .setting import joined
from .symbols import Symbol, number

MASK, TABLE = r"\mathcal{M}", r"\mathcal{C}"  # as no name is set
_RELATIONS: dict[str, Callable[[int, int], bool]] = {
    r"\le": operator.le,
    "<": operator.lt,
    r"\ge": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
    r"\ne": operator.ne,
}


class Numbers(NamedTuple):
    """The entries of a table, row by row, and its shape."""

    entries: Sequence[float]
    shape: tuple[int, ...]

    @classmethod
    def of(cls, nested: Any) -> "Numbers":
        """Return the table of nested lists.

        >>> Numbers.of([[1, 2, 3], [4, 5, 6]])
        Numbers(entries=[1, 2, 3, 4, 5, 6], shape=(2, 3))
        """
        shape: list[int] = []
        while nested and isinstance(nested[0], list):
            shape.append(len(nested))
            nested = [entry for row in nested for entry in row]
        return cls(nested, (*shape, len(nested) // (prod(shape) or 1)))

    @property
    def is_mask(self) -> bool:
        """Whether it is 1 just where column and row are in some order."""
        return bool(self.relation)

    @property
    def relation(self) -> str:
        """How column and row are related where it is 1, and not where it is 0; nothing if they are not."""
        rows, columns = ([1, 1] + [size for size in self.shape if size > 1])[-2:]
        if min(rows, columns) < 2 or rows * columns < len(self.entries):
            return ""
        places = [(i % columns, i // columns) for i in range(len(self.entries))]
        for sign, holds in _RELATIONS.items():
            if all(entry == holds(*place) for entry, place in zip(self.entries, places)):
                return sign
        return ""


def letters_of(tables: Mapping[str, Numbers]) -> dict[str, Symbol]:
    r"""Return what tables are set as, numbered where there are several of a kind.

    >>> one, mask = Numbers.of([0.5]), Numbers.of([[0, 1], [0, 0]])
    >>> [letter.text for letter in letters_of({"c1": one, "c2": mask, "c3": one}).values()]
    ['\\mathcal{M}', '\\mathcal{C}_{1}', '\\mathcal{C}_{2}']
    """
    found: dict[str, Symbol] = {}
    for letter, is_mask in ((MASK, True), (TABLE, False)):
        names = [name for name, table in tables.items() if table.is_mask == is_mask]
        for i, name in enumerate(names, 1):
            found[name] = Symbol(letter, (str(i),) if len(names) > 1 else ())
    return found


def told(setter: Typesetter, letter: Symbol, table: Numbers) -> Line:
    """Return the line that says what a table is: its entries by a rule, or of which kind they are."""
    if table.is_mask:
        row, column = letters = setter.fresh([0, 1])
        setter.release(letters)
        rule = indicator(f"{column} {table.relation} {row}", False).text
        return Line(letter.at(joined(letters)).text, "=", [rule], r"\text{a mask}")
    size = r" \times ".join(map(str, table.shape))
    return Line(letter.text, r"\in", [rf"{_kind(table)}^{{{size}}}"], r"\text{a table of numbers}")


def _kind(table: Numbers) -> str:
    """Return the set that entries are of."""
    if not all(isfinite(entry) and entry == int(entry) for entry in table.entries):
        return r"\mathbb{R}"
    least, most = min(table.entries), max(table.entries)
    ends = dict.fromkeys([number(least), *([r"\dots"] if most - least > 1 else []), number(most)])
    return rf"\{{{', '.join(ends)}\}}"
