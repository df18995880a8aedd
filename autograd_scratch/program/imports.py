"""Where a module of derived code has from what it calls: from `math`, and from the rooms of primitives.

To run, it needs no import: it is handed what it calls (see `compilation`). The imports are for who reads
it, and for a file that is saved. What no file could import is said in a remark instead.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from ..primitives import Primitive
from ..wording import shown as told
from .expressions import constant
from .naming import Names, is_dotted_name, literal, remark


class Imports:
    """The lines above a function that say where it has from what it calls."""

    def __init__(self, names: Names, functions: Iterable[str], primitives: Mapping[str, Primitive]) -> None:
        self.missing: list[str] = []  # what a file would lack, and what to do about it
        self._names = names
        self._imported: dict[tuple[str, str], str] = {}
        lines = [line for name in sorted(primitives) for line in self._of(name, primitives[name])]
        listed = ", ".join(sorted(functions))
        self.lines = [f"from math import {listed}", *lines] if listed else lines

    def add_key(self, name: str, key: Any) -> None:
        """Say what a constant is that stands for a key of a dict."""
        shown = f"the key {remark(told(key))}, of type {remark(type(key).__name__)}"
        self.lines.append(f"# {name}: {shown}")
        self.missing.append(f"{shown}, has no literal in Python; let keys be texts or plain numbers")

    def _of(self, name: str, primitive: Primitive) -> list[str]:
        """Return the lines that make a primitive known under a name, if it can be imported."""
        maker, parameters = primitive.family or (None, ())
        rule = primitive.forward if maker is None else maker.make
        home, path = getattr(rule, "__module__", None), getattr(rule, "__qualname__", None)
        given = [constant(p).text if type(p) is float else literal(p) for p in parameters]
        if None in given or not _is_found(home, path, (maker or primitive, rule)):
            shown = f"the primitive {remark(primitive.name)}, defined in {remark(home)}"
            advice = "define it with `def` at the top of a module that can"
            self.missing.append(f"{shown}, cannot be imported from there; {advice}")
            return [f"# {name}: {shown}"]
        first, *rest = str(path).split(".")
        if maker is None and not rest:
            return [
                f"from {home} import {path}" if name == path else f"from {home} import {path} as {name}"
            ]
        line, called = self._import(str(home), first)
        made = ".".join([called, *rest])
        return [
            *line,
            f"{name} = {made}" if maker is None else f"{name} = {made}({', '.join(map(str, given))})",
        ]

    def _import(self, home: str, path: str) -> tuple[list[str], str]:
        """Return the line that imports a thing, if none does yet, and the name that it has."""
        known = self._imported.get((home, path))
        if known is not None:
            return [], known
        name = self._imported[home, path] = self._names.new(path)
        return [
            f"from {home} import {path}" if name == path else f"from {home} import {path} as {name}"
        ], name


def _is_found(home: Any, path: Any, things: tuple[Any, ...]) -> bool:
    """Say whether one of these things has this path in a module that other processes can import."""
    if not (is_dotted_name(home) and is_dotted_name(path)):
        return False
    found: Any = sys.modules.get(home)
    if home == "__main__" or getattr(found, "__spec__", None) is None:
        return False
    for part in path.split("."):
        found = getattr(found, part, None)
    return any(found is thing for thing in things)
