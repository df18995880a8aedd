"""What a map takes by more than slices: an axis of the source that several axes of the space number.

Where these count it as digits do, that is a reshape, `p[:6].reshape(3, 2)`; where they overlap, windows.
"""

import re
from itertools import pairwise
from math import prod
from typing import NamedTuple

from ...stepping.maps import Map, Shape, finer
from ..expressions import ATOM, Text
from .views import Axes, View, called, full, indexed, numbering, seen_through, sliced

WINDOWS = "sliding_window_view"


class Split(NamedTuple):
    """One axis of a source as several: what is cut out, the shape of that, and what of it is taken."""

    cut: str
    sizes: Shape
    parts: list[str]
    axes: tuple[int, ...]


def own_axes(shape: Shape) -> Axes:
    """Return the axes of an array in its own space."""
    return tuple(axis if size > 1 else None for axis, size in enumerate(shape))


def shaped(text: Text, shape: Shape) -> Text:
    """Return the text of a reshape; what is reshaped twice need not be reshaped before.

    >>> shaped(Text("x.ravel()", ATOM), (2, 3)).text, shaped(Text("x.reshape(3, 2)", ATOM), (6,)).text
    ('x.reshape(2, 3)', 'x.ravel()')
    """
    shorter = re.sub(r"\.(ravel|reshape)\([0-9, ]*\)$", "", text.text)
    rest = ".ravel()" if len(shape) == 1 else f".reshape({', '.join(map(str, shape))})"
    if shorter == text.text or text.precedence < ATOM:
        return called(text, rest)
    return Text(shorter + rest, ATOM, text.depth)


def reshaped(view: View, map: Map) -> View | None:  # noqa: A002
    """Return what a map takes by reshaping an array, or from windows of it; None if it takes more."""
    if map.is_whole:
        return View(shaped(full(view, map.source), map.space), own_axes(map.space))
    fine = finer(map)
    if fine is not None:
        inner = seen_through(view, fine) or reshaped(view, fine)
        if inner is None:
            return None
        return View(shaped(full(inner, fine.space), map.space), own_axes(map.space))
    found = split(view, map) or _windows(view, map)
    if found is not None or map.table is not None or len(map.source) < 2 or map.indices() is not None:
        return found
    flat = View(shaped(full(view, map.source), (prod(map.source),)), (0,))
    row = Map(map.space, (prod(map.source),), map.offset, map.strides)
    return seen_through(flat, row) or split(flat, row) or _windows(flat, row)


def reshaped_back(view: View, map: Map) -> View:  # noqa: A002
    """Return the view of a sum to whose entries the axes of a space go as digits do."""
    order = sorted(range(len(map.space)), key=lambda axis: -map.strides[axis])
    places = {axis: i for i, axis in enumerate(order)}
    turned = View(view.text, tuple(None if axis is None else places[axis] for axis in view.axes))
    text = full(turned, tuple(map.space[axis] for axis in order))
    return View(shaped(text, map.source), own_axes(map.source))


def split(view: View, map: Map) -> View | None:  # noqa: A002
    """Return the view of an array each of whose axes is split in digits; None where that is not it."""
    found = numbering(map)
    if found is None:
        return None
    splits = [
        _digits(map, found.origin[dim], numbers, map.source[dim]) for dim, numbers in enumerate(found.dims)
    ]
    known = [split for split in splits if split is not None]
    if len(known) < len(splits):
        return None
    text = indexed(full(view, map.source), [split.cut for split in known])
    text = shaped(text, tuple(size for split in known for size in split.sizes))
    text = indexed(text, [part for split in known for part in split.parts])
    return View(text, tuple(axis for split in known for axis in split.axes))


def _digits(map: Map, origin: int, numbers: list[tuple[int, int]], size: int) -> Split | None:  # noqa: A002
    """Return how one axis is reshaped so that each of its numbers has an axis of its own."""
    if not numbers:
        return Split(str(origin), (), [], ())
    if len(numbers) == 1:
        ((axis, step),) = numbers
        count = map.space[axis]
        return Split(sliced(origin, count, step, size), (count,), [":"], (axis,))
    numbers = sorted(numbers, key=lambda number: -number[1])
    counts, steps = [map.space[axis] for axis, _ in numbers], [step for _, step in numbers]
    if steps[-1] < 1:
        return None
    for i in range(1, len(steps)):
        if steps[i - 1] % steps[i] or counts[i] * steps[i] > steps[i - 1]:
            return None
    start = min(origin, size - counts[0] * steps[0])
    inner = origin - start
    if start < 0 or (inner and (len(steps) > 2 or steps[-1] > 1 or inner + counts[1] > steps[0])):
        return None
    sizes = [counts[0], *(above // step for above, step in pairwise(steps))]
    parts = [":", *(sliced(0, count, 1, n) for count, n in zip(counts[1:], sizes[1:]))]
    if inner:
        parts[1] = sliced(inner, counts[1], 1, sizes[1])
    if steps[-1] > 1:
        sizes.append(steps[-1])
        parts.append("0")
    cut = sliced(start, counts[0] * steps[0], 1, size)
    return Split(cut, tuple(sizes), parts, tuple(axis for axis, _ in numbers))


def _windows(view: View, map: Map) -> View | None:  # noqa: A002
    """Return the windows of an array, some axes of which two axes of the space number each."""
    found = numbering(map)
    if found is None:
        return None
    cuts: list[str] = []
    outer: list[str] = []
    inner: list[str] = []
    widths: list[int] = []
    dims: list[int] = []
    axes: list[int] = []
    inner_axes: list[int] = []
    for dim, numbers in enumerate(found.dims):
        origin, size = found.origin[dim], map.source[dim]
        if len(numbers) > 2 or (len(numbers) == 2 and any(step < 1 for _, step in numbers)):
            return None
        if not numbers:
            cuts.append(str(origin))
            continue
        (axis, step), *others = sorted(numbers)
        count = map.space[axis]
        axes.append(axis)
        if not others:
            cuts.append(sliced(origin, count, step, size))
            outer.append(":")
            continue
        ((other, stride),) = others
        width = (map.space[other] - 1) * stride + 1
        length = (count - 1) * step + width
        cuts.append(sliced(origin, length, 1, size))
        outer.append(sliced(0, count, step, length - width + 1))
        inner.append(sliced(0, map.space[other], stride, width))
        widths.append(width)
        dims.append(len(outer) - 1)
        inner_axes.append(other)
    text = indexed(full(view, map.source), cuts)
    what = (widths[0], dims[0]) if len(dims) == 1 else (tuple(widths), tuple(dims))
    text = Text(
        f"{WINDOWS}({text.text}, {what[0]}, axis={what[1]})".replace(
            ", axis=0)" if len(map.source) == 1 else "\0", ")"
        ),
        ATOM,
        text.depth + 1,
    )
    return View(indexed(text, [*outer, *inner]), (*axes, *inner_axes))
