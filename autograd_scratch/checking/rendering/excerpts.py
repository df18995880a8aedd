"""The source around the lines of a mistake, as it is when the report is shown."""

from collections.abc import Iterator

from ...wording import lines_of, place, printable
from ..findings import Findings, Where
from .document import Excerpt

_AROUND = 3  # lines before and after
_MOST = 3  # excerpts
_WIDTH = 200


def excerpts(found: Findings) -> Iterator[Excerpt]:
    """Yield the source around where gradients part ways, and around the likeliest explanation."""
    first = found.mistakes[0].evidence if found.mistakes else ""
    likeliest = (mistake.where for mistake in found.mistakes if mistake.evidence == first)
    places = {
        (where.file, where.line): where.source
        for where in (found.parting or Where(), *likeliest)
        if where.line
    }
    for (file, line), source in [*places.items()][:_MOST]:
        lines = lines_of(file)
        if line and line <= len(lines) and lines[line - 1].strip() == source:
            start = max(1, line - _AROUND)
            around = tuple(map(_shown, lines[start - 1 : line + _AROUND]))
            yield Excerpt(printable(f"The source: {place(file, line)}"), start, around, line)


def _shown(line: str) -> str:
    return printable(line.rstrip().expandtabs(4))[:_WIDTH]
