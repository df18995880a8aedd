"""Which entries of a sample windows take, along one axis or two: what convolutions and pools share.

Along each axis it is told by itself which indices each window takes, and a window of two axes takes all
combinations. None is what stands around an array.

    >>> Sliding(3, stride=2, before=1, after=1).spans(5)
    [[None, 0, 1], [1, 2, 3], [3, 4, None]]
    >>> windows((Sliding(2), Sliding(2)), 1, (2, 3)).of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.0)
    [(1.0, 2.0, 4.0, 5.0), (2.0, 3.0, 5.0, 6.0)]
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, count, product
from math import inf, prod
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from ..errors import ShapeError
from .shapes import Shape
from .standard import Standard

NAMES = {1: ("length",), 2: ("height", "width")}
EDGES: dict[str, Callable[[int, int], int | None]] = {  # which entry stands at an index outside of an axis
    "zeros": lambda i, size: None,
    "reflect": lambda i, size: -i if i < 0 else 2 * size - 2 - i,
    "replicate": lambda i, size: min(max(i, 0), size - 1),
    "circular": lambda i, size: i % size,
}
ROOM = {"reflect": -1, "circular": 0}  # how much wider than an axis its padding may be

Span = Sequence[int | None]


class Along(Protocol):
    """How windows lie along an axis."""

    def spans(self, size: int) -> list[Span]:
        """Return the indices that each window takes of so many entries; none where no window fits."""


class Sliding(NamedTuple):
    """Windows of `kernel` entries, `dilation` apart; they begin at every `stride`-th one, in the padding.

    With `ceils` the last window may reach further than the padding, but not begin there.
    """

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceils: bool = False
    edge: str = "zeros"

    def starts(self, size: int) -> range:
        """Return where windows begin."""
        if max(self.before, self.after) > size + ROOM.get(self.edge, inf):
            return range(0)
        last = size + self.after - self.dilation * (self.kernel - 1) - 1
        last = min(last + self.stride - 1, size - 1) if self.ceils else last
        return range(-self.before, last + 1, self.stride)

    def spans(self, size: int) -> list[Span]:
        edge, reach = EDGES[self.edge], range(0, self.dilation * self.kernel, self.dilation)
        indices = [[start + k for k in reach] for start in self.starts(size)]
        return [[i if 0 <= i < size else edge(i, size) for i in own] for own in indices]

    def widths(self, size: int, with_padding: bool) -> list[int]:
        """Return how many entries of each window count: those of an array, perhaps with its padding."""
        low, high = (-self.before, size + self.after) if with_padding else (0, size)
        return [min(start + self.kernel, high) - max(start, low) for start in self.starts(size)]


class Adaptive(NamedTuple):
    """So many windows that take everything, as equal as can be; None is one for each entry."""

    number: int | None

    def spans(self, size: int) -> list[Span]:
        n = self.number or size
        return [range(i * size // n, -(-(i + 1) * size // n)) for i in range(n)]


class Transposed(NamedTuple):
    """For each entry of what sliding windows came from, the windows that took it: the one it ends first."""

    sliding: Sliding
    more: int = 0

    def spans(self, size: int) -> list[Span]:
        kernel, stride, before, after, dilation, *_ = self.sliding
        n = (size - 1) * stride - before - after + dilation * (kernel - 1) + self.more + 1
        reach = range(dilation * (kernel - 1), -1, -dilation)
        places = [[divmod(i + before - k, stride) for k in reach] for i in range(n)]
        return [[i if not rest and 0 <= i < size else None for i, rest in own] for own in places]


class Windows(NamedTuple):
    """How many windows there are along each axis, and what takes the entries of each from a list."""

    shape: Shape
    taking: Sequence[Callable[[Sequence[Any]], Sequence[Any]]]

    def of(self, entries: Sequence[Any], around: float) -> list[Sequence[Any]]:
        """Return the entries of all windows, with a number for what is around the array."""
        entries = [*entries, around]
        return [take(entries) for take in self.taking]


@lru_cache(maxsize=256)
def windows(along: tuple[Along, ...], channels: int, sizes: Shape) -> Windows:
    """Return the windows of some channels of these sizes: of each its entries, channel by channel."""
    spans = [axis.spans(size) for axis, size in zip(along, sizes)]
    size = prod(sizes)
    taking = []
    for window in product(*spans):
        own = [_place(index, sizes) for index in product(*window)]
        places = [size * (channels if p is None else c) + (p or 0) for c in range(channels) for p in own]
        taking.append(
            itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))
        )
    return Windows(tuple(map(len, spans)), taking)


def _place(index: Sequence[int | None], sizes: Shape) -> int | None:
    place = 0
    for i, size in zip(index, sizes):
        if i is None:
            return None
        place = place * size + i
    return place


def flat(rows: Any, axes: int) -> list[Any]:
    """Return the entries of nested lists with so many axes.

    >>> flat([[1.0, 2.0], [3.0, 4.0]], 2)
    [1.0, 2.0, 3.0, 4.0]
    """
    for _ in range(axes - 1):
        rows = chain.from_iterable(rows)
    return [*rows]


def lengths(rows: Any, axes: int) -> Shape:
    """Return the lengths of so many axes of nested lists.

    >>> lengths([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], 2)
    (2, 3)
    """
    found = []
    for _ in range(axes):
        found.append(len(rows))
        rows = rows[0]
    return (*found,)


class Windowed(Standard):
    """A layer of windows, of samples (channels, length) or (channels, height, width)."""

    along: tuple[Along, ...]
    in_channels: int | None = None

    def windows(self, sizes: Shape, channels: int = 1) -> Windows:
        """Return the windows of some channels of a sample."""
        return windows(self.along, channels, sizes)

    def fits(self, shape: Shape) -> bool:
        channels, *sizes = shape
        return self.in_channels in (None, channels) and 0 not in self.windows(tuple(sizes)).shape

    def expects(self) -> str:
        names = NAMES[self.axes - 1]
        least = [next(n for n in count(1) if axis.spans(n)) for axis in self.along]
        limits = " and ".join(f"a {name} from {n} on" for name, n in zip(names, least) if n > 1)
        sizes = ", ".join(map(str, (self.in_channels or "channels", *names)))
        return f"({sizes}){f' with {limits}' if limits else ''}, or a batch of such samples"

    def misfit(self, shape: Shape) -> ShapeError:
        fault, channels = super().misfit(shape), self.in_channels
        hint = ""
        if channels in (None, 1) and 0 < len(shape) == self.axes - 1 and 0 not in shape:
            hint = "; with one channel it is [x], or x[None]"
        elif channels == 1 and len(shape) == self.axes and shape[0] != 1:
            hint = "; with one channel each it is [[x] for x in xs], or X[:, None]"
        elif shape[-1:] == (channels,) and len(shape) >= self.axes:
            hint = "; channels come first"
        return ShapeError(f"{fault}{hint}")
