"""How a report shows itself: printed, in notebooks, and as a page, Markdown or JSON."""

import json
import sys
from typing import TYPE_CHECKING, Any, TextIO

from . import rendering
from .rendering.document import Document

if TYPE_CHECKING:
    from rich.console import RenderableType


class Shown:
    """The base of reports: `_written` gives what one says, and `to_dict` the same as data."""

    def _written(self) -> Document:
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the report as dicts, lists, texts and numbers."""
        raise NotImplementedError

    def __str__(self) -> str:
        return rendering.to_text(self._written())

    def __rich__(self) -> "RenderableType":
        return rendering.to_rich(self._written())

    def _repr_html_(self) -> str:
        return rendering.to_html(self._written())

    def print(self, file: TextIO | None = None) -> None:
        """Write the report to `file`, or to where Python prints: in colour if that is a terminal."""
        rendering.show(self._written(), sys.stdout if file is None else file)

    def to_json(self, indent: int | None = 2) -> str:
        """Return the report as JSON: the keys are those of `to_dict`."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        return rendering.to_markdown(self._written())

    def to_html(self) -> str:
        """Return the report as a page of HTML, which needs nothing but itself, and runs no script.

        The source around a mistake is on it, as it is in the file now.
        """
        return rendering.to_page(self._written())
