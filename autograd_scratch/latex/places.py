"""Which entries of an array an index in brackets takes, with letters where the entry of one is meant."""

import ast
from collections.abc import Sequence

from .setting import WHOLE, Index, Setter, is_whole

NEW_AXIS = r"\ast"  # of length 1


def places_of(setter: Setter, node: ast.Subscript, index: Index) -> list[str] | None:
    """Return the index of each axis of an array of which entries are taken, or None.

    `index` is that of what is taken. It is None where letters of `index` cannot be told.
    """
    places: list[str] = []
    given = iter(index)
    is_counted = False  # whether the arrays of an index have had their letter
    letter: str | None = None
    for part in parts_of(node):
        match part:
            case ast.Slice():
                place = next(given, WHOLE)
                text = _sliced(setter, part, place, _length(setter, node, places))
                if text is None:
                    return None
                places.append(text)
            case ast.Constant(value=None):
                if next(given, None) is None and is_whole(index):
                    places.append(NEW_AXIS)
            case _ if len(setter.shape(part)) == 0:
                places.append(place_of(setter, part, _length(setter, node, places)))
            case _:
                if not is_counted:
                    letter, is_counted = next(given, WHOLE), True
                if len(setter.shape(part)) > 1 and letter != WHOLE:
                    return None
                places.append(_taken_at(setter, part, letter))
    places += [place or WHOLE for place in given]
    return places


def parts_of(node: ast.Subscript) -> list[ast.expr]:
    """Return the parts of an index."""
    return [*node.slice.elts] if isinstance(node.slice, ast.Tuple) else [node.slice]


def place_of(setter: Setter, part: ast.expr, length: int) -> str:
    """Return an index that is a number, counted from the start of an axis where its length is known."""
    match part:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as back)) if back <= length:
            return str(length - back)
    return setter.whole(part).text


def is_counting(node: ast.AST) -> bool:
    """Say whether an index is np.arange(n): entry by entry with another one."""
    match node:
        case ast.Call(func=ast.Attribute(attr="arange"), args=[_]):
            return True
    return False


def counted_axis(setter: Setter, node: ast.expr) -> int | None:
    """Return the axis of what is taken along which np.arange(n) counts; None where nothing counts."""
    if not isinstance(node, ast.Subscript):
        return None
    axis = 0
    for part in parts_of(node):
        if isinstance(part, ast.Slice) or (isinstance(part, ast.Constant) and part.value is None):
            axis += 1
        elif len(setter.shape(part)) > 0:
            is_simple = all(
                len(setter.shape(one)) < 2 for one in parts_of(node) if not isinstance(one, ast.Slice)
            )
            has_counter = is_simple and any(map(is_counting, parts_of(node)))
            return axis if has_counter and axis < len(setter.shape(node)) else None
    return None


def _taken_at(setter: Setter, part: ast.expr, letter: str | None) -> str:
    if letter in (WHOLE, None):
        return setter.whole(part).text
    if is_counting(part):
        return str(letter)
    return setter.piece(part, (letter,)).text


def _length(setter: Setter, node: ast.Subscript, places: Sequence[str]) -> int:
    """Return how long the axis after those is; 0 where that is not known."""
    shape = setter.shape(node.value)
    axis = len(places) - places.count(NEW_AXIS)
    return shape[axis] if axis < len(shape) else 0


def _sliced(setter: Setter, part: ast.Slice, place: str | None, length: int) -> str | None:
    """Return a slice, or the entry of it that has a letter; None where that cannot be told."""
    lower, upper, step = (
        "" if bound is None else setter.whole(bound).text for bound in (part.lower, part.upper, part.step)
    )
    if place in (WHOLE, None):
        return _run(setter, part, length) or f"{lower}:{upper}" + (f":{step}" if step else "")
    if step or lower.startswith("-"):
        return None
    return f"{place} + {lower}" if lower else place


def _run(setter: Setter, part: ast.Slice, length: int) -> str:
    """Return the first and the last index of a slice; nothing of all, and where they are not known."""
    try:
        bounds = [
            None if one is None else ast.literal_eval(one) for one in (part.lower, part.upper, part.step)
        ]
        run = range(length)[slice(*bounds)]
    except (TypeError, ValueError):
        return _moving(setter, part, length)
    if not run or (not any(bounds) and len(run) == length):
        return ""
    if len(run) == 1:
        return str(run[0])
    several = [run[0], run[-1]] if abs(run.step) == 1 else [*run[:2], run[-1]]
    return r" \dots ".join(map(str, several)) if len(several) == 2 else _stepping(run)


def _stepping(run: range) -> str:
    """Return a run in steps, as a set."""
    shown = [*map(str, run)] if len(run) < 4 else [str(run[0]), str(run[1]), r"\dots", str(run[-1])]
    return rf"\{{{', '.join(shown)}\}}"


def _moving(setter: Setter, part: ast.Slice, length: int) -> str:
    """Return a slice from or to what changes."""
    if part.step is not None or not length:
        return ""
    lower = "0" if part.lower is None else setter.whole(part.lower).text
    match part.upper:
        case None:
            upper = str(length - 1)
        case ast.BinOp(op=ast.Add(), left=left, right=ast.Constant(value=1)):
            upper = setter.whole(left).text
        case bound:
            upper = f"{setter.whole(bound).text} - 1"
    return rf"{lower} \dots {upper}"
