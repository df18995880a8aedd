"""The parameters that a step changes, in the form in which a person has them: arrays, lists, numbers."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, Protocol

from ...arrays.containers import arrange, entries, extent, is_array
from ...arrays.conversion import number_of
from ...errors import DataError, ShapeError
from ...ieee import NAN, describe, is_array_of_one
from ..names import meant
from ..parts import Part, parts_of, put_together
from ..precision import is_half, is_single
from .stand_ins import Twins

Numbers = Mapping[str, Sequence[float]]


class Parameters(Protocol):
    """What a step changes, by name: at what it starts, its shapes, and in which forms it is handed on."""

    is_named: bool
    is_single: bool
    starts: dict[str, list[float]]
    shapes: dict[str, tuple[int, ...]]

    def arrays(self, numbers: Numbers) -> dict[str, Any]:
        """Return other numbers in the form of each parameter."""

    def whole(self, arrays: Mapping[str, Any]) -> Any:
        """Return parameters as they stand in `at`."""

    def parts(self, whole: Any) -> dict[str, Any] | None:
        """Return the parameters in what has the form of `at`; None of what has another."""


class Blocks:
    """The arrays and numbers in `at`, by name, with what they start at.

    `twins` are Values of which they are the numbers; `held` is where the step itself has them.

    >>> blocks = Blocks({"W": [[1.0, 2.0]], "b": 0.5})
    >>> blocks.shapes, blocks.starts
    ({'W': (1, 2), 'b': ()}, {'W': [1.0, 2.0], 'b': [0.5]})
    """

    def __init__(self, at: Any, twins: Twins | None = None, held: Any = None) -> None:
        self.twins, self.held = twins, held
        self.is_named = isinstance(at, Mapping)
        if isinstance(at, (Mapping, list, tuple)) and not at:
            raise DataError("at has no parameter in it; write at={'W': W, 'b': b}")
        self._root = parts_of(dict(at) if isinstance(at, Mapping) else {_name_for(at): at})
        parts = {block.name: block.tree for block in self._root.blocks()}
        for name, tree in parts.items():
            if is_half(tree):
                raise DataError(
                    f"{name} is of float16, which keeps three digits: too few to tell a step by"
                )
        self.starts = {name: read(tree, name) for name, tree in parts.items()}
        self.shapes = {name: extent(tree) for name, tree in parts.items()}
        self.is_single = is_single([*parts.values()])
        self._likes = parts
        for name, numbers in self.starts.items():
            if not numbers:
                raise ShapeError(f"{name} is empty; a step has nothing to change in it")

    @property
    def names(self) -> list[str]:
        """The names under which a dict has the blocks, several in a list perhaps."""
        return [str(part.key) for part in self._root.parts] if self.is_named else []

    def arrays(self, numbers: Numbers) -> dict[str, Any]:
        """Return other numbers in the form of each block."""
        return {name: like(self._likes[name], numbers[name]) for name in self._likes}

    def whole(self, arrays: Mapping[str, Any], prefix: str = "") -> Any:
        """Return blocks as they stand in `at`; the keys of a dict begin with a prefix."""
        together = put_together(self._root, arrays)
        if not self.is_named:
            return next(iter(together.values()))
        found = Named((f"{prefix}{key}" if isinstance(key, str) else key, x) for key, x in together.items())
        for key, x in found.items():
            found[key] = Named(x) if type(x) is dict else x
        return found

    def parts(self, whole: Any) -> dict[str, Any] | None:
        """Return the blocks in what has the form of `at`; None of what has another."""
        if not self.is_named:
            whole = {self._root.parts[0].key: whole}
        found: dict[str, Any] = {}
        pending: list[tuple[Part, Any]] = [(self._root, whole)]
        while pending:
            part, tree = pending.pop()
            if not part.parts:
                found[part.name] = tree
                continue
            for inner in part.parts:
                try:
                    pending.append((inner, tree[inner.key]))
                except (KeyError, IndexError, TypeError):
                    return None
        return {name: found[name] for name in self._likes}


class Named(dict[Any, Any]):
    """Arrays by name, which are also found under the names of their gradients: dW for W, and W for dW."""

    def __missing__(self, key: Any) -> Any:
        if isinstance(key, str):
            known = [*meant(key), *(name for name in self if isinstance(name, str) and key in meant(name))]
            for name in known:
                if name in self:
                    return self[name]
        raise KeyError(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what stands under a key, or the default."""
        try:
            return self[key]
        except KeyError:
            return default


def read(tree: Any, name: str) -> list[float]:
    """Return the numbers of a parameter; a complex one, where a root was drawn, is nan."""
    if is_array(tree) and tree.dtype.kind in "fiuc":
        real = tree.real if tree.dtype.kind == "c" and not tree.imag.any() else tree
        return [x if isinstance(x, float) else _real(x) for x in real.ravel().tolist()]
    if isinstance(tree, complex):
        return [_real(tree)]
    return [number_of(entry, place) for place, entry in entries(tree, name)]


def _real(x: Any) -> float:
    return NAN if isinstance(x, complex) and x.imag else float(x.real)


def checked(name: str, new: Any, shape: tuple[int, ...], told: str) -> list[float]:
    """Return the numbers that a step made of a parameter, or say that it is none of that shape."""
    if is_array_of_one(new):
        new = new.item()
    found = extent(new)
    if found != shape:
        hint = ""
        if prod(shape) < prod(found):
            hint = "; is something that is remembered of one parameter used for another, or a whole array?"
        what = f"the shape {found}" if found else describe(new)
        raise ShapeError(f"{told} gives {name} {what}, where its shape is {shape}{hint}")
    return read(new, name)


def zeros(tree: Any) -> Any:
    """Return something of the same form, with zeros."""
    return like(tree, [0.0] * sum(1 for _ in entries(tree)))


def like(thing: Any, numbers: Sequence[float]) -> Any:
    """Return numbers in the form of an array, a list or a number."""
    if is_array(thing):
        import numpy

        kind = thing.dtype if thing.dtype.kind == "f" else float
        return numpy.array(numbers, kind).reshape(thing.shape)
    if is_array_of_one(thing):
        return (thing.dtype.type if thing.dtype.kind == "f" else float)(numbers[0])
    return arrange(thing, numbers)


def _name_for(at: Any) -> str:
    return "params" if isinstance(at, (list, tuple)) and any(map(is_array, at)) else "w"
