"""Losses over epochs, a line each."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import DataError, RangeError
from ..ieee import describe
from ..sparklines import suits_log
from .axes import COLOURS, SMALLEST, axes_of, check_axes, has_a_place, label_of, why_not

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Curves = Sequence[tuple[str, Sequence[float]]]  # by name; several may have one
_STYLES = ("-", "--", "-.", ":")


def plot_curves(curves: Curves, title: str, log: bool | None, ax: Any) -> "Axes":
    """Plot the numbers of epochs, from 0 on; the `title` is that of new axes, given ones keep theirs."""
    check_axes(ax)
    scale = _scale(curves, log)
    axes = axes_of(ax)
    for (name, numbers), style in zip(curves, _STYLES * len(curves)):
        heights = [x if has_a_place(x) else math.nan for x in numbers]
        alone = _alone(heights)
        marker = "o" if alone else "None"
        axes.plot(range(len(heights)), heights, style, marker=marker, markevery=alone, label=label_of(name))
    _mark(axes, [(i, x) for _, numbers in curves for i, x in enumerate(numbers) if not has_a_place(x)])
    if scale:
        axes.set_yscale(scale)
    if len(axes.lines) > 1:
        axes.legend()
    axes.set(xlabel="epoch", ylabel="loss")
    if ax is None:
        axes.set_title(label_of(title) if title.isascii() else "", fontsize="medium")  # a font has these
        axes.locator_params("x", integer=True)
        if len(curves[0][1]) < 2:  # too few to find whole numbers around
            axes.set_xticks(range(len(curves[0][1])))
    return axes


def _scale(curves: Curves, log: bool | None) -> str:
    """Return the scale that is asked for; '' to leave it as it is."""
    if not isinstance(log, bool | None):
        raise DataError(f"log is True or False, or None to go by the losses, not {describe(log)}")
    everything = [x for _, numbers in curves for x in numbers if has_a_place(x)]
    if log is None:
        return "log" if suits_log(everything) and min(everything) >= SMALLEST else ""
    for name, numbers in curves if log else ():
        for epoch, x in enumerate(numbers):
            if x < SMALLEST:
                raise RangeError(
                    f"a logarithmic scale has no place for the {name} of epoch {epoch}, {x:.6g}"
                )
    return "log" if log and everything else "linear"


def _alone(numbers: Sequence[float]) -> list[int]:
    """Return where there are numbers that no line joins with another one.

    >>> _alone([1.0, math.nan, 2.0, 3.0])
    [0]
    """
    drawn = [False, *map(math.isfinite, numbers), False]
    return [i for i, near in enumerate(zip(drawn, drawn[1:], drawn[2:])) if near == (False, True, False)]


def _mark(ax: "Axes", missing: Sequence[tuple[int, float]]) -> None:
    """Mark the epochs of numbers that are not drawn, at the upper edge of the axes."""
    epochs = sorted({epoch for epoch, _ in missing})
    if epochs:
        ax.plot(
            epochs,
            [1.0] * len(epochs),
            "x",
            color=COLOURS[4],
            transform=ax.get_xaxis_transform(),
            clip_on=False,
            label=why_not(x for _, x in missing),
        )
