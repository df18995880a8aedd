"""How large a drawing will be, before it is laid out.

Graphviz puts boxes into ranks. All boxes of a rank are beside one another, across the direction of the
drawing, and a rank is as thick as the thickest of them.
"""

from collections import defaultdict

from .shorten import ranks_of
from .view import Box, View

WIDTH, HEIGHT = 1_500.0, 900.0  # points, the most by default: 2,000 times 1,200 pixels
SHRUNK = 0.7  # the least scale at which a text of 11 points is read easily
_LETTER, _LINE, _MARGIN = 6.6, 19.0, 12.0  # points at that size
_FRAME = 62.0  # what a frame around boxes adds to the breadth, on an average
_GAP, _BESIDE = {False: 26.0, True: 66.0}, 11.0  # between ranks, without weights as lines and with


def fits(view: View, direction: str | None) -> bool:
    """Say whether a drawing can be read at a size that is not too large."""
    return scale(view, direction or better_direction(view)) >= SHRUNK


def better_direction(view: View) -> str:
    """Return the direction in which a drawing is larger to the eye; weights as lines run to the right."""
    if any(edge.weight is not None for edge in view.edges) or any(box.cluster for box in view.boxes):
        return "LR"
    return "LR" if scale(view, "LR") >= min(scale(view, "TB"), 1.0) else "TB"


def scale(view: View, direction: str) -> float:
    """Return how much a drawing must be shrunk to be no larger than it may be; 1 or more if it is not."""
    width, height = extent(view, direction)
    return min(WIDTH / max(width, 1.0), HEIGHT / max(height, 1.0))


def is_broad(view: View, direction: str) -> bool:
    """Say whether a drawing is so broad that its legend goes below it."""
    width, height = extent(view, direction)
    return width > height


def extent(view: View, direction: str) -> tuple[float, float]:
    """Return about how wide and how high a drawing is, in points."""
    ranks: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    places = ranks_of(view)
    for box in view.boxes:
        ranks[places[box.id]].append(_size(box, direction))
    gap = _GAP[any(edge.weight is not None for edge in view.edges)]
    along, across = (0, 1) if direction == "LR" else (1, 0)
    length = sum(max(size[along] for size in own) + gap for own in ranks.values())
    breadth = max((sum(size[across] + _BESIDE for size in own) for own in ranks.values()), default=0.0)
    frames = {box.cluster[:depth] for box in view.boxes for depth in range(1, len(box.cluster) + 1)}
    breadth += _FRAME * len(frames)
    return (length, breadth) if direction == "LR" else (breadth, length)


def _size(box: Box, direction: str) -> tuple[float, float]:
    rows = [sum(len(cell.text) * _LETTER + _MARGIN for cell in row) for row in (*box.rows, *box.below)]
    columns = (max(len(cell.text) for cell in column) * _LETTER + _MARGIN for column in zip(*box.table))
    width = max([*rows, sum(columns)], default=0.0)
    height = _LINE * (len(box.rows) + len(box.table) + len(box.below))
    operands = [len(cell.text) * _LETTER + _MARGIN for cell in box.operands]
    if not operands:
        return width, height
    if direction == "LR":
        return width + max(operands), max(height, _LINE * len(operands))
    return max(width, sum(operands)), height + _LINE
