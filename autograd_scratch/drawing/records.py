"""A box as a record of Graphviz: fields beside and below one another.

In a record each pair of braces turns the direction in which fields follow one another, and which one is the
first depends on the direction of the whole drawing. What stands in a field is text; all that a record takes
for its own is escaped, and so is what Graphviz would take for an entity of HTML.

>>> print(record(stacked("a", beside("b", "c")), "LR"))
a|{b|c}
>>> print(record(stacked("a", beside("b", "c")), "TB"))
{a|{b|c}}
"""

from typing import NamedTuple

from .view import Box, Cell

_JUSTIFIED = {"data": "\\r", "grad": "\\r"}  # in columns; others begin at the left


class Group(NamedTuple):
    """Fields that follow one another, `down` or to the right."""

    fields: "tuple[str | Group, ...]"
    down: bool


def stacked(*fields: str | Group) -> Group:
    """Return fields below one another."""
    return Group(fields, True)


def beside(*fields: str | Group) -> Group:
    """Return fields beside one another."""
    return Group(fields, False)


def record(group: Group, direction: str) -> str:
    """Return the label of a record in a drawing from left to right, LR, or from top to bottom, TB."""
    return _content(group, direction == "LR")


def label(box: Box, direction: str) -> str:
    """Return the label of a box: its operands where arrows enter, and its rows."""
    fields: list[str | Group] = [beside(*map(_field, row)) for row in box.rows]
    if box.table:
        fields.append(beside(*(stacked(*map(_aligned, column)) for column in zip(*box.table))))
    fields += [beside(*map(_field, row)) for row in box.below]
    body = stacked(*fields)
    operands = [_field(cell) for cell in box.operands]
    if not operands:
        return record(body, direction)
    if direction == "LR":
        return record(beside(stacked(*operands), body), direction)
    return record(stacked(beside(*operands), body), direction)


def escape(text: str, is_record: bool = False) -> str:
    r"""Return `text` as it must stand in a label, of a record if `is_record`, to be shown as it is.

    >>> print(escape("a\\b & <c|d>", is_record=True))
    a\\b &amp; &lt;c\|d&gt;
    """
    escaped = visible(text).replace("\\", "\\\\").replace("&", "&amp;").replace("\n", "\\n")
    escaped = escaped.replace("<", "&lt;").replace(">", "&gt;")
    if is_record:
        escaped = escaped.replace("  ", " \\ ")  # of several blanks only one would be shown
        for special in "{}|":
            escaped = escaped.replace(special, "\\" + special)
    return escaped


def visible(text: str) -> str:
    """Return a text with what cannot be seen replaced."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _content(group: Group, down: bool) -> str:
    """Return fields where they follow one another `down`, or to the right."""
    if len(group.fields) == 1:
        return _inside(group.fields[0], down)
    if group.down != down:
        return f"{{{_content(group, not down)}}}"
    return "|".join(_inside(field, down) for field in group.fields)


def _inside(field: str | Group, down: bool) -> str:
    if isinstance(field, str):
        return field
    if len(field.fields) == 1:
        return _inside(field.fields[0], down)
    return f"{{{_content(field, not down)}}}"


def _field(cell: Cell) -> str:
    port = f"<{cell.port}> " if cell.port else ""
    return port + escape(cell.text, is_record=True)


def _aligned(cell: Cell) -> str:
    return _field(cell) + (_JUSTIFIED.get(cell.role, "\\l") if cell.text else "")


def roles(box: Box) -> list[str]:
    """Return the roles of the cells of a box in the order in which `label` has them, if they have texts."""
    rows = [cell for row in box.rows for cell in row]
    columns = [cell for column in zip(*box.table) for cell in column]
    below = [cell for row in box.below for cell in row]
    return [cell.role for cell in (*box.operands, *rows, *columns, *below) if cell.text.strip()]
