"""What the graph looks like: `draw` makes a picture of it."""

from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

from ..collector import without_collector
from ..errors import DataError, look_up
from ..ieee import describe
from ..signatures import call_form
from .dot import Style
from .figures import Figures
from .given import scene_of
from .levels import view_of
from .picture import Drawing as Drawing
from .sizes import better_direction, is_broad

NO_GRADIENTS = "No gradients yet: call .backward() on the output, then draw the output."
NO_ONE_NUMBER = "No gradients: there are several results; let it give one number, a loss."
_FONT_SIZE = 11.0
_DIRECTIONS = ("LR", "TB")


@call_form("draw(loss), or draw(model, x)")
@without_collector
def draw(
    *things: Any,
    depth: str | None = None,
    names: Mapping[str, Any] | None = None,
    unrolled: bool = False,
    gradients: bool | None = None,
    precision: int = 4,
    direction: str | None = None,
    title: str = "",
    legend: bool = True,
    font_size: float = _FONT_SIZE,
    dpi: int | None = None,
) -> Drawing:
    """Draw the graph below one Value or several, that of a model and its inputs, or of a function.

    `draw(loss)` draws what is there, with the gradients that `backward` has left. `draw(model, x)` draws a
    model's answer and `draw(f, {"W": W})` what a function of arrays computes, with the lines and names of
    its program, as in `steps`: with the gradients of that, which are written nowhere else.

    `depth` is how deep it goes:

    - "scalars": a box for each Value, with its number, its gradient and its local derivatives;
    - "arrays": a box for each line that computed an array, with its shape, its numbers and the size
      of its gradient; a loop over time of six rounds or more is one round, unless `unrolled` is True;
    - "layers": a box for each layer of a model, a row for each neuron, and its weights as lines; a model of
      your own classes is known by `draw(model, x)`, or among `names`;
    - "model": a box for each model.

    Without it, the drawing goes as deep as one can read, up to 60 boxes, and says how to see more.

    `names`, a mapping from name to Value or array such as `locals()`, names what has no name of its own.
    `gradients` False leaves them out, `precision` is how many digits numbers have. `direction` is LR, from
    left to right, or TB, from top to bottom. `font_size` is in points, and `dpi` the resolution of a PNG.

    Raises DataError for what cannot be drawn, and DrawingError where there is no such level, or where it
    has too many boxes to be laid out.

    >>> from autograd_scratch import Value
    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = (a * b + a).tanh()
    >>> c.backward()
    >>> draw(c, names=locals())
    <drawing of 5 boxes; .save('graph.svg') writes it>
    """
    digits = _between(precision, 1, 17, "precision", "so many digits", whole=True)
    size = _between(font_size, 4, 72, "font_size", "points")
    dots = None if dpi is None else int(_between(dpi, 10, 2_400, "dpi", "dots to the inch", whole=True))
    for name, switch in {"unrolled": unrolled, "legend": legend, "gradients": gradients}.items():
        if not isinstance(switch, bool) and not (switch is None and name == "gradients"):
            raise DataError(f"{name} is True or False, not {describe(switch)}")
    if not isinstance(title, str):
        raise DataError(f"title is a text, not {describe(title)}")
    if direction is not None:
        look_up(direction, dict.fromkeys(_DIRECTIONS), "direction")
    scene = scene_of(things, names)
    figures = Figures(int(digits), gradients is not False and scene.is_reached, scene.slopes)
    view = view_of(scene, figures, depth, unrolled, direction)
    if gradients is not False and not scene.is_reached:
        note = NO_GRADIENTS if scene.is_there else NO_ONE_NUMBER
        view = replace(view, notes=(*view.notes, note))
    way = direction or better_direction(view)
    is_bounded = depth is None and size == _FONT_SIZE
    return Drawing(view, Style(way, legend, size, title, is_broad(view, way), is_bounded), dots)


def _between(number: Any, least: int, most: int, name: str, what: str, whole: bool = False) -> float:
    kind: Any = Integral if whole else Real
    if isinstance(number, bool) or not isinstance(number, kind) or not least <= number <= most:
        raise DataError(f"{name} is {what}, from {least} to {most:,}, not {describe(number)}")
    return float(number)
