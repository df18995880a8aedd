"""Entries of arrays that are chosen by a mask, and written where it holds.

A mask stands for the first axes of an array: of shape (n,) it chooses rows of an array of shape (n, k).
Where a function is traced, or observed, both arms of a choice are kept: what is written by a mask is then
the whole array, by `where`. Everything here gives arrays of NumPy's own class.
"""

from typing import Any

from ..refusals import refuse_choosing
from ..value import Value
from . import ufuncs
from .conditions import MASKED, choose, holds_conditions, is_condition, masks_in
from .selections import Selection, widened


def is_mask(place: Any, array: Any) -> bool:
    """Say whether an index is a mask of the first axes of an array: of booleans, or of conditions."""
    if isinstance(place, Value):
        return is_condition(place)
    kind = getattr(getattr(place, "dtype", None), "kind", "")
    if kind not in ("b", "O") or place.shape != array.shape[: place.ndim]:
        return False
    return kind == "b" or all(map(is_condition, place.flat))


def selected(array: Any, place: Any) -> Selection:
    """Return what `array[place]` is in a trace, where there are conditions in the index."""
    part, mask, axis = parted(array, place)
    if axis or not is_mask(mask, part):
        refuse_choosing("an index", MASKED)
    return Selection(part, mask)


def parted(array: Any, place: Any) -> tuple[Any, Any, int]:
    """Return the part of an array from which the mask in an index chooses, the mask, and its first axis.

    In the part, which is a view, the axes for which the mask stands are the first ones.
    """
    import numpy

    place = masks_in(place)
    if not isinstance(place, tuple):
        return array, place, 0
    masks = [k for k, each in enumerate(place) if holds_conditions(each)]
    others = [each for each in place if not holds_conditions(each)]
    if len(masks) != 1 or not all(isinstance(each, (int, numpy.integer, slice)) for each in others):
        refuse_choosing("an index", MASKED)
    before, mask, after = place[: masks[0]], place[masks[0]], place[masks[0] + 1 :]
    part = array[(*before, *(slice(None),) * mask.ndim, *after)]
    axis = sum(isinstance(each, slice) for each in before)
    return numpy.moveaxis(part, range(axis, axis + mask.ndim), range(mask.ndim)), mask, axis


def write(array: Any, place: Any, new: Any) -> None:
    """Do as `array[place] = new`, where a function is traced or observed."""
    import numpy

    part, mask, axis = parted(array, place)
    if axis and not isinstance(new, Selection) and numpy.ndim(new):
        refuse_choosing("an index", MASKED)
    part[...] = filled(part, mask, new)


def filled(array: Any, mask: Any, new: Any) -> Any:
    """Return what `array[mask] = new` makes of an array."""
    import numpy

    if not is_mask(mask, array):
        refuse_choosing("an index", MASKED)
    if isinstance(new, Selection):
        new = new.under(mask)
    elif not _is_one_for_all(numpy.shape(new), numpy.ndim(array) - numpy.ndim(mask)):
        if holds_conditions(mask):
            shape = numpy.shape(new)
            refuse_choosing(
                f"an array of shape {shape} to write there", "Write np.where(condition, ..., h)"
            )
        new = _scattered(array, mask, new)
    arms = (numpy.asarray(part) for part in (widened(mask, array), new, array))
    return choose(*arms)


def _is_one_for_all(shape: tuple[int, ...], others: int) -> bool:
    """Say whether what has this shape is the same for each entry that a mask chooses."""
    return len(shape) <= others or {*shape[: len(shape) - others]} == {1}


def _scattered(array: Any, mask: Any, new: Any) -> Any:
    """Return an array with each new entry in the place where the mask has it."""
    import numpy

    whole = numpy.array(array, object)
    whole[mask] = numpy.asarray(new, object)
    return whole


def place(arr: Any, mask: Any, vals: Any) -> None:
    """Do as `np.place(arr, mask, vals)`."""
    import numpy

    mask = numpy.reshape(mask, arr.shape)
    if not isinstance(vals, Selection):
        vals = numpy.ravel(vals)
        if vals.size > 1 and not holds_conditions(mask):
            vals = numpy.resize(vals, numpy.count_nonzero(mask))
    ufuncs.write("place", filled(arr, mask, vals), arr)


def put(a: Any, mask: Any, values: Any) -> None:
    """Do as `np.putmask(a, mask, values)`."""
    import numpy

    ufuncs.write("putmask", choose(mask, numpy.resize(values, a.shape), a), a)


def copy_to(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Do as `np.copyto(dst, src, casting, where)`."""
    ufuncs.write("copyto", src if where is True else choose(where, src, dst), dst)
