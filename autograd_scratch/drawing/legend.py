"""What a drawing's shapes, colours and places mean, as far as they occur in it."""

import re
from collections.abc import Iterator

from .view import Box, Cell, View

_KINDS = {  # in order, with what stands in such a box
    "parameter": "parameter",
    "input": "input",
    "constant": "constant",
    "operation": "operation",
    "array": "array of operations",
    "layer": "layer: a row a neuron",
    "part": "several operations",
    "output": "output",
    "before": "of the round before",
    "reference": "drawn elsewhere",
}
_HAS_OPERANDS = "operation"


def samples(view: View) -> list[Box]:
    """Return a box for each kind that occurs, with what is in its places."""
    kinds = {box.kind for box in view.boxes}
    roles = {cell.role for box in view.boxes for cell in box.cells}
    has_locals = any(box.operands for box in view.boxes)
    numbers = tuple(
        Cell(name, role) for role, name in (("data", "data"), ("grad", "gradient")) if role in roles
    )
    return [
        Box(
            f"legend_{kind}",
            kind,
            ((Cell(text, "name"),), *((numbers,) if _has_numbers(view, kind) and numbers else ())),
            operands=(Cell("local derivative", "local"),) if has_locals and kind == _HAS_OPERANDS else (),
        )
        for kind, text in _KINDS.items()
        if kind in kinds
    ]


def _has_numbers(view: View, kind: str) -> bool:
    return kind not in ("constant", "reference") and any(
        cell.role == "data" for box in view.boxes if box.kind == kind for cell in box.cells
    )


def on_an_arrow(view: View, direction: str) -> Iterator[str]:
    """Yield what stands where arrows enter, and what lines tell."""
    if any(box.operands for box in view.boxes):
        place = "To the left of" if direction == "LR" else "Above"
        dots = any(cell.text == "." for box in view.boxes for cell in box.operands)
        plain = "; a dot is a plain number" if dots else ""
        yield f"{place} an operation: its local derivative by each operand{plain}."
    if any(edge.weight is not None for edge in view.edges):
        yield "A line is a weight: as broad as it is large, dashed and red where it is negative."
    if any(re.search(r"(^| )x [\d,]+( to [\d,]+)?$", text) for box in view.boxes for text in box.texts):
        yield "x 4, say: for so many samples, or rounds of a loop."
