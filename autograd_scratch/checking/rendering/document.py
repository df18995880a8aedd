"""What a document is made of, whatever it is written in: paragraphs, tables, lists, pieces of source."""

from collections.abc import Iterator
from typing import NamedTuple

GOOD, DOUBTFUL, BAD = "good", "doubtful", "bad"

Row = tuple[str, ...]


class Paragraph(NamedTuple):
    """A few sentences."""

    text: str


class Table(NamedTuple):
    """A table; the first `left` columns are texts, the others numbers, and each row has its mood.

    `caption` says what the rows are, and `meanings` what stands in each column, where there is room.
    """

    title: str
    header: Row
    rows: tuple[Row, ...]
    left: int
    moods: Row
    caption: str = ""
    meanings: Row = ()


class Item(NamedTuple):
    """An entry of a list: what it says, what is added, formulas, each with a label, and their caption."""

    text: str
    details: Row = ()
    formulas: tuple[tuple[str, str], ...] = ()
    caption: str = ""

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


class Excerpt(NamedTuple):
    """Lines of a file around one that is marked: where there is room."""

    title: str
    first: int
    lines: Row
    marked: int


Part = Paragraph | Table | Items | Excerpt


class Document(NamedTuple):
    """A verdict, the sentence that goes with it, and the parts below; at the end, how to read these."""

    verdict: str
    why: str
    mood: str
    parts: tuple[Part, ...]
    reading: str = ""

    @property
    def words(self) -> Iterator[Paragraph | Table | Items]:
        """The parts without what would be too long where all is text."""
        return (part for part in self.parts if not isinstance(part, Excerpt))
