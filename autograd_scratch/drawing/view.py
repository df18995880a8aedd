"""What a drawing shows, before any program lays it out: boxes, what is written in them, and arrows.

A box is written row by row, in cells; what a cell is for, its role, decides its colour. Boxes are numbered
in the order of the computation, so equal graphs give equal drawings.
"""

from collections import Counter
from dataclasses import dataclass

from ..nn.clusters import Cluster
from ..wording import cut, printable

_OUTPUTS_TOLD, _TOLD_UP_TO = 3, 80  # in words: outputs, and characters of each


@dataclass(frozen=True)
class Cell:
    """A text in a box: a name, a number (`data`), a gradient (`grad`), a `local` derivative, or any `text`.

    Arrows may begin and end at the `port` of a cell.
    """

    text: str
    role: str = "text"
    port: str = ""


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Box:
    """A node of the drawing.

    Kinds are parameter, input, constant, operation, output, array, layer, part, count, before and
    reference.
    `operands` stand where arrows enter, `rows` below one another, then the `table`, whose columns are in
    line, and what is `below` it. `about` is told where the mouse rests.
    """

    id: str
    kind: str
    rows: tuple[Row, ...]
    table: tuple[Row, ...] = ()
    below: tuple[Row, ...] = ()
    operands: Row = ()
    cluster: Cluster = ()
    about: str = ""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells but the operands, row by row."""
        return tuple(cell for row in (*self.rows, *self.table, *self.below) for cell in row)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is written in these cells."""
        return tuple(cell.text for cell in self.cells)


@dataclass(frozen=True)
class Edge:
    """An arrow from the box `tail` to the box `head`, or a line for a weight: its share of the largest.

    An arrow may stand for a `count` of weights.
    """

    tail: str
    head: str
    tail_port: str = ""
    head_port: str = ""
    weight: float | None = None
    count: int = 0
    about: str = ""


@dataclass(frozen=True)
class View:
    """All that a drawing shows at a `depth`; `notes` say what else to know."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    depth: str
    notes: tuple[str, ...] = ()


def fitting(text: str, width: int) -> str:
    """Return a text on one line, cut in its middle, with what cannot be seen replaced.

    >>> fitting("a" * 9 + "b", 7), len(fitting("one" + chr(0), 9))
    ('aa...ab', 4)
    """
    seen = (sign if sign.isprintable() or sign.isspace() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return cut("".join(seen), width)


def described(view: View, title: str = "") -> str:
    """Say in words what a drawing shows, for those who do not see it.

    >>> y = Box("v0", "output", ((Cell("y = *", "name"),), (Cell("6", "data"), Cell("1", "grad"))))
    >>> described(View((y,), (), "scalars"))
    'Computation graph of y = *, data 6, grad 1: 1 box (1 output), 0 arrows.'
    """
    outputs = [cut(", ".join(_told(box)), _TOLD_UP_TO) for box in view.boxes if box.kind == "output"]
    if len(outputs) > _OUTPUTS_TOLD:
        outputs[_OUTPUTS_TOLD:] = [counted(len(outputs) - _OUTPUTS_TOLD, "other")]
    kinds = Counter(box.kind for box in view.boxes)
    counts = ", ".join(counted(count, kind) for kind, count in kinds.items())
    size = f"{counted(len(view.boxes), 'box', 'boxes')} ({counts}), {counted(len(view.edges), 'arrow')}"
    begin = f"{title}: computation" if title else "Computation"
    return printable(" ".join((f"{begin} graph of {'; '.join(outputs)}: {size}.", *view.notes)))


def _told(box: Box) -> list[str]:
    numbers = ("data", "grad")
    return [f"{cell.role} {cell.text}" if cell.role in numbers else cell.text for cell in box.cells]


def counted(count: int, one: str, several: str = "") -> str:
    """Write a count of things.

    >>> counted(1, "box", "boxes"), counted(2_000, "arrow")
    ('1 box', '2,000 arrows')
    """
    return f"{count:,} {one if count == 1 else several or one + 's'}"
