"""Products that are summed along axes, written as what NumPy has for them.

The operands of a product are views in one space. The sum goes along the axes that the result lacks. Two
operands that share one such axis are `@`; one that has it alone is `.sum(axis=...)`; a factor without any
is multiplied afterwards. More than two operands are taken in pairs, so that the space of all of them is
never filled.
"""

from collections.abc import Sequence, Set
from itertools import combinations
from math import prod
from string import ascii_letters

from ...stepping.maps import Map, Shape
from ..expressions import ATOM, PRODUCT, SIGN, Text
from .elementwise import as_factor
from .views import Axes, View, called, indexed, merged

Order = Sequence[int] | None  # of the axes of a result; None for any


def contracted(space: Shape, views: Sequence[View], kept: Sequence[int]) -> View:
    """Return the view of a product summed along all axes but the kept ones, in their order at best."""
    summed = {*range(len(space))} - {*kept}
    factors = [view for view in views if summed & {*view.labels}]
    outer = [view for view in views if not summed & {*view.labels}]
    missing = prod((space[axis] for axis in summed if not any(axis in v.labels for v in factors)), start=1)
    while len(factors) > 1:
        i, k = _next_pair(space, factors, kept)
        one, other = factors[i], factors[k]
        rest = [view for place, view in enumerate(factors) if place not in (i, k)]
        needed = {*kept}.union(*(view.labels for view in rest))
        result = pair(space, one, other, needed, kept if not rest else None)
        is_done = not summed & {*result.labels}
        factors = rest if is_done else [*rest, result]
        outer += [result] if is_done else []
    inner = [total(view, {*kept}) for view in factors]
    if missing > 1:
        outer = [View(Text(repr(float(missing)), ATOM)), *outer]
    found = [*(view for view in outer if not view.axes), *inner, *(view for view in outer if view.axes)]
    sizes = tuple(
        space[axis] for axis in kept
    )  # in the order that is wanted, an outer product needs no turn
    return times(sizes, [view.relabeled(kept.index) for view in found]).relabeled(kept.__getitem__)


def times(space: Shape, views: Sequence[View]) -> View:
    """Return the product of views without a sum, of the smaller ones first."""
    left = sorted(views, key=lambda view: prod(space[axis] for axis in view.labels))
    while len(left) > 1:
        (one, other), left = left[:2], left[2:]
        if [*one.labels] != [*other.labels] and left and {*left[0].labels} == {*other.labels}:
            other, left[0] = left[0], other
        texts, axes = merged([one, other], len(space))
        left.insert(0, View(_product(*texts), axes))
    return left[0]


def _product(x: Text, y: Text) -> Text:
    x, y = as_factor(x), as_factor(y)
    if y.precedence == PRODUCT and x.precedence != PRODUCT and not x.text[:1].isdigit():
        x, y = y, x
    return Text(f"{x.inside(PRODUCT)} * {y.inside(SIGN)}", PRODUCT, 1 + max(x.depth, y.depth))


def total(view: View, kept: Set[int]) -> View:
    """Return the sum of a view along those of its axes that are not kept."""
    dims = [i for i, axis in enumerate(view.axes) if axis is not None and axis not in kept]
    if not dims:
        return view
    stays: Axes = tuple(axis if i not in dims else None for i, axis in enumerate(view.axes))
    axis = str(dims[0]) if len(dims) == 1 else str(tuple(dims))
    where = f"axis={axis}" if len(dims) < len(view.axes) else ""
    plain = "" if all(axis is None for axis in stays) else where
    depth = view.text.depth + 1
    text = called(view.text, f".sum({plain})")._replace(depth=depth)
    keeping = called(view.text, f".sum({where + ', ' if where else ''}keepdims=True)")._replace(depth=depth)
    if not plain:
        if not where:
            return View(text, (), (keeping, stays))
        dropped = called(view.text, f".sum({where})")._replace(depth=depth)
        return View(text, (), (keeping, stays), dropped=(dropped, (None,) * (len(view.axes) - len(dims))))
    left = tuple(axis for i, axis in enumerate(view.axes) if i not in dims)
    return View(text, left, (keeping, stays))


def _next_pair(space: Shape, views: Sequence[View], kept: Sequence[int]) -> tuple[int, int]:
    """Return the places of the two operands whose product, summed as far as it can be, costs least."""

    def cost(two: tuple[int, int]) -> tuple[int, int]:
        both = {*views[two[0]].labels, *views[two[1]].labels}
        others = {*kept}.union(*(view.labels for i, view in enumerate(views) if i not in two))
        return prod(space[axis] for axis in both), prod(space[axis] for axis in both & others)

    return min(combinations(range(len(views)), 2), key=cost)


def pair(space: Shape, one: View, other: View, keep: Set[int], order: Order) -> View:
    """Return the product of two views, summed along all axes but some; in some order, or in any."""
    summed = {*one.labels} & {*other.labels} - keep
    if summed:
        one, other = total(one, keep | {*other.labels}), total(other, keep | {*one.labels})
    mine, yours = {*one.labels}, {*other.labels}
    shared = mine & yours
    batch = [axis for axis in order or sorted(shared) if axis in shared & keep]
    if not summed or (mine == yours and (batch or len(summed) > 1)) or (batch and _covers(mine, yours)):
        return total(times(space, [one, other]), keep)
    if not batch and len(summed) == 1 and len(mine) <= 2 and len(yours) <= 2:
        return _matmul(one, other, min(summed), order)
    if not batch:
        return _tensordot(one, other, [axis for axis in one.labels if axis in summed], order)
    if len(summed) == 1 and len(mine - shared) == 1 and len(yours - shared) == 1:
        return _batches(one, other, batch, min(summed), order)
    return _einsum(one, other, _ordered((mine | yours) - summed, order))


def _covers(mine: set[int], yours: set[int]) -> bool:
    return mine >= yours or yours >= mine


def _ordered(labels: Set[int], order: Order) -> list[int]:
    """Return some axes in the order that is wanted."""
    return sorted(labels) if order is None else [axis for axis in order if axis in labels]


def _matmul(one: View, other: View, axis: int, order: Order) -> View:
    """Return the product of two matrices or vectors, with the axes of the result as wanted."""
    if len(one.labels) + len(other.labels) == 3:
        matrix, vector = (one, other) if len(one.labels) == 2 else (other, one)
        one, other = (matrix, vector) if matrix.labels[-1] == axis else (vector, matrix)
    free = [label for view in (one, other) for label in view.labels if label != axis]
    if order is not None and free != _ordered({*free}, order):
        one, other, free = other, one, free[::-1]
    text, turned = (
        _at(
            _as_matrix(first, [*_without(first, axis), axis]),
            _as_matrix(second, [axis, *_without(second, axis)]),
        )
        for first, second in ((one, other), (other, one))
    )
    return View(text, tuple(free), turned=turned)


def _without(view: View, axis: int) -> list[int]:
    return [label for label in view.labels if label != axis]


def _at(left: Text, right: Text) -> Text:
    text = f"{left.inside(PRODUCT)} @ {right.inside(SIGN)}"
    return Text(text, PRODUCT, 1 + max(left.depth, right.depth))


def _as_matrix(view: View, order: Sequence[int]) -> Text:
    """Return the text of a view with just these axes in this order."""
    text = view.text
    if None in view.axes:
        text = indexed(text, ["0" if axis is None else ":" for axis in view.axes])
    labels = view.labels
    if labels == [*order]:
        return text
    if labels == [*reversed(order)]:
        return view.turned if view.turned is not None and None not in view.axes else called(text, ".T")
    if len(order) > 2 and labels == [*order[:-2], order[-1], order[-2]]:
        return called(text, ".swapaxes(-1, -2)")
    return called(text, f".transpose{tuple(labels.index(axis) for axis in order)}")


def _tensordot(one: View, other: View, summed: Sequence[int], order: Order) -> View:
    """Return the product of two arrays summed along several axes, which BLAS does."""
    wanted = _ordered({*one.labels, *other.labels} - {*summed}, order)
    if wanted and wanted[0] in other.labels:
        one, other = other, one
    if len(summed) == 1:
        found = _matrices(one, other, summed[0], wanted) or _matrices(other, one, summed[0], wanted)
        if found is not None:
            return found
    axes = [[view.axes.index(axis) for axis in summed] for view in (one, other)]
    if one.axes[-len(summed) :] == (*summed,) == other.axes[: len(summed)]:
        along = str(len(summed))
    else:
        along = f"({axes[0][0]}, {axes[1][0]})" if len(summed) == 1 else f"({axes[0]}, {axes[1]})"
    text = f"np.tensordot({one.text.text}, {other.text.text}, axes={along})"
    left = tuple(axis for view in (one, other) for axis in view.axes if axis not in summed)
    return View(Text(text, ATOM, 1 + max(one.text.depth, other.text.depth)), left)


def _matrices(many: View, one: View, axis: int, wanted: Sequence[int]) -> View | None:
    """Return the product of many matrices with one; None if that is not what NumPy's `@` makes."""
    if len(one.labels) != 2 or len(many.labels) < 3:
        return None
    (own,) = _without(one, axis)
    if many.labels[-1] == axis and wanted == [*many.labels[:-1], own]:
        text = _at(_as_matrix(many, many.labels), _as_matrix(one, [axis, own]))
    elif axis in many.labels[-2:]:
        (inner,) = {*many.labels[-2:]} - {axis}
        if wanted != [*many.labels[:-2], own, inner]:
            return None
        text = _at(_as_matrix(one, [own, axis]), _as_matrix(many, [*many.labels[:-2], axis, inner]))
    else:
        return None
    return View(text, tuple(wanted))


def _batches(one: View, other: View, batch: Sequence[int], axis: int, order: Order) -> View:
    """Return a product of many pairs of matrices."""
    batch = _ordered({*batch}, order)
    (row,) = {*one.labels} - {*batch, axis}
    (column,) = {*other.labels} - {*batch, axis}
    if order is not None and [*order].index(row) > [*order].index(column):
        one, other, row, column = other, one, column, row
    forms = [
        _at(_pairwise(first, [*batch, up, axis]), _pairwise(second, [*batch, axis, down]))
        for first, second, up, down in ((one, other, row, column), (other, one, column, row))
    ]
    return View(forms[0], (*batch, row, column), swapped=forms[1])


def _pairwise(view: View, order: Sequence[int]) -> Text:
    """Return the text of a view with its axes in this order, the last two of which are a matrix."""
    if view.swapped is not None and view.labels == [*order[:-2], order[-1], order[-2]]:
        return view.swapped
    return _as_matrix(view, order)


def _einsum(one: View, other: View, order: Sequence[int]) -> View:
    """Return what nothing else is for."""
    letters: dict[int, str] = {}
    for axis in sorted({*one.labels, *other.labels}):
        letters[axis] = ascii_letters[8 + len(letters)]  # from i on
    texts = [_as_matrix(view, view.labels) for view in (one, other)]
    subscripts = ",".join("".join(letters[axis] for axis in view.labels) for view in (one, other))
    result = "".join(letters[axis] for axis in order)
    text = f'np.einsum("{subscripts}->{result}", {texts[0].text}, {texts[1].text})'
    return View(Text(text, ATOM, 1 + max(part.depth for part in texts)), tuple(order))


def with_ones(views: Sequence[View], ones: Sequence[int], kept: Sequence[int]) -> list[View]:
    """Return views whose axes of length 1 are those of a space: matrices stay matrices.

    An axis that only one of them has, and not the result, is none.
    """
    labeled = []
    for view in views:
        if ones and view.axes.count(None) == len(ones):
            left = iter(ones)
            view = View(view.text, tuple(next(left) if axis is None else axis for axis in view.axes))
        labeled.append(view)
    known = [axis for view in labeled for axis in view.labels]
    useless = {axis for axis in ones if known.count(axis) < 2 and axis not in kept}
    return [
        view.relabeled(lambda axis: None if axis in useless else axis) if useless & {*view.labels} else view
        for view in labeled
    ]


def result_order(map: Map, axes: Sequence[int], ones: Sequence[int]) -> list[int]:  # noqa: A002
    """Return the axes of a space that a sum keeps, as its result has them."""
    order = [*axes]
    if map.table is not None:
        return order
    if len(ones) != map.source.count(1) or len(order) + len(ones) != len(map.source):
        return order
    moved, left = iter(order), iter(ones)
    return [next(moved) if size > 1 else next(left) for size in map.source]
