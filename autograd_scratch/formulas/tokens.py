"""What a formula's text is cut into: numbers, names, signs, and what is none of these.

Numbers and names are those of Python: `1_000`, `.5`, `0x10`, and letters of any script.

    >>> [token.text for token in tokens("2*w_1 - 1e3")]
    ['2', '*', 'w_1', '-', '1e3', '']
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

NUMBER, NAME, SIGN, ODD, END = "number", "name", "sign", "odd", "end"

_DIGITS = "[0-9](?:_?[0-9])*"
_NUMBER = re.compile(
    "0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    rf"|(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?"
)
_SIGN = re.compile(r"\*\*|/(?!/)|[-+*(),]")
_ODD = re.compile(r"//|:=|[<>=!]=|.", re.S)


class Token(NamedTuple):
    """A piece of a formula; `column` is where it begins, counted in characters from 0."""

    kind: str
    text: str
    column: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a text, and one of the kind END."""
    column = 0
    while column < len(text):
        if text[column].isspace():
            column += 1
            continue
        token = _token(text, column)
        yield token
        column += len(token.text)
    yield Token(END, "", len(text))


def _token(text: str, column: int) -> Token:
    for kind, pattern in ((NUMBER, _NUMBER), (SIGN, _SIGN)):
        if found := pattern.match(text, column):
            return Token(kind, found[0], column)
    if found_name := name_at(text, column):
        return Token(NAME, found_name, column)
    odd = _ODD.match(text, column)
    return Token(ODD, odd[0] if odd else text[column], column)


def number_at(text: str, column: int) -> str:
    """Return the number that begins at a column, or ''."""
    found = _NUMBER.match(text, column)
    return found[0] if found else ""


def name_at(text: str, column: int) -> str:
    """Return the name that begins at a column, or ''; a raised letter, which Python takes for one, ends it.

    >>> name_at("xⁿ + 1", 0), name_at("2x", 0)
    ('x', '')
    """
    end = column
    while end < len(text) and _is_of_a_name(text[end], end == column):
        end += 1
    return text[column:end]


def _is_of_a_name(sign: str, is_first: bool) -> bool:
    if unicodedata.decomposition(sign).startswith("<super>"):
        return False
    return sign.isidentifier() if is_first else f"x{sign}".isidentifier()


def plain_name(name: str) -> str:
    """Return a name as Python knows it: letters that look alike and mean the same are one.

    >>> plain_name(chr(0xFF57))  # a wide w
    'w'
    """
    return unicodedata.normalize("NFKC", name)
