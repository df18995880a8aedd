"""What the graph looks like: `draw` makes a picture of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

from ..arrays.variables import checked, persons
from ..collector import without_collector
from ..errors import DataError, look_up, refuse_class
from ..ieee import describe
from ..nn.losses import Loss
from ..optim import LRScheduler, Optimizer
from ..signatures import call_form
from .dot import Style
from .explorer.explored import Explorer as Explorer
from .explorer.explored import Subject
from .figures import Figures
from .given import scene_of
from .levels import view_of
from .picture import Drawing as Drawing
from .sizes import better_direction, is_broad
from .taught import taught
from .view import described

NO_GRADIENTS = "No gradients yet: call .backward() on the output, then draw the output."
NO_ONE_NUMBER = "No gradients: there are several results; let it give one number, a loss."
_FONT_SIZE = 11.0
EPOCHS = 2_000
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
    data: Iterable[Any] | None = None,
    loss: str | Loss = "mse",
    optimizer: Optimizer | None = None,
    epochs: int = EPOCHS,
    batch_size: int | None = None,
    schedule: LRScheduler | None = None,
) -> Drawing:
    """Draw the graph below one Value or several, that of a model and its inputs, or of a function.

    `draw(loss)` draws what is there, with the gradients that `backward` has left. `draw(model, x)` draws a
    model's answer and `draw(f, {"W": W})` what a function of arrays computes, with the lines and names of
    its program, as in `steps`: with the gradients of that, which are written nowhere else.

    `draw(report)`, of what `compare` returned, draws the loss as it was run for that. The page of it tells
    the verdicts, marks what is wrong and the first wrong step, and has what was written by hand and what is
    right beside each other. A report keeps up to 5,000 numbers for that, in no copy and no pickle.

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

    Saved as .html, a drawing is a page to step through forwards, backwards and along the gradient, by the
    `optimizer` if there is one, else by SGD(0.1). With `data`, pairs of inputs and targets, the page trains
    the model as `fit` does with the same `loss`, `optimizer`, `batch_size` and `schedule`, up to so many
    `epochs`; what is drawn is the loss of the row that `draw(model, x, data=...)` names, or of the first;
    of an `x` that no row has, the model's answer. The page begins at `depth`, and opens further.

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
    own = dict(persons(checked(names)))
    lesson = None
    given = {
        "loss": loss != "mse",
        "epochs": epochs != EPOCHS,
        "batch_size": batch_size is not None,
        "schedule": schedule is not None,
    }
    if data is not None:
        lesson = taught(things, own, data, loss, optimizer, epochs, batch_size, schedule)
    elif others := [name for name, is_given in given.items() if is_given]:
        raise DataError(
            f"{' and '.join(others)} {'is' if len(others) == 1 else 'are'} for training in the page, which "
            "needs data: write draw(model, data=rows, optimizer=SGD(0.1), ...)"
        )
    refuse_class(optimizer, "lr=0.1")
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise DataError(f"optimizer is one of this package, such as SGD(0.1), not {describe(optimizer)}")
    scene = scene_of(things, own) if lesson is None else lesson.scene
    figures = Figures(int(digits), gradients is not False and scene.is_reached, scene.slopes)
    view = view_of(scene, figures, depth, unrolled, direction)
    if gradients is not False and not scene.is_reached:
        note = NO_GRADIENTS if scene.is_there else NO_ONE_NUMBER
        view = replace(view, notes=(*view.notes, note))
    way = direction or better_direction(view)
    is_bounded = depth is None and size == _FONT_SIZE
    style = Style(way, legend, size, title, is_broad(view, way), is_bounded)
    subject = Subject(scene, figures, title, described(view, title), optimizer, lesson, depth)
    return Drawing(view, style, subject, dots)


def _between(number: Any, least: int, most: int, name: str, what: str, whole: bool = False) -> float:
    kind: Any = Integral if whole else Real
    if isinstance(number, bool) or not isinstance(number, kind) or not least <= number <= most:
        raise DataError(f"{name} is {what}, from {least} to {most:,}, not {describe(number)}")
    return float(number)
