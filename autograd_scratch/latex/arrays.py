"""How arrays are set: products of matrices, sums over axes, entries, and what moves entries about.

Indices count from 0, as in the code.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .pieces import (
    ATOM,
    FRACTION,
    HADAMARD,
    PARENTHESES,
    POWER,
    PRODUCT,
    REDUCTION,
    Piece,
    any_of,
    brackets,
    call,
    juxtaposed,
    product,
)
from .places import NEW_AXIS, counted_axis, places_of
from .setting import Index, Setter, Shape, at, index_of_operand, is_whole, joined
from .symbols import escaped

_COMMA = r",\, "
_TIMES = r" \times "
REDUCTIONS = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"} | {
    "mean": r"\operatorname*{mean}"
}


def matrix_product(setter: Setter, node: ast.BinOp, index: Index) -> Piece:
    """Return a product of matrices, in which a vector is a column."""
    left, right = node.left, node.right
    ranks = len(setter.shape(left)), len(setter.shape(right))
    if ranks == (1, 2):
        left, right = _turned(right), left
    x, y = setter.whole(left), setter.whole(right)
    if ranks == (1, 1) or (ranks == (1, 2) and left is node.right):
        x = transposition(x)
    is_open, is_tall = any_of(x, y)
    found = Piece(
        juxtaposed(x.inside(PRODUCT), y.inside(PRODUCT)), PRODUCT, is_open and ranks != (1, 1), is_tall
    )
    return at(found, index)


def _turned(node: ast.expr) -> ast.expr:
    """Return what a matrix is the transpose of; itself where it is none."""
    return node.value if isinstance(node, ast.Attribute) and node.attr == "T" else node


def transposition(x: Piece) -> Piece:
    r"""Return the transpose of a piece.

    >>> transposition(Piece("A B", PRODUCT)).text
    '(A B)^{\\top}'
    """
    return Piece(rf"{x.inside(ATOM)}^{{\top}}", POWER, x.is_open, x.is_tall)


def transposed(setter: Setter, node: ast.Attribute, index: Index) -> Piece:
    """Return x.T, of whose entries the indices are those of x turned round."""
    if is_whole(index):
        return transposition(setter.whole(node.value))
    return setter.piece(node.value, index[::-1])


def outer_product(
    setter: Setter, above: Sequence[ast.expr], below: Sequence[ast.expr], index: Index
) -> Piece | None:
    """Return the product of a column x[:, None] and a row; None where that is not it."""
    if len(above) != 2 or below or len(index) != 2 or not is_whole(index):
        return None
    shapes = [setter.shape(factor) for factor in above]
    for column, row in ((0, 1), (1, 0)):
        widened = _widened(above[column])
        if widened is not None and len(setter.shape(widened)) == len(shapes[row]) == 1:
            x, y = setter.whole(widened), transposition(setter.whole(above[row]))
            return Piece(juxtaposed(x.inside(PRODUCT), y.text), PRODUCT, True, any_of(x, y)[1])
    return None


def _widened(node: ast.expr) -> ast.expr | None:
    """Return x of x[:, None]; else None."""
    match node:
        case ast.Subscript(
            value=value,
            slice=ast.Tuple(elts=[ast.Slice(lower=None, upper=None, step=None), ast.Constant(value=None)]),
        ):
            return value
    return None


def entry(setter: Setter, node: ast.Subscript, index: Index) -> Piece:
    """Return what an index takes."""
    axis = counted_axis(setter, node)
    if axis is not None and index[axis] == ":":
        (letter,) = setter.fresh([axis])
        found = entry(setter, node, (*index[:axis], letter, *index[axis + 1 :]))
        setter.release([letter])
        return Piece(f"{found.parenthesized}_{{{letter}}}", ATOM, True, found.is_tall)
    places = places_of(setter, node, index)
    if places is None:  # no letter can say it
        return at(setter.whole(node), index)
    shown = [*places]
    while shown and shown[-1] == ":" and NEW_AXIS not in shown:
        shown.pop()
    base, is_open = node.value, ":" in index
    if not shown:
        return setter.whole(base)._replace(is_open=is_open)
    if isinstance(base, ast.Name):
        whole = setter.piece(base, ())
        named = setter.named(base.id, joined(shown))
        return whole._replace(text=named.text, is_open=is_open)
    whole = setter.whole(base)
    inside = whole.text if whole.text.startswith("(") and whole.binds == ATOM else whole.parenthesized
    return Piece(f"{inside}_{{{joined(shown)}}}", ATOM, is_open, whole.is_tall)


def listed(setter: Setter, parts: Sequence[ast.expr], index: Index) -> Piece:
    """Return a vector of some numbers, or a matrix of rows."""
    if parts and all(isinstance(part, ast.List) for part in parts):
        rows = [" & ".join(setter.whole(one).text for one in part.elts) for part in parts]  # type: ignore[attr-defined]
        text = r" \\ ".join(rows)
        return at(Piece(rf"\begin{{pmatrix}} {text} \end{{pmatrix}}", ATOM, True, True), index)
    pieces = [setter.whole(part) for part in parts]
    text = _COMMA.join(piece.text for piece in pieces)
    return at(Piece(brackets(text, PARENTHESES, any_of(*pieces)[1]), ATOM, True, any_of(*pieces)[1]), index)


def called(setter: Setter, node: ast.Call, index: Index) -> Piece | None:
    """Return a call of NumPy's, or of a method, that is no function of numbers; else None."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr=function), attr="reduce"), args=[base, *_]
        ):
            return _reduction(setter, base, node, rf"\operatorname*{{{escaped(function)}}}", index)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="tensordot"), args=args):
            return _contraction(setter, node, args, index)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=function), args=args):
            made = _MADE.get(function)
            return at(made(setter, node, args), index) if made is not None else None
        case ast.Call(func=ast.Name(id="sliding_window_view"), args=[base, *sizes]):
            sizes_text = _numbers(sizes[0]) if sizes else ""
            return at(_labelled("windows", sizes_text, setter.whole(base)), index)
        case ast.Call(func=ast.Attribute(value=base, attr=method)):
            return _method(setter, base, method, node, index)
    return None


def _method(setter: Setter, base: ast.expr, method: str, node: ast.Call, index: Index) -> Piece:
    if method in REDUCTIONS:
        return _reduction(setter, base, node, REDUCTIONS[method], index)
    if method == "copy":
        return setter.piece(base, index_of_operand(index, setter.shape(base)))
    if method == "astype":
        return setter.piece(base, index)
    if method == "swapaxes":
        return at(transposition(setter.whole(base)), index)
    if method == "ravel":
        return at(call("vec", setter.whole(base)), index)
    sign = ", " if method == "transpose" else _TIMES
    return at(_labelled(method, _numbers(*node.args, sign=sign), setter.whole(base)), index)


def _labelled(name: str, label: str, *arguments: Piece) -> Piece:
    found = call(escaped(name), *arguments)
    head = rf"\operatorname{{{escaped(name)}}}"
    return found._replace(text=f"{head}_{{{label}}}{found.text[len(head) :]}", is_open=True)


def _numbers(*sizes: ast.expr, sign: str = _TIMES) -> str:
    r"""Return sizes as text.

    >>> _numbers(ast.Constant(2), ast.Constant(3))
    '2 \\times 3'
    """
    if len(sizes) == 1 and isinstance(sizes[0], ast.Tuple):
        sizes = tuple(sizes[0].elts)
    return sign.join(escaped(ast.unparse(size)) for size in sizes)


def _reduction(setter: Setter, base: ast.expr, node: ast.Call, sign: str, index: Index) -> Piece:
    """Return a sum, or its like, over some axes, with a letter for each."""
    shape = setter.shape(base)
    options = {keyword.arg: keyword.value for keyword in node.keywords}
    axes = _axes(options.get("axis"), len(shape))
    summed = [axis for axis in axes if shape[axis] > 1]
    letters = setter.fresh(summed)
    if "keepdims" in options:
        kept = [place for axis, place in enumerate(index) if axis not in axes]
    else:
        kept = [*index]
    kept += [":"] * (len(shape) - len(axes) - len(kept))
    rest = iter(kept)
    inner = tuple(
        letters[summed.index(axis)] if axis in summed else None if axis in axes else next(rest)
        for axis in range(len(shape))
    )
    body = setter.piece(base, tuple(None if size == 1 else place for size, place in zip(shape, inner)))
    setter.release(letters)
    below = f"_{{{','.join(letters)}}}" if letters else ""
    is_open = ":" in [place for place in kept if place is not None]
    return Piece(f"{sign}{below} {body.inside(HADAMARD)}", REDUCTION, is_open, True)


def _axes(axis: ast.expr | None, rank: int) -> list[int]:
    if axis is None:
        return [*range(rank)]
    given: Any = ast.literal_eval(axis)
    wanted = [given] if isinstance(given, int) else [*given]
    return sorted(one % rank for one in wanted if -rank <= one < rank)


def _joined(setter: Setter, node: ast.Call, args: Sequence[ast.expr]) -> Piece:
    parts = args[0].elts if isinstance(args[0], (ast.List, ast.Tuple)) else [args[0]]
    pieces = [
        setter.whole(one)
        for part in parts
        for one in (part.elts if isinstance(part, ast.List) else [part])  # of a vector
    ]
    is_beside = any(keyword.arg == "axis" for keyword in node.keywords)
    below = r" \\[1ex] " if any_of(*pieces)[1] else r" \\ "
    lines = (" & " if is_beside else below).join(piece.text for piece in pieces)
    return Piece(rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}", ATOM, True, True)


def _contraction(setter: Setter, node: ast.Call, args: Sequence[ast.expr], index: Index) -> Piece | None:
    """Return np.tensordot as a sum over axes that both have; None where these are not known."""
    x, y = args[:2]
    ranks = len(setter.shape(x)), len(setter.shape(y))
    given = next((ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg == "axes"), 2)
    pair = (range(-given, 0), range(given)) if isinstance(given, int) else given
    if not all(ranks):
        return None
    left, right = (
        [axis % rank for axis in ([axes] if isinstance(axes, int) else axes)]
        for axes, rank in zip(pair, ranks)
    )
    summed = [axis for axis in left if setter.shape(x)[axis] > 1]
    letters = dict(zip(summed, setter.fresh(summed)))
    kept = iter([*index, *(":" for _ in range(sum(ranks) - 2 * len(left) - len(index)))])
    pieces = [
        setter.piece(operand, _places(setter.shape(operand), dict(zip(axes, map(letters.get, left))), kept))
        for operand, axes in ((x, left), (y, right))
    ]
    setter.release([*letters.values()])
    if all(piece.is_open for piece in pieces):
        body = r" \otimes ".join(piece.inside(FRACTION) for piece in pieces)
    else:
        body = product(pieces).inside(PRODUCT)
    return Piece(
        rf"\sum_{{{','.join(sorted(letters.values()))}}} {body}", REDUCTION, any_of(*pieces)[0], True
    )


def _places(shape: Shape, letters: Mapping[int, str | None], kept: Iterator[str | None]) -> Index:
    """Return the index of an operand: a letter where it is summed over, else the next that is kept."""
    places = [letters[axis] if axis in letters else next(kept) for axis in range(len(shape))]
    return tuple(None if size == 1 else place for size, place in zip(shape, places))


def _array(setter: Setter, node: ast.Call, args: Sequence[ast.expr]) -> Piece:
    return setter.whole(args[0])


def _filled(text: str) -> Callable[[Setter, ast.Call, Sequence[ast.expr]], Piece]:
    return lambda setter, node, args: Piece(text)


def _range(setter: Setter, node: ast.Call, args: Sequence[ast.expr]) -> Piece:
    """Return np.arange with its last number, where that is known."""
    try:
        numbers = range(*(int(ast.literal_eval(one)) for one in args))
    except (TypeError, ValueError):
        return call("arange", *map(setter.whole, args))
    shown = (
        [str(n) for n in numbers]
        if len(numbers) < 4
        else [*map(str, numbers[:2]), r"\dots", str(numbers[-1])]
    )
    return Piece(f"({_COMMA.join(shown)})", ATOM, True)


_MADE: dict[str, Callable[[Setter, ast.Call, Sequence[ast.expr]], Piece]] = {
    "array": _array,
    "concatenate": _joined,
    "zeros": _filled("0"),
    "empty": _filled("0"),
    "ones": _filled(r"\mathbf{1}"),
    "full": lambda setter, node, args: setter.whole(args[1]),
    "broadcast_to": lambda setter, node, args: setter.whole(args[0]),
    "arange": _range,
}
