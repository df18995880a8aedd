"""What people call the arrays of their forward pass.

An array's name is that to which the line that makes it assigns it, or, if that line returns it, the line
that called the function. Without one it is a variable of one of these functions that holds it: never one of
another function, which got it as an argument, nor that of a view of it, which is made later.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ..arrays.containers import entries
from .recorder import Recorder
from .sites import Call, Site, Within
from .source import Source


class Namer:
    """Names arrays by the Values in them, and by where they were made."""

    def __init__(self, recorder: Recorder) -> None:
        self._source = Source()
        self._returned = recorder.returned
        self._held = {frozenset(found): names for found, names in recorder.names.items()}
        self._inner = _inner(recorder)
        self._variables = recorder.variables

    def name(self, site: Site, found: Iterable[Any], within: Within = ()) -> str:
        """Return what the result of an instruction is called, or ''."""
        values = _values(found)
        held = self._held.get(frozenset(values), {})
        if None in held:  # a mark
            return held[None]
        if values and values[0] in self._inner:
            return ""
        names = [self._source.name(call, part) for call, part in self._on_the_way(site, values)]
        assigned = next(filter(None, reversed(names)), "")
        own = next((held[call.code] for call in site.calls if call.code in held), "")
        layers = {id(code): name for code, name in held.items()} if within else {}
        return assigned or own or next((layers[code] for _, code in within if code in layers), "")

    def is_inner(self, node: Any) -> bool:
        """Say whether an instruction of several operations makes a node on its way: the sum of a mean."""
        return node in self._inner

    def holds(self, name: str, found: Iterable[Any]) -> bool:
        """Say whether a variable of this name holds just these Values, and nothing else."""
        wanted = frozenset(_values(found))
        held = self._variables.get(name.removeprefix("self."), {})
        return any(
            len(own) == len(wanted) == sum(1 for _ in entries(thing)) and frozenset(own) == wanted
            for own, thing in held.items()
        )

    def expression(self, site: Site, found: Iterable[Any]) -> str:
        """Return the expression that gives the result of an instruction, or ''."""
        calls = [call for call, part in self._on_the_way(site, _values(found)) if part < 0]
        return self._source.expression(calls[-1]) if calls else ""

    def written(self, site: Site) -> str:
        """Return the expression that an instruction computes, or ''."""
        return self._source.expression(site.calls[-1]) if site.calls else ""

    def _on_the_way(self, site: Site, values: tuple[Any, ...]) -> Iterator[tuple[Call, int]]:
        """Yield the calls through which a result is returned, innermost first, and which part of what."""
        part = -1
        for call in reversed(site.calls):
            yield call, part
            returned = self._returned.get((call.code, values))
            if returned is None:
                return
            part = returned


def _values(found: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(x for x in found if x.__class__ is not float)


def _inner(recorder: Recorder) -> set[Any]:
    """Return what an instruction of several operations makes on its way, as the sum of a mean."""
    within = recorder.within
    places = {node: (id(site), within.get(node)) for node, site in recorder.sites.items()}
    several: dict[Any, set[Any]] = {}
    for node, place in places.items():
        several.setdefault(place, set()).add(node.primitive)
    return {
        parent
        for node, place in places.items()
        if len(several[place]) > 1
        for parent in node.parents
        if parent.__class__ is not float
        and places.get(parent) == place
        and parent.primitive is not node.primitive
    }
