"""Axes that are split so that what is read along them is affine, as the terms of windows.

A convolution adds up nine products for an image of rows and columns: along one axis of nine a table would
say where they stand, along two of three it is a stride for each.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain

from ...stepping.axes import digits_of
from ...stepping.maps import Map, Shape, strides_of
from ..rolled.structure import Take
from ..variables import Variable
from .works import Work


def split(work: Work, inside: Collection[Variable]) -> Work:
    """Return a work in a finer space where what it reads is affine, as windows and their terms are."""
    free = {*work.reduced, *work.home}
    digits: dict[int, Shape] = {}
    for map_ in _across(work, inside):
        for axis in free - digits.keys():
            found = digits_of(map_, axis)
            if len(found) > 1:
                digits[axis] = found
    if not digits:
        return work
    sizes = [digits.get(axis, (size,)) for axis, size in enumerate(work.space)]
    ends = [*accumulate(map(len, sizes))]
    space = tuple(chain.from_iterable(sizes))
    finer = Map(space, work.space, 0, strides_of(space))

    def axes(own: Sequence[int]) -> tuple[int, ...]:
        return tuple(i for axis in own for i in range(ends[axis] - len(sizes[axis]), ends[axis]))

    target = work.target.then(finer)
    return replace(
        work, space=space, home=axes(work.home), reduced=axes(work.reduced), target=target, finer=finer
    )


def _across(work: Work, inside: Collection[Variable]) -> Iterator[Map]:
    """Yield the maps by which a work takes along one axis what has several where it comes from."""
    pending = list(work.operands())
    while pending:
        x, map_ = pending.pop()
        while x.__class__ is Variable and x.primitive.__class__ is Take and map_.table is None:
            if not x.primitive.map.is_whole and map_.indices() is None:
                yield map_
                break
            x, map_ = x.parents[0], x.primitive.map.then(map_)
        if x in inside:
            pending += [(parent, map_) for parent in x.parents]
