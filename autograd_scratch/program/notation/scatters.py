"""What is put among zeros: slices, overlapping windows and tables of a buffer.

All are written as lines that add to a buffer that is there: `d[:, 1:] += x`.
"""

from collections.abc import Iterator, Sequence
from math import prod

from ...stepping.maps import Map, strides_of
from ..expressions import ATOM, Text
from ..layout import INDENT
from ..naming import Names
from .gathers import index_of
from .lines import added
from .reshapes import split
from .tables import Tables
from .views import Numbering, View, aligned, full, numbering, slices

LOOPS = ("i", "j", "k", "l", "m", *(f"i{n}" for n in range(2, 40)))  # what loops count with


def put_into(
    buffer: str,
    view: View,
    map: Map,  # noqa: A002
    sign: str,
    tables: Tables,
    names: Names,
) -> Iterator[str]:
    """Yield the lines that add a view in the space of a map, each of whose axes moves, to a buffer.

    The sign is "+" or "-", or "" where the buffer is still zero at these entries. `names` are those of
    the function.
    """
    found = numbering(map)
    if found is not None and found.is_simple:
        parts, axes = slices(map, found, tuple(range(len(map.source))))
        text = _in_order(view, tuple(axis for axis in axes), map)
        yield from added(f"{buffer}[{_shortened(parts)}]", sign, text)
        return
    block = block_of(map)
    if block is not None:
        start, stop = block
        row = in_a_row(view, map)
        yield from added(f"{buffer}[{start or ''}:{'' if stop == map.source[0] else stop}]", sign, row.text)
        return
    piece = split(View(Text(buffer, ATOM), tuple(range(len(map.source)))), map)
    if piece is not None:
        target = piece.text.text + ("[:]" if piece.text.text.endswith(")") else "")
        yield from added(target, sign, _in_order(view, piece.axes, map))
        return
    if found is not None and all(
        len(numbers) < 2 or (len(numbers) == 2 and min(step for _, step in numbers) > 0)
        for numbers in found.dims
    ):
        if not view.text.text.isidentifier():
            called = names.numbered("t")
            yield from added(called, "", view.text.text)
            view = View(Text(called, ATOM), view.axes)
        yield from _windows(buffer, view, map, found, sign, names)
        return
    if map.table is None and map.indices() is None and len(map.source) > 1:
        flat = Map(map.space, (prod(map.source),), map.offset, map.strides)
        yield from put_into(f"{buffer}.ravel()", view, flat, sign, tables, names)
        return
    index = index_of(map, tables.index)
    text = _in_order(view, index.axes, map)
    place = f"({', '.join(index.parts)})" if len(index.parts) > 1 else index.parts[0]
    given = [dim for dim, part in enumerate(index.parts) if tables.is_persons(part)]
    if _differ(map, given):
        yield from added(f"{buffer}[{', '.join(index.parts)}]", sign, text)
    else:
        method = "subtract" if sign == "-" else "add"
        place = place.replace("(:,", "(slice(None),").replace(", :", ", slice(None)")
        yield f"np.{method}.at({buffer}, {place}, {text})"


def _differ(map: Map, given: Sequence[int]) -> bool:  # noqa: A002
    """Say whether all places differ, whatever is given as an index of some dimensions."""
    if not given:
        return len({*map.positions()}) == map.size
    strides = strides_of(map.source)
    kept = [(strides[dim], size) for dim, size in enumerate(map.source) if dim not in given]
    places = {tuple(place // stride % size for stride, size in kept) for place in map.positions()}
    return len(places) == map.size


def _in_order(view: View, axes: tuple[int | None, ...], map: Map) -> str:  # noqa: A002
    """Return the text of a view for a target whose axes are these of its space."""
    places = {axis: i for i, axis in enumerate(axes) if axis is not None}
    turned = tuple(None if axis is None else places[axis] for axis in view.axes)
    return aligned(View(view.text, turned), len(axes)).text


def _shortened(parts: list[str]) -> str:
    """Return the text of an index without what takes whole axes at the end."""
    parts = [*parts]
    while len(parts) > 1 and parts[-1] == ":":
        parts.pop()
    return ", ".join(parts) or "..."


def in_a_row(view: View, map: Map) -> Text:  # noqa: A002
    """Return the text of a view as a vector."""
    text = full(view, map.space)
    if not map.space:
        return Text(f"[{text.text}]", ATOM)
    return text if len(map.space) == 1 else Text(f"{text.inside(ATOM)}.ravel()", ATOM)


def block_of(map: Map) -> tuple[int, int] | None:  # noqa: A002
    """Return where the run of entries begins and ends that a map takes from a vector, all in order."""
    if map.table is not None or len(map.source) != 1:
        return None
    if Map(map.space, map.space, 0, map.strides).is_identity:
        return map.offset, map.offset + map.size
    return None


def _windows(
    buffer: str,
    view: View,
    map: Map,  # noqa: A002
    found: Numbering,
    sign: str,
    names: Names,
) -> Iterator[str]:
    """Yield loops over the smaller of two axes that number one axis of the buffer."""
    loops: list[tuple[int, str]] = []
    parts: list[str] = []
    axes: list[int | None] = []
    for dim, numbers in enumerate(found.dims):
        start = found.origin[dim]
        if not numbers:
            parts.append(":" if map.source[dim] == 1 else str(start))
            axes += [None] if map.source[dim] == 1 else []
            continue
        axis, step = max(numbers, key=lambda number: map.space[number[0]])
        begin = ends = str(start)
        for other, stride in numbers:
            if other != axis:
                used = {name for _, name in loops}
                name = next(n for n in LOOPS if n not in used and names.is_free(n))
                loops.append((other, name))
                shift = name if stride == 1 else f"{stride} * {name}"
                begin = shift if start == 0 else f"{shift} + {start}"
                ends = f"{shift} + {start + (map.space[axis] - 1) * step + 1}"
        axes.append(axis)
        if len(numbers) == 1:
            parts.append(slices(map, found._replace(dims=[[]] * dim + [numbers]), (dim,))[0][0])
        else:
            parts.append(f"{begin}:{ends}" + (f":{step}" if step > 1 else ""))
    looped = dict(loops)
    for depth, (axis, name) in enumerate(loops):
        yield f"{INDENT * depth}for {name} in range({map.space[axis]}):"
    text = view.text
    if any(axis in looped for axis in view.axes):
        index: list[str] = [looped.get(axis, ":") if axis is not None else ":" for axis in view.axes]
        while index[-1] == ":":
            index.pop()
        text = Text(f"{text.inside(ATOM)}[{', '.join(index)}]", ATOM)
    left = View(text, tuple(axis for axis in view.axes if axis not in looped))
    for line in added(f"{buffer}[{', '.join(parts)}]", sign or "+", _in_order(left, tuple(axes), map)):
        yield INDENT * len(loops) + line


def joined(parts: Sequence[tuple[str, View, Map]]) -> str | None:
    """Return the text of arrays one after the other, if that is what some sums are put together to."""
    if len(parts[0][2].source) > 1:
        return _joined_along(parts)
    blocks = []
    for sign, view, map_ in parts:
        block = block_of(map_)
        if block is None or sign != "+":
            return None
        blocks.append((block, in_a_row(view, map_).text))
    blocks.sort()
    ends = [0, *(end for (_, end), _ in blocks)]
    is_tiled = [start for (start, _), _ in blocks] == ends[:-1] and ends[-1] == parts[0][2].source[0]
    if not is_tiled:
        return None
    texts: list[str] = []
    for _, text in blocks:  # single numbers side by side
        if text.startswith("[") and texts and texts[-1].startswith("["):
            text = f"{texts.pop()[:-1]}, {text[1:]}"
        texts.append(text)
    return f"np.array({texts[0]})" if len(texts) == 1 else f"np.concatenate([{', '.join(texts)}])"


def _joined_along(parts: Sequence[tuple[str, View, Map]]) -> str | None:
    """Return the text of arrays one after the other along an axis."""
    shape = parts[0][2].source
    blocks: list[tuple[list[tuple[int, int]], str]] = []
    for sign, view, map_ in parts:
        found = numbering(map_)
        if sign != "+" or found is None or not found.is_simple:
            return None
        numbers = [own[0] if own else None for own in found.dims]
        if any(number is not None and number[1] != 1 for number in numbers):
            return None
        sizes = tuple(1 if number is None else map_.space[number[0]] for number in numbers)
        places = {number[0]: dim for dim, number in enumerate(numbers) if number is not None}
        text = full(View(view.text, view.axes).relabeled(places.get), sizes)
        blocks.append(([*zip(found.origin, sizes)], text.text))
    cut = [dim for dim, size in enumerate(shape) if any(block[dim] != (0, size) for block, _ in blocks)]
    if len(cut) != 1:
        return None
    (dim,) = cut
    blocks.sort(key=lambda block: block[0][dim])
    ends = [0, *(start + size for start, size in (block[dim] for block, _ in blocks))]
    if [block[dim][0] for block, _ in blocks] != ends[:-1] or ends[-1] != shape[dim]:
        return None
    axis = f", axis={dim}" if dim else ""
    return f"np.concatenate([{', '.join(text for _, text in blocks)}]{axis})"
