"""How a module shows what it is made of."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ..value import Value
from ..wording import printable
from .search import is_module, parameters_of, places


def outline(module: Any, above: tuple[int, ...] = ()) -> Iterator[str]:
    """Yield the lines that show a module and those in it, children that are alike as one."""
    count = len(parameters_of(module, frozen=True))
    frozen = ", frozen" if module.frozen else ""
    yield f"{module.signature()}, {count} parameter{'s' * (count != 1)}{frozen}"
    above = (*above, id(module))
    children = [(path, [*outline(child, above)]) for path, child in _children(module, above)]
    for lines, alike in groupby(children, key=lambda child: child[1]):
        paths = [path for path, _ in alike]
        path = paths[0] if len(paths) == 1 else f"{paths[0]} to {paths[-1].rpartition('.')[2]}"
        yield f"  {printable(path)}: {lines[0]}{' each' * (len(paths) > 1)}"
        yield from (f"  {line}" for line in lines[1:])


def _children(model: Any, above: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
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
