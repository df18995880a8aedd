"""What a report of `compare` tells beside the graph of its loss: verdicts, both formulas, numbers by hand.

The words are those of the report itself.
"""

from typing import Any

from ...checking.findings import BlockReport
from ...checking.kept import Kept, KeptBlock
from ...checking.rendering import written
from ...checking.rendering.columns import rough
from ...checking.rendering.contents import MOODS
from ...checking.rendering.document import BAD, Excerpt, Items, Paragraph, Table
from ...checking.report import Report
from ...value import Value
from ...wording import printable
from ..scalars import Sketch
from .graphs import packed

_WORST = "The worst entries"


def told(report: Report, sketch: Sketch | None) -> dict[str, Any]:
    """Return a report as data; nodes are the numbers of boxes in a sketch of its graph, if there is one."""
    document = written(report)
    kept = report.kept or Kept(0)
    places = {
        thing: i for i, thing in enumerate(sketch.things if sketch else ()) if isinstance(thing, Value)
    }
    tables = [part for part in document.parts if isinstance(part, Table) and part.title.startswith(_WORST)]
    return {
        "verdict": document.verdict,
        "why": document.why,
        "mood": document.mood,
        "said": [part.text for part in document.parts if isinstance(part, Paragraph)],
        "first": [places[value] for value in kept.first if value in places],
        "blocks": [
            _block(block, kept.blocks.get(name), places, name == report.first_wrong)
            for name, block in report.blocks.items()
        ],
        "lists": [_list(part) for part in document.parts if isinstance(part, Items) and part.title],
        "entries": [{"title": part.title, "head": part.header, "rows": part.rows} for part in tables],
        "source": [part._asdict() for part in document.parts if isinstance(part, Excerpt)],
    }


def _block(
    block: BlockReport, own: KeptBlock | None, places: dict[Value, int], first: bool
) -> dict[str, Any]:
    mood = MOODS.get(block.verdict, BAD)
    values = own.values if own is not None else ()
    hand = own.hand if own is not None and mood == BAD and len(own.hand) == len(values) else ()
    return {
        "name": printable(block.name),
        "shape": str(block.shape),
        "verdict": block.verdict,
        "mood": mood,
        "error": rough(block.error),
        "note": printable(block.note),
        "isFirst": first,
        "nodes": [places.get(value, -1) for value in values],
        "hand": packed(hand) if hand else "",
    }


def _list(part: Items) -> dict[str, Any]:
    return {
        "title": part.title,
        "items": [
            {"text": item.text, "details": item.details, "formulas": item.formulas} for item in part.items
        ],
    }
