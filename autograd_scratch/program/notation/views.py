"""How an array is seen in a space: its text, and which axis of the space each of its own axes is.

A bias `b` of shape (3,) that is added to each row of a space (2, 3) is the text "b" with the axes (1,).
An axis of length 1 is None: it goes with whatever there is. What is seen in a space may lack axes of it;
NumPy's broadcasting then does the rest, once the axes are `aligned`:

    >>> aligned(View(Text("b", ATOM), (0,)), 2).text
    'b[:, None]'
    >>> aligned(View(Text("W", ATOM), (1, 0)), 2).text
    'W.T'
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...stepping.maps import Map, Shape
from ..expressions import ATOM, Text

Axes = tuple[int | None, ...]
MANY = 8  # entries


class View(NamedTuple):
    """The text of an array, and the axis of a space that each of its axes is, None for one of length 1.

    `kept` is the same where sums leave axes of length 1 behind, `turned` its transpose and
    `swapped` the same with the last two axes swapped, if these have texts of their own. `dropped` is
    a sum without what it was summed along, but with axes of length 1 that there were.
    """

    text: Text
    axes: Axes = ()
    kept: "tuple[Text, Axes] | None" = None
    turned: Text | None = None
    swapped: Text | None = None
    dropped: "tuple[Text, Axes] | None" = None

    @property
    def labels(self) -> list[int]:
        """The axes of the space along which it varies, in its own order."""
        return [axis for axis in self.axes if axis is not None]

    @property
    def forms(self) -> list[tuple[Text, Axes]]:
        """All texts that there are, with their axes."""
        found = [(self.text, self.axes)]
        if self.kept is not None:
            found.append(self.kept)
        if self.dropped is not None:
            found.append(self.dropped)
        if len(self.axes) > 1:
            found.append((self.turned or called(self.text, ".T"), self.axes[::-1]))
        if self.kept is not None and len(self.kept[1]) > 1:
            found.append((called(self.kept[0], ".T"), self.kept[1][::-1]))
        return found

    def relabeled(self, label: Callable[[int], int | None]) -> "View":
        """Return the view in another space."""

        def moved(axes: Axes) -> Axes:
            return tuple(None if axis is None else label(axis) for axis in axes)

        kept = None if self.kept is None else (self.kept[0], moved(self.kept[1]))
        return View(self.text, moved(self.axes), kept, self.turned, self.swapped, self.dropped)

    def changed(self, change: Callable[[Text], Text]) -> "View":
        """Return the view of what an operation of one operand makes of it."""
        kept = None if self.kept is None else (change(self.kept[0]), self.kept[1])
        return View(change(self.text), self.axes, kept)


def called(text: Text, rest: str) -> Text:
    """Return the text of a method, an attribute or an index of something."""
    return Text(text.inside(ATOM) + rest, ATOM, text.depth)


def indexed(text: Text, parts: Sequence[str]) -> Text:
    """Return the text of an index, without what takes whole axes at the end.

    >>> indexed(Text("x", ATOM), ["1:", ":"]).text, indexed(Text("x", ATOM), [":"]).text
    ('x[1:]', 'x')
    """
    parts = list(parts)
    while parts and parts[-1] == ":":
        parts.pop()
    return called(text, f"[{', '.join(parts)}]") if parts else text


def averaged(view: View) -> View | None:
    """Return the view of a mean, given that of the sum; None if it is not written as one.

    >>> averaged(View(Text("x.sum(axis=0)", ATOM), (1,))).text.text
    'x.mean(axis=0)'
    """

    def mean(text: Text) -> Text:
        before, _, inside = text.text.rpartition(".sum(")
        return text._replace(text=f"{before}.mean({inside}")

    rest = view.text.text.rpartition(".sum(")[2]
    if view.text.precedence < ATOM or not rest.endswith(")") or rest.count("(") + 1 != rest.count(")"):
        return None
    kept, dropped = (form and (mean(form[0]), form[1]) for form in (view.kept, view.dropped))
    return View(mean(view.text), view.axes, kept, dropped=dropped)


def is_aligned(axes: Axes, ndim: int) -> bool:
    """Say whether NumPy's broadcasting takes axes for what they are in a space of so many."""
    start = ndim - len(axes)
    return start >= 0 and all(axis in (None, start + i) for i, axis in enumerate(axes))


def aligned(view: View, ndim: int, whole: bool = False) -> Text:
    """Return the text of a view that goes with others in a space, or, if `whole`, has all of its axes."""
    for text, axes in view.forms:
        if is_aligned(axes, ndim) and not (whole and len(axes) < ndim):
            return text
    labels, text = view.labels, view.text
    if labels != sorted(labels):
        if None in view.axes:
            text = indexed(text, ["0" if axis is None else ":" for axis in view.axes])
        order = sorted(range(len(labels)), key=labels.__getitem__)
        text = called(text, ".T" if len(order) == 2 else f".transpose{tuple(order)}")
        own: Axes = tuple(sorted(labels))
    else:
        own = view.axes
    first = 0 if whole or not labels else min(labels)
    if not labels and not whole:
        return called(text, f"[{', '.join('0' for _ in own)}]") if own else text
    return _with_new_axes(text, own, range(first, ndim))


def _with_new_axes(text: Text, own: Axes, wanted: Sequence[int]) -> Text:
    """Return the text with just the wanted axes, which are in order."""
    parts, left = [], list(wanted)
    for axis in own:
        if axis is None:
            parts.append("0")
            continue
        while left[0] < axis:
            parts.append("None")
            left.pop(0)
        parts.append(":")
        left.pop(0)
    parts += ["None"] * len(left)
    joined: list[str] = []
    for part in parts:  # an axis of length 1 that is dropped for a new one stays
        if joined and {part, joined[-1]} == {"0", "None"}:
            joined[-1] = ":"
        else:
            joined.append(part)
    return indexed(text, joined)


def full(view: View, shape: Shape) -> Text:
    """Return the text of a view as an array of the very shape of its space.

    >>> full(View(Text("0.9", ATOM)), (2, 1)).text, full(View(Text("b", ATOM), (1,)), (2, 3)).text
    ('np.full((2, 1), 0.9)', 'np.broadcast_to(b, (2, 3))')
    """
    labels = {*view.labels}
    if shape and not labels and not any(len(axes) == len(shape) for _, axes in view.forms):
        return _filled(aligned(view, 0).text, shape)
    text = aligned(view, len(shape), whole=True)
    if all(size == 1 or axis in labels for axis, size in enumerate(shape)):
        return text
    return Text(f"np.broadcast_to({aligned(view, len(shape)).text}, {shape})", ATOM, text.depth + 1)


def _filled(number: str, shape: Shape) -> Text:
    names = {"0.0": "zeros", "1.0": "ones"}
    if number in names:
        return Text(f"np.{names[number]}({sizes(shape)})", ATOM)
    return Text(f"np.full({sizes(shape)}, {number})", ATOM)


def sizes(shape: Shape) -> str:
    """Return the text of a shape for `np.zeros` and its like."""
    return str(shape[0]) if len(shape) == 1 else str(shape)


def merged(views: Sequence[View], ndim: int) -> tuple[list[Text], Axes]:
    """Return the texts of operands of one operation in a space, and the axes of what it gives."""
    if not ndim:
        return [aligned(view, 0) for view in views], ()
    arrays = [view for view in views if view.axes]
    if all(view.axes == arrays[0].axes for view in arrays):
        return [view.text for view in views], arrays[0].axes if arrays else ()
    labels = sorted({axis for view in arrays for axis in view.labels})
    inner = [view.relabeled(labels.index) for view in views]
    if sum(_is_changed(view, len(labels)) for view in inner) < sum(
        _is_changed(view, ndim) for view in views
    ):
        return [aligned(view, len(labels)) for view in inner], tuple(labels)
    wide = [aligned(view, ndim) for view in views]
    longest = max(_ndim_aligned(view, ndim) for view in arrays)
    return wide, tuple(axis if axis in labels else None for axis in range(ndim - longest, ndim))


def _is_changed(view: View, ndim: int) -> bool:
    """Say whether a view goes with others in a space by an index only."""
    return not any(is_aligned(axes, ndim) for _, axes in view.forms)


def _ndim_aligned(view: View, ndim: int) -> int:
    """Return how many axes the aligned text of a view has."""
    for _, axes in view.forms:
        if is_aligned(axes, ndim):
            return len(axes)
    return ndim - min(view.labels) if view.labels else 0


class Numbering(NamedTuple):
    """Which axes of a space number each axis of a source, as (axis, step), and where they begin."""

    origin: Shape
    dims: list[list[tuple[int, int]]]

    @property
    def is_simple(self) -> bool:
        """Whether slices do it: no axis of the source has two numbers."""
        return all(len(numbers) < 2 for numbers in self.dims)


def numbering(map: Map) -> Numbering | None:  # noqa: A002
    """Return how the axes of a space number those of the source; None if one moves along two."""
    found = map.indices()
    if found is None:
        return None
    origin, steps = found
    dims: list[list[tuple[int, int]]] = [[] for _ in map.source]
    for axis, step in enumerate(steps):
        moved = [(dim, s) for dim, s in enumerate(step) if s]
        if len(moved) > 1:
            return None
        for dim, s in moved:
            dims[dim].append((axis, s))
    return Numbering(origin, dims)


def sliced(start: int, count: int, step: int, size: int) -> str:
    """Return the text of a slice of so many entries: of many all but the last as people write that.

    >>> sliced(0, 3, 1, 3), sliced(1, 2, 1, 3), sliced(0, 2, 2, 4), sliced(2, 3, -1, 3), sliced(1, 2, 1, 4)
    (':', '1:', '::2', '::-1', '1:3')
    """
    last = start + (count - 1) * step
    if step < 0:
        begin = "" if start == size - 1 else str(start)
        end = "" if last + step < 0 else str(last - 1)
        return f"{begin}:{end}:{step}"
    end = "" if last + step >= size else str(last + 1)
    if start == 0 and step == 1 and count == size - 1 >= MANY:
        end = "-1"
    return f"{start or ''}:{end}" + (f":{step}" if step != 1 else "")


def slices(map: Map, found: Numbering, labels: Axes) -> tuple[list[str], Axes]:  # noqa: A002
    """Return the index of a simple map in an array with these axes of the source, and the axes left."""
    parts: list[str] = []
    axes: list[int | None] = []
    for dim in labels:
        if dim is None:
            parts.append(":")
            axes.append(None)
            continue
        size = map.source[dim]
        if not found.dims[dim]:
            is_one = size == 1
            parts.append(":" if is_one else str(found.origin[dim]))
            axes += [None] if is_one else []
        else:
            ((axis, step),) = found.dims[dim]
            parts.append(sliced(found.origin[dim], map.space[axis], step, size))
            axes.append(axis)
    return parts, tuple(axes)


def seen_through(view: View, map: Map) -> View | None:  # noqa: A002
    """Return the view of what a map takes from an array by slices and axes alone; None if it takes more."""
    found = numbering(map)
    if found is None or not found.is_simple:
        return None
    parts, axes = slices(map, found, view.axes)
    if any(part != ":" for part in parts):
        return View(indexed(view.text, parts), axes)
    kept = None if view.kept is None else (view.kept[0], slices(map, found, view.kept[1])[1])
    return View(view.text, axes, kept, view.turned)
