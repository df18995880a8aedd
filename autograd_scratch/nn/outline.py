"""How a module shows what it is made of: as lines of text, and as a table in a notebook."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from math import prod
from typing import Any, NamedTuple

from ..fragments import html_table
from ..value import Value
from ..wording import cut, printable
from .search import found, is_module, parameters_of, places

_ROWS, _NAMES, _NAME = 100, 4, 40  # rows of a table, names in a cell, and signs of a name
_MARGIN = "    "


class Part(NamedTuple):
    """A module in a model, or several that are alike: how deep, where, what, and of which size.

    `arrays` has the names and shapes of the parameters below; it is '' where nobody asks.
    """

    depth: int
    path: str
    signature: str
    arrays: str
    size: int
    is_frozen: bool
    alike: int


def outline(module: Any) -> Iterator[str]:
    """Yield the lines that show a module and those in it, children that are alike as one."""
    for part in _parts(module, (), with_arrays=False):
        where = f"{'  ' * part.depth}{printable(part.path)}: " if part.depth else ""
        count = f"{part.size} parameter{'s' * (part.size != 1)}"
        yield f"{where}{part.signature}, {count}{', frozen' * part.is_frozen}{' each' * (part.alike > 1)}"


def outline_table(module: Any) -> str:
    """Return the same as a table of HTML, with the names and shapes of the parameters, and their number."""
    total, *parts = _parts(module, (), with_arrays=True)
    paths = [*found(module, frozen=True).values()]
    inside = tuple(f"{path}." for path, _ in children_of(module, (id(module),)))
    own = [path for path in paths if not path.startswith(inside)]
    rows = [["its own", "", arrays_of(own), f"{len(own):,}", "yes" * total.is_frozen]] if own else []
    rows += [_row(part) for part in parts[:_ROWS]]
    if len(parts) > _ROWS:
        rows.append([f"... {len(parts) - _ROWS:,} more", *[""] * 4])
    frozen = len(paths) - len(parameters_of(module))
    last = ["total", total.signature, "", f"{len(paths):,}", f"{frozen:,}" if frozen else ""]
    columns = 5 if frozen else 4  # the last one says what is frozen
    header = ["path", "module", "arrays", "parameters", "frozen"]
    return html_table("", header[:columns], [row[:columns] for row in rows], last[:columns], 3)


def arrays_of(paths: Iterable[str]) -> str:
    """Return the names of parameters with their shapes: numbers in paths are places along axes.

    What is no array, because rows differ in length, has the name and how many there are.

    >>> arrays_of(["w.0.0", "w.0.1", "w.0.2", "b.0", "scale", "rows.0.0", "rows.1.0", "rows.1.1"])
    'w (1, 3), b (1,), scale, rows of 3'
    """
    places_of: dict[tuple[str, ...], list[tuple[int, ...]]] = defaultdict(list)
    for path in paths:
        steps = path.split(".")
        names = tuple("" if step.isdecimal() else step for step in steps)
        places_of[names].append(tuple(int(step) for step in steps if step.isdecimal()))
    texts = [_array(cut(".".join(filter(None, names)), _NAME), at) for names, at in places_of.items()]
    more = [f"{len(texts) - _NAMES:,} more"] if len(texts) > _NAMES else []
    return ", ".join([*texts[:_NAMES], *more])


def _array(name: str, at: list[tuple[int, ...]]) -> str:
    shape = tuple(max(axis) + 1 for axis in zip(*at))
    if not shape:
        return name
    return f"{name} {shape}" if prod(shape) == len(at) else f"{name} of {len(at):,}"


def _row(part: Part) -> list[str]:
    where = f"{_MARGIN * (part.depth - 1)}{cut(part.path, _NAME)}"
    count = f"{part.size:,}{' each' * (part.alike > 1)}"
    return [where, cut(part.signature, 2 * _NAME), part.arrays, count, "yes" * part.is_frozen]


def _parts(module: Any, above: tuple[int, ...], with_arrays: bool) -> list[Part]:
    """List a module and those in it, children that are alike as one."""
    paths = found(module, frozen=True).values()
    arrays = arrays_of(paths) if with_arrays else ""
    listed = [Part(0, "", module.signature(), arrays, len(paths), module.frozen, 1)]
    above = (*above, id(module))
    children = [(path, _parts(child, above, with_arrays)) for path, child in children_of(module, above)]
    for (first, *below), alike in groupby(children, key=lambda child: child[1]):
        at = [path for path, _ in alike]
        path = at[0] if len(at) == 1 else f"{at[0]} to {at[-1].rpartition('.')[2]}"
        listed.append(first._replace(depth=1, path=path, alike=len(at)))
        listed += [part._replace(depth=part.depth + 1) for part in below]
    return listed


def children_of(model: Any, above: tuple[int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the path and the module for each that a model holds, once; those in other models too."""
    seen = {*above}
    pending = places(model)[::-1]
    while pending:
        path, _, _, _, thing = pending.pop()
        if thing.__class__ is Value or id(thing) in seen:
            continue
        seen.add(id(thing))
        if is_module(thing):
            yield path, thing
        else:
            pending += places(thing, f"{path}.")[::-1]
