"""`plot_gradients`: how large the gradients of a model are, beside its weights, layer by layer."""

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..arrays.conversion import number_of
from ..errors import DataError, GraphError, refuse_class
from ..ieee import describe
from ..nn.search import found, is_model, nothing_to_train
from ..signatures import call_form
from .axes import (
    COLOURS,
    LARGEST,
    MARKERS,
    SMALLEST,
    axes_of,
    check_axes,
    has_a_place,
    ink,
    label_of,
    why_not,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Group(NamedTuple):
    """The parameters that have a path in common, but for numbers in lists: their weights and gradients."""

    path: str
    weights: list[float]
    gradients: list[float]  # of those that a backward pass has reached

    @property
    def ratio(self) -> float:
        """How large the gradients are, relative to the weights; nan if one is not to be measured."""
        weights, gradients = size(self.weights), size(self.gradients)
        return gradients / weights if weights and gradients else math.nan

    @property
    def note(self) -> str:
        """What the sizes do not say: how many gradients are zero, not finite, or missing."""
        count = len(self.weights)
        zero = sum(1 for x in self.gradients if x == 0.0)
        wild = [x for x in self.gradients if not has_a_place(x)]
        missing = count - len(self.gradients)
        if missing == count:
            return "no gradient"
        counts = [(zero, "zero"), (len(wild), why_not(wild)), (missing, "missing")]
        told = [f"{n:,} {what}" for n, what in counts if n]
        return f"{', '.join(told)} of {count:,} gradients" if told else ""


def groups_of(model: Any) -> list[Group]:
    """Return the groups of a model's parameters that training may change, in order.

    >>> from autograd_scratch import MLP
    >>> [(group.path, len(group.weights)) for group in groups_of(MLP(2, [4, 1], seed=0))]
    [('layers.0.w', 8), ('layers.0.b', 4), ('layers.1.w', 4), ('layers.1.b', 1)]
    """
    groups: dict[str, Group] = {}
    for parameter, path in found(model).items():
        path = _common(path)
        group = groups.setdefault(path, Group(path, [], []))
        group.weights.append(parameter.data)
        if parameter.is_reached:
            group.gradients.append(number_of(parameter.grad, "a gradient"))
    return [*groups.values()]


def _common(path: str) -> str:
    """Return what the path of a parameter shares with those of its layer.

    >>> _common("layers.0.neurons.1.w.0"), _common("blocks.2.scale"), _common("W1.0.3")
    ('layers.0.w', 'blocks.2.scale', 'W1')
    """
    return re.sub(r"(^|\.)neurons\.\d+(?=\.)|(\.\d+)+$", "", path).lstrip(".")


def size(numbers: Sequence[float]) -> float:
    """Return the root of the mean square of those that have a place; 0.0 where there is none.

    >>> size([3.0, -3.0, 3.0, 3.0, math.inf]), size([])
    (3.0, 0.0)
    """
    drawn = [x for x in numbers if has_a_place(x)]
    return math.hypot(*drawn) / math.sqrt(len(drawn)) if drawn else 0.0


@call_form("plot_gradients(model)")
def plot_gradients(model: Any, *, ax: "Axes | None" = None) -> "Axes":
    """Plot how large gradients are after `loss.backward()`, beside the weights, and their ratio.

    There is a row for the weights and one for the biases of each layer, and in a model of your own for
    each attribute; frozen ones are left out. On a logarithmic scale a sign is the root of the mean square
    of a row's numbers, and a line reaches from the smallest of them that is not 0 to the largest. Under
    its name a row says how many gradients are 0, not finite, or missing.

    Drawn on `ax`, or on axes of a new figure, which a notebook shows, and `plt.show()`; returns these.
    Before a backward pass it is a GraphError. Needs Matplotlib (MissingPackageError).

    >>> from autograd_scratch import MLP
    >>> from matplotlib.figure import Figure
    >>> model = MLP(2, [4, 1], seed=0)
    >>> model([1.0, 0.5]).backward()
    >>> ax = plot_gradients(model, ax=Figure().subplots())
    >>> [label.get_text().splitlines() for label in ax.get_yticklabels()][:2]
    [['layers.0.w', '4 zero of 8 gradients'], ['layers.0.b', '2 zero of 4 gradients']]
    """
    check_axes(ax)
    refuse_class(model)
    if not is_model(model):
        raise DataError(f"gradients are those of a model, such as an MLP, not {describe(model)}")
    groups = groups_of(model)
    if not groups:
        raise nothing_to_train(model)
    if not any(group.gradients for group in groups):
        raise GraphError(
            f"no parameter of {type(model).__name__} has a gradient: write loss.backward() before; a "
            "fit by derived code leaves none"
        )
    ax = axes_of(ax, height=1.5 + 0.5 * len(groups))
    _draw_sizes(ax, "weights", 0, [group.weights for group in groups])
    _draw_sizes(ax, "gradients", 1, [group.gradients for group in groups])
    _draw_signs(ax, "gradients / weights", 2, [group.ratio for group in groups])
    ax.set_yticks(
        range(len(groups)), [f"{label_of(group.path)}\n{group.note}".rstrip() for group in groups]
    )
    ax.set_ylim(len(groups) - 0.5, -0.5)
    if any(_is_drawn(size(row)) for group in groups for row in (group.weights, group.gradients)):
        ax.set_xscale("log")
    ax.set_xlabel("root mean square, and range")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3, frameon=False)
    return ax


def _draw_sizes(ax: "Axes", name: str, place: int, numbers: Sequence[Sequence[float]]) -> None:
    """Draw a sign and a line for each row of numbers; nothing for one that is 0 or empty."""
    _draw_signs(ax, name, place, [*map(size, numbers)])
    sizes = [[*filter(_is_drawn, map(abs, row))] for row in numbers]
    ax.hlines(
        _heights(place, len(sizes)),
        [min(each, default=math.nan) for each in sizes],
        [max(each, default=math.nan) for each in sizes],
        colors=COLOURS[place],
        linewidth=2,
    )


def _draw_signs(ax: "Axes", name: str, place: int, sizes: Sequence[float]) -> None:
    ax.plot(
        [x if _is_drawn(x) else math.nan for x in sizes],
        _heights(place, len(sizes)),
        linestyle="none",
        marker=MARKERS[place],
        color=COLOURS[place],
        markeredgecolor=ink(),
        markeredgewidth=0.7,
        label=name,
    )


def _is_drawn(size: float) -> bool:
    return SMALLEST <= size <= LARGEST


def _heights(place: int, count: int) -> list[float]:
    """Return where the signs of a kind are, three of which make a row."""
    return [row + 0.2 * (place - 1) for row in range(count)]
