"""On which axes of Matplotlib a plot is drawn, and in which colours and markers."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..errors import DataError, MissingPackageError
from ..ieee import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# of Okabe and Ito, whom also those can tell apart who do not see all colours; beside each a marker
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442")
MARKERS = "o^sDvPX*"
LARGEST, SMALLEST = 1e150, 1e-150  # between which Matplotlib finds limits and ticks, margins included


def check_axes(ax: Any) -> None:
    """Refuse to plot without Matplotlib, or on what are no axes, before anything is computed."""
    try:
        from matplotlib.axes import Axes
    except ImportError as error:
        raise MissingPackageError(
            "plots need Matplotlib, which is not installed; run pip install 'autograd-scratch[plot]'"
        ) from error
    if not isinstance(ax, Axes | None):
        raise DataError(
            "ax are axes of Matplotlib, such as fig, ax = plt.subplots() gives, one of them, not "
            f"{describe(ax)}"
        )


def axes_of(ax: "Axes | None", height: float = 0.0) -> "Axes":
    """Return the axes that are given, or those of a new figure, which notebooks and `plt.show()` show.

    It has the usual height, or `height` inches if that is more.
    """
    if ax is not None:
        return ax
    from matplotlib import pyplot

    figure, ax = pyplot.subplots(layout="constrained")
    figure.set_figheight(max(height, figure.get_figheight()))
    return ax


def has_a_place(x: float) -> bool:
    """Say whether a number can be drawn.

    >>> has_a_place(0.0), has_a_place(math.nan), has_a_place(-1e300)
    (True, False, False)
    """
    return abs(x) <= LARGEST


def why_not(numbers: Iterable[float]) -> str:
    """Tell what keeps numbers from being drawn.

    >>> why_not([math.nan, -math.inf]), why_not([math.nan, 1e300])
    ('nan or inf', 'nan or beyond 1e+150')
    """
    return f"nan or beyond {LARGEST:g}" if any(map(math.isfinite, numbers)) else "nan or inf"


def label_of(text: object) -> str:
    r"""Return a text as a label that shows it as it is, and neither as a formula nor not at all.

    >>> label_of("$x"), label_of("_loss")
    ('\\$x', ' _loss')
    """
    text = str(text).replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text


def ink() -> Any:
    """Return the colour of text in the style that is set: dark on light ground, light on dark."""
    from matplotlib import rcParams

    return rcParams["text.color"]
