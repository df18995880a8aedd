"""What a document is made of, whatever it is written in: paragraphs, tables and lists."""

from typing import NamedTuple

GOOD, DOUBTFUL, BAD = "good", "doubtful", "bad"

Row = tuple[str, ...]


class Paragraph(NamedTuple):
    """A few sentences."""

    text: str


class Table(NamedTuple):
    """A table; the first `left` columns are texts, the others numbers, and each row has its mood."""

    title: str
    header: Row
    rows: tuple[Row, ...]
    left: int
    moods: Row


class Item(NamedTuple):
    """An entry of a list: what it says, what is added, and formulas, each with a label."""

    text: str
    details: Row = ()
    formulas: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> Row:
        """The formulas, below one another behind their labels."""
        width = max((len(label) for label, _ in self.formulas), default=0)
        return tuple(f"{label:{width}}  {formula}" for label, formula in self.formulas)


class Items(NamedTuple):
    """A list."""

    title: str
    items: tuple[Item, ...]
    numbered: bool = False


Part = Paragraph | Table | Items


class Document(NamedTuple):
    """A verdict, the sentence that goes with it, and the parts below."""

    verdict: str
    why: str
    mood: str
    parts: tuple[Part, ...]
