"""Where in a line something stands, as a terminal shows it."""

import unicodedata

from ..errors import FormulaError
from ..wording import printable

_EACH_SIDE = 36  # columns of a long line that are shown before the place, and after it


def wrong(text: str, column: int, why: str) -> FormulaError:
    """Return the error that says `why`, and shows the place below the text.

    >>> print(wrong("tanhh(w)", 0, "there is no function `tanhh`"))
    there is no function `tanhh`
      tanhh(w)
      ^
    """
    error = FormulaError(f"{why}\n{pointed(text, column)}")
    error.column = column
    return error


def moved(error: FormulaError, text: str, by: int) -> FormulaError:
    """Return an error about a part of a text as one about the whole; the part begins at the column `by`."""
    return wrong(text, by + (error.column or 0), str(error).partition("\n")[0])


def pointed(text: str, column: int) -> str:
    """Return the text in a line of its own, cut around the column if it is long, and a caret below that.

    >>> print(pointed("数 + 2x", 5))
      数 + 2x
            ^
    """
    text = printable(text)
    before, after = text[:column], text[column:]
    if width(text) > 2 * _EACH_SIDE:
        before, after = _end(before), _beginning(after)
    return f"  {before}{after}\n  {' ' * width(before)}^"


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal.

    >>> width("w"), width("数"), width("x" + chr(0x302))
    (1, 2, 1)
    """
    return sum(map(_width, text))


def _width(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _beginning(text: str) -> str:
    """Return what of a text fits on one side."""
    if width(text[: _EACH_SIDE + 1]) <= _EACH_SIDE and len(text) <= _EACH_SIDE:
        return text
    kept = text[: _EACH_SIDE - 3]
    while width(kept) > _EACH_SIDE - 3:
        kept = kept[:-1]
    return kept + "..."


def _end(text: str) -> str:
    """Return what of the end of a text fits on one side; a mark over a letter that is cut off goes, too."""
    if width(text[-_EACH_SIDE - 1 :]) <= _EACH_SIDE and len(text) <= _EACH_SIDE:
        return text
    kept = text[-_EACH_SIDE + 3 :]
    while width(kept) > _EACH_SIDE - 3 or not width(kept[:1]):
        kept = kept[1:]
    return "..." + kept
