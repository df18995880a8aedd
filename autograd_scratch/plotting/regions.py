"""Where a model decides for which class: a coloured plane, the lines that divide it, and the rows on it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .axes import COLOURS, LARGEST, MARKERS, ink
from .classes import Classes
from .grid import Grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 500  # rows, up to which their signs are large, and a place for the legend is looked for


def draw_plane(ax: "Axes", grid: Grid, outputs: Sequence[Sequence[float]], classes: Classes) -> None:
    """Draw what a model gives at the points of a grid, and say in the title what is not to be seen."""
    import numpy

    planes = numpy.array(outputs).T.reshape(-1, len(grid.ys), len(grid.xs))
    is_hole = ~numpy.isfinite(planes).all(axis=0)
    planes = numpy.ma.array(planes, mask=[is_hole] * len(planes))
    notes = []
    if is_hole.any():
        notes.append(f"{is_hole.sum():,} of {is_hole.size:,} outputs are nan or inf, and left blank")
    if not is_hole.all() and classes.level is not None:
        notes += _draw_output(ax, grid, planes[0], classes.level)
    elif not is_hole.all():
        notes += _draw_largest(ax, grid, planes)
    ax.set(xlim=(grid.xs[0], grid.xs[-1]), ylim=(grid.ys[0], grid.ys[-1]))
    if notes:
        ax.set_title("\n".join(notes), fontsize="medium")


def _draw_output(ax: "Axes", grid: Grid, plane: Any, level: float) -> Iterator[str]:
    """Draw one output, and the line where it is `level`; yield what is to be said of that."""
    from matplotlib.colors import LinearSegmentedColormap

    lowest, highest = float(plane.min()), float(plane.max())
    is_probability = level == 0.5 and lowest >= 0.0 and highest <= 1.0
    reach = 0.5 if is_probability else min(max(level - lowest, highest - level), LARGEST) or 1.0
    ends = [COLOURS[0], ax.get_facecolor(), COLOURS[1]]
    _show(
        ax,
        grid,
        plane,
        cmap=LinearSegmentedColormap.from_list("output", ends),
        alpha=0.7,
        interpolation="bilinear",
        vmin=level - reach,
        vmax=level + reach,
    )
    if lowest < level < highest:
        _draw_line(ax, grid, plane, level)
        if level == 0.5 and not -1.0 <= lowest <= highest <= 2.0:  # far from any probability
            yield "the line is at 0.5; for logits write level=0"
    else:
        side = "at most " if highest <= level else "at least "
        side = "" if lowest == highest == level else side
        yield f"no boundary here: the output is {side}{level:.6g} everywhere"


def _draw_largest(ax: "Axes", grid: Grid, planes: Any) -> Iterator[str]:
    """Draw which of several outputs is the largest, and the lines between; yield what is to be said."""
    import numpy
    from matplotlib.colors import ListedColormap

    count = len(planes)
    largest = numpy.ma.array(planes.argmax(axis=0), mask=planes.mask[0])
    colours = [COLOURS[i % len(COLOURS)] for i in range(count)]
    _show(
        ax,
        grid,
        largest,
        cmap=ListedColormap(colours),
        alpha=0.45,
        interpolation="nearest",
        vmin=-0.5,
        vmax=count - 0.5,
    )
    for i in range(count) if count > 2 else (1,):
        ahead = planes[i] - numpy.delete(planes, i, axis=0).max(axis=0)
        if ahead.min() < 0.0 < ahead.max():
            _draw_line(ax, grid, ahead, 0.0)
    winners = numpy.unique(largest.compressed())
    if (planes == planes[0]).all():
        yield "no boundary here: the outputs are equal everywhere"
    elif len(winners) == 1:
        yield f"no boundary here: output {winners[0]} is the largest everywhere"


def _show(ax: "Axes", grid: Grid, plane: Any, **settings: Any) -> None:
    ax.imshow(plane, origin="lower", extent=grid.extent, aspect="auto", **settings)


def _draw_line(ax: "Axes", grid: Grid, plane: Any, level: float) -> None:
    ax.contour(grid.xs, grid.ys, plane, levels=[level], colors=[ink()], linestyles="solid", linewidths=1.5)


def draw_rows(ax: "Axes", points: Sequence[tuple[float, float]], classes: Classes) -> None:
    """Draw the rows of a data set, each in the colour and with the marker of its class."""
    for number, name in enumerate(classes.names):
        own = [point for point, of_row in zip(points, classes.of_rows) if of_row == number]
        if own:
            xs, ys = zip(*own)
            ax.scatter(
                xs,
                ys,
                s=40 if len(points) <= FEW else 12,
                color=COLOURS[number % len(COLOURS)],
                marker=MARKERS[number % len(MARKERS)],
                edgecolors=[ink()],
                linewidths=0.7 if len(points) <= FEW else 0.2,
                label=f"target {name}",
                zorder=3,
            )
    ax.legend(loc="best" if len(points) <= FEW else "upper right")
