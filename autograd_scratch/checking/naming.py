"""Which of the parts of `at` is called so, or is what the gradient of is called so."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import UnknownNameError
from .names import meant, meant_plainly, plain
from .parts import Part

__tracebackhide__ = True  # pytest shows the lines of people, not these


class Names:
    """The parts of a part, however deep inside, by their names: params['W1'] is W1 too."""

    def __init__(self, scope: Part) -> None:
        self._scope = scope
        self._full: dict[str, Part] = {}
        self._own: dict[str, tuple[Part, ...]] = {}
        self._plain: dict[str, dict[str, Part]] = defaultdict(dict)
        for level in scope.levels():
            own: dict[str, tuple[Part, ...]] = defaultdict(tuple)
            for part in level:
                self._full.setdefault(part.name, part)
                own[part.own_name] += (part,)
                for name in (part.name, part.own_name):
                    self._plain[plain(name)][part.name] = part
            self._own = {**own, **self._own}  # the outermost parts count

    def exact(self, key: Any) -> Part | None:
        """Return the part that is called so."""
        if isinstance(key, str):
            return self._called(key)
        found = [[part for part in level if part.key == key] for level in self._scope.levels()]
        return next((parts[0] for parts in found if len(parts) == 1), None)

    def of_gradient(self, key: Any) -> Part | None:
        """Return the part whose gradient is called so, as dW1 is that of W1."""
        for name in meant(key) if isinstance(key, str) else ():
            part = self._called(name)
            if part is not None:
                return part
        return None

    def is_of_part(self, key: Any) -> bool:
        """Say whether a key is the name of a part, or of the gradient of one."""
        return self.exact(key) is not None or self.of_gradient(key) is not None

    def alike(self, key: Any) -> Part | None:
        """Return the only part that a key may mean if capitals and underscores do not count."""
        for name in meant_plainly(key) if isinstance(key, str) else ():
            found = self._plain.get(name, {}) if name else {}
            if len(found) == 1:
                return next(iter(found.values()))
        return None

    def of_list(self, key: Any, keys: Sequence[Any]) -> Sequence[Part]:
        """Return W1 and W2, or the W of two layers, for a list or dict of two gradients called W or dW."""
        for name in (key, *meant(key)) if isinstance(key, str) and keys else ():
            if name and len(self._own.get(name, ())) == len(keys):
                return self._own[name]
            numbers = {
                int(own[len(name) :].removeprefix("_")): parts[0]
                for own, parts in self._own.items()
                if re.fullmatch(rf"{re.escape(name)}_?\d+", own) and len(parts) == 1
            }
            if len(numbers) == len(keys):
                return [numbers[i] for i in (keys if {*keys} == {*numbers} else sorted(numbers))]
        return ()

    def of_numbers(self, keys: Iterable[Any]) -> dict[Any, Part]:
        """Return the arrays of a list W of two for gradients that are called dW1 and dW2."""
        lists: dict[str, dict[int, Any]] = defaultdict(dict)
        for key in keys:
            found = re.fullmatch(r"(.*?)_?(\d+)", key) if isinstance(key, str) else None
            if found:
                for name in (found[1], *meant(found[1])):
                    lists[name].setdefault(int(found[2]), key)
        return {
            by_number[i]: part
            for name, by_number in lists.items()
            for whole in self._own.get(name, ())[:1]
            if len(whole.parts) == len(by_number)
            for i, part in zip(sorted(by_number), whole.parts)
        }

    def refuse_several(self, key: Any) -> None:
        """Refuse a name that several parts have."""
        for name in (key, *meant(key)) if isinstance(key, str) else ():
            parts = self._own.get(name, ()) if name else ()
            if len(parts) > 1:
                raise UnknownNameError(
                    f"hand has one gradient {key!r}, and several arrays are called so: "
                    f"{', '.join(part.name for part in parts)}; call it by one of these names"
                )

    def _called(self, name: str) -> Part | None:
        """Return the part of a name, or the only one whose own name it is."""
        parts = self._own.get(name, ()) if name else ()
        return self._full.get(name) or (parts[0] if len(parts) == 1 else None)
