"""What the graph looks like: `draw` makes a picture of it."""

from collections.abc import Iterable, Iterator, Mapping
from numbers import Real
from typing import Any

from ..arrays.containers import arrange, indices, is_array
from ..errors import DataError
from ..ieee import describe
from ..nn.module import ParameterName, names_in
from ..nn.search import is_model
from ..signatures import call_form
from ..value import Value
from .collapse import FULL_UP_TO, collapsed
from .picture import Drawing as Drawing
from .shorten import shortened
from .view import view_of

_INPUT_NAMES = "xyzuvwabcdefgh"


@call_form()
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
    parameters: dict[Value, ParameterName] = {}
    if things and is_model(things[0]) and callable(things[0]):
        model = things[0]
        if len(things) == 1:
            raise DataError("a model is drawn on an input: write draw(model, x)")
        parameters = names_in(model)
        things = (model(*(_with_names(x, name) for x, name in zip(things[1:], _INPUT_NAMES))),)
    roots = list(_values(things))
    if not roots:
        raise DataError("draw needs something to draw: draw(loss), or draw(model, x)")
    if not isinstance(names, Mapping | None):
        raise DataError(f"names are a mapping such as locals() or {{'x': x}}, not {describe(names)}")
    view = view_of(roots, parameters, names or {})
    if full is False or (full is None and len(view.boxes) > FULL_UP_TO):
        view = collapsed(view)
    else:
        view = shortened(view)
    return Drawing(view, direction)


def _values(thing: Any) -> Iterator[Value]:
    """Yield the Values in a thing to draw, which may be nested in containers."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, Iterable) and not isinstance(thing, str):
        for entry in thing.values() if isinstance(thing, Mapping) else thing:
            yield from _values(entry)
    else:
        raise DataError(
            "draw takes Values, as in draw(loss), or a model and its inputs, as in draw(model, x), not "
            f"{describe(thing)}"
        )


def _with_names(x: Any, name: str) -> Any:
    """Make the numbers of an input Values, so that each is one box: x1, x2, ..."""
    if is_array(x):
        places = ("".join(str(i + 1) for i in index) for index in indices(x))
        return arrange(
            x, [_with_names(entry, f"{name}{i}") for i, entry in zip(places, x.ravel().tolist())]
        )
    if isinstance(x, (list, tuple)):
        entries = [_with_names(entry, f"{name}{i}") for i, entry in enumerate(x, 1)]
        return tuple(entries) if isinstance(x, tuple) else entries
    return Value(x, name) if isinstance(x, Real) and not isinstance(x, bool) else x
