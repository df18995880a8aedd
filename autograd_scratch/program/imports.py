"""Where a module of derived code has from what it calls: from `math`, and from the rooms of primitives.

To run, it needs no import: it is handed what it calls (see `compilation`). The imports are for who reads
it, and for a file that is saved. What no file could import is said in a remark instead.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from ..primitives import Primitive
from ..primitives.definition import Family
from ..wording import shown
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
        what = f"the key {remark(shown(key))}, of type {remark(type(key).__name__)}"
        self.lines.append(f"# {name}: {what}")
        self.missing.append(f"{what}, has no literal in Python; let keys be texts or plain numbers")

    def _of(self, name: str, primitive: Primitive) -> list[str]:
        """Return the lines that make a primitive known under a name, if it can be imported."""
        maker, parameters = primitive.family or (primitive, ())
        rule = maker.make if isinstance(maker, Family) else primitive.forward
        place, given = _place(rule, maker), [literal(parameter) for parameter in parameters]
        if place is None or None in given:
            home = getattr(rule, "__module__", None) or "no module"
            what = f"the primitive {remark(primitive.name)}, defined in {remark(home)}"
            advice = "define it with `def` at the top of a module that other files can import"
            self.missing.append(f"{what}, cannot be imported; {advice}")
            return [f"# {name}: {what}"]
        home, path = place
        if path.isidentifier() and maker is primitive:
            return [_import(home, path, name)]
        first, *rest = path.split(".")
        lines = []
        if (home, first) not in self._imported:
            self._imported[home, first] = self._names.new(first)
            lines.append(_import(home, first, self._imported[home, first]))
        made = ".".join([self._imported[home, first], *rest])
        call = "" if maker is primitive else f"({', '.join(map(str, given))})"
        return [*lines, f"{name} = {made}{call}"]


def _import(home: str, path: str, name: str) -> str:
    return f"from {home} import {path}" + ("" if name == path else f" as {name}")


def _place(rule: Any, thing: Any) -> tuple[str, str] | None:
    """Return the module that other processes can import a thing from, and its path there, if there are any.

    It is defined by the function `rule`, which says where.
    """
    home, full = str(getattr(rule, "__module__", "")), str(getattr(rule, "__qualname__", ""))
    module = sys.modules.get(home)
    if home == "__main__" or getattr(module, "__spec__", None) is None or not is_dotted_name(home):
        return None
    for path in (full, full.rpartition(".")[2]):
        if is_dotted_name(path):
            found: Any = module
            for part in path.split("."):
                found = getattr(found, part, None)
            if found is thing or found is rule:
                return home, path
    return None
