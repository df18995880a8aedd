"""What the graph looks like: `draw` makes a picture of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import DataError, look_up
from ..ieee import describe
from ..nn.module import Module
from ..value import Value
from .collapse import FULL_UP_TO, collapsed
from .picture import Drawing as Drawing
from .view import view_of

_DIRECTIONS = {"LR": "LR", "TB": "TB"}


def draw(
    *things: Any,
    names: Mapping[str, Any] | None = None,
    direction: str = "LR",
    full: bool | None = None,
) -> Drawing:
    """Draw the graph below one Value or several, or that of a model and its inputs: `draw(model, x)`.

    `names`, a mapping from name to Value such as `locals()`, names the Values that have no name of
    their own. `direction` is LR, from left to right, or TB, from top to bottom. A graph of more than
    1,500 values is drawn by modules, with a note that says so, unless `full` is True; False always
    draws it so.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = (a * b + a).tanh()
    >>> c.backward()
    >>> draw(c, names=locals())
    <drawing of 5 boxes; .save('graph.svg') writes it>
    """
    parameters: list[Value] = []
    if things and isinstance(things[0], Module):
        model: Any = things[0]
        if len(things) == 1:
            raise DataError("a model is drawn on an input: write draw(model, x)")
        parameters = model.parameters(frozen=True)
        things = (model(*(_with_names(x, "x") for x in things[1:])),)
    roots = [root for thing in things for root in (thing if isinstance(thing, Iterable) else [thing])]
    for root in roots:
        if not isinstance(root, Value):
            raise DataError(f"draw takes Values, or a model and its inputs, not {describe(root)}")
    if not roots:
        raise DataError("draw needs something to draw: draw(loss), or draw(model, x)")
    view = view_of(roots, parameters, names or {})
    if full is False or (full is None and len(view.boxes) > FULL_UP_TO):
        view = collapsed(view)
    return Drawing(view, look_up(direction, _DIRECTIONS, "direction"))


def _with_names(x: Any, name: str) -> Any:
    """Make the numbers of an input Values, so that each is one box: x1, x2, ..."""
    if isinstance(x, Value):
        return x
    if isinstance(x, Iterable) and not isinstance(x, str):
        return [_with_names(entry, f"{name}{i}") for i, entry in enumerate(x, 1)]
    return Value(x, name)
