"""`plot_boundary`: how a model of two inputs divides the plane."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..errors import DataError, RangeError, refuse_class
from ..ieee import describe, real, whole
from ..rows import rows_of, taken_as_pairs
from ..signatures import call_form
from .answers import Model, answers
from .axes import axes_of, check_axes
from .classes import classes_of
from .grid import Grid, point_of
from .regions import draw_plane, draw_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDEST = 100.0


@call_form("plot_boundary(model, X, y)")
def plot_boundary(
    model: Model,
    data: Iterable[Any],
    y: Iterable[Any] | None = None,
    *,
    level: float | None = None,
    resolution: int = 100,
    margin: float = 0.15,
    ax: "Axes | None" = None,
) -> "Axes":
    """Plot what a model of two inputs decides around its data: colours, the boundary, and the rows.

    The data are pairs (inputs, target), or inputs and targets apart, as for `fit`. The targets say where
    one output divides two classes: 0 and 1 at 0.5, as a probability does, -1 and 1 at 0, others half
    way; or `level` does: 0 for logits that are trained on 0 and 1. Of several outputs the largest is that
    of the class; then a target is the number of a class, or has a number for each.

    The model, or any other function of two inputs, is called at `resolution` ** 2 points, which reach
    beyond the data by `margin` times their range; it is as if after `model.eval()`, and nothing of it is
    changed. It is derived code that runs, of a model that `derive` takes.

    Drawn on `ax`, or on axes of a new figure, which a notebook shows, and `plt.show()`; returns these.
    The title tells if there is no boundary to be seen. Needs Matplotlib (MissingPackageError).

    >>> from autograd_scratch import MLP
    >>> from autograd_scratch.datasets import XOR
    >>> from matplotlib.figure import Figure
    >>> model = MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
    >>> ax = plot_boundary(model, XOR, ax=Figure().subplots())
    >>> ax.get_legend_handles_labels()[1]
    ['target 0', 'target 1']
    """
    check_axes(ax)
    refuse_class(model)
    if not callable(model):
        raise DataError(
            f"a model is called with two inputs, as an MLP(2, [4, 1]) is, not {describe(model)}"
        )
    resolution = whole(resolution, "resolution", 2)
    margin = real(margin, "margin")
    if not 0.0 <= margin <= _WIDEST:
        raise RangeError(f"margin is a share of the data's range, from 0 to {_WIDEST:g}, not {margin:g}")
    if level is not None and not math.isfinite(level := real(level, "level")):
        raise RangeError(f"level is an output that divides two classes, a finite number, not {level}")
    inputs, targets = rows_of(data, y, "plot_boundary")
    with taken_as_pairs(inputs, y, "plot_boundary"):
        points = [point_of(x, i) for i, x in enumerate(inputs)]
    grid = Grid.around(points, margin, resolution)
    outputs = answers(model, inputs[0], grid.points)
    classes = classes_of(targets, len(outputs[0]), level)
    ax = axes_of(ax)
    draw_plane(ax, grid, outputs, classes)
    draw_rows(ax, points, classes)
    ax.set(xlabel="x[0]", ylabel="x[1]")
    return ax
